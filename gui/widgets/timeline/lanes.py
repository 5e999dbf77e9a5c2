"""What the timeline knows: a lane per submission, with its steps, waits, leases and what its caller saw.

Fed in batches and read by painters, so that a batch costs a microsecond or two a step and a lane is found by bisection.
Instants are nanoseconds of the monotonic clock, as in `backend.model`.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.model.kept import MOST_TRACED
from backend.model.vocabulary import EngineKind
from gui.widgets.timeline.bursts import Bursts
from gui.widgets.timeline.lane import CRASH, Lane, Mishap, Sight, is_fault, is_processing
from gui.widgets.timeline.leases import LeaseBook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.model.observed import LockWait, Reply, Step
    from gui.widgets.timeline.leases import Lease

LANE_BITS = 24
"""Room for the number of a lane below the instant at which it begins, in the key that orders lanes."""

_SIGHTS = {
    Mishap.TIMEOUT: Sight.TIMEOUT,
    Mishap.BROKEN: Sight.BROKEN,
    Mishap.CUT_OFF: Sight.BROKEN,
    Mishap.HELD_BACK: Sight.HELD_BACK,
}


@dataclass(frozen=True, slots=True)
class Extent:
    """A part of the timeline: lanes by their place, time in nanoseconds."""

    first: int
    last: int
    """The lane after the last one."""
    begin: int
    end: int


class LaneBook:
    """All lanes, ordered by the instant at which their submission was sent."""

    def __init__(self, capacity: int = MOST_TRACED) -> None:
        self._capacity = capacity
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._lanes: dict[str, Lane] = {}
        self._by_number: list[Lane | None] = []
        self._order: list[int] = []
        self._bursts = Bursts()
        self._under_way: dict[str, Lane] = {}
        self._leases = LeaseBook()
        self.engines: set[EngineKind] = set()
        self.sights: set[Sight] = set()
        """What was seen of waits and mishaps."""
        self.changes = 0
        """Grows whenever something is added."""

    def __len__(self) -> int:
        return len(self._order)

    # Feeding

    def begin_run(self, instant: int) -> None:
        """What was there until now is history: what begins from here on is the newest burst, also while it is empty."""
        self._bursts.run_since = instant
        self.changes += 1

    def end_run(self) -> None:
        """No run is under way. Where nothing came of one, what was there before it is the newest again."""
        if self._order and self._order[-1] >> LANE_BITS < self._bursts.run_since:
            self._bursts.run_since = 0
        self.changes += 1

    def end_work(self) -> None:
        """Nothing is at work any more; what has not ended by now never will, since its process has died."""
        for lane in self._under_way.values():
            lane.under_way = None
        self._under_way.clear()
        self.changes += 1

    @property
    def is_under_way(self) -> bool:
        """Whether a lane has something that has not ended."""
        return bool(self._under_way)

    def is_earlier(self, lane: Lane) -> bool:
        """Whether a lane belongs to an earlier run."""
        return lane.begin < self._bursts.run_since

    def add_steps(self, steps: Sequence[Step]) -> None:
        """Steps that have ended, or that take long."""
        lanes = self._lanes
        for step in steps:
            lane = lanes.get(step.submission_id)
            if lane is None or step.started_ns < lane.begin:
                lane = self._lane(step.submission_id, step.started_ns)
            if not step.ended_ns:
                lane.under_way = step
                self._under_way[lane.submission] = lane
                self._note_what(step)
                continue
            if lane.under_way is not None and step.number >= lane.under_way.number:
                lane.under_way = None
                self._under_way.pop(lane.submission, None)
            known = lane.steps
            if known and step.started_ns < known[-1].started_ns:
                insort(known, step, key=lambda each: each.started_ns)
            else:
                known.append(step)
            if step.ended_ns > lane.end:
                self._extend(lane, step.ended_ns)
            if step.engine is EngineKind.REDIS:
                self._note_lease(lane, step)
            self._note_what(step)
        self._trim()
        self.changes += 1

    def add_replies(self, replies: Sequence[Reply]) -> None:
        """What callers saw."""
        for reply in replies:
            lane = self._lane(reply.submission_id, reply.sent_ns)
            lane.reply = reply
            self.sights.add(Sight.CALLER)
            self._extend(lane, reply.sent_ns if reply.held_back else reply.received_ns)
            if sight := _SIGHTS.get(lane.mishap):
                self.sights.add(sight)
            if original := self._lanes.get(reply.retry_of):
                self.sights.add(Sight.RETRY)
                self._bursts.join(original.begin)
        self._trim()
        self.changes += 1

    def add_waits(self, waits: Sequence[LockWait]) -> None:
        """Waits for locks that were seen."""
        for wait in waits:
            lane = self._lanes.get(wait.submission_id)
            if lane is None:
                continue  # it was forgotten meanwhile: a wait comes after its step
            self.sights.add(Sight.WAIT)
            insort(lane.waits, wait, key=lambda each: each.started_ns)
            self._extend(lane, wait.ended_ns)
        self.changes += 1

    def _lane(self, submission: str, begin: int) -> Lane:
        lane = self._lanes.get(submission)
        if lane is None:
            lane = Lane(submission, len(self._by_number), begin)
            self._lanes[submission] = lane
            self._by_number.append(lane)
        elif begin < lane.begin:
            del self._order[self.place_of(lane)]
            lane.begin = begin
        else:
            return lane
        insort(self._order, lane.begin << LANE_BITS | lane.number)
        self._bursts.note_begin(begin)
        return lane

    def _extend(self, lane: Lane, end: int) -> None:
        lane.end = max(lane.end, end)
        self._bursts.note_end(lane.begin, lane.end)

    def _note_what(self, step: Step) -> None:
        self.engines.add(step.engine)
        if step.engine is EngineKind.HTTP:
            self.sights.add(_sight(step))
        if _has_failed(step):
            self.sights.add(Sight.FAILED)

    def _note_lease(self, lane: Lane, step: Step) -> None:
        if self._leases.note(lane, step):
            self.sights |= {Sight.LEASE, Sight.EXPIRY}

    def _trim(self) -> None:
        """Forget the oldest lanes, a tenth of all at once, so that it need not be done often."""
        if len(self._order) <= self._capacity:
            return
        gone = len(self._order) - self._capacity * 9 // 10
        for lane in [self[place] for place in range(gone)]:
            del self._lanes[lane.submission]
            self._under_way.pop(lane.submission, None)
            self._by_number[lane.number] = None
        del self._order[:gone]

    # Looking

    def __getitem__(self, place: int) -> Lane:
        lane = self._by_number[self._order[place] & (1 << LANE_BITS) - 1]
        if lane is None:
            raise IndexError(place)
        return lane

    def find(self, submission: str) -> Lane | None:
        """The lane of a submission."""
        return self._lanes.get(submission)

    def place_of(self, lane: Lane) -> int:
        """Where a lane stands, from 0 for the one that was sent first."""
        return bisect_left(self._order, lane.begin << LANE_BITS | lane.number)

    def extent(self, *, newest: bool = False) -> Extent:
        """Everything, or the newest burst of submissions."""
        if not self._order:
            return Extent(0, 0, 0, 1)
        begin = self._order[0] >> LANE_BITS
        first = 0
        if newest:
            begin = self._bursts.newest
            first = bisect_left(self._order, begin << LANE_BITS)
        return Extent(first, len(self._order), begin, max(self._bursts.last_end, self._now(), begin + 1))

    def _now(self) -> int:
        return time.monotonic_ns() if self._under_way else 0

    def burst_at(self, instant: int) -> int:
        """When the burst began that an instant falls into: the zero of the time axis."""
        return self._bursts.at(instant)

    def steps_between(self, lane: Lane, begin: int, end: int) -> Iterator[Step]:
        """The steps of a lane that touch a stretch of time; those of one submission never overlap."""
        steps = lane.steps
        first = max(0, bisect_right(steps, begin, key=lambda step: step.started_ns) - 1)
        while first and steps[first - 1].ended_ns >= begin:
            first -= 1
        for number in range(first, len(steps)):
            step = steps[number]
            if step.started_ns > end:
                return
            if step.ended_ns >= begin:
                yield step

    def seen_on(self, places: range) -> set[EngineKind | Sight]:
        """What is to be seen on the lanes at these places."""
        seen: set[EngineKind | Sight] = set()
        for lane in map(self.__getitem__, places):
            steps = [*lane.steps, lane.under_way] if lane.under_way else lane.steps
            seen.update(step.engine for step in steps)
            seen.update(_sight(step) for step in steps if step.engine is EngineKind.HTTP)
            if lane.waits:
                seen.add(Sight.WAIT)
            if lane.reply is not None and not lane.reply.held_back:
                seen.add(Sight.CALLER)
            if any(map(_has_failed, lane.steps)):
                seen.add(Sight.FAILED)
            if lane.reply is not None and lane.reply.retry_of in self._lanes:
                seen.add(Sight.RETRY)
            leases = self.leases(lane)
            if leases:
                seen.add(Sight.LEASE)
            if any(lease.released_ns is None for lease in leases):
                seen.add(Sight.EXPIRY)
            if sight_of_end := _SIGHTS.get(lane.mishap):
                seen.add(sight_of_end)
        return seen

    def leases(self, lane: Lane) -> list[Lease]:
        """The leases that a submission took, and how each of them ended."""
        return self._leases.of(lane)


def _has_failed(step: Step) -> bool:
    """Whether a notch at the end of a step says that it came to nothing; a crash has a mark of its own."""
    return bool(step.error) and not (step.engine is EngineKind.HTTP and step.command == CRASH)


def _sight(step: Step) -> Sight:
    """What a step of HTTP is to be seen as."""
    if is_processing(step):
        return Sight.PROCESSING
    if is_fault(step):
        return Sight.CRASH if step.command == CRASH else Sight.FAULT
    return Sight.RESPONSE
