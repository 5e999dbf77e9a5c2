"""Control over the requests of one schedule: each step is held until it is granted, whoever decides which is next."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.service.explored.actor import Actor
from backend.service.explored.fleet import ANSWER_S
from backend.service.explored.quiescence import SILENCE_S, Quiescence, require_time
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.service.explored.actor import Parked
    from backend.service.explored.deployment import Deployment
    from backend.service.explored.traffic import Traffic
    from backend.service.intents import ServiceIntent


class StepController:
    """Submits one intent to several instances, and has what they send handled until `leave`.

    Args:
        deployment: of the service.
        intent: what is submitted.
        traffic: handles what the instances send for it.
    """

    def __init__(self, deployment: Deployment, intent: ServiceIntent, traffic: Traffic) -> None:
        self._deployment = deployment
        self._intent = intent
        self.actors: list[Actor] = []
        self._traffic = traffic
        self._quiescence = Quiescence(deployment, traffic, self.actors)
        deployment.handler = traffic

    def join(self, actor: str) -> Actor:
        """Submit the intent to an instance that nobody uses; the request stops before its first step."""
        one = Actor(actor, self._deployment.spares.take())
        self.actors.append(one)
        self.actors.sort(key=lambda other: other.actor)
        self._traffic.expect(one)
        self._deployment.submit(one.instance, self._intent, len(self.actors))
        return one

    def leave(self) -> None:
        """Cut off whatever is still under way, and give the instances back."""
        cut = [pid for one in self.actors if one.is_live for pid in self._cut(one)]
        self._await_end(cut)  # of all together: a statement that waits goes on until the lock is free
        self._deployment.handler = None
        for one in self.actors:
            if not one.is_dead:
                self._deployment.spares.give_back(one.instance)

    def grant(self, one: Actor, parked: Parked) -> None:
        """Let a step run, and return when no request moves any more.

        Raises:
            HarnessError: as for `settle`.
            LateStepError: as for `settle`.
        """
        self._traffic.grant(one, parked)
        self._quiescence.settle(one)

    def cut_off(self, one: Actor) -> None:
        """Crash an instance: nothing of it reaches the outside any more. Returns when its transactions are rolled back.

        Raises:
            HarnessError: the database still has one of its connections after `ANSWER_S`.
        """
        self._await_end(self._cut(one))

    def _cut(self, one: Actor) -> list[int]:
        """Let nothing of an instance reach the outside; the server processes that have not ended yet."""
        links = [link for link in self._deployment.hub.links if link.instance == one.instance]
        pids = [link.dialect.server_pid for link in links if link.dialect.engine.is_database]
        one.is_dead, one.running, one.continues = True, None, None
        one.parked.clear()
        one.held.clear()
        self._deployment.spares.cut_off(one.instance)
        self._traffic.let_go()
        return [pid for pid in pids if pid]

    def _await_end(self, pids: Iterable[int]) -> None:
        deadline = time.monotonic() + ANSWER_S
        for pid in pids:
            while not self._deployment.locks.is_gone(pid):
                require_time(deadline, ServiceCode.SLOW_STATEMENT)
                self._deployment.hub.poll(SILENCE_S)

    def settle(self, mover: Actor) -> None:
        """Return when every request is parked, over, or proven to wait; see `Quiescence.settle`."""
        self._quiescence.settle(mover)
