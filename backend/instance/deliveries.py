"""How a consumer gets its messages: those that nobody had yet, and those whose visibility time-out is over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.instance.queue import GROUP, Queue, queues_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import redis

_LOOK_SECONDS = 0.03
"""How often the runs are asked for."""
_BLOCK_MS = 100
_MOST_OVERDUE = 100
"""So many messages are looked at together."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as a consumer got it."""

    keys: Queue
    entry: str
    """Where it is on the stream."""
    fields: Any
    number: int
    """1 for the first time that anybody got it."""
    command: str
    """By which it was got."""
    answer: str
    began_ns: int
    ended_ns: int


@dataclass(frozen=True, slots=True)
class _Overdue:
    entry: str
    owner: str
    idle_ms: int


class Deliveries:
    """What one thread of a consumer takes off the queues.

    Args:
        queue: an untapped client.
        lab: whose queues it reads.
        consumer: the name in the groups for which it reads.
    """

    def __init__(self, queue: redis.Redis, lab: str, consumer: str) -> None:
        self._queue = queue
        self._queues = queues_key(lab)
        self._consumer = consumer
        self._timeouts: dict[str, int] = {}
        self._looked = 0.0

    def timeouts(self) -> dict[Queue, int]:
        """The queues that there are, each with its visibility time-out in milliseconds."""
        if time.monotonic() > self._looked + _LOOK_SECONDS:
            found: Any = self._queue.hgetall(self._queues)
            self._timeouts = {run: int(timeout) for run, timeout in sorted(found.items())}
            self._looked = time.monotonic()
        return {Queue(run): timeout for run, timeout in self._timeouts.items()}

    def forget(self, keys: Queue) -> None:
        """This queue was deleted: its run is over."""
        self._timeouts.pop(keys.run, None)

    def new(self, keys: Queue, *, blocks: bool) -> Delivery | None:
        """The next message that nobody had yet.

        Args:
            keys: of the queue.
            blocks: whether to wait for one, for a moment.
        """
        block = _BLOCK_MS if blocks else None
        answer: Any = self._queue.xreadgroup(GROUP, self._consumer, {keys.stream: ">"}, count=1, block=block)
        now = time.monotonic_ns()  # how long the queue was empty before is no part of the delivery
        for _, entries in answer or ():
            for entry, fields in entries:
                command = f"XREADGROUP GROUP {GROUP} {self._consumer} COUNT 1 STREAMS {keys.stream} >"
                return Delivery(keys, entry, fields, 1, command, entry, now, now)
        return None

    def overdue(self, keys: Queue, timeout_ms: int, at_work: Collection[str]) -> Iterator[Delivery]:
        """Messages that nobody has acknowledged in time, each taken over as it is asked for.

        What this consumer is at work on itself is left to the others: whoever gets it is another process, and no
        process handles a message twice at the same time.

        Args:
            keys: of the queue.
            timeout_ms: its visibility time-out.
            at_work: the entries that this consumer is at work on.
        """
        pending: Any = self._queue.xpending_range(keys.stream, GROUP, "-", "+", _MOST_OVERDUE, idle=timeout_ms)
        for one in pending:
            found = _Overdue(one["message_id"], one["consumer"], one["time_since_delivered"])
            if found.entry in at_work:
                continue
            if taken := self._take_over(keys, timeout_ms, found):
                yield taken

    def _take_over(self, keys: Queue, timeout_ms: int, found: _Overdue) -> Delivery | None:
        began = time.monotonic_ns()
        answer: Any = self._queue.xclaim(keys.stream, GROUP, self._consumer, timeout_ms, [found.entry])
        ended = time.monotonic_ns()
        for entry, fields in answer:
            known: Any = self._queue.xpending_range(keys.stream, GROUP, entry, entry, 1)
            if fields and known:
                command = f"XCLAIM {keys.stream} {GROUP} {self._consumer} {timeout_ms} {entry}"
                left = f"{found.owner} had it for {found.idle_ms} ms"
                return Delivery(keys, entry, fields, int(known[0]["times_delivered"]), command, left, began, ended)
        return None  # somebody was quicker
