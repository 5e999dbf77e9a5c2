"""Texts of a schedule with names that are the same on every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.service.intents import ServiceIntent

_SHORTEST = 4
"""A shorter value would be found in texts that do not mean it."""


class Names:
    """Puts names in the place of an intent's own values.

    Args:
        intent: of the schedule.
    """

    def __init__(self, intent: ServiceIntent) -> None:
        named = [(value, f"{name}-1") for name, value in intent.values.items() if len(value) >= _SHORTEST]
        self._names = sorted(named, key=lambda pair: -len(pair[0]))

    def readable(self, text: str) -> str:
        """The text with those names."""
        for value, name in self._names:
            text = text.replace(value, name)
        return text
