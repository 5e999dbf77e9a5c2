"""A private MariaDB from the distribution's binaries, where they are installed.

Its data directory is unpacked from a cached template (see `backend.engines.template`) which was made by piping the
distribution's own table definitions into ``mariadbd --bootstrap``; the file with the usual accounts is left out, so
there is no root and nobody without a password. The one account that can log in is made by an init file, which the
server reads before it listens and which holds only a hash of this start's password. It listens on a Unix socket, no
port.

A temporary one writes its log to the operating system at each commit and does not wait for the disk, since it does not
outlive the lab anyway; below /dev/shm MariaDB maps the log into memory instead. One in a data directory keeps the
default and waits. The isolation level is the default of MariaDB, REPEATABLE READ. ``innodb_snapshot_isolation``, which
since MariaDB 11.6 refuses some of what that level has always allowed, is off, so that all versions behave alike here.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL

from backend.engines.patience import wait_for_end
from backend.engines.processes.server_user import give, give_tree, own_directory
from backend.engines.running import RunningEngine
from backend.engines.says import EngineCode
from backend.engines.start import bring_up, kept_directory, need_space, start_failure, system_failure
from backend.engines.template import BrokenTemplateError, Template
from backend.engines.unfinished import unfinished
from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind
from backend.shop.conflicts import error_number

if TYPE_CHECKING:
    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor

NAME = "MariaDB"
USER = DATABASE = "submit_twice"
WHAT_TO_INSTALL = say(EngineCode.MARIADB_MISSING)

_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/bin", "/opt/homebrew/bin")
_DEFINITIONS = ("mariadb_system_tables.sql", "mysql_system_tables.sql")
_LAYOUT = (
    "--innodb-data-file-path=ibdata1:4M:autoextend",
    "--innodb-autoextend-increment=1",
    "--innodb-log-file-size=16M",
    "--innodb-undo-tablespaces=0",
    "--innodb-buffer-pool-size=16M",
    "--innodb-use-native-aio=0",
    "--aria-pagecache-buffer-size=1M",
    "--key-buffer-size=1M",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_nopad_bin",
    "--default-storage-engine=InnoDB",
    "--performance-schema=OFF",
    "--skip-log-bin",
)
_SERVER = (
    "--skip-networking",
    "--skip-name-resolve",
    "--max-connections=200",
    "--default-time-zone=+00:00",
    "--loose-innodb-snapshot-isolation=OFF",
)
_TEMPORARY = ("--innodb-flush-log-at-trx-commit=2", "--skip-innodb-doublewrite")
_ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
_NEEDED_BYTES = 64 << 20
_NOT_YET = frozenset({2002, 2003, 2013})
"""PyMySQL's numbers for a server that does not listen yet, or hung up while starting."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a server has its data, its socket and its init file."""

    program: Path
    data: Path
    home: Path
    temporary: bool

    @property
    def socket(self) -> Path:
        return self.home / "mariadb.sock"


def find_mariadb() -> Path | None:
    """The server's program on PATH or where distributions put it; None if it is not installed."""
    found = shutil.which("mariadbd") or shutil.which("mariadbd", path=os.pathsep.join(_FOLDERS))
    program = Path(found) if found else None
    return program if program and _definitions(program) else None


def start_mariadb(supervisor: Supervisor, data_dir: Path | None = None) -> RunningEngine:
    """Start a private MariaDB and wait until it answers.

    Args:
        supervisor: owner of the process and of the temporary directory.
        data_dir: keep the data below this directory, and use what is there; None for a temporary one.

    Raises:
        EngineError: it is not installed or cannot be started; the sentence says why.
    """
    program = find_mariadb()
    if program is None:
        raise EngineError(WHAT_TO_INSTALL)
    try:
        home = own_directory(supervisor.directory, "mariadb", supervisor.user)
        place = _Place(program, home / "data", home, temporary=True)
        with kept_directory(NAME, supervisor, data_dir):
            if data_dir is None:
                _create(supervisor, place)
            else:
                place = _kept(supervisor, program, home, data_dir)
            return _run(supervisor, place, secrets.token_urlsafe(24))
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None


def _definitions(program: Path) -> Path | None:
    """The distribution's definitions of the system tables."""
    roots = (program.resolve().parents[1], program.parents[1], Path("/usr"))
    paths = (
        root / "share" / folder / name for root in roots for folder in ("mariadb", "mysql") for name in _DEFINITIONS
    )
    return next((path for path in paths if path.is_file()), None)


def _kept(supervisor: Supervisor, program: Path, home: Path, data_dir: Path) -> _Place:
    """The data below `data_dir`; new ones appear there in one step."""
    kept = data_dir.absolute() / "mariadb"
    if not kept.exists():
        with unfinished(kept, 0o700) as partial:
            _create(supervisor, _Place(program, partial, home, temporary=False))
    give_tree(kept, supervisor.user)
    return _Place(program, kept, home, temporary=False)


def _create(supervisor: Supervisor, place: _Place) -> None:
    """Unpack the template; one that is missing or broken is made anew."""
    need_space(NAME, place.data.parent, _NEEDED_BYTES)
    definitions = _definitions(place.program)
    if definitions is None:
        raise EngineError(WHAT_TO_INSTALL)
    template = _template(place.program, definitions)
    try:
        with supervisor.writing():
            own_directory(place.data.parent, place.data.name, supervisor.user)
            template.unpack(place.data, supervisor.user)
    except BrokenTemplateError:
        _bootstrap(supervisor, place, definitions.read_text(encoding="utf-8"))
        template.keep(place.data)


def _template(program: Path, definitions: Path) -> Template:
    """The template for exactly this program, its definitions and our arguments, in the user's cache."""
    found = program.stat()
    made_by = f"{program} {found.st_size} {found.st_mtime_ns} {definitions.stat().st_mtime_ns} {_LAYOUT}"
    return Template.of("mariadb", made_by)


def _bootstrap(supervisor: Supervisor, place: _Place, definitions: str) -> None:
    statements = f"CREATE DATABASE mysql;\nUSE mysql;\n{definitions}\nCREATE DATABASE {DATABASE};\n"
    argv = [*_argv(place), "--innodb-flush-log-at-trx-commit=2", "--bootstrap"]
    child = supervisor.spawn("mariadb-set-up", argv, env=_ENVIRONMENT, as_server_user=True, stdin=statements)
    code = wait_for_end(child)
    if code is None:
        child.kill()
    if code != 0:
        raise start_failure(NAME, child, supervisor)


def _argv(place: _Place) -> list[str]:
    # --no-defaults counts only as the first argument.
    return [str(place.program), "--no-defaults", f"--datadir={place.data}", f"--tmpdir={place.home}", *_LAYOUT]


def _run(supervisor: Supervisor, place: _Place, password: str) -> RunningEngine:
    place.socket.unlink(missing_ok=True)  # of a server before that was killed
    child = _spawn(supervisor, place, password)
    version = bring_up(NAME, child, supervisor, lambda: _version(place.socket, password))
    url = URL.create("mariadb+pymysql", USER, password, database=DATABASE, query={"unix_socket": str(place.socket)})
    return RunningEngine(
        kind=EngineKind.MARIADB,
        name=NAME,
        version=version,
        address=f"{place.socket}/{DATABASE}",
        url=url.render_as_string(hide_password=False),
        embedded=True,
        child=child,
        start_again=lambda: _run(supervisor, place, password),
    )


def _spawn(supervisor: Supervisor, place: _Place, password: str) -> Child:
    init = place.home / "accounts.sql"
    init.unlink(missing_ok=True)
    with os.fdopen(os.open(init, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(_account(password))
    give(init, supervisor.user)
    own = [f"--socket={place.socket}", f"--pid-file={place.home / 'mariadb.pid'}", f"--init-file={init}"]
    argv = [*_argv(place), *_SERVER, *own, *(_TEMPORARY if place.temporary else ())]
    return supervisor.spawn("mariadb", argv, env=_ENVIRONMENT, as_server_user=True)


def _account(password: str) -> str:
    """Statements, one a line as an init file wants them, that let our account in with this password."""
    hashed = hashlib.sha1(hashlib.sha1(password.encode()).digest()).hexdigest().upper()  # noqa: S324  MariaDB's own
    return (
        f"CREATE OR REPLACE USER {USER}@localhost IDENTIFIED BY PASSWORD '*{hashed}';\n"
        f"GRANT ALL ON *.* TO {USER}@localhost WITH GRANT OPTION;\n"
    )


def _version(socket: Path, password: str) -> str | None:
    """The server's version once it answers, None before.

    Raises:
        pymysql.Error: it answered, and does not want us.
    """
    if not socket.exists():
        return None
    import pymysql  # wanted by nobody who uses another database

    from backend.engines.mariadb_connection import connect

    try:
        connection = connect(
            unix_socket=str(socket), user=USER, password=password, database=DATABASE, connect_timeout=5
        )
    except pymysql.OperationalError as error:
        if error_number(error) in _NOT_YET:
            return None
        raise
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        row = cursor.fetchone()
    return str(row[0]).partition("-")[0] if row else ""
