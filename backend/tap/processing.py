"""The processing delay: how long a handler works between what it claims and what it does."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from backend.shop.schema import claim_tables
from backend.tap.observer import Call

if TYPE_CHECKING:
    from backend.tap.trace import Trace

PROCESSING = "processing"
"""How its mark in the trace begins, a step of the engine HTTP."""
_WRITTEN = re.compile(r"(?:INSERT(?: IGNORE)? INTO|UPDATE|DELETE FROM)\s+[\"`]?(\w+)", re.IGNORECASE)
_LOOKS_AND_WRITES = re.compile(r"INSERT\s.*\bSELECT\b.*\bNOT\b\W+EXISTS\b", re.IGNORECASE | re.DOTALL)
_REDIS_WRITES = frozenset({"SET", "DEL"})


class ProcessingDelay:
    """Lets a handler work for a while, once a submission, where its real work would be.

    It stands after every claim (a lock, a token, a record in flight, the row of an inbox: whatever is written to
    `claim_tables` of the schema) and before the first write of what the intent is about, or the call to the gateway.
    So locks are held, and leases run, for that long; and whoever looks before it acts has looked already.

    A key in Redis that was looked at with GET and is written next is a claim with a gap in it, and so is a row that is
    inserted where none exists and not committed yet: there the delay stands in the gap.

    Args:
        trace: gets a mark that says when the delay began and ended.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._never = threading.Event()

    def before(self, call: Call) -> None:
        """Wait if this is the write that the delay is for."""
        flow = call.flow
        if flow.delayed or not flow.processing_delay_ms:
            return
        flow.has_read = flow.has_read or (call.engine is EngineKind.REDIS and call.command == "GET")
        if flow.in_gap or (_is_the_work(call) and not _LOOKS_AND_WRITES.match(call.command)):
            flow.delayed = True
            self._wait(call)

    def after(self, call: Call) -> None:
        """See whether the next step is behind a gap; the delay itself is before a step."""
        flow = call.flow
        if flow.delayed or not flow.processing_delay_ms:
            return
        flow.in_gap = bool(call.answer) and _LOOKS_AND_WRITES.match(call.command) is not None

    def _wait(self, call: Call) -> None:
        flow, command = call.flow, f"{PROCESSING} {call.flow.processing_delay_ms} ms"
        mark = Call(flow, call.number, EngineKind.HTTP, command, (), time.monotonic_ns(), answer="")
        self._trace.before(mark)
        self._never.wait(flow.processing_delay_ms / 1000)
        mark.ended_ns = time.monotonic_ns()
        call.number = flow.steps  # the mark comes before the step that waited for it
        flow.steps += 1
        self._trace.after(mark)


def _is_the_work(call: Call) -> bool:
    if call.engine is EngineKind.REDIS:
        return call.flow.has_read and call.command in _REDIS_WRITES
    if call.engine is EngineKind.GATEWAY:
        return True
    written = _WRITTEN.match(call.command) if call.engine.is_database else None
    return written is not None and written[1].lower() not in claim_tables()
