"""Reads from a standby: of what was committed any number of commits ago, and every one of these possibilities."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from math import comb
from pathlib import Path

import pytest

from backend.engines.bare import BareEngines, bare_engines
from backend.explorer.explore import Explorer
from backend.explorer.question import EventKind, Exploration, Question
from backend.model.errors import NotApplicableError
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey, Verdict
from main import main

PLACE = OperationKey.PLACE_ORDER


@pytest.fixture(scope="module")
def engines() -> Iterator[BareEngines]:
    with bare_engines(LabOptions()) as started:
        yield started


def explore(engines: BareEngines, strategy: str, variant: str, requests: int = 2, crashes: int = 0) -> Exploration:
    question = Question(PLACE, strategy, variant, requests, crashes)
    with Explorer(engines.database, engines.redis, standby=engines.standby) as explorer:
        found = explorer.explore(question, lambda _progress: None, threading.Event())
        if found.counterexample:
            assert explorer.replay(found.counterexample).verdict is found.counterexample.verdict
        return found


def test_a_check_on_the_replica_is_explored_with_every_lag(engines: BareEngines) -> None:
    """R I C for both requests.

    In all but two of the (6 over 3) interleavings both read before the other's commit, and there is one thing to see.
    In those two, one reads after the other's commit: it sees it, and ends there, or does not yet.
    """
    found = explore(engines, "none", "check-on-replica")
    assert found.exhaustive
    assert found.schedules == comb(6, 3) - 2 + 2 * 2
    assert found.outcomes == {Verdict.DUPLICATED: comb(6, 3), Verdict.EXACTLY_ONCE: 2}
    saw_it = found.examples[Verdict.EXACTLY_ONCE]
    assert [event.kind for event in saw_it.events].count(EventKind.APPLY) == 1


def test_a_lock_does_not_help_a_check_on_the_replica(engines: BareEngines) -> None:
    """S R I C D for the first; the second comes in one of four places before D, or after it, and lags or does not."""
    found = explore(engines, "distributed-lock", "redis-check-on-replica")
    assert found.exhaustive
    assert found.schedules == 2 * (4 + 2)
    assert found.outcomes == {Verdict.EXACTLY_ONCE: 2 * (4 + 1), Verdict.DUPLICATED: 2}


def test_the_same_check_on_the_primary_is_right_inside_the_lock(engines: BareEngines) -> None:
    found = explore(engines, "distributed-lock", "redis")
    assert found.exhaustive
    assert found.schedules == 2 * (4 + 1)
    assert found.outcomes == {Verdict.EXACTLY_ONCE: 2 * (4 + 1)}


def test_a_retry_after_a_crash_may_read_from_before_the_commit(engines: BareEngines) -> None:
    found = explore(engines, "none", "check-on-replica", requests=1, crashes=1)
    assert found.exhaustive
    assert found.outcomes[Verdict.DUPLICATED] > 0, "committed, not applied yet, and tried again"
    assert found.outcomes[Verdict.EXACTLY_ONCE] > 0


def test_the_command_line_explores_and_replays_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--operation", "place-order", "--strategy", "none", "--variant", "check-on-replica"]
    saved = str(tmp_path / "schedule.json")
    assert main(["explore", *asked, "--save", saved]) == 0
    assert "In 20 of 22 interleavings" in capsys.readouterr().out
    assert main(["explore", "--replay", saved]) == 0
    assert "duplicated" in capsys.readouterr().out


@pytest.mark.exhaustive
def test_three_requests_behind_a_lock_that_read_from_a_standby(engines: BareEngines) -> None:
    found = explore(engines, "distributed-lock", "redis-check-on-replica", requests=3)
    assert found.exhaustive
    assert found.outcomes.keys() == {Verdict.EXACTLY_ONCE, Verdict.DUPLICATED}


def test_who_reads_from_a_standby_is_refused_where_there_can_be_none(engines: BareEngines) -> None:
    question = Question(PLACE, "none", "check-on-replica")
    with Explorer(engines.database, engines.redis) as explorer, pytest.raises(NotApplicableError, match="no standby"):
        explorer.explore(question, lambda _progress: None, threading.Event())
