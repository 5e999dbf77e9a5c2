"""Which keys submissions set with a time to live, and who deleted them in time."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.model.observed import Step
    from gui.widgets.timeline.lane import Lane

RELEASES = ("DEL ", "DELIFEQ ", "EVAL ", "EVALSHA ")


@dataclass(frozen=True, slots=True)
class Lease:
    """A key that was set with a time to live."""

    key: str
    started_ns: int
    expires_ns: int
    released_ns: int | None
    """When the key was deleted, by whomever; None where that did not come in time."""
    released_by: str = ""

    @property
    def ended_ns(self) -> int:
        """When the key was gone."""
        return self.expires_ns if self.released_ns is None else self.released_ns


class LeaseBook:
    """What happened to each key, in its order."""

    def __init__(self) -> None:
        self._events: dict[str, list[tuple[int, str, int]]] = {}
        """By key: when, by which submission, and for how many milliseconds it was set; 0 where it was deleted."""

    def note(self, lane: Lane, step: Step) -> bool:
        """A command of the Redis protocol; True where it took a lease."""
        words = step.command.split()
        if len(words) > 1 and (length := _lease_ms(step, words)):
            lane.leased = (*lane.leased, (step.ended_ns, words[1], length))
            insort(self._events.setdefault(words[1], []), (step.ended_ns, step.submission_id, length))
            return True
        if step.command.startswith(RELEASES) and step.answer not in {"0", "", "(nil)"}:
            for key in words[1:]:
                if key in self._events:
                    insort(self._events[key], (step.ended_ns, step.submission_id, 0))
        return False

    def of(self, lane: Lane) -> list[Lease]:
        """The leases that a submission took, and how each of them ended."""
        return [self._lease(since, key, length) for since, key, length in lane.leased]

    def _lease(self, since: int, key: str, length: int) -> Lease:
        events = self._events.get(key, [])
        expires = since + length * 1_000_000
        later = bisect_right(events, since, key=lambda event: event[0])
        if later < len(events) and not events[later][2] and events[later][0] <= expires:
            ended, releaser, _ = events[later]
            return Lease(key, since, expires, ended, releaser)
        return Lease(key, since, expires, None)


def _lease_ms(step: Step, words: list[str]) -> int:
    """The life that a SET gave its key, in milliseconds; 0 for any other command, and for a SET that was refused."""
    if words[0] != "SET" or step.answer != "OK" or "PX" not in words:
        return 0
    after = words[words.index("PX") + 1 :]
    return int(after[0]) if after and after[0].isdigit() else 0
