"""Our own strategies, served and explored on the wire as if somebody else had written them: the same comes out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

import pytest

from backend.engines.bare import BareEngines, bare_engines
from backend.explorer.explore import Explorer
from backend.explorer.question import Exploration, Question, service_question
from backend.model.options import LabOptions
from backend.model.vocabulary import Verdict
from backend.service.explored.rig import Rig
from backend.service.explored.run import ServiceExploration
from tests.backend.service.lab_as_service import ROOT, Case, cases, description, seen_from_outside

Outcome = tuple[int, dict[Verdict, int]]
"""Schedules, and what they come to."""
INSTANCES = 3


@pytest.fixture(scope="module")
def engines() -> Iterator[BareEngines]:
    with bare_engines(LabOptions()) as started:
        yield started


@pytest.fixture(scope="module")
def explorer(engines: BareEngines) -> Iterator[Explorer]:
    with Explorer(engines.database, engines.redis) as opened:
        yield opened


@pytest.fixture(scope="module")
def rig(engines: BareEngines) -> Iterator[Rig]:
    any_case = next(cases())
    with Rig(description(any_case, engines), ROOT, INSTANCES) as opened:
        yield opened


QUICK = {
    "place-order token get-then-delete",
    "place-order unique-index catch-violation",
    "pay-order pessimistic-lock lock-then-check",
    "pay-order optimistic-lock version-from-form",
    "add-stock distributed-lock redis-fenced",
}
"""The others take minutes, all in all."""
QUICK_ALONE = {"place-order distributed-lock redis-no-expiry", "place-order idempotency-key stripe"}
WITH_CRASH = {
    "place-order token delete-first",
    "place-order none direct",
    "place-order front-end disable-button",
    "place-order unique-index catch-violation",
    "place-order unique-index on-conflict",
    "pay-order optimistic-lock version-from-form",
    "place-order distributed-lock redis-no-check",
}
"""The others have thousands of schedules each, and then take longer than they tell."""
WITH_EXPIRY = {
    "place-order distributed-lock redis",
    "place-order distributed-lock redis-no-expiry",
    "place-order distributed-lock redis-blind-release",
    "place-order distributed-lock redis-no-check",
}
"""With a fence there are thousands, too."""
ALL = list(cases())


def _params(chosen: Iterable[Case], quick: set[str]) -> list[object]:
    return [
        pytest.param(case, id=str(case), marks=[] if str(case) in quick else [pytest.mark.exhaustive])
        for case in chosen
    ]


def _first_of_each() -> Iterator[Case]:
    """Every variant once, on the first operation that it guards."""
    seen = set()
    for case in ALL:
        if (name := (case.strategy, case.variant.key)) not in seen:
            seen.add(name)
            yield case


@pytest.fixture
def both(engines: BareEngines, explorer: Explorer, rig: Rig) -> Callable[..., tuple[Outcome, Outcome]]:
    """What a case comes to in our own explorer and on the wire."""

    def ask(case: Case, requests: int = 2, crashes: int = 0, expiries: int = 0) -> tuple[Outcome, Outcome]:
        strategy, variant = seen_from_outside(case)
        question = Question(case.operation, strategy, variant, requests, crashes, expiries)
        ours = explorer.explore(question, lambda _: None, threading.Event())
        rig.turn_to(description(case, engines))
        on_the_wire = ServiceExploration(rig, service_question(str(case), requests, crashes, expiries))
        theirs = on_the_wire.explore(lambda _: None, threading.Event())
        assert theirs.exhaustive
        return _outcome(ours), _outcome(theirs)

    return ask


def _outcome(found: Exploration) -> Outcome:
    return found.schedules, dict(found.outcomes)


@pytest.mark.large
@pytest.mark.parametrize("case", _params(ALL, QUICK))
def test_on_the_wire_a_strategy_comes_to_what_it_comes_to_in_our_own_explorer(
    case: Case, both: Callable[..., tuple[Outcome, Outcome]]
) -> None:
    ours, theirs = both(case)
    assert theirs == ours


@pytest.mark.large
@pytest.mark.parametrize("case", _params(_first_of_each(), QUICK_ALONE))
def test_so_it_does_where_a_request_crashes_at_any_step_and_is_retried(
    case: Case, both: Callable[..., tuple[Outcome, Outcome]]
) -> None:
    ours, theirs = both(case, requests=1, crashes=1)
    assert theirs == ours


@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", _params([case for case in ALL if str(case) in WITH_CRASH], set()))
def test_so_it_does_where_one_of_two_requests_crashes(case: Case, both: Callable[..., tuple[Outcome, Outcome]]) -> None:
    ours, theirs = both(case, crashes=1)
    assert theirs == ours


@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", _params([case for case in ALL if str(case) in WITH_EXPIRY], set()))
def test_so_it_does_when_a_lease_runs_out(case: Case, both: Callable[..., tuple[Outcome, Outcome]]) -> None:
    ours, theirs = both(case, expiries=1)
    assert theirs == ours
