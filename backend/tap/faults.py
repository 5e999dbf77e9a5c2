"""Observers that disturb on purpose."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.model import EngineKind

if TYPE_CHECKING:
    from backend.tap.observer import Call, Observer

_SQL_WRITES = ("INSERT", "UPDATE", "DELETE")
_REDIS_WRITES = frozenset({"SET", "DEL"})


def instance_observers() -> tuple[Observer, ...]:
    """What disturbs the submissions of one backend process, in the order in which it is asked."""
    return (ProcessingDelay(),)


class ProcessingDelay:
    """Lets a handler work for a while between what it reads and what it writes.

    The delay comes once a submission: before the first write that follows a read, or, where nothing is read, before the
    first write to the database. So it widens the very gap in which check-then-act races, and holds locks for that long.
    """

    def __init__(self) -> None:
        self._never = threading.Event()

    def before(self, call: Call) -> None:
        """Wait if this is the write that the delay is for."""
        flow = call.flow
        if flow.delayed or not flow.processing_delay_ms:
            return
        if call.engine is EngineKind.REDIS:
            writes = call.command in _REDIS_WRITES and flow.has_read
            reads = call.command == "GET"
        else:
            writes = call.command.startswith(_SQL_WRITES)
            reads = call.command.startswith("SELECT")
        flow.has_read = flow.has_read or reads
        if writes:
            flow.delayed = True
            self._never.wait(flow.processing_delay_ms / 1000)

    def after(self, call: Call) -> None:
        """Nothing: the delay is before a step."""
