"""Answers that do not fit the rows: all are counted, a handful is told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.lab.name_set import NameSet
from backend.model.verdict import contradiction

if TYPE_CHECKING:
    from backend.model.sentence import Sentence
    from backend.model.vocabulary import Answer

_MOST_EXAMPLES = 3


class Contradictions:
    """Of a lab, or of one run. Each submission counts once."""

    def __init__(self) -> None:
        self._names = NameSet()
        self._examples: dict[str, Answer] = {}

    def add(self, name: str, answer: Answer) -> None:
        """A submission was told this, and the rows say otherwise."""
        if self._names.add(name) and len(self._examples) < _MOST_EXAMPLES:
            self._examples[name] = answer

    def in_words(self) -> tuple[int, tuple[Sentence, ...]]:
        """How many there are, and the first of them."""
        return len(self._names), tuple(contradiction(name, answer) for name, answer in self._examples.items())
