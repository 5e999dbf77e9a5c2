"""Sets of intents, each with a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from backend.lab.number_map import NONE, NumberMap

Entry = tuple[str, str]
"""Table of the effect and business key: an order that is placed and then paid is two intents with one key."""


class Entries(Set[Entry]):
    """Intents in the order in which their tables came, in some bytes each. Not thread-safe."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._tables: dict[str, NumberMap] = {}
        for entry in entries:
            self.add(entry)

    @classmethod
    def _from_iterable(cls, entries: Iterable[Entry]) -> frozenset[Entry]:  # type: ignore[override]
        return frozenset(entries)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))

    def __iter__(self) -> Iterator[Entry]:
        for table, numbers in self._tables.items():
            yield from ((table, key) for key in numbers)

    def __contains__(self, entry: object) -> bool:
        return isinstance(entry, tuple) and self.number(entry) != NONE

    @property
    def tables(self) -> tuple[str, ...]:
        """Of the effects of these intents."""
        return tuple(self._tables)

    def number(self, entry: Entry) -> int:
        """The number of an intent; `NONE` for one that is not among them."""
        numbers = self._tables.get(entry[0])
        return NONE if numbers is None else numbers.get(entry[1])

    def add(self, entry: Entry, number: int = 0) -> bool:
        """One more, or another number for one; whether it is new."""
        numbers = self._tables.get(entry[0])
        if numbers is None:
            numbers = self._tables[entry[0]] = NumberMap()
        return numbers.put(entry[1], number)

    def copy(self) -> Entries:
        """The same intents, whatever becomes of these."""
        other = Entries()
        other._tables = {table: numbers.copy() for table, numbers in self._tables.items()}
        return other
