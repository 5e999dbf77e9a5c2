"""Counterexamples: as short as can be, kept in files, and played again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.explorer.counterexample import load, save
from backend.explorer.errors import DivergedError
from backend.explorer.question import Choice, EventKind, exploration_document
from backend.model.errors import SubmitTwiceError
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.explorer.conftest import Bench
from tests.tables import exhaustive_but, first_of_each

PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER


@pytest.mark.parametrize(
    ("operation", "strategy", "variant", "crashes", "expiries", "limit", "verdict", "switches"),
    exhaustive_but(
        [
            (PLACE, "none", "check-then-act", 0, 0, None, Verdict.DUPLICATED, 2),
            (PLACE, "token", "delete-first", 1, 0, None, Verdict.LOST, 2),
            (PAY, "pessimistic-lock", "repeatable-read", 0, 0, None, Verdict.DUPLICATED, 3),
            (PLACE, "distributed-lock", "redis", 0, 1, 100, Verdict.DUPLICATED, 2),
            (PLACE, "distributed-lock", "redis", 0, 1, None, Verdict.DUPLICATED, 2),
        ],
        first_of_each(lambda *row: (row[3], row[4])),
    ),
)
def test_a_counterexample_comes_to_the_same_verdict_again(
    bench: Bench,
    tmp_path: Path,
    operation: OperationKey,
    strategy: str,
    variant: str,
    crashes: int,
    expiries: int,
    limit: int | None,
    verdict: Verdict,
    switches: int,
) -> None:
    found = bench.explore(operation, strategy, variant, crashes=crashes, expiries=expiries, limit=limit).counterexample
    assert found is not None
    assert (found.verdict, found.switches) == (verdict, switches)

    save(found, tmp_path / "schedule.json")
    loaded = load(tmp_path / "schedule.json")
    assert loaded == found
    assert bench.explorer.replay(loaded) == found


def test_the_same_exploration_finds_the_same_counterexample(bench: Bench) -> None:
    once, again = (bench.explore(PLACE, "token", "get-then-delete") for _ in range(2))

    assert (once.outcomes, once.classes) == (again.outcomes, again.classes)
    assert once.counterexample == again.counterexample


def test_a_schedule_that_cannot_be_played_is_refused(bench: Bench) -> None:
    found = bench.explore(PLACE, "none", "direct").counterexample
    assert found is not None

    with pytest.raises(DivergedError):
        bench.explorer.replay(replace(found, choices=(*found.choices, Choice(EventKind.STEP, "A"))))
    with pytest.raises(DivergedError):
        bench.explorer.replay(replace(found, choices=found.choices[:-1]))
    assert bench.explorer.replay(found) == found


def test_a_file_without_a_schedule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SubmitTwiceError, match="cannot be read"):
        load(tmp_path / "missing.json")
    (tmp_path / "other.json").write_text('{"verdict": 1}')
    with pytest.raises(SubmitTwiceError, match="no schedule"):
        load(tmp_path / "other.json")


def test_the_document_has_the_fields_that_were_agreed(bench: Bench) -> None:
    document = exploration_document(bench.explore(PLACE, "none", "direct"))

    assert list(document) == [
        "operation", "strategy", "variant", "requests", "crashes", "expiries",
        "exhaustive", "schedules", "classes", "outcomes", "counterexample", "seconds",
    ]  # fmt: skip
    example = document["counterexample"]
    assert isinstance(example, dict)
    assert list(example) == ["verdict", "switches", "events"]
    assert list(example["events"][0]) == ["actor", "event", "engine", "command", "answer", "blocked"]
