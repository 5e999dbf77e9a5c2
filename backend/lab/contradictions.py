"""Answers that do not fit the rows: all are counted, a handful is told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.lab.name_set import NameSet
from backend.model.verdict import contradiction

if TYPE_CHECKING:
    from backend.model.observed import GoneRow
    from backend.model.sentence import Sentence
    from backend.model.vocabulary import Answer

_MOST_EXAMPLES = 3


class Contradictions:
    """Of a lab, or of one run. Each submission counts once."""

    def __init__(self) -> None:
        self._names = NameSet()
        self._examples: dict[str, Sentence] = {}

    def add(self, name: str, answer: Answer, gone: GoneRow | None = None) -> bool:
        """A submission was told this, and the rows say otherwise.

        Args:
            name: of the submission.
            answer: what it was told.
            gone: its row, where that was seen and is not there any more.

        Returns:
            Whether that is new.
        """
        is_new = self._names.add(name)
        if is_new and len(self._examples) < _MOST_EXAMPLES:
            self._examples[name] = contradiction(name, answer, gone)
        return is_new

    def discard(self, name: str) -> None:
        """The row of a submission is there again."""
        if self._names.discard(name):
            self._examples.pop(name, None)

    def in_words(self) -> tuple[int, tuple[Sentence, ...]]:
        """How many there are, and some of them."""
        return len(self._names), tuple(self._examples.values())
