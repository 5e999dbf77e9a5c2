"""Reading effects back, also when a reading breaks off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.engines.sql import create_sql_engine
from backend.model.plan import Intent, Plan, Setup
from backend.model.vocabulary import OperationKey, Verdict
from backend.shop.effects import RowReader
from backend.shop.schema import orders, payments
from backend.shop.tables import create_tables
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until


def test_a_reading_that_breaks_off_half_way_has_seen_nothing(tmp_path: Path) -> None:
    engine = create_sql_engine(f"sqlite:///{tmp_path / 'rows'}", pool_size=1)
    try:
        with engine.begin() as connection:
            create_tables(connection)
            connection.execute(
                orders.insert().values(order_no="A-1", item="tea", quantity=1, status=10, submission_id="1.1")
            )
            connection.execute(sa.text("ALTER TABLE payments RENAME TO away"))
            written = connection.execute(sa.text("SELECT created_at FROM orders")).scalar_one()
            assert re.search(r":\d\d\.\d{3}", written), "to the millisecond"
        reader = RowReader(engine, (orders, payments))
        with pytest.raises(sa.exc.OperationalError):
            reader.read_new()
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE away RENAME TO payments"))
        assert [row.submission_id for row in reader.read_all()] == ["1.1"]
        assert reader.read_all() == []
    finally:
        engine.dispose()


def test_what_somebody_writes_or_deletes_by_hand_counts(laboratory: Laboratory) -> None:
    """The verdict is about what is there: one row of two is deleted, and then another one is put there."""
    intent = laboratory.intent(OperationKey.PLACE_ORDER)
    assert judged(laboratory, intent) == {Verdict.EXACTLY_ONCE: 1}
    by_hand = sa.create_engine(laboratory.lab._running()[0]._engines.database.url)
    try:
        with by_hand.begin() as connection:
            connection.execute(sa.insert(orders).values(order_no=intent.key, item="by hand", quantity=1))
        assert judged(laboratory, intent) == {Verdict.DUPLICATED: 1}
        with by_hand.begin() as connection:
            connection.execute(sa.delete(orders).where(orders.c.order_no == intent.key, orders.c.item == "by hand"))
        assert judged(laboratory, intent) == {Verdict.EXACTLY_ONCE: 1}
        with by_hand.begin() as connection:
            connection.execute(sa.delete(orders).where(orders.c.order_no == intent.key))
        assert judged(laboratory, intent, "none") == {Verdict.EXACTLY_ONCE: 1}
    finally:
        by_hand.dispose()


@pytest.mark.parametrize("statement", ["DELETE FROM orders WHERE id = {id}", "TRUNCATE orders RESTART IDENTITY"])
def test_rows_that_somebody_deletes_while_nothing_runs_are_told_and_do_not_count_any_more(
    laboratory: Laboratory, statement: str
) -> None:
    laboratory.run(OperationKey.PLACE_ORDER, "none", submissions=3)
    rows = list(laboratory.told.rows)
    by_hand = sa.create_engine(laboratory.lab._running()[0]._engines.database.url)
    try:
        with by_hand.begin() as connection:
            connection.execute(sa.text(statement.format(id=rows[0].id)))
    finally:
        by_hand.dispose()
    left = rows[1:] if "DELETE" in statement else []
    assert wait_until(lambda: [row.id for row in laboratory.told.rows] == [row.id for row in left], 10)
    assert wait_until(lambda: laboratory.lab.judgement().effects == len(left), 10)
    assert laboratory.lab.judgement().verdicts == {Verdict.DUPLICATED: 1} if left else {Verdict.LOST: 1}


def test_what_belongs_to_somebody_else_after_a_reset_comes_and_goes_unnoticed(laboratory: Laboratory) -> None:
    by_hand = sa.create_engine(laboratory.lab._running()[0]._engines.database.url)
    try:
        with by_hand.begin() as connection:
            connection.execute(sa.insert(orders).values(order_no="THEIRS", item="by hand", quantity=1))
        assert wait_until(lambda: len(laboratory.told.rows) == 1, 10)
        reader = RowReader(by_hand, (orders,))
        reader.forget()
        with by_hand.begin() as connection:
            connection.execute(sa.delete(orders).where(orders.c.order_no == "THEIRS"))
        assert reader.differs()
        assert reader.read_all() == []
        assert reader.vanished() == []
        assert not reader.differs()
    finally:
        by_hand.dispose()


def judged(laboratory: Laboratory, intent: Intent, strategy: str = "unique-index") -> Mapping[Verdict, int]:
    return laboratory.lab.start_run(Setup(strategy), Plan((intent,), 1)).wait(30).verdicts


def test_an_order_that_is_there_to_be_paid_is_no_effect(laboratory: Laboratory) -> None:
    assert laboratory.run(OperationKey.PAY_ORDER, "none", submissions=2).effects == 2
    assert {row.table for row in laboratory.told.rows} == {"payments"}
    assert laboratory.lab.judgement().effects == 2
