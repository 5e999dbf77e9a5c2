"""How a consumer gets its messages off a stream of the Redis-protocol server: new ones, and those that are overdue."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from backend.instance.queue import GROUP, Message, Queue
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    import redis

_BLOCK_MS = 100
_MOST_OVERDUE = 100
"""So many messages are looked at together."""


def _nothing() -> None:
    """Time does it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as a consumer got it."""

    queue: Queue
    entry: str
    """Where it is on the stream."""
    message: Message
    number: int
    """1 for the first time that anybody got it."""
    engine: EngineKind
    """Who delivered it."""
    command: str
    """By which it was got."""
    answer: str
    began_ns: int
    ended_ns: int
    is_pending: Callable[[], bool]
    """Whether it is still to be handled; a step where that has to be asked."""
    acknowledge: Callable[[], object]
    """Have it delivered no more; a step."""
    give_back: Callable[[], object] = _nothing
    """Have it delivered again; a step, where that does not come by itself when nobody has acknowledged it in time."""


@dataclass(frozen=True, slots=True)
class _Overdue:
    entry: str
    owner: str
    idle_ms: int


class Deliveries:
    """What one thread of a consumer takes off the queues.

    Args:
        queue: an untapped client.
        tapped: the client by which a message is acknowledged.
        consumer: the name in the groups for which it reads.
    """

    def __init__(self, queue: redis.Redis, tapped: redis.Redis, consumer: str) -> None:
        self._queue = queue
        self._tapped = tapped
        self._consumer = consumer

    def new(self, queue: Queue, *, blocks: bool) -> Delivery | None:
        """The next message that nobody had yet.

        Args:
            queue: to take it from.
            blocks: whether to wait for one, for a moment.
        """
        block = _BLOCK_MS if blocks else None
        answer: Any = self._queue.xreadgroup(GROUP, self._consumer, {queue.stream: ">"}, count=1, block=block)
        now = time.monotonic_ns()  # how long the queue was empty before is no part of the delivery
        for _, entries in answer or ():
            for entry, fields in entries:
                command = f"XREADGROUP GROUP {GROUP} {self._consumer} COUNT 1 STREAMS {queue.stream} >"
                return self._delivery(queue, entry, fields, 1, (command, entry, now, now))
        return None

    def overdue(self, queue: Queue, timeout_ms: int, at_work: Collection[str]) -> Iterator[Delivery]:
        """Messages that nobody has acknowledged in time, each taken over as it is asked for.

        What this consumer is at work on itself is left to the others: whoever gets it is another process, and no
        process handles a message twice at the same time.

        Args:
            queue: to take them from.
            timeout_ms: its visibility time-out.
            at_work: the entries that this consumer is at work on.
        """
        pending: Any = self._queue.xpending_range(queue.stream, GROUP, "-", "+", _MOST_OVERDUE, idle=timeout_ms)
        for one in pending:
            found = _Overdue(one["message_id"], one["consumer"], one["time_since_delivered"])
            if found.entry in at_work:
                continue
            if taken := self._take_over(queue, timeout_ms, found):
                yield taken

    def _take_over(self, queue: Queue, timeout_ms: int, found: _Overdue) -> Delivery | None:
        began = time.monotonic_ns()
        answer: Any = self._queue.xclaim(queue.stream, GROUP, self._consumer, timeout_ms, [found.entry])
        ended = time.monotonic_ns()
        for entry, fields in answer:
            known: Any = self._queue.xpending_range(queue.stream, GROUP, entry, entry, 1)
            if fields and known:
                command = f"XCLAIM {queue.stream} {GROUP} {self._consumer} {timeout_ms} {entry}"
                left = f"{found.owner} had it for {found.idle_ms} ms"
                return self._delivery(queue, entry, fields, known[0]["times_delivered"], (command, left, began, ended))
        return None  # somebody was quicker

    def _delivery(
        self,
        queue: Queue,
        entry: str,
        fields: dict[bytes | str, bytes | str],
        number: int,
        got: tuple[str, str, int, int],
    ) -> Delivery:
        return Delivery(
            queue,
            entry,
            Message.from_fields(fields),
            int(number),
            EngineKind.REDIS,
            *got,
            is_pending=partial(self._is_pending, queue.stream, entry),
            acknowledge=partial(self._tapped.xack, queue.stream, GROUP, entry),
        )

    def _is_pending(self, stream: str, entry: str) -> bool:
        """False where somebody was quicker, or the run was given up."""
        return bool(self._tapped.xpending_range(stream, GROUP, entry, entry, 1))
