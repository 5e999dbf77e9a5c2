"""The PostgreSQL protocol through a proxy, with real drivers and a real server."""

from __future__ import annotations

import os
import queue
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlalchemy as sa

from backend.engines.sql import sqlalchemy_url
from backend.service.wire.postgresql import PostgresqlDialect
from backend.service.wire.postgresql_replies import Gathered
from tests.backend.service.proxies import PATIENCE_S, Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.service.reach import Reach

COPIED = 500


@pytest.fixture
def door(postgresql: Reach) -> Iterator[Proxy]:
    with proxy(postgresql) as opened:
        yield opened


@pytest.fixture
def connection(door: Proxy) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(door.url, connect_timeout=10) as connected:
        connected.execute("CREATE TEMPORARY TABLE things (id int, name text)")
        connected.commit()
        yield connected


def after(door: Proxy, count: int) -> list[str]:
    """Commands behind the making of the table, as soon as there are so many."""
    return [step.command for step in door.wait_for(count + 2)[2:]]


def test_a_statement_has_its_parameters_in_place_and_its_answer(
    door: Proxy, connection: psycopg.Connection[Any]
) -> None:
    connection.execute("INSERT INTO things VALUES (%s, %s)", (1, "it's"))
    rows = connection.execute("SELECT name FROM things WHERE id = %b", (1,)).fetchall()
    connection.commit()
    assert rows == [("it's",)]
    insert, select, commit = door.wait_for(5)[2:]
    assert insert.command == "INSERT INTO things VALUES (1, 'it''s')"
    assert select.command == "SELECT name FROM things WHERE id = 1"
    assert "it's" in select.answer
    assert commit.command == "COMMIT"
    assert {insert.server_pid, select.server_pid, commit.server_pid} == {connection.info.backend_pid}


def test_begin_is_no_step(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    connection.execute("SELECT count(*) FROM things")
    connection.rollback()
    connection.execute("SELECT count(*) FROM things WHERE id > 0")
    connection.commit()
    commands = after(door, 3)
    assert not any(command.startswith("BEGIN") for command in commands)
    assert commands[0] == "SELECT count(*) FROM things"


def test_a_simple_query_and_one_of_several_statements(door: Proxy) -> None:
    with psycopg.connect(door.url, autocommit=True, connect_timeout=10) as connected:
        cursor = psycopg.ClientCursor(connected)
        assert cursor.execute("SELECT %s::int + 1", (1,)).fetchone() == (2,)
        cursor.execute("SELECT 1 AS a FROM pg_class LIMIT 1; SELECT 2 AS b FROM pg_class LIMIT 1")
    assert door.wait_for(2)[1].command.startswith("SELECT 1 AS a")


def test_a_statement_that_the_driver_prepares_keeps_its_text(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    for number in range(8):
        connection.execute("SELECT id FROM things WHERE id = %s", (number,), prepare=True)
    assert [command.split(" WHERE ")[1] for command in after(door, 8)] == [f"id = {number}" for number in range(8)]


def test_a_pipeline_answers_everything(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    with connection.pipeline():
        cursors = [connection.execute("SELECT %s::int FROM pg_database LIMIT 1", (number,)) for number in range(20)]
    assert [cursor.fetchone() for cursor in cursors] == [(number,) for number in range(20)]
    connection.commit()
    assert connection.execute("SELECT 7").fetchone() == (7,)
    assert not any(link.awaiting for link in door.hub.links)


def test_a_pipeline_that_fails_midway_leaves_nothing_awaited(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    with suppress(psycopg.Error), connection.pipeline() as pipeline:
        connection.execute("SELECT 1 FROM pg_database LIMIT 1").fetchone()
        connection.execute("SELECT 1/0 FROM pg_database LIMIT 1")
        connection.execute("SELECT 2 FROM pg_database LIMIT 1")
        pipeline.sync()
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM things").fetchone() == (0,)
    connection.commit()
    assert not any(link.awaiting for link in door.hub.links)
    assert not any(link.in_transaction for link in door.hub.links)
    assert any("22012" in step.error for step in door.steps)


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + (len(body) + 4).to_bytes(4) + body


def flushed(sql: bytes) -> bytes:
    """A command that asks for its answer by Flush, as drivers do for cursors and within pipelines."""
    bind, execute = message(b"B", bytes(8)), message(b"E", bytes(5))
    return message(b"P", b"\0" + sql + bytes(3)) + bind + execute + message(b"H")


@pytest.mark.parametrize("end", [b"S", b"H"])
def test_a_statement_that_is_only_prepared_is_told_until_it_runs(end: bytes) -> None:
    dialect = PostgresqlDialect()
    dialect.from_client((9).to_bytes(4) + (196608).to_bytes(4) + b"\0")
    (prepared,) = dialect.from_client(message(b"P", b"\0SELECT 1 FROM things" + bytes(3)) + message(end))
    assert (prepared.prepares, prepared.commands) == ("SELECT 1 FROM things", ())
    (run,) = dialect.from_client(message(b"B", bytes(8)) + message(b"E", bytes(5)) + message(b"S"))
    assert (run.prepares, run.commands) == ("", ("SELECT 1 FROM things",))


@contextmanager
def by_hand(door: Proxy) -> Iterator[socket.socket]:
    """A connection that a driver has logged in."""
    with (
        psycopg.connect(door.url, autocommit=True, connect_timeout=10) as connected,
        socket.socket(fileno=os.dup(connected.fileno())) as client,
    ):
        client.settimeout(PATIENCE_S)
        yield client


def until_ready(client: socket.socket) -> bytes:
    data = bytearray()
    while not data.endswith((b"Z\0\0\0\x05I", b"Z\0\0\0\x05E", b"Z\0\0\0\x05T")):
        more = client.recv(65536)
        assert more, bytes(data)
        data += more
    return bytes(data)


def test_what_the_server_skips_after_an_error_is_awaited_no_longer(door: Proxy) -> None:
    with by_hand(door) as client:
        failing = flushed(b"SELECT 1/0 FROM pg_class")
        client.sendall(failing + flushed(b"SELECT 2 FROM pg_class") + message(b"S"))
        assert until_ready(client).count(b"22012") == 1
        client.sendall(message(b"Q", b"SELECT 3 FROM pg_database LIMIT 1\0"))
        until_ready(client)
        steps = door.wait_for(3)
        assert "22012" in steps[0].error
        assert steps[1].error == "skipped, because a command before it failed"
        assert (steps[2].command, steps[2].error) == ("SELECT 3 FROM pg_database LIMIT 1", "")
        assert not any(link.awaiting for link in door.hub.links)


def test_copy_in_and_out(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    with connection.cursor().copy("COPY things FROM STDIN") as copy:
        for number in range(COPIED):
            copy.write_row((number, "x" * 100))
    with connection.cursor().copy("COPY things TO STDOUT") as copy:
        assert len(list(copy.rows())) == COPIED
    assert connection.execute("SELECT count(*) FROM things").fetchone() == (COPIED,)
    connection.commit()
    assert after(door, 4) == [
        "COPY things FROM STDIN",
        "COPY things TO STDOUT",
        "SELECT count(*) FROM things",
        "COMMIT",
    ]
    assert not any(link.awaiting for link in door.hub.links)


def test_a_copy_that_is_given_up(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    with suppress(psycopg.Error), connection.cursor().copy("COPY things FROM STDIN") as copy:
        copy.write_row((1, "x"))
        raise psycopg.Error
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM things").fetchone() == (0,)
    connection.commit()
    assert not any(link.awaiting for link in door.hub.links)


def test_a_cursor_on_the_server(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    with connection.cursor("server side") as cursor:
        cursor.itersize = 10
        cursor.execute("SELECT * FROM generate_series(1, %s)", (95,))
        assert len(list(cursor)) == 95
    connection.commit()
    assert sum(command.startswith("FETCH") for command in after(door, 12)) >= 9


def test_a_statement_is_cancelled(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    raised: list[Exception] = []

    def wait() -> None:
        try:
            connection.execute("SELECT pg_sleep(60) FROM pg_database LIMIT 1")
        except psycopg.Error as error:
            raised.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    with psycopg.connect(door.url, autocommit=True, connect_timeout=10) as other:
        query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
        while other.execute(query, (connection.info.backend_pid,)).fetchone() != (1,):
            pass
    connection.cancel_safe(timeout=PATIENCE_S)
    waiting.join(PATIENCE_S)
    assert isinstance(raised[0], psycopg.errors.QueryCanceled)
    connection.rollback()


def test_the_last_words_of_a_server_that_hangs_up_in_mid_statement_are_heard(
    door: Proxy, connection: psycopg.Connection[Any]
) -> None:
    """Services tell by them whether to try again: SQLSTATE 57P01 instead of a connection that just ended."""
    raised: list[psycopg.Error] = []

    def wait() -> None:
        try:
            connection.execute("SELECT pg_sleep(60) FROM pg_database LIMIT 1")
        except psycopg.Error as error:
            raised.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    with psycopg.connect(door.url, autocommit=True, connect_timeout=10) as other:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
        while not other.execute(query, (connection.info.backend_pid,)).fetchone():
            pass
    waiting.join(PATIENCE_S)
    assert [type(error) for error in raised] == [psycopg.errors.AdminShutdown]


def test_rows_of_a_megabyte(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    text = "z" * (1 << 20)
    connection.execute("INSERT INTO things VALUES (1, %s)", (text,))
    for _ in range(5):
        connection.execute("INSERT INTO things SELECT 2, name FROM things WHERE id = 1")
    rows = connection.execute("SELECT name FROM things").fetchall()
    connection.commit()
    assert [len(name) for (name,) in rows] == [1 << 20] * 6
    assert all(len(command) < 2000 for command in door.commands)


def test_sqlalchemy(door: Proxy) -> None:
    engine = sa.create_engine(sqlalchemy_url(door.url))
    with engine.begin() as connected:
        connected.execute(sa.text("CREATE TEMPORARY TABLE seen (id int, name text)"))
        connected.execute(sa.text("INSERT INTO seen VALUES (:id, :name)"), [{"id": n, "name": "n"} for n in range(3)])
        assert connected.scalar(sa.text("SELECT count(*) FROM seen")) == 3
    engine.dispose()
    commands = [step.command for step in door.steps]
    assert "INSERT INTO seen VALUES (2, 'n')" in " ".join(commands)
    assert commands[-1] == "COMMIT"


def test_what_is_fetched_row_by_row_has_an_answer_too() -> None:
    """As asyncpg's `fetchval` does: an Execute with a limit, which the server ends with PortalSuspended."""
    described = b"\0\1id\0" + struct.pack("!IHIhih", 0, 0, 25, -1, -1, 0)
    reply = Gathered()
    for kind, body in ((b"T", described), (b"D", struct.pack("!HI", 1, 1) + b"7"), (b"s", b"")):
        reply.look(kind, body)
    assert reply.finish(in_transaction=True).answer == [("7",)]


def test_tls_is_declined_and_a_client_that_can_do_without_goes_on(door: Proxy) -> None:
    with psycopg.connect(door.url, sslmode="prefer", connect_timeout=10) as connected:
        assert connected.execute("SELECT 1 FROM pg_database LIMIT 1").fetchone() == (1,)


@pytest.mark.parametrize("way", ["sslmode=require", "sslmode=require sslnegotiation=direct"])
def test_a_client_that_insists_on_tls_hears_at_once(door: Proxy, way: str) -> None:
    closed: queue.SimpleQueue[bool] = queue.SimpleQueue()
    door.recorder.closed = lambda link: closed.put(link.dialect.wants_tls)  # type: ignore[method-assign]
    options = dict(part.split("=") for part in way.split())
    if "sslnegotiation" in options and psycopg.pq.version() < 170000:
        options.pop("sslnegotiation")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(door.url, connect_timeout=10, **options)  # type: ignore[arg-type]
    assert closed.get(timeout=PATIENCE_S)


def test_what_the_server_says_unasked_passes(door: Proxy, connection: psycopg.Connection[Any]) -> None:
    connection.autocommit = True
    connection.execute("LISTEN somebody")
    with psycopg.connect(door.url, autocommit=True, connect_timeout=10) as other:
        other.execute("NOTIFY somebody, 'hello'")
    assert [note.payload for note in connection.notifies(timeout=PATIENCE_S, stop_after=1)] == ["hello"]


def test_an_unknown_message_passes_and_the_servers_complaint_comes_back(door: Proxy) -> None:
    with by_hand(door) as client:
        client.sendall(message(b"y"))
        data = bytearray()
        while more := client.recv(65536):
            data += more
    assert b"08P01" in data


def test_a_longer_message_than_anybody_keeps_is_passed_on_unread(door: Proxy) -> None:
    with by_hand(door) as client:
        (link,) = door.hub.links  # the server may end the connection at once
        client.sendall(b"Q" + (1 << 30).to_bytes(4) + b"x" * 1000)
        while not link.dialect.is_lost:
            pass
