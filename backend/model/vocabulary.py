"""The words of the project as enums. Nothing here imports anything of the project."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class OperationKey(StrEnum):
    """The business operation that an intent asks for."""

    PLACE_ORDER = "place-order"
    PAY_ORDER = "pay-order"
    ADD_STOCK = "add-stock"
    CANCEL_ORDER = "cancel-order"
    SEND_MESSAGE = "send-message"

    @property
    def key_field(self) -> str:
        """Name of the business key in the request body and in the tables."""
        about_orders = self not in {OperationKey.ADD_STOCK, OperationKey.SEND_MESSAGE}
        return "order_no" if about_orders else "request_no"


class Source(StrEnum):
    """Where a second submission of the same intent comes from."""

    CLICKS = "clicks"
    RETRY = "retry"
    REDELIVERY = "redelivery"
    """A stream of the Redis-protocol server."""
    NATS = "nats"
    """A stream of NATS JetStream."""
    RABBITMQ = "rabbitmq"
    """A queue of RabbitMQ."""

    @property
    def is_queue(self) -> bool:
        """Whether it delivers messages, and delivers them again."""
        return self in {Source.REDELIVERY, Source.NATS, Source.RABBITMQ}

    @property
    def has_broker(self) -> bool:
        """Whether a broker delivers them, one that starts when it is first needed."""
        return self in {Source.NATS, Source.RABBITMQ}


class RetryCause(StrEnum):
    """After what a caller sends the same again."""

    TIMEOUT = "timeout"
    """No answer came in time."""
    CONNECTION = "connection"
    """The connection broke, or could not be opened."""
    SERVER_ERROR = "5xx"
    BUSY = "busy"
    """A status of 409 that means: another submission is under way."""
    CLIENT_ERROR = "4xx"
    """Any status from 400 to 499. With the others: who does not hear 2xx sends again, as providers of webhooks do."""


class RedisPersistence(StrEnum):
    """What a Redis-protocol server of ours writes to disk."""

    NONE = "none"
    """Nothing."""
    EVERYSEC = "everysec"
    """Each write, to an append-only file that is synced once a second."""
    ALWAYS = "always"
    """Each write, to an append-only file that is synced before the answer."""


class RedisTopology(StrEnum):
    """Which Redis-protocol servers of ours there are, and what they are to each other."""

    SINGLE = "single"
    """One."""
    SENTINEL = "sentinel"
    """A primary, its replica, and three sentinels that promote the replica when the primary is gone."""
    THREE = "three"
    """Three that know nothing of each other."""
    FIVE = "five"
    """Five that know nothing of each other."""


class Replication(StrEnum):
    """Whether the database has a hot standby, and whether a commit waits for it."""

    NONE = "none"
    ASYNCHRONOUS = "asynchronous"
    """A commit is answered as soon as the primary has it."""
    SYNCHRONOUS = "synchronous"
    """A commit is answered once the standby has applied it."""


class EngineKind(StrEnum):
    """An engine is whatever executes a step."""

    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"
    SQLITE = "sqlite"
    STANDBY = "standby"
    """A hot standby of PostgreSQL, which follows the primary and answers readers."""
    REDIS = "redis"
    ZOOKEEPER = "zookeeper"
    BROKER = "broker"
    GATEWAY = "gateway"
    HTTP = "http"

    @property
    def is_database(self) -> bool:
        """Whether the engine stores the effects in tables."""
        return self in _DATABASES


_DATABASES = frozenset({EngineKind.POSTGRESQL, EngineKind.MARIADB, EngineKind.SQLITE, EngineKind.STANDBY})


class Health(StrEnum):
    """State of an engine as last seen."""

    STARTING = "starting"
    UP = "up"
    PAUSED = "paused"
    DOWN = "down"
    MISSING = "missing"


class Answer(StrEnum):
    """What a caller was told."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    REPLAYED = "replayed"
    BUSY = "busy"
    CONFLICT = "conflict"
    ERROR = "error"
    TIMEOUT = "timeout"

    @property
    def claims_done(self) -> bool:
        """Whether a caller who was told this believes that the intent is, or will be, carried out."""
        return self in {Answer.CREATED, Answer.DUPLICATE, Answer.REPLAYED}


class Verdict(StrEnum):
    """What became of one intent, judged from its effects and answers. Ordered from best to worst."""

    EXACTLY_ONCE = "exactly_once"
    UNDECIDED = "undecided"
    STUCK = "stuck"
    LOST = "lost"
    DUPLICATED = "duplicated"

    @property
    def severity(self) -> int:
        """0 for the best verdict; a higher number is worse."""
        return list(Verdict).index(self)


class OrderStatus(IntEnum):
    """Status of an order. The numbers grow along its life, so that ``status < :new`` guards a transition."""

    CREATED = 10
    PAID = 20
    CANCELLED = 30


class GatewayKeys(StrEnum):
    """What becomes of the Idempotency-Key of calls to the gateway."""

    NONE = "none"
    """None is sent."""
    IGNORED = "ignored"
    """One is sent, and the gateway does not care."""
    HONOURED = "honoured"
    """The gateway carries out the first call with a key, and answers the others as it answered the first."""


class Pace(StrEnum):
    """How the submissions of a run leave the sender."""

    SIMULTANEOUS = "simultaneous"
    INTERVAL = "interval"
    ONE_AFTER_ANOTHER = "one-after-another"


class FaultKind(StrEnum):
    """What is done to a run on purpose."""

    CRASH = "crash"
    """The backend process kills itself (SIGKILL) at a step."""
    RESET = "reset"
    """The connections to the database and to the caller are dropped at a step."""
    LOST_REPLY = "lost-reply"
    """The work is done, and the caller's connection is closed instead of an answer."""
    DELAY = "delay"
    """A wait before or after a step."""
    NETWORK = "network"
    """A wait on the way to the backend, and another one on the way back."""
    LEASE = "lease"
    """Locks and in-flight records live so long."""
    PAUSE = "pause"
    """A process is stopped (SIGSTOP) and continued (SIGCONT) later."""
    KILL = "kill"
    """A server is killed (SIGKILL) in mid-run and started again."""
    RESTART = "restart"
    """A server is stopped in an orderly way in mid-run and started again."""
    FAILOVER = "failover"
    """The primary is killed in mid-run, and a replica that lacks the last of what it has answered for is promoted."""
    PARTITION = "partition"
    """Nobody hears a server for a while."""
    ERROR = "error"
    """An engine answers a step with an error: a strategy gets an exception, a service hears it on the wire."""
