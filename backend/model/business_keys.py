"""Fresh business keys."""

from __future__ import annotations

import itertools
import secrets

from backend.model.vocabulary import OperationKey

_LETTERS = {
    OperationKey.PLACE_ORDER: "A",
    OperationKey.PAY_ORDER: "P",
    OperationKey.ADD_STOCK: "S",
    OperationKey.CANCEL_ORDER: "C",
    OperationKey.SEND_MESSAGE: "M",
}


class KeyMaker:
    """Makes keys such as ``A-3F9C-0001``: a random part for each maker, so that two labs on one server do not meet."""

    def __init__(self) -> None:
        self._part = secrets.token_hex(2).upper()
        self._numbers = itertools.count(1)

    def make(self, operation: OperationKey) -> str:
        """A key that this maker has not made before."""
        return f"{_LETTERS[operation]}-{self._part}-{next(self._numbers):04}"
