"""Which judgement the Lab shows: that of the run that was asked for last, from the click on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.judgement import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.model.plan import Intent


class CurrentRun:
    """Keeps the verdict of an earlier run from standing over a new one until the lab speaks of the new one."""

    def __init__(self) -> None:
        self._awaited: frozenset[str] = frozenset()
        """Keys of intents that were asked for and that the lab has said nothing of yet."""
        self._shown: frozenset[str] = frozenset()
        self._latest = Judgement()

    def ask(self, intents: Iterable[Intent]) -> Judgement | None:
        """A run is asked for; what to show of it until the lab speaks. None where it is about what is on show."""
        keys = frozenset(intent.key for intent in intents)
        if keys <= self._shown:
            return None
        self._awaited = keys
        return Judgement(intents=len(keys), final=False)

    def judged(self, judgement: Judgement) -> Judgement | None:
        """What to show of what the lab says; None while that is about an earlier run."""
        self._latest = judgement
        current = judgement.run
        keys = frozenset(key for _, key in current.wanted) if current else frozenset[str]()
        if not self._awaited <= keys:
            return None
        self._awaited, self._shown = frozenset(), keys
        return current or judgement

    def over(self) -> Judgement | None:
        """No run is under way any more. What to show where one has ended without a word, as one does that fails."""
        if not self._awaited:
            return None
        self._awaited = frozenset()
        return self._latest.run or self._latest

    def forget(self) -> None:
        """Nothing was asked for, and nothing has happened."""
        self._awaited = self._shown = frozenset()
        self._latest = Judgement()
