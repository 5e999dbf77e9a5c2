"""An exception as an event: the handler gets it instead of a step, answers 500, and its caller sends again."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.explorer.counterexample import load, save
from backend.explorer.mermaid import mermaid
from backend.explorer.mistake import mistake_mark, mistake_sentence
from backend.explorer.question import Choice, EventKind, Exploration, Question, exploration_document
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.explorer.conftest import Bench

PLACE = OperationKey.PLACE_ORDER
ONCE, TWICE, STUCK, LOST = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.STUCK, Verdict.LOST
UNDECIDED = Verdict.UNDECIDED


def asked(bench: Bench, strategy: str, variant: str, *, requests: int = 1, errors: int = 1) -> Exploration:
    return bench.ask(Question(PLACE, strategy, variant, requests, errors=errors))


@pytest.mark.parametrize(
    ("strategy", "variant", "outcomes"),
    [
        # INSERT, COMMIT, reply. An exception instead of COMMIT takes the row back; instead of the reply it does not.
        ("none", "direct", {ONCE: 2, TWICE: 1}),
        # The same, with a key in the same transaction.
        ("unique-index", "catch-violation", {ONCE: 3}),
        # Mark, COMMIT; INSERT, COMMIT; reply. The mark is there and the work is not, twice.
        ("inbox", "separate-transactions", {ONCE: 3, LOST: 2}),
        ("inbox", "same-transaction", {ONCE: 4}),
        # try lock, SELECT, INSERT, COMMIT, unlock, reply. Before the row is there nobody else gets in any more.
        ("advisory-lock", "session-leak", {ONCE: 3, STUCK: 3}),
        # lock, SELECT, INSERT, COMMIT, reply.
        ("advisory-lock", "transaction", {ONCE: 5}),
        # DEL, INSERT, COMMIT, reply.
        ("token", "delete-first", {ONCE: 2, LOST: 2}),
        # The key is kept with the 500 where the work failed, and that is replayed: nobody is told that it is done.
        ("idempotency-key", "stripe", {ONCE: 3, UNDECIDED: 3}),
    ],
)
def test_an_exception_may_come_instead_of_each_step_but_the_first(
    bench: Bench, strategy: str, variant: str, outcomes: dict[Verdict, int]
) -> None:
    found = asked(bench, strategy, variant)

    assert found.exhaustive
    assert found.outcomes == outcomes
    assert found.notes == (), "an exception on purpose is no failure of the strategy"
    assert "at most 1 exception" in str(found.finding)
    assert exploration_document(found)["errors"] == 1


def test_whoever_waits_is_let_go_by_an_exception_of_the_other_one(bench: Bench) -> None:
    found = asked(bench, "unique-index", "on-conflict", requests=2)

    assert found.exhaustive
    assert found.outcomes.keys() == {ONCE}


def test_the_event_is_told_kept_and_played_again(bench: Bench, tmp_path: Path) -> None:
    found = asked(bench, "advisory-lock", "session-leak").counterexample
    assert found is not None
    assert found.verdict is STUCK
    (error,) = (event for event in found.events if event.kind is EventKind.ERROR)
    assert (error.actor, error.engine) == ("A", "postgresql")
    assert Choice(EventKind.ERROR, "A") in found.choices
    assert found.events[found.mistake] == error
    assert "leaves its lock with a connection" in str(mistake_sentence(found))
    assert str(mistake_mark(STUCK)) == "lock left behind"
    assert [event.answer for event in found.events if event.command == "reply"] == ["error", "busy"]
    assert "the handler gets an exception instead" in mermaid(found)
    assert "异常" in mermaid(found, "zh_CN")

    save(found, tmp_path / "schedule.json")
    assert bench.explorer.replay(load(tmp_path / "schedule.json")) == found
