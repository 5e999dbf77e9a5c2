"""Which runs have a queue: they stand in a hash of the Redis-protocol server, whoever delivers their messages."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec

from backend.instance.queue import Queue
from backend.model.vocabulary import Source

if TYPE_CHECKING:
    import redis

_LOOK_SECONDS = 0.03
"""How often the runs are asked for."""


class Announced(msgspec.Struct, frozen=True, gc=False):
    """What consumers have to know of a run."""

    source: Source
    visibility_timeout_ms: int
    prefetch: int = 1


def queues_key(lab: str) -> str:
    """The hash of the runs whose queues the consumers of a lab read."""
    return f"submit-twice:{lab}:queues"


class Announcements:
    """The runs of a lab, as a consumer knows them. Thread-safe: its threads ask for them together.

    Args:
        queue: an untapped client.
        lab: whose queues it reads.
    """

    def __init__(self, queue: redis.Redis, lab: str) -> None:
        self._queue = queue
        self._key = queues_key(lab)
        self._guard = threading.Lock()
        self._found: dict[str, Announced] = {}
        self._looked = 0.0

    def of(self, source: Source) -> dict[Queue, Announced]:
        """The queues of a source."""
        with self._guard:
            if time.monotonic() > self._looked + _LOOK_SECONDS:
                found: Any = self._queue.hgetall(self._key)
                self._found = {run: msgspec.json.decode(told, type=Announced) for run, told in sorted(found.items())}
                self._looked = time.monotonic()
            announced = self._found.items()
            return {Queue(run): told for run, told in announced if told.source is source}

    def forget(self, queue: Queue) -> None:
        """This queue was deleted: its run is over."""
        with self._guard:
            self._found.pop(queue.run, None)
