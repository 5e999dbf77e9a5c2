"""A proxy of ours before a real server, carried by a thread as a stand's is."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend.service.wire.attribution import InFlight
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.fault_injector import Processes
from backend.service.wire.hub import Hub
from backend.service.wire.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.model.observed import Step
    from backend.model.plan import Fault
    from backend.service.reach import Reach

INSTANCE = 1
PATIENCE_S = 20.0


class Proxy:
    """What a test wants of it.

    Args:
        reach: the server.
        faults: at steps.
    """

    def __init__(self, reach: Reach, faults: Sequence[Fault] = ()) -> None:
        self.killed: list[int] = []
        self.paused: list[tuple[int, int]] = []
        processes = Processes(self.killed.append, lambda number, ms: self.paused.append((number, ms)))
        self._told = threading.Condition()
        self._all: list[Step] = []
        self.recorder = Recorder(processes, faults, self._take)
        self.hub = Hub(self.recorder, awaits_servers=True)
        self.recorder.hub = self.hub
        self.door = self.hub.open_door(INSTANCE, DIALECTS[reach.kind], reach.open)
        self.port = self.door.port
        self.at = reach.at("127.0.0.1", self.port)
        self.url = self.at.url
        self.failures: list[Exception] = []
        self.recorder.began(InFlight("k1.1", INSTANCE, "k1"))

    def _take(self, steps: Sequence[Step]) -> None:
        with self._told:
            self._all += steps
            self._told.notify_all()

    @property
    def commands(self) -> list[str]:
        return [step.command for step in self._all]

    @property
    def steps(self) -> list[Step]:
        return list(self._all)

    def wait_for(self, count: int) -> list[Step]:
        """The steps, as soon as there are so many."""
        with self._told:
            assert self._told.wait_for(lambda: len(self._all) >= count, PATIENCE_S), self.commands
        return self.steps

    def carry(self, stopped: threading.Event) -> None:
        while not stopped.is_set():
            try:
                self.hub.poll(0.02)
            except Exception as error:  # noqa: BLE001  a test looks at it
                self.failures.append(error)


@contextmanager
def proxy(reach: Reach, faults: Sequence[Fault] = ()) -> Iterator[Proxy]:
    """Open one, and see in the end that nothing was wrong with it."""
    found = Proxy(reach, faults)
    stopped = threading.Event()
    carrier = threading.Thread(target=found.carry, args=(stopped,), name="wire-test")
    carrier.start()
    try:
        yield found
    finally:
        stopped.set()
        carrier.join()
        found.hub.close()
    assert found.failures == []
