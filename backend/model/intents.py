"""Intents that are made when they are asked for, so that a million of them take no room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from backend.model.business_keys import KeyRange
from backend.model.plan import Intent
from backend.model.vocabulary import OperationKey


@dataclass(frozen=True, slots=True)
class NewIntents(Sequence[Intent]):
    """Intents whose keys run on."""

    keys: KeyRange
    item: str
    """Empty where each is about an item of its own."""
    quantity: int

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, place: int) -> Intent: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Intent]: ...

    def __getitem__(self, place: int | slice) -> Intent | Sequence[Intent]:
        if isinstance(place, slice):
            return [self._at(each) for each in range(*place.indices(len(self)))]
        return self._at(range(len(self))[place])

    def __iter__(self) -> Iterator[Intent]:
        return map(self._at, range(len(self)))

    def _at(self, place: int) -> Intent:
        return Intent(self.keys.operation, self.keys.at(place), self.item or f"item {place + 1}", self.quantity)


def operations(intents: Sequence[Intent]) -> frozenset[OperationKey]:
    """What they ask for."""
    if isinstance(intents, NewIntents):
        return frozenset((intents.keys.operation,))
    return frozenset(intent.operation for intent in intents)


def names(intents: Iterable[Intent]) -> Iterator[tuple[OperationKey, str]]:
    """Operation and business key of each."""
    if isinstance(intents, NewIntents):
        keys = intents.keys
        return ((keys.operation, keys.at(place)) for place in range(len(keys)))
    return ((intent.operation, intent.key) for intent in intents)
