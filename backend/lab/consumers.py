"""The consumers of the queue: real processes, started when the first message is to be delivered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.engines.says import ProcessCode
from backend.lab.fault_injector import FIRST_CONSUMER
from backend.lab.launcher import stop_all
from backend.model.errors import InstanceError
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.child import Child
    from backend.lab.launcher import Launcher
    from backend.model.sentence import Sentence

CONSUMERS = 2
"""One that may die, and one that takes over what it left."""


class ConsumerPool:
    """Starts and stops consumers. One that dies is started again by the supervisor.

    Args:
        launcher: starts them.
        lab: names the queues that they read.
        on_death: called with a consumer's number and a sentence when one ended without being asked to.
        on_stopped: called with the number of one that is not wanted any more, be it running or on its way back.
    """

    def __init__(
        self,
        launcher: Launcher,
        lab: str,
        on_death: Callable[[int, Sentence], None],
        on_stopped: Callable[[int], None],
    ) -> None:
        self._launcher = launcher
        self._lab = lab
        self._on_death = on_death
        self._on_stopped = on_stopped
        self._guard = threading.Lock()
        self._children: dict[int, Child] = {}

    def need(self, database: str, redis: str) -> None:
        """Have consumers on these engines; those that run keep running.

        Raises:
            InstanceError: a consumer could not be started.
        """
        with self._guard:
            if self._children:
                return
            numbers = range(FIRST_CONSUMER, FIRST_CONSUMER + CONSUMERS)
            children = {number: self._spawn(number) for number in numbers}
            self._children = children
            for number, child in children.items():
                self._start(number, child, database, redis)

    def child(self, number: int) -> Child | None:
        """The process with this number."""
        return self._children.get(number)

    def stop(self) -> None:
        """Stop all consumers."""
        with self._guard:
            self._stop()

    def _stop(self) -> None:
        stopping, self._children = self._children, {}
        stop_all(stopping.values())
        for number in stopping:
            self._on_stopped(number)

    def _start(self, number: int, child: Child, database: str, redis: str) -> None:
        if reason := self._launcher.welcome(number, child, database, redis):
            self._stop()
            raise InstanceError(say(ProcessCode.CONSUMER_NOT_STARTED, reason=reason))
        child.on_exit(lambda _code: self._report_exit(number))

    def _spawn(self, number: int) -> Child:
        return self._launcher.spawn(f"consumer-{number}", "backend.instance.consumer", number, lab=self._lab)

    def _report_exit(self, number: int) -> None:
        if number in self._children:
            self._on_death(number, consumer_ended(number))


def consumer_ended(number: int) -> Sentence:
    """What is said of the end of the consumer with this number."""
    return say(ProcessCode.CONSUMER_ENDED, number=number - FIRST_CONSUMER + 1)
