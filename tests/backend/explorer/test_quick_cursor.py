"""The explorer's own cursor sends, returns and raises what psycopg's does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any, cast

import psycopg
import pytest
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from backend.engines.running import RunningEngine
from backend.engines.sql import sqlalchemy_url
from backend.explorer.connection import ParkingConnection
from backend.explorer.quick_cursor import QuickCursor

Connection = psycopg.Connection[Any]

TABLE = "CREATE TEMPORARY TABLE notes (id serial PRIMARY KEY, key text UNIQUE, number int, at timestamptz)"
INSERT = "INSERT INTO notes (key, number) VALUES (%(key)s, %(number)s)"
AS_TEXT = "SELECT key FROM notes WHERE key = %(key)s"
STATEMENTS: list[tuple[str, Any]] = [
    (f"{INSERT} RETURNING id, key", {"key": "a", "number": 1}),
    (INSERT, {"key": "b", "number": None}),
    (INSERT, {"key": "c", "number": 70_000}),
    ("SELECT * FROM notes ORDER BY id", {}),
    ("SELECT * FROM notes ORDER BY id", None),
    ("SELECT * FROM notes WHERE key LIKE '%%a%%'", ()),
    ("SELECT key FROM notes WHERE key LIKE '%a%'", None),
    ("SELECT number + %(number)s, %(number)s FROM notes WHERE key = %(key)s", {"key": "c", "number": 3}),
    ("SELECT key FROM notes WHERE key = ANY(%s) AND number > %s", (["a", "c"], 5)),
    ("SELECT %s::text, %s::timestamptz, %s::bool", ("x", datetime(2026, 1, 1, tzinfo=UTC), True)),
    ("SELECT %(number)s", {"number": 1}),
    ("SELECT %(number)s", {"number": 70_000}),
    ("SELECT %(number)s", {"number": "x"}),
    ("UPDATE notes SET number = %(number)s WHERE number IS NOT NULL", {"number": 5}),
    ("UPDATE notes SET number = 6 WHERE key = 'nobody'", {}),
    ("SAVEPOINT one", {}),
    (INSERT, {"key": "a", "number": 1}),  # the key is taken
    (AS_TEXT, {"key": "a"}),  # the transaction has failed
    ("ROLLBACK TO SAVEPOINT one", {}),
    ("RELEASE SAVEPOINT one", {}),
    (AS_TEXT, {"key": "a"}),
    ("DELETE FROM notes WHERE key = %(key)s", {"key": "c"}),
    ("SHOW transaction_isolation", None),
    ("SELECT 1; SELECT 2", None),
    (AS_TEXT, {}),  # no value is given
    (AS_TEXT, {"key": object()}),  # one that cannot be sent
    ("SELECT nothing FROM nowhere", {}),
    ("SELEC 1", {}),
    ("SELECT '%z'", {}),
]
"""A statement and its values; each is executed in a transaction of its own, and then all in one."""


@pytest.fixture
def connections(postgresql: RunningEngine) -> Iterator[tuple[ParkingConnection, Connection]]:
    url = sqlalchemy_url(postgresql.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with ExitStack() as opened:
        ours = opened.enter_context(ParkingConnection.connect(url, prepare_threshold=0))
        theirs = opened.enter_context(psycopg.connect(url, prepare_threshold=0))
        for connection in (ours, theirs):
            connection.execute(TABLE)
            connection.commit()
        yield ours, theirs


def told(connection: Connection, statement: str, values: object) -> tuple[object, ...]:
    """All that can be learnt of a statement."""
    try:
        cursor = cast("Any", connection.cursor())
        cursor.execute(statement, values)
    except psycopg.Error as error:
        return type(error), str(error), error.sqlstate, connection.info.transaction_status
    if cursor.description is None:
        return cursor.rowcount, connection.info.transaction_status
    columns = [(one[0], one[1]) for one in cursor.description]
    first, rest = cursor.fetchmany(1), cursor.fetchall()
    cursor.scroll(0, mode="absolute")
    return cursor.rowcount, columns, first, rest, cursor.fetchone(), connection.info.transaction_status


@pytest.mark.parametrize("in_one", [True, False])
def test_it_tells_what_the_cursor_of_psycopg_tells(
    connections: tuple[ParkingConnection, Connection], in_one: bool
) -> None:
    ours, theirs = connections
    assert isinstance(ours.cursor(), QuickCursor)
    for _ in range(3):  # when it is first seen, and prepared
        for statement, values in STATEMENTS:
            assert told(ours, statement, values) == told(theirs, statement, values), statement
            for connection in connections if not in_one else ():
                connection.commit()
        for connection in connections:
            connection.rollback()
            connection.execute("TRUNCATE notes RESTART IDENTITY")
            connection.commit()


def test_what_psycopg_has_removed_is_prepared_again(connections: tuple[ParkingConnection, Connection]) -> None:
    """Psycopg removes all that is prepared, ours included, when a transaction in which it did so is rolled back."""
    ours, _ = connections
    assert told(ours, AS_TEXT, {"key": "a"})[0] == 0
    ours.commit()
    ours.cursor().execute("SHOW search_path")
    assert told(ours, AS_TEXT, {"key": "a"})[0] == 0
    ours.rollback()
    assert told(ours, AS_TEXT, {"key": "a"})[0] == 0
    ours.cursor().execute("DEALLOCATE ALL")
    assert told(ours, AS_TEXT, {"key": "a"})[0] == 0


def test_a_statement_that_fails_whenever_it_runs_is_prepared_once(
    connections: tuple[ParkingConnection, Connection],
) -> None:
    ours, _ = connections
    for _ in range(3):
        assert told(ours, "SELECT 1 / %(number)s", {"number": 0})[0] is psycopg.errors.DivisionByZero
        ours.rollback()
    among = "FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 / %%'"
    assert ours.cursor().execute(f"SELECT count(*) {among}", {}).fetchall() == [(1,)]


def test_a_transaction_begins_as_it_was_asked_for(connections: tuple[ParkingConnection, Connection]) -> None:
    asked = "SELECT current_setting('transaction_isolation') || current_setting('transaction_read_only')"
    for connection in connections:
        connection.isolation_level, connection.read_only = IsolationLevel.SERIALIZABLE, True
    for _ in range(2):
        assert [told(connection, asked, {})[2] for connection in connections] == [[("serializableon",)]] * 2
        for connection in connections:
            connection.commit()
    for connection in connections:
        connection.isolation_level, connection.read_only = None, None
        connection.autocommit = True
        assert told(connection, asked, {})[2] == [("read committedoff",)]
        assert connection.info.transaction_status is TransactionStatus.IDLE


def test_a_broken_connection_is_told_as_psycopg_tells_it(connections: tuple[ParkingConnection, Connection]) -> None:
    for connection in connections:
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())").fetchone()
        assert connection.broken
    ours, theirs = (told(connection, AS_TEXT, {"key": "a"}) for connection in connections)
    assert ours == theirs
    for connection in connections:
        connection.close()
