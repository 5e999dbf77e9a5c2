"""What the timeline knows: a lane per submission, with its steps, waits, leases and what its caller saw.

Fed in batches and read by painters, so that a batch costs a microsecond or two a step and a lane is found by bisection.
Instants are nanoseconds of the monotonic clock, as in `backend.model`.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from backend.model.vocabulary import Answer, EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.model.observed import LockWait, Reply, Step

CAPACITY = 50_000
"""Lanes to keep; the lab forgets the steps of older submissions, too."""
LANE_BITS = 24
"""Room for the number of a lane below the instant at which it begins, in the key that orders lanes."""
PAUSE_NS = 1_000_000_000
"""A second in which nothing happened separates one burst of submissions from the next."""
CRASH = "crash"
PROCESSING = "processing"
FAULTS = (CRASH, "connection reset", "error raised", "reply lost", "delay", "pause")
"""First words of the steps by which a fault leaves its mark in the trace; their engine is HTTP."""
RELEASES = ("DEL ", "DELIFEQ ", "EVAL ", "EVALSHA ")


class Mishap(Enum):
    """What a lane is marked with at its end."""

    NONE = auto()
    TIMEOUT = auto()
    """The caller gave up waiting."""
    BROKEN = auto()
    """The connection broke before an answer came."""
    CUT_OFF = auto()
    """No answer came, and the backend never got as far as replying: a crash, its own or that of a neighbour."""
    HELD_BACK = auto()
    """A click that the client did not send."""


class Sight(Enum):
    """What is to be seen on a timeline, besides engines."""

    PROCESSING = auto()
    WAIT = auto()
    FAULT = auto()
    EXPIRY = auto()
    CRASH = auto()
    BROKEN = auto()
    TIMEOUT = auto()
    HELD_BACK = auto()


_SIGHTS = {
    Mishap.TIMEOUT: Sight.TIMEOUT,
    Mishap.BROKEN: Sight.BROKEN,
    Mishap.CUT_OFF: Sight.BROKEN,
    Mishap.HELD_BACK: Sight.HELD_BACK,
}


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


class Lane:
    """One submission."""

    __slots__ = ("begin", "end", "leased", "number", "reply", "steps", "submission", "under_way", "waits")

    def __init__(self, submission: str, number: int, begin: int) -> None:
        self.submission = submission
        self.number = number
        self.begin = self.end = begin
        self.steps: list[Step] = []
        self.under_way: Step | None = None
        """What it is at, if that takes long."""
        self.waits: list[LockWait] = []
        self.leased: tuple[tuple[int, str, int], ...] = ()
        """When it set which key to live for how many milliseconds."""
        self.reply: Reply | None = None

    @property
    def mishap(self) -> Mishap:
        """What went wrong for its caller."""
        reply = self.reply
        if reply is None:
            return Mishap.NONE
        if reply.held_back:
            return Mishap.HELD_BACK
        if reply.answer is Answer.TIMEOUT:
            return Mishap.TIMEOUT
        if reply.answer is Answer.ERROR and reply.status == 0:
            replied = any(
                step.engine is EngineKind.HTTP and not is_fault(step) and not is_processing(step) for step in self.steps
            )
            return Mishap.BROKEN if replied or not self.steps else Mishap.CUT_OFF
        return Mishap.NONE

    @property
    def mishap_ns(self) -> int:
        """When its caller noticed."""
        reply = self.reply
        if reply is None:
            return self.end
        return reply.sent_ns if reply.held_back else reply.received_ns


def is_fault(step: Step) -> bool:
    """Whether the step is something that was done to the submission on purpose."""
    return step.engine is EngineKind.HTTP and step.command.startswith(FAULTS)


def is_processing(step: Step) -> bool:
    """Whether the step stands for the work of the handler."""
    return step.engine is EngineKind.HTTP and step.command.startswith(PROCESSING)


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

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._lanes: dict[str, Lane] = {}
        self._by_number: list[Lane | None] = []
        self._order: list[int] = []
        self._bursts: list[int] = []
        self._last_end = self._end_before_burst = 0
        self._run_since = 0
        """What began before this instant belongs to earlier runs."""
        self._under_way: dict[str, Lane] = {}
        self._keys: dict[str, list[tuple[int, str, int]]] = {}
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
        self._run_since = instant
        self.changes += 1

    def end_run(self) -> None:
        """No run is under way. Where nothing came of one, what was there before it is the newest again."""
        if self._order and self._order[-1] >> LANE_BITS < self._run_since:
            self._run_since = 0
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
        return lane.begin < self._run_since

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
                self._note_key(lane, step)
            self._note_what(step)
        self._trim()
        self.changes += 1

    def add_replies(self, replies: Sequence[Reply]) -> None:
        """What callers saw."""
        for reply in replies:
            lane = self._lane(reply.submission_id, reply.sent_ns)
            lane.reply = reply
            self._extend(lane, reply.sent_ns if reply.held_back else reply.received_ns)
            if sight := _SIGHTS.get(lane.mishap):
                self.sights.add(sight)
            if original := self._lanes.get(reply.retry_of):
                self._join(original)
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
        self._note_begin(lane)
        return lane

    def _note_begin(self, lane: Lane) -> None:
        bursts, begin = self._bursts, lane.begin
        if not bursts or begin > self._last_end + PAUSE_NS or bursts[-1] < self._run_since <= begin:
            bursts.append(begin)
            self._end_before_burst = self._last_end
        elif self._end_before_burst < begin < bursts[-1]:
            bursts[-1] = begin
        self._last_end = max(self._last_end, begin)

    def _extend(self, lane: Lane, end: int) -> None:
        if end > lane.end:
            lane.end = end
            if end > self._last_end:
                self._last_end = end
        bursts = self._bursts
        while len(bursts) > 1 and lane.begin < bursts[-1] <= lane.end + PAUSE_NS and not self.is_earlier(lane):
            bursts.pop()

    def _join(self, original: Lane) -> None:
        """A retry belongs to the burst of its original, however long the caller waited in between."""
        while len(self._bursts) > 1 and original.begin < self._bursts[-1] and not self.is_earlier(original):
            self._bursts.pop()

    def _note_what(self, step: Step) -> None:
        self.engines.add(step.engine)
        if step.engine is EngineKind.HTTP:
            self._note_sight(step)

    def _note_sight(self, step: Step) -> None:
        if is_processing(step):
            self.sights.add(Sight.PROCESSING)
        elif is_fault(step):
            self.sights.add(Sight.CRASH if step.command == CRASH else Sight.FAULT)

    def _note_key(self, lane: Lane, step: Step) -> None:
        words = step.command.split()
        if len(words) > 1 and (length := _lease_ms(step, words)):
            lane.leased = (*lane.leased, (step.ended_ns, words[1], length))
            self.sights.add(Sight.EXPIRY)
            insort(self._keys.setdefault(words[1], []), (step.ended_ns, step.submission_id, length))
        elif step.command.startswith(RELEASES) and step.answer not in {"0", "", "(nil)"}:
            for key in words[1:]:
                if key in self._keys:
                    insort(self._keys[key], (step.ended_ns, step.submission_id, 0))

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
            begin = max(self._bursts[-1], self._run_since)
            first = bisect_left(self._order, begin << LANE_BITS)
        return Extent(first, len(self._order), begin, max(self._last_end, self._now(), begin + 1))

    def _now(self) -> int:
        return time.monotonic_ns() if self._under_way else 0

    def burst_at(self, instant: int) -> int:
        """When the burst began that an instant falls into: the zero of the time axis."""
        number = bisect_right(self._bursts, instant) - 1
        return self._bursts[max(number, 0)] if self._bursts else instant

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

    def leases(self, lane: Lane) -> list[Lease]:
        """The leases that a submission took, and how each of them ended."""
        return [self._lease(since, key, length) for since, key, length in lane.leased]

    def _lease(self, since: int, key: str, length: int) -> Lease:
        events = self._keys.get(key, [])
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
