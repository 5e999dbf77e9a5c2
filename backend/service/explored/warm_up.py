"""What is learned of a service before schedules are played: how long it works on, and what it does by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from backend.model.errors import InstanceError, SubmitTwiceError
from backend.model.sentence import plain, say
from backend.model.vocabulary import Answer
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from backend.lab.senders.http import Response
    from backend.service.explored.fleet import Fleet
    from backend.service.explored.lateness import Lateness
    from backend.service.explored.spares import Spares
    from backend.service.intents import Intents, ServiceIntent

LEAST_QUIET_S = 0.001
_MOST_QUIET_S = 0.2
_TURNS = 6
"""Drivers prepare a statement when they have seen it five times; that must not happen within a schedule."""
_AFTERWARDS_S = 0.15
_LATE, MOST_PATIENCE_S = 1.5, 3.0
"""A service is waited for so many times longer than it was seen to act after an answer."""
_OBSERVED_S = 0.3
_OBSERVED_AGAIN_S = (1.0, 3.0, 10.0)
"""For background work that comes less often."""


class Warming(Protocol):
    """What a service is warmed up by: it sends requests, lets go of every step, and knows when the last one came."""

    fleet: Fleet
    intents: Intents
    spares: Spares
    lateness: Lateness
    quiet_s: float
    steps: int
    last_step_ns: int

    def observe(self, seconds: float) -> None:
        """See what the service does without being asked."""

    def go_on(self) -> None:
        """Go on unless somebody has lost interest."""

    def stay_quiet(self, seconds: float) -> None:
        """Return when nothing that was asked for has come for so long."""

    def submit(self, instance: int, intent: ServiceIntent, number: int) -> None:
        """Send a request to an instance."""

    def await_response(self, instance: int) -> Response | None:
        """Its response; None where the connection was closed instead."""

    def answer_of(self, response: Response | None) -> Answer:
        """What a response says."""


def warm_up(deployment: Warming) -> float:
    """Go every way through the service once, on each instance.

    Returns:
        How long, in seconds, an instance must be silent after its answer before its request counts as over.

    Raises:
        SubmitTwiceError: a first submission is answered with an error, or no step comes through the doors.
    """
    steps, numbers = deployment.steps, deployment.fleet.numbers
    deployment.observe(_OBSERVED_S)
    longest = _ask_twice(deployment, numbers[0], _AFTERWARDS_S)
    for turn in range(_TURNS):
        for instance in numbers:
            deployment.go_on()
            longest = max(longest, _ask_twice(deployment, instance, LEAST_QUIET_S if turn else deployment.quiet_s))
    latest = time.monotonic() + MOST_PATIENCE_S
    while deployment.steps == steps:
        if time.monotonic() > latest:
            raise SubmitTwiceError(say(ServiceCode.NO_STEPS))
        deployment.stay_quiet(_AFTERWARDS_S)
    usual = min(_MOST_QUIET_S, max(4 * longest, 10 * LEAST_QUIET_S)) if longest > 0 else LEAST_QUIET_S
    return max(usual, patience(deployment))


def patience(deployment: Warming) -> float:
    """How long to wait for the latest that a service was seen to do for an intent after its answer."""
    return min(MOST_PATIENCE_S, _LATE * deployment.lateness.longest_s)


def look_again(deployment: Warming, trial: int) -> None:
    """See what the service does without being asked, longer from trial to trial, which are counted from 0."""
    deployment.spares.gather(len(deployment.fleet.numbers))
    deployment.stay_quiet(_AFTERWARDS_S)
    deployment.observe(_OBSERVED_AGAIN_S[min(trial, len(_OBSERVED_AGAIN_S) - 1)])


def _ask_twice(deployment: Warming, instance: int, quiet_s: float) -> float:
    """Submit an intent twice, one after the other; for how long the service worked on after its answers."""
    longest, intent = 0.0, deployment.intents.fresh()
    for number in (1, 2):
        deployment.submit(instance, intent, number)
        response = deployment.await_response(instance)
        answered = time.monotonic_ns()
        if number == 1 and deployment.answer_of(response) is Answer.ERROR:
            raise _refused(deployment, instance, response)
        deployment.stay_quiet(quiet_s)
        longest = max(longest, (deployment.last_step_ns - answered) / 1e9)
    return longest


def _refused(deployment: Warming, instance: int, response: Response | None) -> InstanceError:
    status = response.status if response else 0
    body = response.body[:300].decode("utf-8", "replace") if response else ""
    output = deployment.fleet.instance(instance).output() or "-"
    return InstanceError(say(ServiceCode.ALWAYS_FAILS, status=status, body=plain(body), output=plain(output)))
