"""What engines, and the processes that they run in, have to say."""

from __future__ import annotations

from backend.model.sentence import Code


class EngineCode(Code):
    """About servers and databases: why one cannot be had, and what happened to one that runs."""

    BECAUSE = "engine.because"
    NOT_STARTED = "engine.not_started"
    AT = "engine.at"
    REDIS_AT = "engine.redis_at"
    THE_DATABASE = "engine.the_database"
    THE_REDIS_SERVER = "engine.the_redis_server"

    # Incidents
    RESTARTING = "engine.restarting"
    BACK_AND_KEPT = "engine.back_and_kept"
    BACK_AND_EMPTY = "engine.back_and_empty"
    KEEPS_ENDING = "engine.keeps_ending"
    GIVEN_UP = "engine.given_up"
    DID_NOT_COME_BACK = "engine.did_not_come_back"
    STOPPED_FOR = "engine.stopped_for"

    # Why a start failed
    NO_SPACE = "engine.no_space"
    NO_SPACE_HERE = "engine.no_space_here"
    STANDS_STILL = "engine.stands_still"
    ENDED_AT_ONCE = "engine.ended_at_once"
    PORT_TAKEN = "engine.port_taken"
    NOBODY_CANNOT_ENTER = "engine.nobody_cannot_enter"
    FILE_FAILED = "engine.file_failed"
    NO_PROGRAM = "engine.no_program"
    NO_PACKAGE = "engine.no_package"
    BAD_CHARACTER = "engine.bad_character"
    DAMAGED_KEYS = "engine.damaged_keys"
    MARIADB_MISSING = "engine.mariadb_missing"

    # What a driver's error means
    FULL = "engine.full"
    ONE_CONNECTION = "engine.one_connection"
    WRONG_PASSWORD = "engine.wrong_password"  # noqa: S105  no password
    NO_PASSWORD = "engine.no_password"  # noqa: S105  no password
    MAY_NOT_LOG_IN = "engine.may_not_log_in"
    NOT_FROM_HERE = "engine.not_from_here"
    NOT_FROM_HERE_FOR_USER = "engine.not_from_here_for_user"
    NO_DATABASE = "engine.no_database"
    MAY_NOT_USE_DATABASE = "engine.may_not_use_database"
    NO_PERMISSION = "engine.no_permission"
    DEVICE_FULL = "engine.device_full"
    OUT_OF_MEMORY = "engine.out_of_memory"
    SHUTTING_DOWN = "engine.shutting_down"
    CRASHED = "engine.crashed"
    NOT_READY = "engine.not_ready"
    HUNG_UP = "engine.hung_up"
    ACCOUNT_LOCKED = "engine.account_locked"
    REFUSED = "engine.refused"
    NO_HOST = "engine.no_host"
    TIMED_OUT = "engine.timed_out"
    NO_NETWORK = "engine.no_network"
    NO_SUCH_SOCKET = "engine.no_such_socket"
    FILE_NOT_OPENED = "engine.file_not_opened"
    NOT_SQLITE = "engine.not_sqlite"
    FILE_READ_ONLY = "engine.file_read_only"
    LOCKED_TOO_LONG = "engine.locked_too_long"
    OTHER_PROTOCOL = "engine.other_protocol"
    NO_TLS = "engine.no_tls"
    POOL_IN_USE = "engine.pool_in_use"
    BAD_URL = "engine.bad_url"
    READ_ONLY_REPLICA = "engine.read_only_replica"


class ProcessCode(Code):
    """About the processes of a lab that are no engines."""

    LAB_NOT_RUNNING = "process.lab_not_running"
    SUPERVISOR_NOT_RUNNING = "process.supervisor_not_running"
    SUPERVISOR_GONE = "process.supervisor_gone"
    SUPERVISOR_SILENT = "process.supervisor_silent"
    SUPERVISOR_NOT_STARTED = "process.supervisor_not_started"
    SUPERVISOR_ENDED = "process.supervisor_ended"
    NEEDS_UNIX = "process.needs_unix"
    NO_FOLDER = "process.no_folder"
    NOT_STARTED = "process.not_started"
    NO_MORE_PROCESSES = "process.no_more_processes"
    INSTANCE_COUNT = "process.instance_count"
    INSTANCE_NOT_STARTED = "process.instance_not_started"
    INSTANCE_RESTARTING = "process.instance_restarting"
    INSTANCE_GIVEN_UP = "process.instance_given_up"
    INSTANCE_STOPPED_FOR = "process.instance_stopped_for"
    INSTANCE_KILLED = "process.instance_killed"
    INSTANCE_KILLED_WITH_OTHERS = "process.instance_killed_with_others"
    CONSUMER_STOPPED_FOR = "process.consumer_stopped_for"
    CONSUMER_KILLED = "process.consumer_killed"
    CONSUMER_KILLED_WITH_OTHERS = "process.consumer_killed_with_others"
    CONSUMER_NOT_STARTED = "process.consumer_not_started"
    CONSUMER_ENDED = "process.consumer_ended"
    PORT_UNUSABLE = "process.port_unusable"
    NO_SUCH_PORT = "process.no_such_port"
    NO_ANSWER_IN_TIME = "process.no_answer_in_time"
    CLOSING = "process.closing"
    TOLD_WRONGLY = "process.told_wrongly"
