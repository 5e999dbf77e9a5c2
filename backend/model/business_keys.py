"""Fresh business keys."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from backend.model.vocabulary import OperationKey

_LETTERS = {
    OperationKey.PLACE_ORDER: "A",
    OperationKey.PAY_ORDER: "P",
    OperationKey.ADD_STOCK: "S",
    OperationKey.CANCEL_ORDER: "C",
    OperationKey.SEND_MESSAGE: "M",
}


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Keys that run on."""

    operation: OperationKey
    maker: str
    """The part that no other maker has."""
    first: int
    count: int

    def __len__(self) -> int:
        return self.count

    def at(self, place: int) -> str:
        """The key at this place, from 0."""
        return f"{_LETTERS[self.operation]}-{self.maker}-{self.first + place:04}"


class KeyMaker:
    """Makes keys such as ``A-3F9C-0001``: a random part for each maker, so that two labs on one server do not meet."""

    def __init__(self) -> None:
        self._part = secrets.token_hex(2).upper()
        self._guard = threading.Lock()
        self._next = 1

    def make(self, operation: OperationKey) -> str:
        """A key that this maker has not made before."""
        return self.make_several(operation, 1).at(0)

    def make_several(self, operation: OperationKey, count: int) -> KeyRange:
        """So many such keys."""
        with self._guard:
            first = self._next
            self._next += count
        return KeyRange(operation, self._part, first, count)
