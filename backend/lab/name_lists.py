"""Short lists of names, many of them, in some 16 bytes for each name."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING

from backend.model.running_numbers import SHARING, WHOLE, join, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_END = -1


class NameLists:
    """Each list has a number, from 0 on. Not thread-safe."""

    def __init__(self) -> None:
        self._first = array("i")
        """By the number of a list, where its first name stands."""
        self._names, self._next = array("q"), array("i")
        """A name, and where the one behind it stands."""
        self._words: dict[str, int] = {}
        """What names share, or a whole name that ends in no running number."""
        self._texts: list[str] = []

    def begin(self) -> None:
        """The next list, which is empty."""
        self._first.append(_END)

    def of(self, number: int) -> list[str]:
        """A list."""
        return [self._decoded(self._names[place]) for place in self._places(number)]

    def length(self, number: int) -> int:
        """How long a list is."""
        return sum(1 for _ in self._places(number))

    def put(self, number: int, names: Sequence[str]) -> None:
        """Have a list say this."""
        places = list(self._places(number))
        while len(places) < len(names):
            places.append(len(self._names))
            self._names.append(0)
            self._next.append(_END)
        for place, name in zip(places, names, strict=False):
            self._names[place] = self._encoded(name)
        ends = [*places[: len(names)], _END]
        self._first[number] = ends[0]
        for place, following in pairwise(ends):
            self._next[place] = following

    def _places(self, number: int) -> Iterator[int]:
        place = self._first[number]
        while place != _END:
            yield place
            place = self._next[place]

    def _encoded(self, name: str) -> int:
        part, last = split(name)
        word = self._words.setdefault(part, len(self._texts))
        if word == len(self._texts):
            self._texts.append(part)
        return word * (SHARING + 1) + (last - WHOLE)

    def _decoded(self, code: int) -> str:
        word, last = divmod(code, SHARING + 1)
        return join(self._texts[word], last + WHOLE)
