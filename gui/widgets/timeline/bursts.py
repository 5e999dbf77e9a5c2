"""When submissions came close together: each burst has a time axis of its own."""

from __future__ import annotations

from bisect import bisect_right

PAUSE_NS = 1_000_000_000
"""A second in which nothing happened separates one burst of submissions from the next."""


class Bursts:
    """The instants at which bursts began. What began before the current run belongs to earlier ones."""

    def __init__(self) -> None:
        self._begins: list[int] = []
        self._end_before = 0
        self.last_end = 0
        """The latest instant that is known."""
        self.run_since = 0
        """What began before this instant belongs to earlier runs."""

    @property
    def newest(self) -> int:
        """When the newest burst began, which is not before the current run was asked for."""
        return max(self._begins[-1], self.run_since)

    def note_begin(self, begin: int) -> None:
        """A submission was sent."""
        begins = self._begins
        if not begins or begin > self.last_end + PAUSE_NS or begins[-1] < self.run_since <= begin:
            begins.append(begin)
            self._end_before = self.last_end
        elif self._end_before < begin < begins[-1]:
            begins[-1] = begin
        self.last_end = max(self.last_end, begin)

    def note_end(self, begin: int, end: int) -> None:
        """A submission that was sent at `begin` lasted until `end` at least; bursts that it touches become one."""
        self.last_end = max(self.last_end, end)
        begins = self._begins
        while len(begins) > 1 and begin < begins[-1] <= end + PAUSE_NS and begin >= self.run_since:
            begins.pop()

    def join(self, begin: int) -> None:
        """A retry belongs to the burst of its original, sent at `begin`, however long the caller waited in between."""
        while len(self._begins) > 1 and begin < self._begins[-1] and begin >= self.run_since:
            self._begins.pop()

    def at(self, instant: int) -> int:
        """When the burst began that an instant falls into: the zero of the time axis."""
        number = bisect_right(self._begins, instant) - 1
        return self._begins[max(number, 0)] if self._begins else instant
