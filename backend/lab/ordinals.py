"""How many effects each intent has, and which of them is the first: that with the lowest number.

A database gives numbers in the order in which rows are inserted, so whoever inserts after another one's COMMIT gets a
higher one. Which of two transactions at the same time commits first is told by no row, and a row may be read after one
that was inserted later: then that one counts anew.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

from backend.model.observed import Renumbered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Entry = tuple[str, str]
"""Table of the effect and business key: an order that is placed and then paid is two intents with one key."""


class Ordinals:
    """Not thread-safe. Most intents have one effect, and a list for each would take more room than its number."""

    def __init__(self) -> None:
        self._single: dict[Entry, int] = {}
        """The number of the only row."""
        self._several: dict[Entry, list[int]] = {}
        """The numbers of several rows, ascending."""
        self._moved: dict[Entry, int] = {}
        """Intents of which all rows above this number count anew."""

    def count(self, entry: Entry) -> int:
        """How many effects an intent has."""
        return 1 if entry in self._single else len(self._several.get(entry, ()))

    def of(self, entry: Entry, number: int) -> int:
        """1 for the first effect of an intent; 2 and more are duplicates."""
        return 1 if entry in self._single else bisect_left(self._several[entry], number) + 1

    def add(self, entry: Entry, number: int) -> None:
        """A row of this intent was read."""
        if not self.count(entry):
            self._single[entry] = number
            return
        if entry in self._single:
            self._several[entry] = [self._single.pop(entry)]
        rows = self._several[entry]
        if number < rows[-1]:
            self._move(entry, number)
        insort(rows, number)

    def remove(self, entry: Entry, number: int) -> bool:
        """A row of this intent is not there any more. Whether it was known."""
        if entry in self._single:
            known = self._single[entry] == number
            if known:
                del self._single[entry]
            return known
        rows = self._several.get(entry, [])
        place = bisect_left(rows, number)
        if place == len(rows) or rows[place] != number:
            return False
        if place < len(rows) - 1:
            self._move(entry, number)
        del rows[place]
        if len(rows) == 1:
            self._single[entry] = self._several.pop(entry)[0]
        return True

    def _move(self, entry: Entry, number: int) -> None:
        self._moved[entry] = min(number, self._moved.get(entry, number))

    def moved(self, told: Collection[tuple[str, int]] = ()) -> list[Renumbered]:
        """Rows that count otherwise than before, each change once.

        Args:
            told: rows, by table and number, of which it is known how they count now.
        """
        moved, self._moved = self._moved, {}
        return [one for entry, number in moved.items() for one in self._above(entry, number) if one.place not in told]

    def _above(self, entry: Entry, number: int) -> Iterable[Renumbered]:
        rows = self._several.get(entry) or [self._single[entry]] if self.count(entry) else []
        for place in range(bisect_right(rows, number), len(rows)):
            yield Renumbered(entry[0], rows[place], entry[1], place + 1)
