"""Errors after which the same again may succeed: of real databases, and what the strategies make of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from backend.engines.bare import open_tables
from backend.engines.external import connect_database
from backend.engines.mariadb import find_mariadb, start_mariadb
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine
from backend.instance.problems import from_exception, render
from backend.model.vocabulary import Answer, OperationKey
from backend.shop.conflicts import is_conflict
from backend.shop.operations import NoGateway, Request, operation_at
from backend.shop.schema import fences, idempotency_records, orders
from backend.strategies.base import Services
from backend.strategies.idempotency_key import stripe

KEY = "order-1"


@pytest.fixture(scope="module")
def mariadb() -> Iterator[RunningEngine]:
    if find_mariadb() is None:
        pytest.skip("MariaDB (mariadb-server-core) is not installed here")
    with Supervisor() as supervisor:
        yield start_mariadb(supervisor)


def services_on(engine: sa.Engine) -> Services:
    return Services(
        database=engine,
        redis=redis.Redis(),  # never called
        lease_ms=10_000,
        new_token=lambda: "token",
        mutex=lambda _key: threading.Lock(),
        render=render,
    )


def paying() -> Request:
    return Request(operation_at(OperationKey.PAY_ORDER, NoGateway()), KEY, "pen", 1, "s-1", "", 1, "the-key", KEY)


def waits(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'").one()
        return bool(int(found[1]))  # INNODB_TRX shows nothing new to whoever asks all the time


def test_a_deadlock_is_not_kept_as_the_answer_of_a_key(mariadb: RunningEngine) -> None:
    """Stripe: nothing is kept where a concurrent request got in the way."""
    engine, others = open_tables(mariadb, 2), create_sql_engine(mariadb.url, pool_size=2)
    with engine.begin() as connection:
        connection.execute(orders.insert().values(order_no=KEY, item="pen", quantity=1))
    rival = others.connect()
    rival.begin()
    # The server gives up the transaction that has changed less, and that is to be the strategy's.
    rival.execute(fences.insert(), [{"resource": f"r-{number}", "fence": 0} for number in range(200)])
    asks_for_the_order = threading.Thread(target=lambda: touch(rival))

    def get_in_the_way(*arguments: Any) -> None:  # noqa: ANN401  as SQLAlchemy calls it
        if arguments[2].startswith("UPDATE orders") and asks_for_the_order.ident is None:
            rival.execute(sa.update(idempotency_records).values(body="rival"))
            asks_for_the_order.start()
            while not waits(others):
                pass

    sa.event.listen(engine, "after_cursor_execute", get_in_the_way)
    services = services_on(engine)
    with pytest.raises(sa.exc.OperationalError) as caught:
        stripe(paying(), services)
    assert is_conflict(caught.value)
    assert from_exception(caught.value).answer is Answer.CONFLICT
    asks_for_the_order.join()
    rival.close()
    assert stripe(paying(), replace(services, replay=lambda _response: Answer.REPLAYED)) is Answer.CREATED
    others.dispose()
    engine.dispose()


def test_a_lock_that_was_waited_for_too_long_is_not_kept_as_the_answer_of_a_key(mariadb: RunningEngine) -> None:
    engine, others = open_tables(mariadb, 2), create_sql_engine(mariadb.url, pool_size=1)
    with engine.begin() as connection:
        connection.execute(orders.insert().values(order_no="order-2", item="pen", quantity=1))
    sa.event.listen(engine, "begin", lambda c: c.exec_driver_sql("SET SESSION innodb_lock_wait_timeout = 1"))
    services, request = services_on(engine), replace(paying(), key="order-2", idempotency_key="another-key")
    with others.connect() as rival:
        rival.execute(sa.update(orders).where(orders.c.order_no == "order-2").values(item="rival"))
        with pytest.raises(sa.exc.OperationalError, match="Lock wait timeout"):
            stripe(request, services)
    assert stripe(request, services) is Answer.CREATED
    others.dispose()
    engine.dispose()


def touch(rival: sa.Connection) -> None:
    rival.execute(sa.update(orders).values(item="rival"))
    rival.commit()


def test_a_locked_sqlite_file_is_one_of_them(tmp_path: Path) -> None:
    running = connect_database(f"sqlite:///{tmp_path / 'file'}")
    engine = open_tables(running, 2)
    with engine.connect() as holder, engine.connect() as other:
        holder.execute(orders.insert().values(order_no="a", item="pen", quantity=1))
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
        with pytest.raises(sa.exc.OperationalError) as caught:
            other.execute(orders.insert().values(order_no="b", item="pen", quantity=1))
    engine.dispose()
    assert is_conflict(caught.value)
    assert from_exception(caught.value).answer is Answer.BUSY


def test_other_errors_are_none_of_them(tmp_path: Path) -> None:
    engine = create_sql_engine(f"sqlite:///{tmp_path / 'file'}")
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as caught:
        connection.exec_driver_sql("SELECT * FROM nowhere")
    engine.dispose()
    assert not is_conflict(caught.value)
    assert not is_conflict(ValueError())
