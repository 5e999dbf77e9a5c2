"""From samples of a database's locks to waits of submissions.

A sample says which of the server's processes wait, since when and for whom; the steps say which process worked for
which submission, and when. Put together they say which submission waited for which other one.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backend.model.observed import LockWait

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from backend.model.observed import Step

_KEPT = 400
"""Steps and waits of each server process to remember."""
_MOST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Blocked:
    """A server process that waits for a lock, in one sample."""

    since_ns: int
    """It has waited since then at the latest."""
    blockers: tuple[int, ...]
    """The server's processes that hold the lock, or stand before it in the queue."""
    mark: float | None = None
    """When it began to wait by the server's clock, which tells one wait from the next; None where it does not say."""


@dataclass(slots=True)
class _Seen:
    """A wait, over all samples that it was in."""

    since_ns: int
    last_ns: int
    mark: float | None = None
    gone_ns: int | None = None
    """The first sample that it was not in any more."""
    blockers: dict[int, int] = field(default_factory=dict)
    """Process to the instant at which it was last seen in the way."""

    def goes_on(self, wait: Blocked) -> bool:
        """Whether a newer sample is of the same wait."""
        return self.gone_ns is None and (wait.mark is None or self.mark is None or wait.mark == self.mark)


class LockBook:
    """Collects samples and steps, from any thread; hands out waits once their steps have ended."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: dict[int, list[_Seen]] = {}
        self._owners: dict[int, list[tuple[int, str]]] = {}
        self._ended: list[tuple[Step, _Seen]] = []

    def clear(self) -> None:
        """Another database, or a new beginning."""
        with self._guard:
            self._seen.clear()
            self._owners.clear()
            self._ended.clear()

    def add_sample(self, asked_ns: int, answered_ns: int, blocked: Mapping[int, Blocked]) -> None:
        """Who waits at an instant between these two: whoever does has waited until the first at least.

        A database that takes its time must not make waits longer than they are: a wait would reach into the next
        statement of its process, which waited for nobody.
        """
        with self._guard:
            for pid, seen in self._seen.items():
                if pid not in blocked and seen and seen[-1].gone_ns is None:
                    seen[-1].gone_ns = answered_ns
            for pid, wait in blocked.items():
                seen = self._seen.setdefault(pid, [])
                if not seen or not seen[-1].goes_on(wait):
                    if seen and seen[-1].gone_ns is None:
                        seen[-1].gone_ns = wait.since_ns
                    seen.append(_Seen(wait.since_ns, asked_ns, wait.mark))
                    del seen[:-_KEPT]
                seen[-1].mark = wait.mark if seen[-1].mark is None else seen[-1].mark
                seen[-1].since_ns = min(seen[-1].since_ns, wait.since_ns)
                seen[-1].last_ns = asked_ns
                seen[-1].blockers.update(dict.fromkeys(wait.blockers, asked_ns))

    def add_steps(self, steps: Iterable[Step]) -> None:
        """Steps that have ended; those without a server process do not matter."""
        with self._guard:
            for step in steps:
                if not step.server_pid:
                    continue
                owners = self._owners.setdefault(step.server_pid, [])
                insort(owners, (step.ended_ns, step.submission_id))
                del owners[:-_KEPT]
                for seen in self._seen.get(step.server_pid, ()):
                    if seen.since_ns < step.ended_ns and seen.last_ns > step.started_ns:
                        self._ended.append((step, seen))

    def take_waits(self, before_ns: int) -> list[LockWait]:
        """The waits of steps that ended before an instant. Leave some time for the steps of those who held the lock."""
        with self._guard:
            due = [(step, seen) for step, seen in self._ended if step.ended_ns < before_ns]
            self._ended = [(step, seen) for step, seen in self._ended if step.ended_ns >= before_ns]
            return [self._wait(step, seen) for step, seen in due]

    def _wait(self, step: Step, seen: _Seen) -> LockWait:
        end = step.ended_ns if seen.gone_ns is None else min(seen.gone_ns, step.ended_ns)
        names = dict.fromkeys(self._owner(pid, at) for pid, at in seen.blockers.items())
        names.pop(step.submission_id, None)
        return LockWait(step.submission_id, max(seen.since_ns, step.started_ns), end, tuple(names)[:_MOST_NAMES])

    def _owner(self, pid: int, at_ns: int) -> str:
        """The submission that a server process worked for: the one whose next step ends there.

        A transaction that holds a lock has at least its end still before it. Where nothing comes any more, as after a
        crash, it is the last one.
        """
        owners: Sequence[tuple[int, str]] = self._owners.get(pid, ())
        if not owners:
            return f"pid {pid}"
        place = bisect_left(owners, at_ns, key=lambda owner: owner[0])
        return owners[min(place, len(owners) - 1)][1]
