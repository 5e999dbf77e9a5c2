"""A set of submission ids that takes about a bit for each, since runs number their submissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERED = re.compile(r"(.*)\.([1-9][0-9]{0,8})((?:-[0-9]{1,4})?)", re.DOTALL | re.ASCII)
"""``run.number``, and for a later attempt or delivery ``run.number-attempt``."""
_BITS = 1024
"""Numbers that share a word: few enough that a name by itself takes no more than in an ordinary set."""

_Place = tuple[str, str, int]
"""What stands before the number and after it, and which thousand of numbers."""


class NameSet:
    """Holds any names exactly; those that are numbered cost little. Not thread-safe."""

    def __init__(self) -> None:
        self._words: dict[_Place, int] = {}
        self._others: set[str] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        found = _NUMBERED.fullmatch(name)
        if found is None:
            return name in self._others
        place, bit = _place(found)
        return bool(self._words.get(place, 0) & bit)

    def __iter__(self) -> Iterator[str]:
        for place, word in list(self._words.items()):
            yield from _names(place, word)
        yield from tuple(self._others)

    def which(self, other: NameSet, *, are_in: bool) -> Iterator[str]:
        """Those of its names that are in another set, or that are not."""
        for place, word in list(self._words.items()):
            there = other._words.get(place, 0)
            if picked := word & there if are_in else word & ~there:
                yield from _names(place, picked)
        yield from (self._others & other._others) if are_in else (self._others - other._others)

    def add(self, name: str) -> bool:
        """Put a name in; whether it was not in yet."""
        found = _NUMBERED.fullmatch(name)
        if found is None:
            is_new = name not in self._others
            self._others.add(name)
        else:
            place, bit = _place(found)
            word = self._words.get(place, 0)
            is_new = not word & bit
            self._words[place] = word | bit
        self._count += is_new
        return is_new

    def discard(self, name: str) -> bool:
        """Take a name out; whether it was in."""
        if name not in self:
            return False
        if found := _NUMBERED.fullmatch(name):
            place, bit = _place(found)
            if left := self._words[place] & ~bit:
                self._words[place] = left
            else:
                del self._words[place]
        else:
            self._others.remove(name)
        self._count -= 1
        return True


def _place(found: re.Match[str]) -> tuple[_Place, int]:
    group, place = divmod(int(found[2]), _BITS)
    return (found[1], found[3], group), 1 << place


def _names(place: _Place, word: int) -> Iterator[str]:
    before, after, group = place
    while word:
        lowest = word & -word
        yield f"{before}.{group * _BITS + lowest.bit_length() - 1}{after}"
        word ^= lowest
