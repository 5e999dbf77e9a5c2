"""What callers were told, of each intent: a bit for each answer."""

from __future__ import annotations

from backend.model.vocabulary import Answer

_BITS = {answer: 1 << place for place, answer in enumerate(Answer)}
_SETS = [frozenset(answer for answer, bit in _BITS.items() if bits & bit) for bits in range(1 << len(_BITS))]


class AnswersTold:
    """By the number of an intent. Not thread-safe."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def begin(self) -> None:
        """The next intent, which nobody was told anything of."""
        self._bits.append(0)

    def add(self, number: int, answer: Answer) -> None:
        """A caller was told this."""
        self._bits[number] |= _BITS[answer]

    def of(self, number: int) -> frozenset[Answer]:
        """All that callers of an intent were told."""
        return _SETS[self._bits[number]]
