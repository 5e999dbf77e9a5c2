"""Servers that run already: what works, and one clear sentence for what does not."""

from __future__ import annotations

import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from backend.engines.external import connect_database, connect_redis
from backend.engines.processes.ports import free_port
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.sqlite import start_sqlite
from backend.engines.valkey import start_valkey
from backend.model.errors import EngineError
from backend.model.vocabulary import EngineKind
from tests.tables import exhaustive_but, values

SECRET = "hush-hush"


def sentence(connect: Callable[[str], RunningEngine], url: str) -> str:
    """What a person is told; always one line without the password."""
    with pytest.raises(EngineError) as caught:
        connect(url)
    said = str(caught.value)
    assert "\n" not in said
    assert SECRET not in said
    assert caught.value.__cause__ is None
    return said


@contextmanager
def a_server_that(does: Callable[[socket.socket], None]) -> Iterator[int]:
    """A listener that treats each connection as told."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections: list[socket.socket] = []

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                connections.append(connection)
                if connection.recv(1000) == b"stop":
                    return
                does(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        yield port
        with socket.create_connection(("127.0.0.1", port)) as last:
            last.sendall(b"stop")
            thread.join(5)
        for connection in connections:
            connection.close()


def stay_silent(_: socket.socket) -> None:
    return


def speak_http(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def hang_up(connection: socket.socket) -> None:
    connection.close()


def test_a_running_postgresql(postgresql: RunningEngine) -> None:
    port = make_url(postgresql.url).query["port"]
    password = make_url(postgresql.url).password
    for url in (postgresql.client_url, f"postgres://submit_twice:{password}@127.0.0.1:{port}/submit_twice"):
        found = connect_database(url)
        assert (found.kind, found.name, found.embedded) == (EngineKind.POSTGRESQL, "PostgreSQL", False)
        assert found.version == postgresql.version
        assert found.child is None
        assert str(password) not in f"{found!r} {found.address}"
        assert found.url.startswith("postgresql+psycopg://")


def test_a_running_redis_protocol_server(valkey: RunningEngine) -> None:
    found = connect_redis(valkey.url)
    assert (found.kind, found.name, found.version, found.embedded) == (
        EngineKind.REDIS,
        "Valkey",
        valkey.version,
        False,
    )


def test_a_sqlite_file(tmp_path: Path) -> None:
    found = connect_database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert (found.kind, found.embedded, found.address) == (EngineKind.SQLITE, False, str(tmp_path / "new.sqlite3"))
    own = start_sqlite(tmp_path)
    assert (own.kind, own.name, own.embedded) == (EngineKind.SQLITE, "SQLite", True)
    assert own.version.startswith("3.")
    assert stat.S_ISREG(Path(own.address).stat().st_mode)


def test_wrong_password_user_and_database(postgresql: RunningEngine) -> None:
    good = make_url(postgresql.client_url)
    wrong = {
        "the user or the password is wrong": [good.set(password=SECRET), good.set(username="nobody")],
        "there is no database of that name": [good.set(database="nowhere")],
        "the password is missing": [make_url(postgresql.client_url.replace(f":{good.password}@", "@"))],
    }
    for reason, urls in wrong.items():
        for url in urls:
            said = sentence(connect_database, url.render_as_string(hide_password=False))
            assert said.startswith("PostgreSQL at ")
            assert said.endswith(f": {reason}")


def test_too_many_clients(postgresql: RunningEngine) -> None:
    with psycopg.connect(postgresql.client_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE narrow LOGIN PASSWORD 'hush-hush' CONNECTION LIMIT 0")
        url = make_url(postgresql.client_url).set(username="narrow", password=SECRET)
        assert "accepts no more connections" in sentence(connect_database, url.render_as_string(hide_password=False))
        connection.execute("DROP ROLE narrow")


def test_wrong_redis_password(valkey: RunningEngine) -> None:
    address = valkey.address
    assert sentence(connect_redis, f"redis://:{SECRET}@{address}").endswith(": the user or the password is wrong")
    assert sentence(connect_redis, f"redis://{address}").endswith(": the password is missing")


def test_a_server_that_died() -> None:
    with Supervisor() as supervisor:
        url = start_valkey(supervisor).url
    assert sentence(connect_redis, url).endswith(": nothing listens there (no such socket)")


def test_nobody_listens() -> None:
    port = free_port()
    assert sentence(connect_database, f"postgresql://u:{SECRET}@127.0.0.1:{port}/d") == (
        f"PostgreSQL at 127.0.0.1:{port}/d: nothing listens there (connection refused)"
    )
    assert sentence(connect_redis, f"redis://:{SECRET}@127.0.0.1:{port}/0") == (
        f"the Redis server at 127.0.0.1:{port}: nothing listens there (connection refused)"
    )
    assert "no such socket" in sentence(connect_database, f"postgresql://u:{SECRET}@/d?host=/nowhere")
    assert "no such socket" in sentence(connect_redis, "unix:///nowhere/redis.sock")


def test_no_such_host() -> None:
    assert "no host of that name" in sentence(connect_database, f"postgresql://u:{SECRET}@no.such.host.invalid/d")
    assert "no host of that name" in sentence(connect_redis, f"redis://:{SECRET}@no.such.host.invalid")


@pytest.mark.parametrize("connect", exhaustive_but([connect_database, connect_redis], values(connect_database)))
def test_a_server_that_does_not_answer(connect: Callable[[str], RunningEngine]) -> None:
    scheme = "redis" if connect is connect_redis else "postgresql"
    with a_server_that(stay_silent) as port:
        assert sentence(connect, f"{scheme}://u:{SECRET}@127.0.0.1:{port}/0").endswith(": it did not answer in time")


@pytest.mark.parametrize("connect", [connect_database, connect_redis])
def test_a_server_that_speaks_another_protocol(connect: Callable[[str], RunningEngine]) -> None:
    scheme = "redis" if connect is connect_redis else "postgresql"
    with a_server_that(speak_http) as port:
        said = sentence(connect, f"{scheme}://u:{SECRET}@127.0.0.1:{port}/0")
    assert said.endswith(": what listens there speaks another protocol")


@pytest.mark.parametrize("connect", [connect_database, connect_redis])
def test_a_server_that_hangs_up(connect: Callable[[str], RunningEngine]) -> None:
    scheme = "redis" if connect is connect_redis else "postgresql"
    with a_server_that(hang_up) as port:
        said = sentence(connect, f"{scheme}://u:{SECRET}@127.0.0.1:{port}/0")
    assert said.endswith(": it closed the connection")


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", f"postgresql://u:{SECRET}@h:port/d", "://", f"http://u:{SECRET}@h/", f"oracle://u:{SECRET}@h/d"],
)
def test_urls_of_no_database(url: str) -> None:
    assert "give one like postgresql://user:password@host/database" in sentence(connect_database, url)


@pytest.mark.parametrize("url", ["", "nonsense", f"redis://:{SECRET}@h:port/0", f"http://u:{SECRET}@h/", "unix://"])
def test_urls_of_no_redis_server(url: str) -> None:
    assert "give one like redis://" in sentence(connect_redis, url)


@pytest.mark.parametrize("scheme", ["mysql", "mariadb"])
def test_mariadb_says_what_is_missing_or_that_nobody_listens(scheme: str) -> None:
    said = sentence(connect_database, f"{scheme}://u:{SECRET}@127.0.0.1:{free_port()}/d")
    assert said.startswith("MariaDB")


def test_sqlite_needs_a_usable_file(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"This is no database, and long enough to show it." * 100)
    assert "not a SQLite database" in sentence(connect_database, f"sqlite:///{garbage}")
    assert "cannot be opened" in sentence(connect_database, f"sqlite:///{tmp_path}/no/such/folder/x")
    assert "cannot be opened" in sentence(connect_database, f"sqlite:///{tmp_path}")
    assert "needs a file" in sentence(connect_database, "sqlite://")
    assert "needs a file" in sentence(connect_database, "sqlite:///:memory:")
