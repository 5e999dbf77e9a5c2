"""Numbers by text, in four bytes each where texts end in running numbers."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from backend.model.running_numbers import SHARING, join, split

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE = -1
"""The number of a text that has none."""
_FEW = 32
"""So many texts that share a part take as much as room for all of them."""


class NumberMap:
    """Holds a number from 0 on for any text exactly. Not thread-safe."""

    def __init__(self) -> None:
        self._blocks: dict[str, array[int]] = {}
        """By the part that texts share, a place for each."""
        self._others: dict[str, int] = {}
        self._begun: dict[str, int] = {}
        """How many of the others share a part."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        for part, block in self._blocks.items():
            yield from (join(part, last) for last, number in enumerate(block) if number != NONE)
        yield from self._others

    def get(self, text: str) -> int:
        """Its number; `NONE` without one."""
        part, last = split(text)
        block = self._blocks.get(part) if last >= 0 else None
        return self._others.get(text, NONE) if block is None else block[last]

    def put(self, text: str, number: int) -> bool:
        """Give a text a number; whether it had none."""
        part, last = split(text)
        block = self._blocks.get(part) if last >= 0 else None
        if block is None and text not in self._others and last >= 0:
            block = self._begin(part)
        if block is None:
            is_new = text not in self._others
            self._others[text] = number
        else:
            is_new = block[last] == NONE
            block[last] = number
        self._count += is_new
        return is_new

    def _begin(self, part: str) -> array[int] | None:
        """Another text with this part; its block, where there are enough of them now."""
        begun = self._begun.get(part, 0) + 1
        if begun < _FEW:
            self._begun[part] = begun
            return None
        del self._begun[part]
        texts = (join(part, last) for last in range(SHARING))
        block = self._blocks[part] = array("i", (self._others.pop(text, NONE) for text in texts))
        return block

    def copy(self) -> NumberMap:
        """The same numbers, whatever becomes of these."""
        other = NumberMap()
        other._blocks = {part: block[:] for part, block in self._blocks.items()}
        other._others, other._begun = self._others.copy(), self._begun.copy()
        other._count = self._count
        return other
