"""What is learned of a service before schedules are played: how long it works on, and what it does by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.model.errors import InstanceError, SubmitTwiceError
from backend.model.sentence import plain, say
from backend.model.vocabulary import Answer
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from backend.lab.senders.http import Response
    from backend.service.explored.rig import Rig

LEAST_QUIET_S = 0.001
_MOST_QUIET_S = 0.2
_TURNS = 6
"""Drivers prepare a statement when they have seen it five times; that must not happen within a schedule."""
_AFTERWARDS_S = 0.15
_OBSERVED_S = 0.3
_OBSERVED_AGAIN_S = (1.0, 3.0, 10.0)
"""For background work that comes less often."""


def warm_up(rig: Rig) -> float:
    """Go every way through the service once, on each instance.

    Returns:
        How long, in seconds, an instance must be silent after its answer before its request counts as over.

    Raises:
        SubmitTwiceError: it fails, or sends no step through the doors.
    """
    steps, numbers = rig.steps, rig.fleet.numbers
    rig.observe(_OBSERVED_S)
    longest = _ask_twice(rig, numbers[0], _AFTERWARDS_S)
    for turn in range(_TURNS):
        for instance in numbers:
            rig.go_on()
            longest = max(longest, _ask_twice(rig, instance, LEAST_QUIET_S if turn else rig.quiet_s))
    if rig.steps == steps:
        raise SubmitTwiceError(say(ServiceCode.NO_STEPS))
    return min(_MOST_QUIET_S, max(4 * longest, 10 * LEAST_QUIET_S)) if longest > 0 else LEAST_QUIET_S


def look_again(rig: Rig, trial: int) -> None:
    """See what the service does without being asked, longer from trial to trial, which are counted from 0."""
    rig.spares.gather(len(rig.fleet.numbers))
    rig.stay_quiet(_AFTERWARDS_S)
    rig.observe(_OBSERVED_AGAIN_S[min(trial, len(_OBSERVED_AGAIN_S) - 1)])


def _ask_twice(rig: Rig, instance: int, quiet_s: float) -> float:
    """Submit an intent twice, one after the other; for how long the service worked on after its answers."""
    longest, intent = 0.0, rig.intents.fresh()
    for number in (1, 2):
        rig.submit(instance, intent, number)
        response = rig.await_response(instance)
        answered = time.monotonic_ns()
        if number == 1 and rig.answer_of(response) is Answer.ERROR:
            raise _refused(rig, instance, response)
        rig.stay_quiet(quiet_s)
        longest = max(longest, (rig.last_step_ns - answered) / 1e9)
    return longest


def _refused(rig: Rig, instance: int, response: Response | None) -> InstanceError:
    status = response.status if response else 0
    body = response.body[:300].decode("utf-8", "replace") if response else ""
    output = rig.fleet.instance(instance).output() or "-"
    return InstanceError(say(ServiceCode.ALWAYS_FAILS, status=status, body=plain(body), output=plain(output)))
