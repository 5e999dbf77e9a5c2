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


_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that are taken for one another (Crockford's base 32)."""
_LENGTH = 6
"""With four hexadecimal digits two of three hundred runs would probably share a part, and one meet the other's rows."""


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


def random_part(length: int) -> str:
    """What tells keys from those that earlier runs and checks have left behind: 5 bits a character."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))


class KeyMaker:
    """Makes keys such as ``A-3F9CK7-0001``: a random part for each maker, so that no two labs ever meet."""

    def __init__(self) -> None:
        self._part = random_part(_LENGTH)
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
