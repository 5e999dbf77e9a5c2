"""Which rows of a table were read, in 30 bytes each: what tells whether one was deleted or its number given away."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from backend.model.running_numbers import join, split

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_NUMBERED = re.compile(r"(.*\.)(0|[1-9][0-9]{0,8})((?:-[0-9]{1,4})?)", re.DOTALL | re.ASCII)
"""Runs number their submissions: what stands around the numbers is the same for many."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Origin = tuple[str, str, datetime]
"""The business key of a row, the submission that made it, and when: nobody makes the same row twice."""


class SeenRows:
    """In the order of their numbers. Not thread-safe."""

    def __init__(self) -> None:
        self.numbers = array("q")
        self.total = 0
        """The sum of the numbers."""
        self._keys, self._endings = array("i"), array("h")
        """Business keys run on: what stands before their last digits is the same for many."""
        self._around, self._within = array("i"), array("i")
        self._instants = array("q")
        self._words: dict[str, int] = {}
        self._texts: list[str] = []

    def __len__(self) -> int:
        return len(self.numbers)

    def place_of(self, number: int) -> int:
        """Where a row stands; -1 where it was not read."""
        place = bisect_left(self.numbers, number)
        return place if place < len(self) and self.numbers[place] == number else -1

    def key(self, place: int) -> str:
        """The business key of the row that stands there."""
        return join(self._texts[self._keys[place]], self._endings[place])

    def submission(self, place: int) -> str:
        """The submission that made it."""
        text, number = self._texts[self._around[place]], self._within[place]
        before, _, after = text.partition("\0")
        return text if number < 0 else f"{before}{number}{after}"

    def holds(self, place: int, origin: Origin) -> bool:
        """Whether the row that stands there comes from here."""
        return self._instants[place] == _instant(origin[2]) and (self.key(place), self.submission(place)) == origin[:2]

    def put(self, number: int, origin: Origin) -> None:
        """A row was read; one that had its number before is another one."""
        key, submission, created = origin
        numbered = _NUMBERED.fullmatch(submission) if "\0" not in submission else None
        around = self._word(f"{numbered[1]}\0{numbered[3]}" if numbered else submission)
        before, ending = split(key)
        values = (self._word(before), ending, around, int(numbered[2]) if numbered else -1, _instant(created))
        place = bisect_left(self.numbers, number)
        if place < len(self) and self.numbers[place] == number:
            for column, value in zip(self._columns(), values, strict=True):
                column[place] = value
            return
        self.numbers.insert(place, number)
        self.total += number
        for column, value in zip(self._columns(), values, strict=True):
            column.insert(place, value)

    def remove(self, places: Collection[int]) -> None:
        """These are not there any more."""
        if not places:
            return
        gone = frozenset(places)
        left = [place for place in range(len(self)) if place not in gone]
        for column in (self.numbers, *self._columns()):
            column[:] = array(column.typecode, (column[place] for place in left))
        self.total = sum(self.numbers)

    def _columns(self) -> Iterator[array[int]]:
        yield from (self._keys, self._endings, self._around, self._within, self._instants)

    def _word(self, text: str) -> int:
        known = self._words.get(text)
        if known is None:
            known = self._words[text] = len(self._texts)
            self._texts.append(text)
        return known


def _instant(created: datetime) -> int:
    """Microseconds; a database that knows no time zones means UTC."""
    aware = created if created.tzinfo else created.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND
