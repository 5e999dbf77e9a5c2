"""What a ledger knows of each intent besides its effects and answers: in which run it is wanted, and who wants it."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from backend.lab.entries import Entries
from backend.lab.number_map import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.lab.entries import Entry
    from backend.lab.tally import Tally
    from backend.model.plan import Intent


class KnownIntents:
    """Numbers intents from 0 on. Not thread-safe."""

    def __init__(self) -> None:
        self.entries = Entries()
        self._plans: list[Sequence[Intent]] = []
        self._plan, self._place = array("i"), array("i")
        """By the number of an intent: who announced it first, and at which place; `NONE` where nobody did."""
        self._tallies: list[Tally] = []
        self._run = array("i")

    def __len__(self) -> int:
        return len(self._run)

    def number(self, entry: Entry) -> int:
        """The number of an intent; `NONE` for one that is not known."""
        return self.entries.number(entry)

    def add(self, entry: Entry) -> int:
        """An intent that is not known yet. Returns its number."""
        number = len(self)
        self.entries.add(entry, number)
        for column in (self._plan, self._place, self._run):
            column.append(NONE)
        return number

    def is_announced(self, number: int) -> bool:
        """Whether it is one of ours."""
        return self._plan[number] != NONE

    def announce(self, plan: Sequence[Intent], numbers: Sequence[int], run: Tally) -> None:
        """The intents of a plan, which have these numbers, are wanted in this run."""
        if not self._tallies or self._tallies[-1] is not run:
            self._tallies.append(run)
        if any(not self.is_announced(number) for number in numbers):
            self._plans.append(plan)
        for place, number in enumerate(numbers):
            self._run[number] = len(self._tallies) - 1
            if not self.is_announced(number):
                self._plan[number], self._place[number] = len(self._plans) - 1, place

    def run(self, number: int) -> Tally | None:
        """The run in which an intent is wanted."""
        run = self._run[number] if number != NONE else NONE
        return None if run == NONE else self._tallies[run]

    def intent(self, number: int) -> Intent | None:
        """What was announced; None for one that is not ours."""
        plan = self._plan[number]
        return None if plan == NONE else self._plans[plan][self._place[number]]
