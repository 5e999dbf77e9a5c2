"""A failover of Redis as an event: the promoted replica may lack any number of the last writes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backend.explorer.counterexample import load, save
from backend.explorer.mermaid import mermaid
from backend.explorer.question import Choice, Counterexample, EventKind, Question, exploration_document
from backend.model.vocabulary import EngineKind, OperationKey, Verdict
from tests.backend.explorer.conftest import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.explorer.explore import Explorer
    from backend.explorer.question import Exploration

PLACE = OperationKey.PLACE_ORDER
ONCE, TWICE, STUCK, LOST = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.STUCK, Verdict.LOST
LOCK = "distributed-lock"


def asked(strategy: str, variant: str, *, requests: int = 2, failovers: int = 1) -> Question:
    return Question(PLACE, strategy, variant, requests, failovers=failovers)


@pytest.fixture(scope="module")
def ask(_explorer: Explorer) -> Callable[[Question], Exploration]:
    """Asks each question once."""
    return functools.cache(Bench(_explorer).ask)


@pytest.mark.parametrize(
    ("strategy", "variant", "schedules"),
    [
        # SET, SELECT, INSERT, COMMIT, DELIFEQ: one write is there to lose before each step but the first.
        (LOCK, "redis", 1 + 4 * 1),
        # SET, INCRBY, then six more: one write before INCRBY, and one or both before each of the six.
        (LOCK, "redis-fenced", 1 + 1 * 1 + 6 * 2),
        # DEL, INSERT, COMMIT: the token may be back before INSERT and before COMMIT.
        ("token", "delete-first", 1 + 2 * 1),
        # Nothing in Redis, nothing to lose.
        ("unique-index", "on-conflict", 1),
    ],
)
def test_a_failover_may_come_wherever_there_is_a_write_to_lose_and_take_any_number_of_them(
    bench: Bench, strategy: str, variant: str, schedules: int
) -> None:
    found = bench.ask(asked(strategy, variant, requests=1))

    assert found.exhaustive
    assert found.schedules == schedules
    assert found.outcomes == {ONCE: schedules}


def test_two_failovers_take_what_is_there_to_take(bench: Bench) -> None:
    """SET is the only write before the end: once it is lost there is nothing more to lose."""
    assert bench.ask(asked(LOCK, "redis", requests=1, failovers=2)).schedules == 1 + 4


@pytest.mark.parametrize(
    ("strategy", "variant", "harm"),
    [
        (LOCK, "redis", {TWICE}),
        ("unique-index", "catch-violation", set()),
        pytest.param(LOCK, "redis-fenced", set(), marks=pytest.mark.exhaustive),
        pytest.param(LOCK, "redis-renewed", {TWICE}, marks=pytest.mark.exhaustive),
        pytest.param(LOCK, "redis-fence-in-redis", {TWICE}, marks=pytest.mark.exhaustive),
        pytest.param(LOCK, "redis-no-expiry", {TWICE}, marks=pytest.mark.exhaustive),
        pytest.param("token", "delete-first", {TWICE}, marks=pytest.mark.exhaustive),
    ],
)
def test_only_what_the_database_remembers_outlives_a_failover(
    ask: Callable[[Question], Exploration], strategy: str, variant: str, harm: set[Verdict]
) -> None:
    without = ask(asked(strategy, variant, failovers=0))
    found = ask(asked(strategy, variant))

    assert without.outcomes.keys() == {ONCE}
    assert found.exhaustive
    assert found.outcomes.keys() - {ONCE} == harm
    if strategy == "unique-index":
        assert found.schedules == without.schedules


def steps(actor: str, count: int) -> tuple[Choice, ...]:
    return (Choice(EventKind.STEP, actor),) * count


def test_a_fence_that_is_counted_in_redis_goes_back_and_one_kept_in_the_database_does_not(bench: Bench) -> None:
    """A gets number 1, the failover forgets it, B gets number 1: the row in the database refuses whoever is second."""
    choices = (*steps("A", 2), Choice(EventKind.FAILOVER, lost=2), *steps("B", 8), *steps("A", 4))
    schedule = Counterexample(asked(LOCK, "redis-fenced"), ONCE, 2, choices, ())
    played = bench.explorer.replay(schedule)

    assert [event.answer for event in played.events if event.command.startswith("INCRBY")] == ["1", "1"]
    assert [event.answer for event in played.events if event.command == "reply"] == ["created", "conflict"]
    assert played.verdict is ONCE


def test_the_event_is_told_kept_and_played_again(
    bench: Bench, ask: Callable[[Question], Exploration], tmp_path: Path
) -> None:
    exploration = ask(asked(LOCK, "redis"))
    found = exploration.counterexample
    assert found is not None
    assert found.verdict is TWICE
    (failover,) = (event for event in found.events if event.kind is EventKind.FAILOVER)
    assert (failover.engine, failover.actor) == (EngineKind.REDIS, "")
    assert failover.after is not None
    assert failover.after.keys == ()
    assert Choice(EventKind.FAILOVER, lost=1) in found.choices
    document = exploration_document(exploration)
    assert document["failovers"] == 1
    assert "at most 1 failover" in str(exploration.finding)
    assert "Note over Redis: Redis fails over: the replica that is promoted lacks the last 1 write" in mermaid(found)
    assert "故障转移" in mermaid(found, "zh_CN")

    save(found, tmp_path / "schedule.json")
    assert bench.explorer.replay(load(tmp_path / "schedule.json")) == found


@pytest.mark.exhaustive
def test_the_lease_of_somebody_who_renews_it_ends_only_because_he_is_paused(bench: Bench) -> None:
    found = bench.explore(PLACE, LOCK, "redis-renewed", expiries=1).counterexample

    assert found is not None
    assert found.verdict is TWICE
    assert "the holder is paused for longer than its lease" in mermaid(found)
    assert "the lease runs out" in mermaid(bench.explore(PLACE, LOCK, "redis", expiries=1).counterexample or found)
