"""What a lab reads to see its rows takes part in nobody's transactions, also where the server wants SERIALIZABLE."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from backend.engines.mariadb import find_mariadb
from backend.engines.sql import create_sql_engine, disturb_nobody, sqlalchemy_url
from backend.service.explored.footprints import _default_level
from backend.shop.schema import orders, payments
from tests.backend.conftest import Laboratory

ORDER = {"order_no": "A-1", "item": "pen", "quantity": 1}


@contextmanager
def strict_postgresql(laboratory: Laboratory) -> Iterator[sa.Engine]:
    """Callers of a database whose owner wants all transactions serializable, and which the lab uses."""
    url = str(laboratory.lab.connection()["database"])
    strict = sqlalchemy_url(url).set(database="strict").render_as_string(hide_password=False)
    server = create_sql_engine(url, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as own:
        own.exec_driver_sql("CREATE DATABASE strict")
        own.exec_driver_sql("ALTER DATABASE strict SET default_transaction_isolation = 'serializable'")
        callers = create_sql_engine(strict, pool_size=2)
        try:
            laboratory.lab.use_database(strict)
            yield callers
        finally:
            callers.dispose()
            laboratory.lab.use_database("postgresql")
            own.exec_driver_sql("DROP DATABASE strict WITH (FORCE)")
    server.dispose()


@contextmanager
def strict_mariadb(laboratory: Laboratory) -> Iterator[sa.Engine]:
    """The same on a server."""
    laboratory.lab.use_database("mariadb")
    callers = create_sql_engine(laboratory.lab._running()[0].parts.engines.urls[0], pool_size=2)
    with callers.connect() as own:
        own.exec_driver_sql("SET GLOBAL tx_isolation = 'SERIALIZABLE'")
        try:
            laboratory.lab.use_database("postgresql")
            laboratory.lab._running()[0].database.dispose()
            laboratory.lab.use_database("mariadb")
            yield callers
        finally:
            own.exec_driver_sql("SET GLOBAL tx_isolation = 'REPEATABLE-READ'")
            callers.dispose()


def test_a_reader_is_no_reason_for_a_serialization_failure(laboratory: Laboratory) -> None:
    """The read-only anomaly (Fekete, O'Neil and O'Neil 2004): two transactions that may both commit, and who reads."""
    with strict_postgresql(laboratory) as callers, callers.connect() as pivot:
        pivot.execute(sa.select(payments).where(payments.c.order_no == "A-1")).all()
        with callers.begin() as other:
            other.execute(sa.insert(payments).values(order_no="A-1", amount=1, submission_id="other"))
        with laboratory.lab._running()[0].database.connect() as reader:  # as the watch does, which is at it just now
            assert len(reader.execute(sa.select(payments)).all()) == 1
            assert reader.execute(sa.select(orders)).all() == []
            pivot.execute(sa.insert(orders).values(ORDER))
            pivot.commit()


def test_the_level_of_those_who_ask_for_none_is_not_that_of_the_reader(laboratory: Laboratory) -> None:
    url = sqlalchemy_url(str(laboratory.lab.connection()["database"]))
    strict = url.update_query_dict({"options": "-c default_transaction_isolation=serializable"})
    reader = create_sql_engine(strict.render_as_string(hide_password=False), pool_size=1)
    disturb_nobody(reader)
    assert _default_level(reader, "") == "SERIALIZABLE"
    reader.dispose()


@pytest.mark.exhaustive
@pytest.mark.skipif(find_mariadb() is None, reason="MariaDB is not installed here")
def test_a_reader_waits_for_no_writer(laboratory: Laboratory) -> None:
    """Whoever would wait has locked what it has read already, and others wait for that."""
    with strict_mariadb(laboratory) as callers, callers.connect() as writer:
        writer.exec_driver_sql("SET SESSION innodb_lock_wait_timeout = 5")
        writer.execute(sa.insert(orders).values(ORDER))
        watching = laboratory.lab._running()[0].database
        with watching.connect() as reader:
            reader.exec_driver_sql("SET SESSION innodb_lock_wait_timeout = 1")
        laboratory.lab._running()[1].read_back()
        with watching.connect() as reader:
            assert reader.execute(sa.select(orders)).all() == []
        writer.commit()
