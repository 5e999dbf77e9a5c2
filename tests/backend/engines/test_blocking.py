"""Whom a lock on one order keeps waiting, as the servers say: with an index, and by a column without one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from backend.engines.bare import open_tables
from backend.engines.blocking import ASK_EVERY_S, blocked_sessions, blocked_sessions_now
from backend.engines.running import RunningEngine
from backend.shop.schema import orders
from backend.shop.tables import empty_tables
from backend.tap.sql import server_pid_of
from tests.backend.engines.helpers import wait_until

REPEATABLE_READ, READ_COMMITTED = "REPEATABLE READ", "READ COMMITTED"

WORKS: dict[str, Callable[[sa.Connection], object]] = {
    "another order's update": lambda c: c.execute(sa.update(orders).where(orders.c.order_no == "B").values(status=20)),
    "another order's lock": lambda c: c.execute(by_index("B")),
    "another unindexed lock": lambda c: c.execute(without_index("B")),
    "an insert": lambda c: c.execute(sa.insert(orders).values(order_no="D", item="book", quantity=1)),
    "a plain read": lambda c: c.execute(sa.select(orders)),
    "the same order's update": lambda c: c.execute(sa.update(orders).where(orders.c.order_no == "A").values(status=20)),
}
OTHERS = 200
"""Of a handful of rows the planner may read all, whatever index there is, and lock what it reads."""
SAME = {"the same order's update"}
SCAN = {"another unindexed lock"}
"""On MariaDB it waits for each locked row that it meets on its way, wanted or not."""


def by_index(key: str) -> sa.Select[tuple[int]]:
    return sa.select(orders.c.id).where(orders.c.order_no == key).with_for_update()


def without_index(key: str) -> sa.Select[tuple[int]]:
    return sa.select(orders.c.id).where(orders.c.order_no_unindexed == key).with_for_update()


@pytest.fixture(params=["mariadb", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    running: RunningEngine = request.getfixturevalue(request.param)
    opened = open_tables(running, 3)
    with opened.begin() as connection:
        empty_tables(connection)
    assert opened.dialect.name == "postgresql" or wait_until(lambda: is_purged(opened))
    with opened.begin() as connection:
        keys = [*"ABC", *(f"M{number}" for number in range(OTHERS))]
        connection.execute(sa.insert(orders), [{"order_no": key, "item": "book", "quantity": 1} for key in keys])
    with opened.connect() as connection:
        connection.exec_driver_sql("ANALYZE orders" if opened.dialect.name == "postgresql" else "ANALYZE TABLE orders")
        connection.commit()
    yield opened
    opened.dispose()


def is_purged(engine: sa.Engine) -> bool:
    """Whether MariaDB has removed what was deleted: until then it is locked as well, with the gaps beside it."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SHOW ENGINE INNODB STATUS").one()
    return "History list length 0\n" in found[2]


def number_of(connection: sa.Connection) -> int:
    return server_pid_of(connection.connection.dbapi_connection)


@contextmanager
def under_way(work: Callable[[sa.Connection], object], connection: sa.Connection) -> Iterator[threading.Event]:
    """The work in a thread of its own; the event says that it is done."""
    done = threading.Event()

    def carry_out() -> None:
        work(connection)
        done.set()

    thread = threading.Thread(target=carry_out)
    thread.start()
    try:
        yield done
    finally:
        thread.join(20)


def who_waits(engine: sa.Engine, level: str, lock: sa.Select[tuple[int]]) -> set[str]:
    """The works that wait for this lock, and for nobody else; the others get done while it is held."""
    waiting = set()
    at_level = engine.execution_options(isolation_level=level)
    for name, work in WORKS.items():
        with at_level.connect() as holder, at_level.connect() as other, engine.connect() as watcher:
            watcher = watcher.execution_options(isolation_level="AUTOCOMMIT")
            holder.execute(lock)
            with under_way(work, other) as done:
                try:
                    if is_blocked(watcher, done, number_of(other), number_of(holder)):
                        waiting.add(name)
                finally:
                    holder.rollback()
            assert done.is_set()
    return waiting


def is_blocked(watcher: sa.Connection, done: threading.Event, waiting: int, holding: int) -> bool:
    """Whether the server says that this session waits for that one, before its work is done."""
    for _ in range(100):
        if done.wait(ASK_EVERY_S):
            return False
        if blocked_sessions(watcher) == {waiting: frozenset({holding})}:
            return True
    raise AssertionError(f"session {waiting} neither works nor waits for {holding}: {blocked_sessions(watcher)}")


LOOK = "SELECT count(*) FROM information_schema.INNODB_TRX"


def test_somebody_else_who_looks_makes_nobody_tell_of_the_past(engine: sa.Engine) -> None:
    """MariaDB makes no new picture as long as somebody looks at the old one."""
    with engine.connect() as holder, engine.connect() as other, engine.connect() as watcher:
        watcher = watcher.execution_options(isolation_level="AUTOCOMMIT")
        holder.execute(by_index("A"))
        assert blocked_sessions_now(watcher) == {}
        with under_way(WORKS["the same order's update"], other):
            try:
                while engine.dialect.name != "postgresql" and not is_anybody_waiting(watcher):
                    watcher.exec_driver_sql(LOOK)
                expected = {number_of(other): frozenset({number_of(holder)})}
                if engine.dialect.name != "postgresql":
                    assert blocked_sessions(watcher) in (None, expected)
                assert wait_until(lambda: blocked_sessions_now(watcher) == expected)
            finally:
                holder.rollback()


def is_anybody_waiting(watcher: sa.Connection) -> bool:
    return bool(int(watcher.exec_driver_sql("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'").one()[1]))


@pytest.mark.parametrize("level", [REPEATABLE_READ, READ_COMMITTED])
def test_a_lock_by_an_index_keeps_only_its_own_order_waiting(engine: sa.Engine, level: str) -> None:
    waiting = who_waits(engine, level, by_index("A"))
    assert waiting == (SAME if engine.dialect.name == "postgresql" else SAME | SCAN)


def test_a_lock_without_index_keeps_others_waiting_on_mariadb_only(engine: sa.Engine) -> None:
    waiting = who_waits(engine, REPEATABLE_READ, without_index("A"))
    assert waiting == (SAME if engine.dialect.name == "postgresql" else WORKS.keys() - {"a plain read"})


def test_under_read_committed_only_another_scan_meets_the_row(engine: sa.Engine) -> None:
    waiting = who_waits(engine, READ_COMMITTED, without_index("A"))
    assert waiting == (SAME if engine.dialect.name == "postgresql" else SAME | SCAN)
