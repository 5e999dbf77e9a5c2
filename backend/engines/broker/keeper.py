"""The lab's side of a broker: started when it is first needed, and kept alive from then on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec

from backend.engines.broker.address import BrokerAddress, address_file
from backend.engines.broker.says import BrokerCode
from backend.engines.health import HealthBoard
from backend.engines.keeper import Keeper
from backend.files.private import write_privately
from backend.model.errors import BrokerError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, Health, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.supervisor import Supervisor
    from backend.engines.running import RunningEngine
    from backend.model.observed import EngineStatus
    from backend.model.plan import Fault
    from backend.model.sentence import Sentence


class BrokerKeeper:
    """Starts it on demand, and again when it has ended. Thread-safe.

    Args:
        supervisor: under which it runs; its directory holds the file by which clients find it.
        source: of the messages that it delivers.
        start: starts it; raises `EngineError`.
        on_change: called when it came or went.
        on_incident: told that it ended, and that it is back.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        source: Source,
        start: Callable[[Supervisor], tuple[RunningEngine, BrokerAddress]],
        on_change: Callable[[], None],
        on_incident: Callable[[Sentence], None] = lambda _sentence: None,
    ) -> None:
        self._supervisor = supervisor
        self._source = source
        self._start = start
        self._on_change = on_change
        self._health = HealthBoard(on_change, on_incident)
        self._guard = threading.Lock()
        self._running: RunningEngine | None = None
        self._address: BrokerAddress | None = None
        self._keeper: Keeper | None = None

    def require(self) -> BrokerAddress:
        """Have it running; where it is.

        Raises:
            EngineError: it is not installed, or does not answer.
        """
        with self._guard:
            if self._address is None or (self._keeper and self._keeper.has_given_up):
                self._running, self._address = self._start(self._supervisor)
                file = address_file(self._supervisor.private, self._source)
                write_privately(file, msgspec.json.encode(self._address))
                self._keeper = Keeper(self._running, self._health, self._replaced)
            address = self._address
        self._health.set_trouble(EngineKind.BROKER, None)
        self._on_change()
        return address

    def ask(self, *words: str) -> str:
        """What the broker's own tool prints when it is called with these words.

        Raises:
            BrokerError: it has failed, or there is none.
        """
        running = self._running
        if running is None or running.ask is None:
            raise BrokerError(say(BrokerCode.NO_TOOL))
        return running.ask(*words)

    @property
    def comes_back(self) -> bool:
        """Whether it runs, or will run again."""
        return bool(self._keeper and self._keeper.brings_back(EngineKind.BROKER))

    def disturb(self, fault: Fault) -> None:
        """Kill or restart it; returns when it answers again.

        Raises:
            EngineError: it does not answer again.
        """
        if self._keeper:
            self._keeper.disturb(fault.kind, fault.ms)

    def close(self) -> None:
        """Start nothing again, and say nothing more of it. The supervisor ends the process."""
        self._health.close()
        if self._keeper:
            self._keeper.stop()

    @property
    def statuses(self) -> tuple[EngineStatus, ...]:
        """The broker with its health; nothing before it was needed."""
        running = self._running
        if running is None:
            return ()
        trouble = self._health.trouble(EngineKind.BROKER)
        return (running.status(Health.DOWN if trouble else Health.UP, trouble),)

    def _replaced(self, _before: RunningEngine, now: RunningEngine) -> None:
        self._running = now
