"""A service in its own process, explored on the wire: counts against closed forms and against our own strategies."""

from __future__ import annotations

import threading
from math import comb
from typing import TYPE_CHECKING

import msgspec
import pytest

from backend.engines.bare import bare_engines
from backend.explorer.explore import explore
from backend.explorer.question import Question, service_question
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey, Verdict
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration
from tests.backend.service.conftest import SERVICES, plain_service
from tests.tables import exhaustive_but, first_of_each, values

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.explorer.question import Exploration

ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED
FEW = 40


@pytest.mark.parametrize(
    ("path", "outcomes"),
    exhaustive_but(
        [
            ("/check", {ONCE: 2, TWICE: comb(6, 3) - 2}),
            ("/unique", {ONCE: 4}),
            ("/deferred", {ONCE: 6}),
            ("/lock", {ONCE: 8}),
            ("/token-get", {ONCE: 6, TWICE: 40}),
            ("/token-delete", {ONCE: 6}),
        ],
        values("/check", "/lock"),  # for those with Redis `test_lab_strategies` and `test_frameworks` stand
    ),
)
def test_two_requests_run_in_every_order(
    path: str, outcomes: dict[Verdict, int], explored: Callable[..., Exploration]
) -> None:
    found = explored(path)
    assert found.exhaustive
    assert found.outcomes == outcomes


def test_the_counterexample_is_the_shortest_and_names_the_second_effect(
    explored: Callable[..., Exploration],
) -> None:
    example = explored("/check").counterexample
    assert example is not None
    assert example.switches == 2
    steps = [(event.actor, event.command.split()[0]) for event in example.events if event.kind == "step"]
    assert steps == [
        ("A", "SELECT"),
        ("A", "INSERT"),
        ("B", "SELECT"),
        ("B", "INSERT"),
        ("B", "COMMIT"),
        ("A", "COMMIT"),
    ]
    assert example.events[example.mistake].command == "COMMIT"


@pytest.mark.parametrize(
    ("path", "strategy", "variant", "requests", "crashes", "limit"),
    exhaustive_but(
        [
            ("/unique", "unique-index", "catch-violation", 2, 1, FEW),
            ("/unique", "unique-index", "catch-violation", 2, 1, None),
            ("/token-delete", "token", "delete-first", 2, 1, None),
            ("/check", "none", "check-then-act", 3, 0, None),
            ("/unique", "unique-index", "catch-violation", 3, 0, None),
        ],
        first_of_each(lambda *row: row[4] or None),
    ),
)
def test_it_comes_to_what_our_own_strategy_with_the_same_steps_comes_to(
    path: str,
    strategy: str,
    variant: str,
    requests: int,
    crashes: int,
    limit: int | None,
    explored: Callable[..., Exploration],
) -> None:
    """Both search in the same order, so that the first of their schedules are the same ones."""
    question = Question(OperationKey.PLACE_ORDER, strategy, variant, requests, crashes)
    with bare_engines(LabOptions()) as engines:
        ours = explore(
            question,
            engines.database,
            engines.redis,
            on_progress=lambda _: None,
            cancelled=threading.Event(),
            limit=limit,
        )
    theirs = explored(path, requests, crashes, limit=limit)
    assert ours.exhaustive is theirs.exhaustive is (limit is None)
    assert (theirs.schedules, theirs.classes, theirs.outcomes) == (ours.schedules, ours.classes, ours.outcomes)


@pytest.mark.exhaustive
def test_a_crash_may_kill_the_process_which_is_started_again() -> None:
    """The same comes out: nothing of this service is in memory."""
    usual = plain_service("/token-delete")
    killed = msgspec.structs.replace(usual, service=msgspec.structs.replace(usual.service, kill=True))
    found = []
    for description in (usual, killed):
        with Deployment(description, SERVICES, 3) as deployment:
            exploration = ServiceExploration(deployment, service_question("plain", 1, 1))
            found.append(exploration.explore(lambda _: None, threading.Event()))
    assert found[0].outcomes == found[1].outcomes
    assert found[0].outcomes[Verdict.LOST]


def test_work_after_the_answer_belongs_to_the_request(explored: Callable[..., Exploration]) -> None:
    found = explored("/after-answer")
    assert found.outcomes == {ONCE: 2, TWICE: comb(8, 4) - 2}
