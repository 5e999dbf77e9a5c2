"""What a command notes of each intent of its run, however many submissions it has."""

from __future__ import annotations

from array import array
from contextlib import suppress
from typing import TYPE_CHECKING

from backend.lab.answers_told import AnswersTold
from backend.lab.entries import Entries
from backend.lab.name_lists import NameLists
from backend.lab.number_map import NONE, NumberMap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.lab.entries import Entry
    from backend.model.vocabulary import Answer


class EffectNotes:
    """How many effects an intent has, and who made the first ones; by table of the effects and key.

    Args:
        most: so many makers are noted.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._intents = Entries()
        self._effects = array("i")
        self._makers = NameLists()

    def _number(self, entry: Entry) -> int:
        number = self._intents.number(entry)
        if number == NONE:
            number = len(self._effects)
            self._intents.add(entry, number)
            self._effects.append(0)
            self._makers.begin()
        return number

    def add(self, entry: Entry, maker: str) -> None:
        """One more effect; by nobody we know of where the name is empty."""
        number = self._number(entry)
        self._effects[number] += 1
        if maker and self._makers.length(number) < self._most:
            self._makers.put(number, [*self._makers.of(number), maker])

    def remove(self, entry: Entry, maker: str) -> None:
        """One effect less."""
        number = self._number(entry)
        self._effects[number] -= 1
        makers = self._makers.of(number)
        with suppress(ValueError):
            makers.remove(maker)
            self._makers.put(number, makers)

    def count(self, entry: Entry) -> int:
        """How many there are."""
        number = self._intents.number(entry)
        return 0 if number == NONE else self._effects[number]

    def makers(self, entry: Entry) -> list[str]:
        """Who made the first ones."""
        number = self._intents.number(entry)
        return [] if number == NONE else self._makers.of(number)


class AnswerNotes:
    """How many submissions an intent has, and what they were told; by key alone, which is all that an answer tells."""

    def __init__(self) -> None:
        self._intents = NumberMap()
        self._submissions = array("i")
        self._told = AnswersTold()
        self._heard = NameLists()

    def number(self, key: str) -> int:
        """The number of an intent, which has one from now on."""
        number = self._intents.get(key)
        if number == NONE:
            number = len(self._submissions)
            self._intents.put(key, number)
            self._submissions.append(0)
            self._told.begin()
            self._heard.begin()
        return number

    def tell(self, number: int, answer: Answer) -> None:
        """A caller was told this."""
        self._told.add(number, answer)

    def count(self, number: int, change: int) -> None:
        """So many more submissions have made an effect or were answered."""
        self._submissions[number] += change

    def put_heard(self, number: int, names: Sequence[str]) -> None:
        """Those that are shown first of those that were answered are these now."""
        self._heard.put(number, names)

    def heard(self, number: int) -> list[str]:
        """Those that are shown first of those that were answered."""
        return self._heard.of(number)

    def submissions(self, key: str) -> int:
        """How many made an effect or were answered."""
        return self._submissions[self.number(key)]

    def told(self, key: str) -> frozenset[Answer]:
        """What its callers were told."""
        number = self._intents.get(key)
        return frozenset() if number == NONE else self._told.of(number)
