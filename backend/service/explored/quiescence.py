"""Bringing the requests of one schedule to a point where none of them moves by itself.

Then each of them is parked before its next step, over, or waits for another one. A statement without an answer waits
for another request only if the server says so.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.explorer.errors import HarnessError
from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.service.explored.blocked import prove_blocked
from backend.service.explored.fleet import ANSWER_S
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.service.explored.actor import Actor
    from backend.service.explored.deployment import Deployment
    from backend.service.explored.traffic import Traffic

SILENCE_S = 0.0004
"""A statement that takes longer may wait for another request."""
_MOST_SILENCE_S = 0.02
"""After so long the server is asked again, where it named nobody at first."""
_LOOK_S = 0.25


class LateStepError(EngineError):
    """A request issued a step after it had counted as over: it must be waited for longer."""


def require_time(deadline: float, code: ServiceCode) -> None:
    """See that there is time left.

    Args:
        deadline: on the monotonic clock.
        code: what to say when it has passed.

    Raises:
        HarnessError: the deadline has passed.
    """
    if time.monotonic() > deadline:
        raise HarnessError(say(code, seconds=ANSWER_S, output=""))


class Quiescence:
    """Waits until they are there.

    Args:
        deployment: of the service.
        traffic: delivers replies.
        actors: all requests of the schedule; the list may grow.
    """

    def __init__(self, deployment: Deployment, traffic: Traffic, actors: Sequence[Actor]) -> None:
        self._deployment = deployment
        self._hub = deployment.hub
        self._traffic = traffic
        self._actors = actors

    def settle(self, mover: Actor) -> None:
        """Return when every request is parked, over, or proven to wait. One request moves at a time.

        Raises:
            HarnessError: a request neither issues a step nor answers within `ANSWER_S`, or a statement has no reply by
                then, though the server names none of the other requests as those in its way.
            LateStepError: a request issued a step after it had counted as over.
        """
        deadline = time.monotonic() + ANSWER_S
        silence = SILENCE_S
        while True:
            self._run_to_rest(mover, deadline)
            if self._traffic.may_have_freed_locks:
                self._traffic.may_have_freed_locks = False
                for one in self._actors:
                    one.is_blocked = False
            woken = next((one for one in self._actors if one.held), None)
            if woken is not None:
                mover = woken
                continue
            doubtful = [one for one in self._actors if one.is_waiting and not one.is_blocked]
            if not doubtful:
                self._see_silence()
                return
            if not self._hub.poll(silence):
                self._prove_blocked()
                silence = min(2 * silence, _MOST_SILENCE_S)
            self._require(deadline, ServiceCode.SLOW_STATEMENT)

    def _require(self, deadline: float, code: ServiceCode) -> None:
        """See that there is time left, and that all that came belongs to a request that was under way."""
        if self._traffic.is_late:
            raise LateStepError(say(ServiceCode.LATE_STEPS, ms=round(self._deployment.quiet_s * 1000)))
        require_time(deadline, code)

    def _run_to_rest(self, one: Actor, deadline: float) -> None:
        silence = SILENCE_S
        while not one.is_at_rest:
            if one.held:
                self._traffic.deliver(one)
                continue
            is_running = one.running is not None
            if one.is_over:
                self._await_quiet(one)
            elif not self._hub.poll(silence if is_running else _LOOK_S) and is_running:
                self._prove_blocked()
                silence = min(2 * silence, _MOST_SILENCE_S)
            self._require(deadline, ServiceCode.NEVER_ANSWERED)

    def _await_quiet(self, one: Actor) -> None:
        """Note that a request is quiet, if it is. Where that is presumed, it is seen to when all are over."""
        if self._traffic.presumes_silence and any(other.is_live for other in self._actors if other is not one):
            one.is_quiet = True
            return
        left = one.last_sign + self._deployment.quiet_s - time.monotonic()
        one.is_quiet = not self._hub.poll(max(0.0, left)) and left <= 0

    def _see_silence(self) -> None:
        """When all are over, wait until each of them has been quiet for long enough, also who was presumed to be.

        Raises:
            LateStepError: one of them was not.
        """
        if not self._traffic.presumes_silence or any(one.is_live for one in self._actors):
            return
        until = max(one.last_sign for one in self._actors) + self._deployment.quiet_s
        while (left := until - time.monotonic()) > 0:
            self._hub.poll(left)
        self._require(until + ANSWER_S, ServiceCode.NEVER_ANSWERED)

    def _prove_blocked(self) -> None:
        alive = [one for one in self._actors if not one.is_dead]
        prove_blocked(alive, self._hub.links, self._deployment.locks)
