"""SQLAlchemy engines: transactions on SQLite, round trips on PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine, notice_hang_ups, retire, sqlalchemy_url
from tests.backend.engines.helpers import wait_until

GOODS = sa.Table("goods", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("count", sa.Integer))


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = create_sql_engine(f"sqlite:///{tmp_path / 'goods.sqlite3'}")
    GOODS.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(GOODS.insert(), {"id": 1, "count": 0})
    yield engine
    engine.dispose()


def count_of(engine: sa.Engine) -> int | None:
    with engine.connect() as connection:
        return connection.execute(sa.select(GOODS.c.count)).scalar()


def statements_of(engine: sa.Engine, work: Callable[[sa.Connection], object]) -> list[str]:
    """What SQLite itself was told."""
    told: list[str] = []
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(told.append)
        work(connection)
        driver.set_trace_callback(None)
    return told


def test_a_transaction_begins_with_its_first_statement(sqlite: sa.Engine) -> None:
    def work(connection: sa.Connection) -> None:
        with connection.begin():
            connection.execute(sa.select(GOODS.c.count))
            connection.execute(GOODS.update().values(count=1))
        with connection.begin():
            pass

    told = statements_of(sqlite, work)
    assert [statement.split()[0] for statement in told] == ["BEGIN", "SELECT", "UPDATE", "COMMIT"]
    assert told[0].strip() == "BEGIN"


def test_a_locking_select_begins_immediately_and_no_other_statement_does(sqlite: sa.Engine) -> None:
    locking = sa.select(GOODS).with_for_update()
    assert statements_of(sqlite, lambda c: c.execute(locking))[0].strip() == "BEGIN IMMEDIATE"
    assert statements_of(sqlite, lambda c: c.execute(sa.select(GOODS)))[0].strip() == "BEGIN"
    assert statements_of(sqlite, lambda c: c.execute(sa.text("SELECT 1")))[0].strip() == "BEGIN"
    later = statements_of(sqlite, lambda c: (c.execute(sa.select(GOODS)), c.execute(locking)))
    assert [statement.split()[0] for statement in later] == ["BEGIN", "SELECT", "SELECT"]


def test_rollback_takes_everything_back(sqlite: sa.Engine) -> None:
    with sqlite.connect() as connection:
        connection.execute(GOODS.update().values(count=5))
        connection.rollback()
        connection.execute(GOODS.update().values(count=6))
    assert count_of(sqlite) == 0


def test_a_savepoint_takes_back_its_own_part(sqlite: sa.Engine) -> None:
    with sqlite.begin() as connection:
        connection.execute(GOODS.update().values(count=1))
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.execute(GOODS.insert(), {"id": 1, "count": 0})
    assert count_of(sqlite) == 1


def test_many_rows_at_once_are_one_transaction(sqlite: sa.Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError), sqlite.begin() as connection:
        connection.execute(GOODS.insert(), [{"id": 2, "count": 0}, {"id": 3, "count": 0}, {"id": 1, "count": 0}])
    with sqlite.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(GOODS)).scalar() == 1


def test_autocommit_is_left_alone(sqlite: sa.Engine) -> None:
    with sqlite.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(GOODS.update().values(count=9))
        connection.rollback()
    assert count_of(sqlite) == 9
    with sqlite.connect() as connection:
        connection.execute(GOODS.update().values(count=10))
    assert count_of(sqlite) == 9


def test_locking_transactions_exclude_each_other(sqlite: sa.Engine) -> None:
    def add_one() -> None:
        with sqlite.begin() as connection:
            count = connection.execute(sa.select(GOODS.c.count).with_for_update()).scalar_one()
            connection.execute(GOODS.update().values(count=count + 1))

    threads = [threading.Thread(target=add_one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_of(sqlite) == 16


def test_an_observer_of_the_statement_sees_the_wait(sqlite: sa.Engine) -> None:
    spans: list[tuple[float, float]] = []

    @event.listens_for(sqlite, "before_cursor_execute")
    def before(connection: sa.Connection, *_: object) -> None:
        connection.info["started"] = time.monotonic()

    @event.listens_for(sqlite, "after_cursor_execute")
    def after(connection: sa.Connection, *_: object) -> None:
        spans.append((connection.info["started"], time.monotonic()))

    entered = threading.Event()

    def wait_for_lock() -> None:
        with sqlite.begin() as connection:
            entered.set()
            connection.execute(sa.select(GOODS.c.count).with_for_update())

    with sqlite.begin() as holder:
        holder.execute(sa.select(GOODS.c.count).with_for_update())
        spans.clear()
        waiting = threading.Thread(target=wait_for_lock)
        waiting.start()
        assert entered.wait(30)
        waiting.join(0.2)
        released = time.monotonic()
    waiting.join(5)
    ((started, ended),) = spans
    assert started < released < ended


def test_the_journal_is_a_write_ahead_log(sqlite: sa.Engine) -> None:
    with sqlite.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_postgresql_means_psycopg(url: str) -> None:
    assert sqlalchemy_url(url).drivername == "postgresql+psycopg"


def test_a_transaction_on_postgresql_has_no_round_trip_of_ours(postgresql: RunningEngine) -> None:
    """Counted by the server: the statements of the session, as the log shows them."""
    engine = create_sql_engine(postgresql.url, pool_size=1)
    assert postgresql.child is not None
    log = postgresql.child.log
    with engine.begin() as connection:
        connection.exec_driver_sql("SET log_statement = 'all'")
    begin = log.stat().st_size
    for number in (1, 2):
        with engine.begin() as connection:
            connection.execute(sa.text(f"SELECT 'mark {number}'"))
    assert wait_until(lambda: log.read_bytes()[begin:].count(b"COMMIT") == 2)
    engine.dispose()
    lines = log.read_text()[begin:].splitlines()
    told = [line.partition("LOG:")[2].split(":", 1)[1].split()[0] for line in lines if "LOG:  " in line]
    assert told == ["BEGIN", "SELECT", "COMMIT"] * 2


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_connection_that_its_driver_has_closed_is_not_used_again(server: str, request: pytest.FixtureRequest) -> None:
    engine = create_sql_engine(request.getfixturevalue(server).url, pool_size=1)
    notice_hang_ups(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert driver is not None
    driver.close()
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_of_an_engine_that_is_not_used_any_more_no_connection_stays_open(tmp_path: Path) -> None:
    engine = create_sql_engine(f"sqlite:///{tmp_path / 'retired.sqlite3'}")
    borrowed = engine.connect()
    driver = borrowed.connection.driver_connection
    assert driver is not None
    retire(engine)
    assert borrowed.execute(sa.text("SELECT 1")).scalar() == 1
    borrowed.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        driver.execute("SELECT 1")
    with pytest.raises(sa.exc.InvalidRequestError):
        engine.connect()
