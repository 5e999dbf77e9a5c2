"""Faults at steps on the wire, each seen with the engine's own driver and by a client that goes past the proxy."""

from __future__ import annotations

import select
from contextlib import contextmanager
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import psycopg
import pymysql
import pytest
import redis
from psycopg.conninfo import make_conninfo
from psycopg.pq import ExecStatus

from backend.model.faults import FaultSyntaxError, parse_fault, parse_wire_fault
from backend.service.wire.failures import WHY
from tests.backend.service.proxies import PATIENCE_S, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.service.reach import Reach
    from tests.backend.service.proxies import Proxy

INSERT = "INSERT INTO wire_faults (n) VALUES (%s)"
COUNT = "SELECT count(*) FROM wire_faults"


def struck(door: Proxy) -> dict[str, set[str]]:
    return {str(fault): keys for fault, keys in door.recorder.injector.struck.items()}


@contextmanager
def direct(reach: Reach) -> Iterator[psycopg.Connection[Any]]:
    """A client that nobody disturbs, and an empty table."""
    folder, _, number = reach.host.rpartition("/.s.PGSQL.")
    login = {"user": reach.user, "password": reach.password, "dbname": reach.database}
    where = make_conninfo(host=folder or reach.host, port=number or str(reach.port), **login)
    with psycopg.connect(where, autocommit=True) as connected:
        connected.execute("CREATE TABLE IF NOT EXISTS wire_faults (n int)")
        connected.execute("TRUNCATE wire_faults")
        yield connected


def count(connected: psycopg.Connection[Any]) -> int:
    return int(connected.execute(COUNT).fetchone()[0])  # type: ignore[index]


@pytest.mark.parametrize("prepare", [False, True])
@pytest.mark.parametrize(
    ("text", "kept"), [("error@sql:INSERT:before", 0), ("error@sql:INSERT", 1)], ids=["before", "after"]
)
def test_postgresql_says_no_to_a_statement(postgresql: Reach, text: str, kept: int, prepare: bool) -> None:
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault(text)]) as door:
        with psycopg.connect(door.url, autocommit=True) as client:
            with pytest.raises(psycopg.errors.IoError, match=WHY):
                client.execute(INSERT, (1,), prepare=prepare)
            assert count(other) == kept
            client.execute(INSERT, (2,), prepare=prepare)
        assert count(other) == kept + 1
        assert struck(door) == {text: {"k1"}}
        assert [WHY in step.error for step in door.steps] == [True, False]


@pytest.mark.parametrize("text", ["error@sql:INSERT:before", "error@sql:INSERT"])
def test_an_error_ends_the_transaction_on_the_server_too(postgresql: Reach, text: str) -> None:
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault(text)]) as door:
        with psycopg.connect(door.url) as client:
            client.execute("SELECT 1 FROM wire_faults")
            with pytest.raises(psycopg.errors.IoError):
                client.execute(INSERT, (1,))
            assert client.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
            with pytest.raises(psycopg.errors.InFailedSqlTransaction):
                client.execute(COUNT)
            client.rollback()
            client.execute(INSERT, (2,))
            client.commit()
        assert count(other) == 1
        assert struck(door)[text]


def test_a_commit_of_which_nobody_hears_but_an_error(postgresql: Reach) -> None:
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault("error@sql:COMMIT")]) as door:
        with psycopg.connect(door.url) as client:
            client.execute(INSERT, (1,))
            with pytest.raises(psycopg.errors.IoError):
                client.commit()
            assert client.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert count(other) == 1
        assert struck(door) == {"error@sql:COMMIT": {"k1"}}


def test_a_commit_that_is_refused_is_none(postgresql: Reach) -> None:
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault("error@sql:COMMIT:before")]) as door:
        with psycopg.connect(door.url) as client:
            client.execute(INSERT, (1,))
            with pytest.raises(psycopg.errors.IoError):
                client.commit()
            client.rollback()
        assert count(other) == 0
        assert struck(door)["error@sql:COMMIT:before"]


class Ends(Enum):
    """How a client ends each statement of a pipeline, without waiting for what it comes to."""

    SYNC = auto()
    FLUSH = auto()


def pipelined(client: psycopg.Connection[Any], statements: list[str], ends: Ends) -> list[str]:
    """Send statements without waiting for any answer; what each came to: a value, a tag or a complaint."""
    raw = client.pgconn
    raw.enter_pipeline_mode()
    for sql in statements:
        raw.send_query_params(sql.encode(), None)
        raw.pipeline_sync() if ends is Ends.SYNC else raw.send_flush_request()
    if ends is Ends.FLUSH:
        raw.pipeline_sync()
    raw.flush()
    found: list[str] = []
    syncs = len(statements) if ends is Ends.SYNC else 1
    while syncs:
        while raw.is_busy():  # to wait within libpq would keep the proxy's thread from running
            select.select([raw.socket], [], [], PATIENCE_S)
            raw.consume_input()
        if (result := raw.get_result()) is None:
            continue
        match result.status:
            case ExecStatus.PIPELINE_SYNC:
                syncs -= 1
            case ExecStatus.PIPELINE_ABORTED:
                found.append("aborted")
            case ExecStatus.FATAL_ERROR:
                found.append(result.error_message.decode())
            case _:
                found.append((result.get_value(0, 0) or result.command_status or b"").decode())
    raw.exit_pipeline_mode()
    return found


ROUND = ["INSERT INTO wire_faults VALUES (1)", COUNT, "INSERT INTO wire_faults VALUES (2)", COUNT]


@pytest.mark.parametrize("ends", Ends)
@pytest.mark.parametrize(
    ("text", "kept"), [("error@sql:INSERT:before", 0), ("error@sql:INSERT", 1)], ids=["before", "after"]
)
def test_an_error_within_a_pipeline(postgresql: Reach, text: str, kept: int, ends: Ends) -> None:
    """Behind a Sync the next statement goes on; without one all up to it is skipped, and nothing is kept."""
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault(text)]) as door:
        with psycopg.connect(door.url, autocommit=True) as client:
            first, *rest = pipelined(client, ROUND, ends)
            assert WHY in first
            if ends is Ends.FLUSH:
                assert rest == ["aborted"] * 3
                kept = 0
            else:
                assert rest == [str(kept), "INSERT 0 1", str(kept + 1)]
                kept += 1
            assert count(other) == kept
            client.execute(INSERT, (3,))
        assert count(other) == kept + 1
        assert struck(door)[text]


@pytest.mark.parametrize("ends", Ends)
@pytest.mark.parametrize("text", ["delay@sql:INSERT:before=150", "delay@sql:INSERT=150"])
def test_nothing_overtakes_what_is_delayed_on_its_connection(postgresql: Reach, text: str, ends: Ends) -> None:
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault(text)]) as door:
        with psycopg.connect(door.url, autocommit=True) as client:
            assert pipelined(client, ROUND, ends) == ["INSERT 0 1", "1", "INSERT 0 1", "2"]
        assert count(other) == 2
        assert [step.command.split()[0] for step in door.steps] == ["INSERT", "SELECT"] * 2
        assert struck(door)[text]


def test_a_copy_can_be_refused(postgresql: Reach) -> None:
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault("error@sql:COPY:before")]) as door:
        with psycopg.connect(door.url, autocommit=True) as client:
            copying = client.cursor().copy("COPY wire_faults FROM STDIN")
            with pytest.raises(psycopg.errors.IoError), copying as copy:
                copy.write_row((1,))
            client.execute(INSERT, (1,))
        assert count(other) == 1


def test_a_reply_that_is_lost_ends_the_connection(postgresql: Reach) -> None:
    with direct(postgresql) as other, proxy(postgresql, [parse_wire_fault("lost-reply@sql:COMMIT")]) as door:
        client = psycopg.connect(door.url)
        client.execute(INSERT, (1,))
        with pytest.raises(psycopg.OperationalError):
            client.commit()
        assert client.closed
        assert count(other) == 1
        assert struck(door) == {"lost-reply@sql:COMMIT": {"k1"}}


def test_of_a_reply_in_parts_nothing_is_heard(postgresql: Reach) -> None:
    with proxy(postgresql, [parse_wire_fault("error@sql:SELECT")]) as door, psycopg.connect(door.url) as client:
        with pytest.raises(psycopg.errors.IoError):
            client.execute("SELECT repeat('x', 1000000) FROM generate_series(1, 8)")
        client.rollback()
        assert client.execute("SELECT 5 FROM pg_database LIMIT 1").fetchone() == (5,)


@contextmanager
def mariadb_client(at: Reach) -> Iterator[pymysql.Connection[Any]]:
    connected = pymysql.connect(host=at.host, port=at.port, user=at.user, password=at.password, database=at.database)
    try:
        yield connected
    finally:
        if connected.open:
            connected.close()


@pytest.mark.parametrize(
    ("text", "kept"),
    [("error@sql:INSERT:before", 0), ("error@sql:INSERT", 1), ("error@sql:COMMIT", 1), ("error@sql:COMMIT:before", 0)],
)
def test_mariadb_says_no_and_the_transaction_goes_on(mariadb: Reach, text: str, kept: int) -> None:
    with proxy(mariadb, [parse_wire_fault(text)]) as door, mariadb_client(door.at) as client:
        with client.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS wire_faults (n int) ENGINE=InnoDB")
            cursor.execute("TRUNCATE wire_faults")
            with pytest.raises(pymysql.err.OperationalError, match=WHY):  # noqa: PT012  either of the two
                cursor.execute(INSERT, (1,))
                client.commit()
            cursor.execute(COUNT)
            if "INSERT" in text:
                assert cursor.fetchone() == (kept,)
            client.rollback()
            cursor.execute(COUNT)
            assert cursor.fetchone() == (kept if "COMMIT" in text else 0,)
        assert struck(door) == {text: {"k1"}}


def test_mariadb_is_not_heard_any_more(mariadb: Reach) -> None:
    with proxy(mariadb, [parse_wire_fault("lost-reply@sql:COMMIT")]) as door:
        with mariadb_client(door.at) as client, client.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS wire_faults (n int) ENGINE=InnoDB")
            cursor.execute("TRUNCATE wire_faults")
            cursor.execute(INSERT, (1,))
            with pytest.raises(pymysql.err.OperationalError):
                client.commit()
        with mariadb_client(door.at) as again, again.cursor() as cursor:
            cursor.execute(COUNT)
            assert cursor.fetchone() == (1,)
        assert struck(door) == {"lost-reply@sql:COMMIT": {"k1"}}


@pytest.fixture
def keys(redis_server: Reach) -> Reach:
    with proxy(redis_server) as door, redis.Redis.from_url(door.url) as client:
        client.flushdb()
    return redis_server


@pytest.mark.parametrize(("text", "kept"), [("error@redis:SET:before", None), ("error@redis:SET", b"1")])
def test_redis_says_no_to_one_command_of_a_pipeline(keys: Reach, text: str, kept: bytes | None) -> None:
    with proxy(keys, [parse_wire_fault(text)]) as door, redis.Redis.from_url(door.url) as client:
        with client.pipeline(transaction=False) as pipe:
            pipe.get("b").set("a", 1).get("a").set("b", 2).get("b")
            first, refused, second, *rest = pipe.execute(raise_on_error=False)
        assert (first, second, rest) == (None, kept, [True, b"2"])
        assert isinstance(refused, redis.ResponseError)
        assert WHY in str(refused)
        assert struck(door) == {text: {"k1"}}


def test_a_transaction_that_is_refused_is_forgotten(keys: Reach) -> None:
    with proxy(keys, [parse_wire_fault("error@redis:EXEC:before")]) as door, redis.Redis.from_url(door.url) as client:
        with client.pipeline(transaction=True) as pipe, pytest.raises(redis.ResponseError, match=WHY):
            pipe.set("a", 1).set("b", 2).execute()
        assert client.mget("a", "b") == [None, None]
        with client.pipeline(transaction=True) as pipe:
            assert pipe.set("c", 3).get("c").execute() == [True, b"3"]
        assert struck(door)["error@redis:EXEC:before"]


def test_a_delay_keeps_the_order_of_a_pipeline(keys: Reach) -> None:
    fault = "delay@redis:SET:before=150"
    with proxy(keys, [parse_wire_fault(fault)]) as door, redis.Redis.from_url(door.url) as client:
        with client.pipeline(transaction=False) as pipe:
            assert pipe.set("a", 1).get("a").incr("a").execute() == [True, b"1", 2]
        assert struck(door)[fault]


def test_redis_is_not_heard_any_more(keys: Reach) -> None:
    with proxy(keys, [parse_wire_fault("lost-reply@redis:SET")]) as door, redis.Redis.from_url(door.url) as client:
        with pytest.raises(redis.ConnectionError):
            client.set("a", 1)
        assert client.get("a") == b"1"
        assert struck(door) == {"lost-reply@redis:SET": {"k1"}}


@pytest.mark.parametrize(
    "text",
    ["crash@sql:COMMIT:before", "reset@redis:SET", "error@gateway:POST", "lost-reply", "pause@redis=5", "error@sql#2"],
)
def test_a_fault_on_the_wire_is_text_and_back(text: str) -> None:
    assert str(parse_wire_fault(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "error",
        "error@reply",
        "error@sql=5",
        "lost-reply@sql:before",
        "kill@redis",
        "network=5",
        "lease=5",
        "crash@zookeeper",
        "delay@sql",
        "crash@reply",
    ],
)
def test_what_cannot_happen_on_the_wire_is_refused(text: str) -> None:
    with pytest.raises(FaultSyntaxError):
        parse_wire_fault(text)


@pytest.mark.parametrize("text", ["lost-reply@sql:COMMIT", "reset@redis", "pause@redis:before=5"])
def test_what_happens_on_the_wire_only_is_no_fault_of_a_run(text: str) -> None:
    with pytest.raises(FaultSyntaxError):
        parse_fault(text)
