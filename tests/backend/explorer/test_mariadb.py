"""MariaDB: its default level is REPEATABLE READ, and who waits is proven without its slow table of waits."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from math import comb

import pytest
import sqlalchemy as sa

from backend.engines.blocking import blocked_sessions
from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.mariadb import start_mariadb
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine, sqlalchemy_url
from backend.explorer.explore import Explorer
from backend.explorer.footprints import Isolation, Transaction, footprint
from backend.explorer.mariadb import MariadbAccess, MariadbDatabase
from backend.explorer.question import EventKind, Exploration
from backend.explorer.sql_words import has_plain_read, is_plain_read
from backend.model.errors import SubmitTwiceError
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Verdict
from backend.shop.schema import messages_sent, orders
from backend.strategies.base import Handler
from backend.tap.observer import Call, Flow
from tests.backend.explorer import codes
from tests.backend.explorer.conftest import Bench, needs_mariadb
from tests.backend.explorer.schedules import Player, classes
from tests.backend.explorer.test_counts import waiting_at_first_step
from tests.backend.explorer.test_footprints import THREE
from tests.tables import exhaustive_but, values

pytestmark = needs_mariadb

PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK
CANCEL, SEND = OperationKey.CANCEL_ORDER, OperationKey.SEND_MESSAGE
ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED


@pytest.fixture(scope="module")
def _explorer(mariadb: RunningEngine, valkey: RunningEngine, gateway: GatewayKeeper) -> Iterator[Explorer]:
    with Explorer(mariadb.url, valkey.url, gateway) as explorer:
        yield explorer


@pytest.fixture
def at_read_committed(mariadb: RunningEngine, valkey: RunningEngine) -> Iterator[Bench]:
    """On the server as somebody has set it who wants no gap locks."""
    own = create_sql_engine(mariadb.url, pool_size=1)
    try:
        _set_level(own, "READ-COMMITTED")
        with Explorer(mariadb.url, valkey.url) as explorer:
            yield Bench(explorer)
    finally:
        _set_level(own, "REPEATABLE-READ")
        own.dispose()


def _set_level(engine: sa.Engine, level: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET GLOBAL tx_isolation = '{level}'")


@pytest.fixture
def database(mariadb: RunningEngine) -> Iterator[MariadbDatabase]:
    with ExitStack() as opened:
        yield MariadbDatabase(mariadb.url, f"submit_twice_test_{secrets.token_hex(4)}", opened)


@pytest.mark.parametrize(
    ("operation", "strategy", "variant", "outcomes"),
    [
        (PLACE, "none", "direct", {TWICE: comb(4, 2)}),
        # The snapshot is no older than the only plain read: as on PostgreSQL.
        (PLACE, "none", "check-then-act", {ONCE: 2, TWICE: comb(6, 3) - 2}),
        # INSERT ... SELECT reads with locks: the second one waits until COMMIT, and then inserts nothing.
        (PLACE, "none", "insert-where-not-exists", {ONCE: waiting_at_first_step(2, 2)}),
        (ADD, "none", "direct", {TWICE: waiting_at_first_step(2, 2)}),
        (PLACE, "unique-index", "catch-violation", {ONCE: waiting_at_first_step(2, 1)}),
        # INSERT IGNORE, which comes back without a row: COMMIT follows.
        (PLACE, "unique-index", "on-conflict", {ONCE: waiting_at_first_step(2, 2)}),
        (PAY, "unique-index", "catch-violation", {ONCE: waiting_at_first_step(3, 1)}),
        (PAY, "pessimistic-lock", "lock-then-check", {ONCE: waiting_at_first_step(5, 3)}),
        (PAY, "pessimistic-lock", "lock-only", {TWICE: waiting_at_first_step(4, 4)}),
        # The check is the first plain read, so that its snapshot is taken after the wait: never twice.
        (PAY, "pessimistic-lock", "repeatable-read", {ONCE: waiting_at_first_step(4, 3)}),
        # a's SELECT locks the gap. b's SELECT comes after COMMIT, or waits for the row from before COMMIT on: 2. Or it
        # locks the same gap: either INSERT waits, the other closes the circle, one is refused, COMMIT follows: 2.
        (PLACE, "pessimistic-lock", "lock-missing-row", {ONCE: 2 * (2 + 2)}),
        # A key that cannot be deferred makes the second INSERT wait, and is caught there.
        (PLACE, "unique-index", "deferred", {ONCE: waiting_at_first_step(3, 1)}),
        # GET_LOCK, SELECT, INSERT, COMMIT, RELEASE_LOCK, which the lock is held until.
        (PLACE, "advisory-lock", "transaction", {ONCE: waiting_at_first_step(5, 4)}),
        (PLACE, "advisory-lock", "session-leak", {ONCE: 2 * (5 + 4 + 3 + 2 + 1)}),
        # The SELECT locks the gap, as above; whoever was refused starts over before the other one's COMMIT, or after.
        (PLACE, "serializable", "no-retry", {ONCE: 2 * (2 + 2)}),
        (PLACE, "serializable", "retry", {ONCE: 2 * (2 + 2 * 2)}),
        (CANCEL, "none", "direct", {ONCE: waiting_at_first_step(2, 1)}),
        (SEND, "unique-index", "on-conflict", {ONCE: waiting_at_first_step(3, 2)}),
    ],
)
def test_two_requests_have_as_many_interleavings_as_counted_by_hand(
    bench: Bench, operation: OperationKey, strategy: str, variant: str, outcomes: dict[Verdict, int]
) -> None:
    found = bench.explore(operation, strategy, variant)

    assert found.outcomes == outcomes
    assert found.exhaustive
    assert "first plain read" in str(found.notes[0])


@pytest.mark.parametrize("variant", ["transaction", "session-leak"])
def test_a_crash_ends_a_session_and_its_locks(bench: Bench, variant: str) -> None:
    assert bench.explore(PLACE, "advisory-lock", variant, requests=1, crashes=1).outcomes.keys() == {ONCE}


def test_a_plain_read_fixes_what_later_ones_see(bench: Bench) -> None:
    """The second look never finds what the first one did not: on PostgreSQL, at READ COMMITTED, it may."""
    found = bench.explore_code(codes.variant(codes.looks_twice))

    # SELECT, SELECT, INSERT, COMMIT: once if one commits before the other one's first look.
    assert found.outcomes == {ONCE: 2, TWICE: comb(8, 4) - 2}
    assert found.counterexample is not None
    assert Answer.CONFLICT not in _answers(found)


def _answers(found: Exploration) -> set[str]:
    return {event.answer for one in found.examples.values() for event in one.events if event.kind is EventKind.ANSWER}


@pytest.mark.parametrize(
    "code",
    exhaustive_but(
        [codes.looks_twice, codes.writes_then_looks, codes.behind_a_savepoint, codes.serializable],
        values(codes.looks_twice, codes.serializable),
    ),
)
def test_code_that_no_strategy_has_loses_nothing(on_mariadb: Player, code: Handler) -> None:
    found = {}
    for reduce in (False, True):
        on_mariadb.code = codes.variant(code)
        try:
            played = on_mariadb.all(replace(THREE, requests=2), reduce=reduce)
        finally:
            on_mariadb.code = None
        assert played is not None
        if not reduce:
            classes(played)
        found[reduce] = {(one.kind, one.outcome.verdict, one.outcome.answers) for one in played}
    assert found[True] == found[False]


def test_a_statement_that_is_slow_is_not_taken_for_blocked(bench: Bench) -> None:
    found = bench.explore_code(codes.variant(codes.asleep_in_mariadb))

    assert found.outcomes == {TWICE: comb(6, 3)}
    assert found.counterexample is not None
    assert not any(event.blocked for event in found.counterexample.events)


def test_a_deadlock_is_answered_by_the_server(bench: Bench) -> None:
    found = bench.explore_code(codes.variant(codes.crosswise_rows))

    # INSERT, INSERT, INSERT of the order, COMMIT. Both have their first row before either has its second: 2 ways, then
    # either waits first and the server refuses one: 2 x 2. Else the second one's first INSERT waits before the first
    # one's third or fourth step, or comes after its end, and finds the key taken: 2 x 3.
    assert found.outcomes == {ONCE: 2 * 2 + 2 * 3}
    assert found.exhaustive


def test_a_crash_rolls_back_and_the_retry_does_it(bench: Bench) -> None:
    found = bench.explore(PLACE, "unique-index", "on-conflict", crashes=1)

    assert found.exhaustive
    assert found.outcomes.keys() == {ONCE}


def test_deleted_rows_lock_the_same_way_every_time(bench: Bench) -> None:
    runs = [bench.explore(CANCEL, "none", "direct", requests=3) for _ in range(5)]

    assert len({(run.schedules, run.classes) for run in runs}) == 1


def test_a_server_that_others_use_too_says_the_same(mariadb: RunningEngine, valkey: RunningEngine) -> None:
    somebody, password = f"somebody_{secrets.token_hex(3)}", secrets.token_hex(8)
    server = create_sql_engine(mariadb.url, pool_size=1)
    with server.begin() as connection:
        connection.exec_driver_sql(f"CREATE USER {somebody}@localhost IDENTIFIED BY '{password}'")
        connection.exec_driver_sql(f"GRANT ALL ON *.* TO {somebody}@localhost")
    url = sqlalchemy_url(mariadb.url).set(username=somebody, password=password).render_as_string(hide_password=False)
    try:
        with Explorer(url, valkey.url) as explorer:
            found = Bench(explorer).explore(PLACE, "unique-index", "catch-violation", requests=3)
    finally:
        with server.begin() as connection:
            connection.exec_driver_sql(f"DROP USER {somebody}@localhost")
        server.dispose()
    with Explorer(mariadb.url, valkey.url) as explorer:
        alone = Bench(explorer).explore(PLACE, "unique-index", "catch-violation", requests=3)
    assert (found.schedules, found.classes, found.outcomes) == (alone.schedules, alone.classes, alone.outcomes)


def _insert(access: MariadbAccess, key: str) -> None:
    with access.engine.connect() as connection:
        connection.execute(sa.insert(messages_sent).values(request_no=key, request_no_unique=key))


def test_locks_are_free_when_a_dropped_connection_is_gone(database: MariadbDatabase) -> None:
    for number in range(30):
        dead, alive = database.access(), database.access()
        holding = dead.engine.connect()
        holding.execute(sa.insert(messages_sent).values(request_no="K", request_no_unique=f"K{number}"))
        pid = dead.drop()
        assert pid is not None
        while not database.is_gone(pid):
            pass
        with alive.engine.connect() as connection:
            connection.exec_driver_sql("SET SESSION innodb_lock_wait_timeout = 0")
            connection.execute(sa.insert(messages_sent).values(request_no="K", request_no_unique=f"K{number}"))
            connection.rollback()
        holding.detach()
        dead.engine.dispose()
        alive.drop()


def test_only_who_is_in_lock_wait_is_held_up(database: MariadbDatabase) -> None:
    holder, waiter, other = (database.access() for _ in range(3))
    pids = [access.pid for access in (holder, waiter, other)]
    with holder.engine.connect() as holding, ThreadPoolExecutor(1) as threads:
        holding.execute(sa.insert(messages_sent).values(request_no="K", request_no_unique="K"))
        assert database.held_up(pids[1:2], pids[:1]) == frozenset()
        blocked = threads.submit(_insert, waiter, "K")  # type: ignore[arg-type]
        while not database.held_up(pids[1:2], pids[:1]):
            assert not blocked.done()
        assert database.held_up(pids[1:], pids[:1]) == frozenset(), "the other one is about to do something"
        assert database.blockers(pids) == {pids[0]: frozenset(), pids[1]: {pids[0]}, pids[2]: frozenset()}
        holding.rollback()
        blocked.result()
    assert database.held_up(pids[1:2], pids[:1]) == frozenset()
    for access in (holder, waiter, other):
        access.drop()


def test_nothing_is_left_on_the_server(mariadb: RunningEngine, valkey: RunningEngine) -> None:
    server = create_sql_engine(mariadb.url, pool_size=1)

    def databases() -> set[str]:
        with server.connect() as connection:
            return set(connection.exec_driver_sql("SHOW DATABASES").scalars())

    before = databases()
    with Explorer(mariadb.url, valkey.url) as explorer:
        Bench(explorer).explore(PLACE, "unique-index", "on-conflict", crashes=1, limit=20)
        assert len(databases() - before) == 1
    assert databases() == before
    with server.connect() as connection:
        assert blocked_sessions(connection) == {}
    server.dispose()


def test_a_server_that_dies_is_no_answer(valkey: RunningEngine) -> None:
    with Supervisor() as supervisor:
        database = start_mariadb(supervisor)
        with Explorer(database.url, valkey.url) as explorer:
            bench = Bench(explorer)
            assert bench.explore(PLACE, "none", "direct").exhaustive
            assert database.child is not None
            database.child.kill()
            with pytest.raises(SubmitTwiceError, match="went away"):
                bench.explore(PLACE, "none", "direct")


def _touches(command: str, isolation: Isolation) -> frozenset[str]:
    call = Call(Flow("submission-A"), 0, EngineKind.MARIADB, command, ())
    return footprint(call, Transaction(), lambda text: text, isolation).reads


def test_only_a_plain_read_takes_the_snapshot() -> None:
    due, none = Isolation(takes_snapshot=True), Isolation()
    look, lock = "SELECT orders.id FROM orders", "SELECT orders.id FROM orders FOR UPDATE"
    assert has_plain_read(look)
    assert not has_plain_read(lock)
    assert has_plain_read("INSERT INTO orders (item) SELECT goods.item FROM goods")
    assert _touches(look, due) > _touches(look, none)
    assert _touches(lock, due) == _touches(lock, none)
    assert is_plain_read("SELECT orders.id FROM orders WHERE item = 'FOR'")
    assert not is_plain_read("SELECT 1")
    assert not is_plain_read("SELECT orders.id FROM orders LOCK IN SHARE MODE")
    assert not is_plain_read(lock)


def test_the_plug_knows_when_the_snapshot_is_taken(database: MariadbDatabase) -> None:
    access = database.access()
    assert isinstance(access, MariadbAccess)
    with access.engine.connect() as connection:
        connection.execute(sa.insert(messages_sent).values(request_no="K"))
        assert access.isolation().takes_snapshot
        connection.execute(sa.select(orders.c.id).with_for_update())
        assert access.isolation().takes_snapshot
        connection.execute(sa.select(orders.c.id))
        assert not access.isolation().takes_snapshot
        connection.rollback()
        assert access.isolation().takes_snapshot
    with access.engine.connect().execution_options(isolation_level="SERIALIZABLE"):
        assert access.isolation().is_unknown
    assert not access.isolation().is_unknown
    access.drop()


def test_the_command_explores_on_mariadb() -> None:
    question = ("--operation", "pay-order", "--strategy", "pessimistic-lock", "--variant", "repeatable-read")
    command = [sys.executable, "main.py", "explore", "--database", "mariadb", *question]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    assert told.stdout.startswith("In all 8 interleavings (2 requests, no crash) it takes effect exactly once.")
    assert "REPEATABLE READ" in told.stdout


@pytest.mark.parametrize(
    ("strategy", "variant", "outcomes"),
    [
        # What is not committed does not exist: as on PostgreSQL.
        ("none", "insert-where-not-exists", {ONCE: 2, TWICE: comb(4, 2) - 2}),
        # No gap is locked: twice where both look before either inserts, as on PostgreSQL. Else the second one waits
        # for the row, before COMMIT or after it.
        ("pessimistic-lock", "lock-missing-row", {ONCE: 2 * 2, TWICE: 2 * comb(4, 2)}),
        ("serializable", "no-retry", None),
    ],
)
def test_it_explores_the_level_that_the_server_is_set_to(
    at_read_committed: Bench, strategy: str, variant: str, outcomes: dict[Verdict, int] | None
) -> None:
    found = at_read_committed.explore(PLACE, strategy, variant)

    assert found.exhaustive
    assert found.outcomes == outcomes or (outcomes is None and found.outcomes.keys() == {ONCE})
    assert "the level that this server is set to, READ COMMITTED" in str(found.notes[0])
