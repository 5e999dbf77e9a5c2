"""Emptying our tables."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from backend.shop.schema import inbox, orders
from backend.shop.tables import empty_tables
from tests.backend.conftest import Laboratory


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_what_was_committed_behind_a_snapshot_is_emptied_as_well(laboratory: Laboratory, level: str) -> None:
    engine = sa.create_engine(laboratory.lab._running()[0]._engines.database.url)
    count = sa.select(sa.func.count())
    try:
        with engine.connect().execution_options(isolation_level=level) as emptying:
            assert emptying.scalar(count.select_from(orders)) == 0
            with engine.begin() as other:
                other.execute(sa.insert(orders).values(order_no="A-1", item="tea", quantity=1))
                other.execute(sa.insert(inbox).values(message_key="place-order:A-1"))
            empty_tables(emptying)
            emptying.commit()
        with engine.connect() as other:
            assert [other.scalar(count.select_from(table)) for table in (orders, inbox)] == [0, 0]
    finally:
        engine.dispose()
