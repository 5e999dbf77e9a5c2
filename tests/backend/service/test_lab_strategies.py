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
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import SPARES, ServiceExploration
from tests.backend.service.lab_as_service import (
    NO_DIALECT,
    NO_KEYS,
    NO_STANDBY,
    ROOT,
    Case,
    cases,
    description,
    reason_against,
    seen_from_outside,
)

Outcome = tuple[int, dict[Verdict, int]]
"""Schedules, and what they come to."""
INSTANCES = 3 + SPARES


@pytest.fixture(scope="module")
def engines() -> Iterator[BareEngines]:
    with bare_engines(LabOptions()) as started:
        yield started


@pytest.fixture(scope="module")
def explorer(engines: BareEngines) -> Iterator[Explorer]:
    with Explorer(engines.database, engines.redis, engines.gateway) as opened:
        yield opened


@pytest.fixture(scope="module")
def deployment(engines: BareEngines) -> Iterator[Deployment]:
    any_case = next(cases())
    with Deployment(description(any_case, engines), ROOT, INSTANCES) as opened:
        yield opened


QUICK = {
    "place-order token get-then-delete",
    "pay-order pessimistic-lock lock-then-check",
}
"""The others take minutes, all in all."""
QUICK_ALONE = {"place-order distributed-lock redis-no-expiry"}
FEW = 40
"""So many of the first schedules are compared where there are thousands; all of them with `-m exhaustive`."""
MANY = 4_000
"""No more of them, even then. Both search in the same order, so that these are the same ones."""
QUICK_WITH_CRASH = {"place-order token delete-first"}
ALL = list(cases())


def _params(chosen: Iterable[Case], quick: set[str]) -> list[object]:
    return [pytest.param(case, id=str(case), marks=list(_marks(case, quick))) for case in chosen]


def _marks(case: Case, quick: set[str]) -> Iterator[pytest.MarkDecorator]:
    if reason := reason_against(case):
        yield pytest.mark.skip(reason)
    if str(case) not in quick:
        yield pytest.mark.exhaustive


def _first_of_each() -> Iterator[Case]:
    """Every variant once, on the first operation that it guards."""
    seen = set()
    for case in ALL:
        if (name := (case.strategy, case.variant.key)) not in seen:
            seen.add(name)
            yield case


def _with_a_lease() -> Iterator[Case]:
    """What holds a key in Redis that runs out, or answers by one."""
    in_redis = {"distributed-lock", "idempotency-key"}
    return (case for case in _first_of_each() if case.strategy in in_redis)


@pytest.fixture
def limit(request: pytest.FixtureRequest) -> int:
    """How many of the schedules are compared at most."""
    return MANY if request.node.get_closest_marker("exhaustive") else FEW


@pytest.fixture
def both(engines: BareEngines, explorer: Explorer, deployment: Deployment) -> Callable[..., tuple[Outcome, Outcome]]:
    """What a case comes to in our own explorer and on the wire."""

    def ask(
        case: Case, requests: int = 2, crashes: int = 0, expiries: int = 0, limit: int | None = None
    ) -> tuple[Outcome, Outcome]:
        strategy, variant = seen_from_outside(case)
        question = Question(case.operation, strategy, variant, requests, crashes, expiries)
        ours = explorer.explore(question, lambda _: None, threading.Event(), limit)
        deployment.turn_to(description(case, engines))
        on_the_wire = ServiceExploration(deployment, service_question(str(case), requests, crashes, expiries))
        theirs = on_the_wire.explore(lambda _: None, threading.Event(), limit)
        assert theirs.exhaustive is ours.exhaustive
        return _outcome(ours), _outcome(theirs)

    return ask


def _outcome(found: Exploration) -> Outcome:
    return found.schedules, dict(found.outcomes)


def test_whatever_is_not_compared_on_the_wire_is_known_with_its_reason() -> None:
    """Whatever strategy is added is compared, or fails here."""
    uncompared = {f"{case.strategy} {case.variant.key}": reason_against(case) for case in ALL if reason_against(case)}
    assert uncompared == {
        "none check-on-replica": NO_STANDBY,
        "distributed-lock redis-check-on-replica": NO_STANDBY,
        "distributed-lock zookeeper": NO_DIALECT,
        "inbox reads-replica": NO_STANDBY,
        "outbox relay-with-key": NO_KEYS,
    }


@pytest.mark.parametrize("case", _params(ALL, QUICK))
def test_on_the_wire_a_strategy_comes_to_what_it_comes_to_in_our_own_explorer(
    case: Case, both: Callable[..., tuple[Outcome, Outcome]]
) -> None:
    ours, theirs = both(case)
    assert theirs == ours


@pytest.mark.parametrize("case", _params(_first_of_each(), QUICK_ALONE))
def test_so_it_does_where_a_request_crashes_at_any_step_and_is_retried(
    case: Case, both: Callable[..., tuple[Outcome, Outcome]]
) -> None:
    ours, theirs = both(case, requests=1, crashes=1)
    assert theirs == ours


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("case", _params(_first_of_each(), QUICK_WITH_CRASH))
def test_so_it_does_where_one_of_two_requests_crashes(
    case: Case, both: Callable[..., tuple[Outcome, Outcome]], limit: int
) -> None:
    ours, theirs = both(case, crashes=1, limit=limit)
    assert theirs == ours


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("case", _params(_with_a_lease(), set()))
def test_so_it_does_when_a_lease_runs_out(case: Case, both: Callable[..., tuple[Outcome, Outcome]], limit: int) -> None:
    ours, theirs = both(case, expiries=1, limit=limit)
    assert theirs == ours


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("case", _params(_with_a_lease(), set()))
def test_so_it_does_when_a_lease_runs_out_and_a_request_crashes(
    case: Case, both: Callable[..., tuple[Outcome, Outcome]]
) -> None:
    ours, theirs = both(case, crashes=1, expiries=1, limit=FEW)
    assert theirs == ours
