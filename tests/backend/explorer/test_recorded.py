"""What is kept beside each event of a counterexample: rows, keys, the line of code, and where it goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.explorer.question import Counterexample, EventKind
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.explorer import codes
from tests.backend.explorer.conftest import Bench
from tests.tables import exhaustive_but

ROOT = Path(__file__).parents[3]
PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER


def found(bench: Bench, operation: OperationKey, strategy: str, variant: str, crashes: int = 0) -> Counterexample:
    example = bench.explore(operation, strategy, variant, crashes=crashes).counterexample
    assert example is not None
    return example


def test_committed_rows_stand_beside_each_event(bench: Bench) -> None:
    example = found(bench, PLACE, "none", "check-then-act")

    commits = 0
    for event in example.events:
        commits += event.command == "COMMIT"
        assert event.after is not None
        assert event.after.effects == len(event.after.tables[0].rows) == commits
    last = example.events[-1].after
    assert last is not None
    assert last.tables[0].name == "orders"
    made_by = last.tables[0].columns.index("submission_id")
    assert {row[made_by] for row in last.tables[0].rows} == {"submission-A", "submission-B"}
    assert last.locks == ()


def test_the_line_of_code_is_the_one_that_made_the_step(bench: Bench) -> None:
    example = found(bench, PLACE, "none", "check-then-act")

    words = {"SELECT": "is_done", "INSERT": "act_and_remember(", "COMMIT": ".begin()"}
    steps = [event for event in example.events if event.kind is EventKind.STEP]
    assert len(steps) == 6
    for event in steps:
        code = (ROOT / event.place.file).read_text(encoding="utf-8").splitlines()
        assert words[event.command.split()[0]] in code[event.place.line - 1]


def test_a_key_is_told_with_its_value_and_whether_it_runs_out(bench: Bench) -> None:
    example = found(bench, PLACE, "token", "get-then-delete")

    first, last = example.events[0].after, example.events[-1].after
    assert first is not None
    assert last is not None
    assert [(key.name, key.value, key.has_lease) for key in first.keys] == [("submit-twice:token:token-1", "1", False)]
    assert last.keys == ()


def test_a_key_of_another_type_than_a_string_is_told_as_well(bench: Bench) -> None:
    example = bench.explore_code(codes.variant(codes.remembered_in_a_hash)).counterexample

    assert example is not None
    last = example.events[-1].after
    assert last is not None, "it could be replayed"
    assert [(key.value, key.has_lease) for key in last.keys] == [("done = yes", False)]


def test_a_row_lock_names_who_waits_for_whom(bench: Bench) -> None:
    example = found(bench, PAY, "pessimistic-lock", "repeatable-read")

    waiting = next(event for event in example.events if event.blocked)
    assert waiting.after is not None
    other = {"A": "B", "B": "A"}[waiting.actor]
    waits = {lock.actor: lock.waits_for for lock in waiting.after.locks}
    assert waits == {waiting.actor: (other,), other: ()}


@pytest.mark.parametrize(
    ("operation", "strategy", "variant", "crashes", "verdict", "kind", "command"),
    exhaustive_but(
        [
            (PLACE, "none", "check-then-act", 0, Verdict.DUPLICATED, EventKind.STEP, "COMMIT"),
            (PLACE, "token", "delete-first", 1, Verdict.LOST, EventKind.CRASH, ""),
            (PLACE, "distributed-lock", "redis-no-expiry", 1, Verdict.STUCK, EventKind.CRASH, ""),
        ],
        lambda *row: row[4] is not Verdict.STUCK,
    ),
)
def test_the_event_with_which_it_goes_wrong_is_pointed_out(
    bench: Bench,
    operation: OperationKey,
    strategy: str,
    variant: str,
    crashes: int,
    verdict: Verdict,
    kind: EventKind,
    command: str,
) -> None:
    limit = 400 if verdict is Verdict.STUCK else None
    explored = bench.explore(operation, strategy, variant, crashes=crashes, limit=limit)
    example = explored.examples[verdict]

    event = example.events[example.mistake]
    assert (event.kind, event.command) == (kind, command)
    assert example.mistake_text.startswith(event.actor) or verdict is Verdict.STUCK
    if verdict is Verdict.DUPLICATED:
        before = example.events[example.mistake - 1].after
        assert before is not None
        assert event.after is not None
        assert (before.effects, event.after.effects) == (1, 2)
