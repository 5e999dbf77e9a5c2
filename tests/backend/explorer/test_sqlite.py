"""SQLite: one writer at a time, and whoever comes second is refused instead of waiting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.engines.running import RunningEngine
from backend.explorer.explore import Explorer
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.explorer.conftest import Bench

PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER
ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED


@pytest.fixture(scope="module")
def _explorer(valkey: RunningEngine) -> Iterator[Explorer]:
    with Explorer("sqlite:///", valkey.url) as explorer:
        yield explorer


@pytest.mark.parametrize(
    ("operation", "strategy", "variant", "outcomes"),
    [
        # INSERT, COMMIT: the other one's INSERT between the two is refused (2 orders), else they are serial (2).
        (PLACE, "none", "direct", {ONCE: 2, TWICE: 2}),
        # The same, but the second of the serial ones finds the row.
        (PLACE, "unique-index", "catch-violation", {ONCE: 4}),
        # DEL decides before SQLite is asked: as on PostgreSQL.
        (PLACE, "token", "delete-first", {ONCE: 6}),
        # BEGIN IMMEDIATE with SELECT, then check, UPDATE, INSERT, COMMIT: 4 places to be refused, or serial.
        (PAY, "pessimistic-lock", "lock-then-check", {ONCE: 2 * 5}),
    ],
)
def test_two_requests_have_as_many_orders_as_counted_by_hand(
    bench: Bench, operation: OperationKey, strategy: str, variant: str, outcomes: dict[Verdict, int]
) -> None:
    found = bench.explore(operation, strategy, variant)

    assert found.outcomes == outcomes
    assert "SQLite" in str(found.notes[0])


def test_a_crash_rolls_back_and_the_retry_does_it(bench: Bench) -> None:
    found = bench.explore(PLACE, "unique-index", "on-conflict", crashes=1)

    assert found.exhaustive
    assert TWICE not in found.outcomes


def test_a_file_that_was_closed_by_a_crash_is_opened_again(bench: Bench) -> None:
    found = bench.explore(PLACE, "token", "delete-first", crashes=1)

    assert found.exhaustive
    assert found.outcomes.keys() == {ONCE, Verdict.LOST}


def test_whoever_looked_before_another_one_committed_may_not_write(bench: Bench) -> None:
    found = bench.explore(PLACE, "none", "check-then-act", requests=3)

    # Every transaction sees the file as it was at its first statement, and is refused if it wants to write later on.
    assert found.outcomes.keys() == {ONCE}
    assert found.schedules == found.classes


def test_it_is_said_why_a_variant_takes_no_effect_at_all(bench: Bench) -> None:
    found = bench.explore(PAY, "pessimistic-lock", "repeatable-read")

    assert found.outcomes == {Verdict.UNDECIDED: 2}
    assert any("isolation level" in str(note) for note in found.notes)
