"""The button of each intent: whether a click of it is held back. Known as far as a job asks for it, and no longer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from backend.lab.number_map import NONE, NumberMap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.lab.senders.messages import Job


class Buttons:
    """By key of the intent.

    Args:
        job: which clicks are held back in it.
    """

    def __init__(self, job: Job) -> None:
        self._disables, self._once = job.disable_button, job.once_per_intent
        self._in_flight: Counter[str] = Counter()
        self._done, self._clicked = NumberMap(), NumberMap()

    def is_first_click(self, key: str) -> bool:
        """An intent with a button is clicked, as all its clicks come at the same time; whether this one passes."""
        return self._clicked.put(key, 0)

    def leave(self, keys: Iterable[str]) -> None:
        """A submission of each of these is in flight."""
        if self._disables:
            self._in_flight.update(keys)

    def land(self, key: str, *, succeeded: bool = False) -> None:
        """A submission is not in flight any more."""
        if self._disables:
            self._in_flight[key] -= 1
            if not self._in_flight[key]:
                del self._in_flight[key]
        if succeeded and self._once:
            self._done.put(key, 0)

    def holds_back(self, key: str) -> bool:
        """Whether a click does nothing just now: one is in flight, or the page has moved on."""
        return self._in_flight[key] > 0 or (self._once and self._done.get(key) != NONE)
