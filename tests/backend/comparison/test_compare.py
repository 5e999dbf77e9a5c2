"""Comparisons on the real engines: what they find, and how they end."""

from __future__ import annotations

import threading

import pytest

from backend.comparison.claims import standing, surprises
from backend.comparison.compare import check
from backend.comparison.records import Comparison, ComparisonProgress, ComparisonQuestion, SituationKey
from backend.errors import UnknownKeyError
from backend.model import EngineKind, OperationKey, Verdict
from tests.backend.comparison.conftest import Compare


def worst(found: Comparison) -> dict[str, list[Verdict | None]]:
    return {line.subject.name: [cell.worst for cell in line.cells] for line in found.lines}


def test_each_variant_comes_to_what_is_known_of_it(found: Comparison) -> None:
    assert worst(found) == {
        "none/direct": [Verdict.DUPLICATED, Verdict.DUPLICATED],
        "unique-index/on-conflict": [Verdict.EXACTLY_ONCE, Verdict.EXACTLY_ONCE],
        "token/delete-first": [Verdict.EXACTLY_ONCE, Verdict.LOST],
    }
    assert found.complete
    assert surprises(found) == ()


def test_a_sound_variant_says_what_breaks_it_all_the_same(found: Comparison) -> None:
    words = {line.subject.name: standing(line) for line in found.lines}
    assert words["unique-index/on-conflict"] == "sound"
    assert words["token/delete-first"] == "sound, but broken by: crash and retry"
    assert words["none/direct"].startswith("broken by: simultaneous clicks")


def test_a_crash_is_tried_at_each_point_and_the_worst_is_the_one_to_look_at(found: Comparison) -> None:
    token = next(line for line in found.lines if line.subject.strategy == "token")
    cell = token.cell(SituationKey.CRASH)
    assert cell is not None
    assert cell.telling is not None
    assert [part.worst for part in cell.parts] == [Verdict.LOST, Verdict.LOST, Verdict.EXACTLY_ONCE]
    assert [str(fault) for fault in cell.telling.part.setup.faults] == ["crash@redis"]


def test_the_cost_has_both_sides_and_the_round_trips(found: Comparison) -> None:
    costs = {line.subject.name: line.cost for line in found.lines}
    token = costs["token/delete-first"]
    assert token is not None
    assert token.load is not None
    assert token.baseline is not None
    assert token.load.steps == {EngineKind.POSTGRESQL: 2, EngineKind.REDIS: 1}
    assert token.baseline.steps == {EngineKind.POSTGRESQL: 2}
    assert token.load.submissions == token.baseline.submissions > 0
    assert token.load.refused == token.baseline.refused == 0
    assert 0 < token.load.p50_ms <= token.load.p99_ms


def test_cancelling_keeps_what_was_measured(compare: Compare) -> None:
    cancelled = threading.Event()
    seen: list[ComparisonProgress] = []

    def stop_after_the_first(progress: ComparisonProgress) -> None:
        seen.append(progress)
        if progress.done == 1:
            cancelled.set()

    asked = ComparisonQuestion(strategies=("unique-index",), situations=(SituationKey.CLICKS,), quick=True, cost=False)
    found = compare(asked, stop_after_the_first, cancelled)
    assert not found.complete
    assert worst(found) == {"unique-index/catch-violation": [Verdict.EXACTLY_ONCE]}
    assert (seen[0].done, seen[0].total) == (0, 2)
    assert seen[0].seconds_left > 0


def test_what_cannot_be_measured_says_why_and_the_rest_goes_on(compare: Compare) -> None:
    asked = ComparisonQuestion(
        databases=("postgresql://nobody:secret@127.0.0.1:1/none", "postgresql"),
        strategies=("none/direct",),
        situations=(SituationKey.ONE_AFTER_ANOTHER,),
        quick=True,
        cost=False,
    )
    found = compare(asked)
    broken, whole = (line.cells[0] for line in found.lines)
    assert broken.failure
    assert "secret" not in broken.failure
    assert broken.worst is None
    assert whole.worst is Verdict.DUPLICATED


def test_what_does_not_exist_or_does_not_fit_is_refused() -> None:
    with pytest.raises(UnknownKeyError):
        check(ComparisonQuestion(strategies=("magic",)))
    with pytest.raises(UnknownKeyError):
        check(ComparisonQuestion(operations=(OperationKey.PLACE_ORDER,), strategies=("optimistic-lock",)))


@pytest.mark.exhaustive
@pytest.mark.parametrize("database", ["mariadb", "sqlite"])
def test_other_databases_keep_what_is_said_of_the_variants_or_say_why_not(compare: Compare, database: str) -> None:
    found = compare(
        ComparisonQuestion(
            databases=(database,),
            strategies=("none/check-then-act", "unique-index/catch-violation", "distributed-lock/redis-fenced"),
            situations=(SituationKey.CLICKS, SituationKey.RETRY),
            quick=True,
            cost=False,
        )
    )
    words = {line.subject.name: standing(line) for line in found.lines}
    assert surprises(found) == ()
    assert words["unique-index/catch-violation"] == words["distributed-lock/redis-fenced"] == "sound"
    if database == "sqlite":
        assert words["none/check-then-act"] == "not broken here: SQLite runs one transaction at a time"
    else:
        assert words["none/check-then-act"].startswith("broken by: simultaneous clicks")
