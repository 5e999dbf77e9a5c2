"""Rows that are there, and are gone before the verdict: whoever was told of them is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from backend.model.plan import Intent, Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Verdict
from backend.shop.schema import orders
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import wait_for
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER
GONE = 12


@contextmanager
def held_up(engine: sa.Engine, intent: Intent) -> Iterator[None]:
    """Somebody writes the same order and does not commit: its submission waits, and with it the end of the run."""
    values = {"order_no": intent.key, "order_no_unique": intent.key, "item": "pen", "quantity": 1}
    with engine.connect() as connection:
        connection.execute(sa.insert(orders).values(values))
        try:
            yield
        finally:
            connection.rollback()


@pytest.mark.parametrize("database", exhaustive_but(["postgresql", "mariadb"], values("postgresql")))
@pytest.mark.parametrize("compared", [False, True])
def test_a_row_that_was_seen_and_deleted_in_mid_run_is_a_contradiction(
    laboratory: Laboratory, database: str, *, compared: bool
) -> None:
    """Also where the answer was found to fit the rows before, when another run was over."""
    laboratory.lab.use_database(database)
    engine, told = laboratory.lab._running()[0].database, laboratory.told
    intents = [laboratory.intent(PLACE, number) for number in range(GONE + 1)]
    with held_up(engine, intents[0]):
        run = laboratory.lab.start_run(Setup("unique-index"), Plan(tuple(intents), 1))
        assert wait_for(told, lambda: len(told.rows) == len(told.replies) == GONE)
        if compared:
            laboratory.run(PLACE, "unique-index", submissions=1)
        deleted = {row.id: row.submission_id for row in told.rows if row.key in {intent.key for intent in intents}}
        with engine.begin() as connection:  # one by one: MariaDB would lock the row that is held, too
            for number in deleted:
                connection.execute(sa.delete(orders).where(orders.c.id == number))
    report = run.wait(60)
    assert report.verdicts == {Verdict.LOST: GONE, Verdict.EXACTLY_ONCE: 1}
    assert report.answers == {Answer.CREATED: GONE + 1}
    assert report.contradicting == len(deleted) == GONE
    named = {(parts["row"], parts["submission"]) for parts in (dict(told.parts) for told in report.contradictions)}
    assert named
    assert named <= set(deleted.items())
    assert laboratory.lab.judgement().contradicting == GONE


def test_a_row_that_is_back_contradicts_nothing(laboratory: Laboratory) -> None:
    laboratory.run(PLACE, "none", submissions=2)
    engine, lab = laboratory.lab._running()[0].database, laboratory.lab
    with engine.begin() as connection:
        kept = connection.execute(sa.select(orders).order_by(orders.c.id)).mappings().first()
        assert kept
        connection.execute(sa.delete(orders).where(orders.c.id == kept["id"]))
    assert wait_for(laboratory.told, lambda: lab.judgement().contradicting == 1)
    assert f"row {kept['id']} of orders" in str(lab.judgement().contradictions[0])
    assert lab.judgement().verdicts == {Verdict.EXACTLY_ONCE: 1}
    computed = {"order_no_unindexed"}
    with engine.begin() as connection:
        connection.execute(sa.insert(orders).values({name: kept[name] for name in kept if name not in computed}))
    assert wait_for(laboratory.told, lambda: lab.judgement().effects == 2)
    assert lab.judgement().contradicting == 0
