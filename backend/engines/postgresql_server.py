"""A server of PostgreSQL on a data directory, whichever part it plays: its programs, its settings, its connections."""

from __future__ import annotations

import functools
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from backend.engines.patience import wait_for_end
from backend.engines.scram import LOGIN_KEYS
from backend.engines.start import RecoveringError, bring_up, start_failure

if TYPE_CHECKING:
    from pathlib import Path

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor
    from backend.engines.scram import Scram

NAME = "PostgreSQL"
USER = DATABASE = "submit_twice"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # in the data directory: nothing is left in /dev/shm after a SIGKILL
    "io_method": "sync",  # no worker processes for asynchronous reads: everything is in memory
    "max_logical_replication_workers": "0",
    "max_wal_senders": "4",  # for a standby that somebody may ask for, and for the copy that it is made of
    "wal_level": "replica",
    "synchronous_commit": "remote_apply",  # the same as on, as long as no standby is named that has to confirm
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # statements hold what users typed; the trace shows them anyway
    "log_checkpoints": "off",
}
_TEMPORARY = {"fsync": "off", "full_page_writes": "off"}
_KNOWS_KEYS = psycopg.pq.version() >= 180000  # noqa: PLR2004, RUF100
ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data directory with what is needed to log in."""

    data: Path
    sockets: Path
    password: str
    temporary: bool
    scram: Scram | None = None
    """What comes of the password, where that is known: then our own connections need not compute it anew."""

    @property
    def keys(self) -> dict[str, str]:
        """What logs in beside the password, and quicker."""
        known = self.scram if _KNOWS_KEYS else None
        return dict(zip(LOGIN_KEYS, (known.client_key, known.server_key), strict=True)) if known else {}


@dataclass(frozen=True, slots=True)
class Server:
    """What is needed to run a server, to run it again, and to talk to it as its owner."""

    supervisor: Supervisor
    programs: Path
    """The folder of ``postgres`` and its tools."""
    cluster: Cluster
    port: int

    @property
    def url(self) -> str:
        """For SQLAlchemy, with the password and its keys."""
        query = {"host": str(self.cluster.sockets), "port": str(self.port), **self.cluster.keys}
        url = URL.create("postgresql+psycopg", USER, self.cluster.password, database=DATABASE, query=query)
        return url.render_as_string(hide_password=False)

    @property
    def address(self) -> str:
        """Where it listens, without the password."""
        return f"127.0.0.1:{self.port}/{DATABASE}"

    def bring_up(self, name: str, further: dict[str, str] | None = None) -> tuple[Child, str]:
        """Start it and wait until it answers; its process and its version.

        Args:
            name: what the process is called.
            further: settings beside the usual ones.

        Raises:
            PortTakenError: somebody else has its port.
            EngineError: it cannot be started.
        """
        child = self._spawn(name, further or {})
        return child, bring_up(NAME, child, self.supervisor, functools.partial(_version, self.cluster, self.port))

    def _spawn(self, name: str, further: dict[str, str]) -> Child:
        cluster = self.cluster
        settings = _SETTINGS | {"port": str(self.port), "unix_socket_directories": _quoted(cluster.sockets)} | further
        if cluster.temporary:
            settings |= _TEMPORARY
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return self.supervisor.spawn(
            name,
            [str(self.programs / "postgres"), "-D", str(cluster.data), *options],
            env=ENVIRONMENT,
            as_server_user=True,
            # Fast shutdown keeps the data; immediate shutdown is quicker and still removes the shared memory.
            stop_signal=signal.SIGQUIT if cluster.temporary else signal.SIGINT,
        )

    def connect(self) -> psycopg.Connection:
        """A connection of its owner, on which each statement is a transaction of its own."""
        return _connect(self.cluster, self.port)


def run_tool(supervisor: Supervisor, name: str, argv: list[str], stdin: str = "", **env: str) -> None:
    """Run one of the programs to its end.

    Raises:
        EngineError: it failed; the sentence says how.
    """
    child = supervisor.spawn(name, argv, env=ENVIRONMENT | env, as_server_user=True, stdin=stdin)
    code = wait_for_end(child)
    if code is None:
        child.kill()
    if code != 0:
        raise start_failure(NAME, child, supervisor)


def _quoted(folder: Path) -> str:
    """A folder as the settings want it that are lists."""
    return '"' + str(folder).replace('"', '""') + '"'


def _version(cluster: Cluster, port: int) -> str | None:
    """The server's version once it answers, None before.

    Raises:
        psycopg.Error: it answered, and does not want us.
        RecoveringError: it is making its data whole again after a crash.
    """
    if not (cluster.sockets / f".s.PGSQL.{port}").exists():
        return None
    try:
        with _connect(cluster, port) as connection:
            return connection.info.parameter_status("server_version")
    except psycopg.errors.ConnectionTimeout:
        return None
    except psycopg.OperationalError as error:
        if "starting up" in str(error) or "not yet accepting" in str(error):
            raise RecoveringError from None
        if "refused" in str(error):
            return None
        raise


def _connect(cluster: Cluster, port: int) -> psycopg.Connection:
    return psycopg.connect(
        make_conninfo(**cluster.keys),
        host=str(cluster.sockets),
        port=port,
        user=USER,
        password=cluster.password,
        dbname=DATABASE,
        connect_timeout=5,
        autocommit=True,
    )
