"""The consumers of the queue: real processes, started when the first message is to be delivered."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from backend.engines.gateway.settings import address_file
from backend.engines.patience import Patience
from backend.engines.says import ProcessCode
from backend.engines.start import last_words, stands_still
from backend.instance.settings import InstanceSettings
from backend.lab.fault_injector import FIRST_CONSUMER
from backend.lab.instances import PROJECT
from backend.model.errors import InstanceError
from backend.model.sentence import say
from backend.strategies import folder_in_use
from backend.tap.trace_messages import Welcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor
    from backend.lab.trace_server import TraceServer
    from backend.model.sentence import Sentence

CONSUMERS = 2
"""One that may die, and one that takes over what it left."""
_STOP_SECONDS = 3.0


class ConsumerPool:
    """Starts and stops consumers. One that dies is started again by the supervisor.

    Args:
        supervisor: under which they run.
        trace: where they report and learn their engines.
        trace_path: its socket.
        lab: names the queues that they read.
        on_death: called with a consumer's number and a sentence when one ended without being asked to.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        trace: TraceServer,
        trace_path: Path,
        lab: str,
        on_death: Callable[[int, Sentence], None],
    ) -> None:
        self._supervisor = supervisor
        self._lab = lab
        self._trace = trace
        self._trace_path = trace_path
        self._on_death = on_death
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
            gateway = str(address_file(self._supervisor.private))
            numbers = range(FIRST_CONSUMER, FIRST_CONSUMER + CONSUMERS)
            children = {number: self._spawn(number) for number in numbers}
            self._children = children
            for number, child in children.items():
                self._start(number, child, Welcome(database, redis, gateway))

    def child(self, number: int) -> Child | None:
        """The process with this number."""
        return self._children.get(number)

    def stop(self) -> None:
        """Stop all consumers."""
        with self._guard:
            self._stop()

    def _stop(self) -> None:
        stopping, self._children = self._children, {}
        for child in stopping.values():
            child.terminate()
        for child in stopping.values():
            if child.wait(_STOP_SECONDS) is None:
                child.kill()

    def _start(self, number: int, child: Child, welcome: Welcome) -> None:
        patience = Patience(child)
        if not self._trace.welcome(number, welcome, lambda: not child.alive or patience.is_over):
            reason = last_words(child.log_tail(50)) or stands_still()
            self._stop()
            raise InstanceError(say(ProcessCode.CONSUMER_NOT_STARTED, reason=reason))
        child.on_exit(lambda _code: self._report_exit(number))

    def _spawn(self, number: int) -> Child:
        self._trace.forget(number)
        settings = InstanceSettings(
            number, 0, "", str(self._trace_path), self._lab, strategies=str(folder_in_use() or "")
        )
        return self._supervisor.spawn(
            f"consumer-{number}",
            [sys.executable, "-m", "backend.instance.consumer"],
            env=settings.to_environment(),
            cwd=PROJECT,
            restart=True,
        )

    def _report_exit(self, number: int) -> None:
        if number in self._children:
            self._on_death(number, say(ProcessCode.CONSUMER_ENDED, number=number - FIRST_CONSUMER + 1))
