"""The connection to PostgreSQL: what it says to the server, and what comes of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.pq import PipelineStatus, TransactionStatus

from backend.engines.postgresql_connection import FewerTrips
from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine

INSERT = "INSERT INTO pieces VALUES (%s)"


@pytest.fixture
def connection(postgresql: RunningEngine) -> Iterator[FewerTrips]:
    with FewerTrips.connect(postgresql.client_url, prepare_threshold=0) as connection:
        connection.execute("CREATE TEMPORARY TABLE pieces (number int UNIQUE)")
        connection.commit()
        for number in range(2):
            connection.execute(INSERT, (number,))
            connection.commit()
        yield connection
        if not connection.closed:
            connection.rollback()


def asked(connection: psycopg.Connection[object], number: int) -> list[str]:
    """What is sent for a transaction with an INSERT: the messages, each of which that is a question waits."""
    with tempfile.TemporaryFile("w+") as file:
        connection.pgconn.trace(file.fileno())
        connection.execute(INSERT, (number,))
        connection.commit()
        connection.pgconn.untrace()
        file.seek(0)
        lines = [line.rstrip().split("\t") for line in file]
    return [fields[3] for fields in lines if fields[1] == "F"]


def test_begin_and_the_first_statement_are_one_round_trip(connection: FewerTrips) -> None:
    sent = asked(connection, 7)
    assert [message for message in sent if message in {"Query", "Sync"}] == ["Sync", "Query"]
    assert connection.pgconn.pipeline_status == PipelineStatus.OFF
    assert connection.execute("SELECT max(number) FROM pieces").fetchone() == (7,)


def test_psycopg_itself_takes_one_more(postgresql: RunningEngine) -> None:
    with psycopg.connect(postgresql.client_url, prepare_threshold=0) as plain:
        plain.execute("CREATE TEMPORARY TABLE pieces (number int UNIQUE)")
        plain.execute(INSERT, (1,))
        plain.commit()
        assert [message for message in asked(plain, 2) if message in {"Query", "Sync"}] == ["Query", "Sync", "Query"]


def test_a_statement_that_is_refused_leaves_a_transaction_that_failed(connection: FewerTrips) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(INSERT, (0,))
    assert connection.pgconn.transaction_status == TransactionStatus.INERROR
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        connection.execute("SELECT 1")
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM pieces").fetchone() == (2,)


def test_a_rollback_keeps_what_is_prepared(connection: FewerTrips) -> None:
    connection.execute(INSERT, (5,))
    connection.rollback()
    sent = asked(connection, 5)
    assert "Parse" not in sent[sent.index("Bind", 3) :]  # the first one is BEGIN's, which has no name
    assert sent.count("Parse") == 1
    assert connection.execute("SELECT number FROM pieces WHERE number = 5").fetchone() == (5,)


def test_a_table_that_a_rollback_took_away_may_come_back_as_another(connection: FewerTrips) -> None:
    connection.execute("CREATE TEMPORARY TABLE things (name text)")
    connection.execute("INSERT INTO things VALUES (%s) RETURNING *", ("a",))
    connection.rollback()
    connection.execute("CREATE TEMPORARY TABLE things (other int, name text)")
    with pytest.raises(psycopg.Error):
        connection.execute("INSERT INTO things VALUES (%s) RETURNING *", ("a",))


def test_a_transaction_has_the_level_of_its_connection(connection: FewerTrips) -> None:
    connection.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    for _ in range(3):  # once to prepare it
        level = connection.execute("SELECT current_setting('transaction_isolation')", prepare=True).fetchone()
        connection.commit()
    assert level == ("serializable",)


def test_without_transactions_there_is_no_begin(connection: FewerTrips) -> None:
    connection.autocommit = True
    connection.execute(INSERT, (8,))
    assert connection.pgconn.transaction_status == TransactionStatus.IDLE


def test_a_query_that_is_streamed_is_in_a_transaction(connection: FewerTrips) -> None:
    assert list(connection.cursor().stream("SELECT number FROM pieces ORDER BY number")) == [(0,), (1,)]
    assert connection.pgconn.transaction_status == TransactionStatus.INTRANS


def test_values_that_cannot_be_sent_begin_nothing_that_is_missed_later(connection: FewerTrips) -> None:
    with pytest.raises(psycopg.ProgrammingError):
        connection.execute(INSERT, (object(),))
    connection.rollback()
    assert list(connection.cursor().stream("SELECT 1")) == [(1,)]
    assert connection.pgconn.transaction_status == TransactionStatus.INTRANS


def test_a_server_process_that_ends_says_so(connection: FewerTrips, postgresql: RunningEngine) -> None:
    with psycopg.connect(postgresql.client_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (connection.info.backend_pid,))
    with pytest.raises(psycopg.errors.AdminShutdown):
        connection.execute(INSERT, (9,))
    assert connection.closed


def test_an_engine_of_ours_has_it(postgresql: RunningEngine) -> None:
    engine = create_sql_engine(postgresql.url)
    with engine.connect() as connection:
        assert isinstance(connection.connection.driver_connection, FewerTrips)
        assert connection.scalar(sa.text("SELECT 1")) == 1
    engine.dispose()
