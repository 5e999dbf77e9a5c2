"""Which effect is the first does not depend on when rows were read: one may become visible after later ones."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from backend.archive.entries import RunRecord
from backend.cli.run import RecordedNotes
from backend.model.plan import Intent
from backend.model.vocabulary import OperationKey
from backend.shop.schema import orders
from tests.backend.archive.samples import BEGAN, report, settings
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import wait_for
from tests.tables import exhaustive_but, values


def _write(connection: sa.Connection, intent: Intent) -> int:
    row = {"order_no": intent.key, "item": "pen", "quantity": 1}
    key = connection.execute(sa.insert(orders).values(row)).inserted_primary_key
    assert key
    return int(key[0])


@pytest.mark.parametrize("database", exhaustive_but(["postgresql", "mariadb"], values("postgresql")))
def test_a_row_that_is_committed_late_takes_its_place_and_one_that_goes_leaves_it(
    laboratory: Laboratory, database: str
) -> None:
    """Live, and in what is kept of a run."""
    laboratory.lab.use_database(database)
    engine, told = laboratory.lab._running()[0].database, laboratory.told
    intent = laboratory.intent(OperationKey.PLACE_ORDER)

    def shown() -> dict[int, int]:
        return {row.id: row.ordinal for row in told.rows}

    def kept() -> dict[int, int]:
        record = notes.book.entry(BEGAN, settings(), [intent], report(), lambda _: ()).content
        assert isinstance(record, RunRecord)
        return {row.id: row.ordinal for row in record.rows}

    with RecordedNotes(3, "en") as notes, engine.connect() as slow:
        told.also = notes
        first = _write(slow, intent)
        with engine.begin() as quick:
            second, third = _write(quick, intent), _write(quick, intent)
        assert wait_for(told, lambda: shown() == {second: 1, third: 2})
        slow.commit()
        assert wait_for(told, lambda: len(told.rows) == 3)
        assert wait_for(told, lambda: shown() == {first: 1, second: 2, third: 3})
        assert kept() == shown()
        with engine.begin() as quick:
            quick.execute(sa.delete(orders).where(orders.c.id == second))
        assert wait_for(told, lambda: len(told.rows) == 2)
        assert wait_for(told, lambda: shown() == {first: 1, third: 2})
        assert kept() == shown()


@pytest.mark.parametrize("database", exhaustive_but(["postgresql", "mariadb"], values("postgresql")))
def test_a_row_is_dated_when_it_is_inserted_and_not_when_its_transaction_began(
    laboratory: Laboratory, database: str
) -> None:
    """Whoever waited for a lock before the INSERT would seem to have been first."""
    laboratory.lab.use_database(database)
    engine, told = laboratory.lab._running()[0].database, laboratory.told
    intent = laboratory.intent(OperationKey.PLACE_ORDER)
    with engine.connect() as slow:
        slow.execute(sa.select(sa.func.count()).select_from(orders))
        with engine.begin() as quick:
            first = _write(quick, intent)
        second = _write(slow, intent)
        slow.commit()
    assert wait_for(told, lambda: len(told.rows) == 2)
    ordered = sorted(told.rows, key=lambda row: row.created_at)
    assert [(row.id, row.ordinal) for row in ordered] == [(first, 1), (second, 2)]
