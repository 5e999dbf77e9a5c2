"""How many effects each intent has, and which of them is the first: that with the lowest number.

A database gives numbers in the order in which rows are inserted, so whoever inserts after another one's COMMIT gets a
higher one. Which of two transactions at the same time commits first is told by no row, and a row may be read after one
that was inserted later: then that one counts anew.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

from backend.model.observed import Renumbered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from backend.lab.entries import Entry

_NO_ROW = -(2**63)


class Ordinals:
    """By the number of an intent. Most have one effect, and an array for each would take more room than its number.

    Not thread-safe.
    """

    def __init__(self) -> None:
        self._single = array("q")
        """The number of the only row."""
        self._several: dict[int, array[int]] = {}
        """The numbers of several rows, ascending."""
        self._moved: dict[int, tuple[Entry, int]] = {}
        """Intents of which all rows above this number count anew."""

    def begin(self) -> None:
        """The next intent, which has no effect yet."""
        self._single.append(_NO_ROW)

    def count(self, intent: int) -> int:
        """How many effects an intent has."""
        return 1 if self._single[intent] != _NO_ROW else len(self._several.get(intent, ()))

    def of(self, intent: int, number: int) -> int:
        """1 for the first effect of an intent; 2 and more are duplicates."""
        rows = self._several.get(intent)
        return 1 if rows is None else bisect_left(rows, number) + 1

    def add(self, intent: int, number: int, entry: Entry) -> None:
        """A row of this intent was read."""
        rows = self._several.get(intent)
        only = self._single[intent]
        if rows is None and only == _NO_ROW:
            self._single[intent] = number
            return
        if number < (only if rows is None else rows[-1]):
            self._move(intent, number, entry)
        if rows is None:
            self._several[intent] = array("q", sorted((only, number)))
            self._single[intent] = _NO_ROW
        else:
            insort(rows, number)

    def remove(self, intent: int, number: int, entry: Entry) -> bool:
        """A row of this intent is not there any more. Whether it was known."""
        rows = self._several.get(intent)
        if rows is None:
            known = self._single[intent] == number
            if known:
                self._single[intent] = _NO_ROW
            return known
        place = bisect_left(rows, number)
        if place == len(rows) or rows[place] != number:
            return False
        if place < len(rows) - 1:
            self._move(intent, number, entry)
        del rows[place]
        if len(rows) == 1:
            self._single[intent] = self._several.pop(intent)[0]
        return True

    def _move(self, intent: int, number: int, entry: Entry) -> None:
        _, earlier = self._moved.get(intent, (entry, number))
        self._moved[intent] = entry, min(number, earlier)

    def moved(self, told: Collection[tuple[str, int]] = ()) -> list[Renumbered]:
        """Rows that count otherwise than before, each change once.

        Args:
            told: rows, by table and number, of which it is known how they count now.
        """
        moved, self._moved = self._moved, {}
        found = (one for intent, (entry, number) in moved.items() for one in self._above(intent, number, entry))
        return [one for one in found if one.place not in told]

    def _above(self, intent: int, number: int, entry: Entry) -> Iterable[Renumbered]:
        only = self._single[intent]
        rows = self._several.get(intent) or ([] if only == _NO_ROW else [only])
        for place in range(bisect_right(rows, number), len(rows)):
            yield Renumbered(entry[0], rows[place], entry[1], place + 1)
