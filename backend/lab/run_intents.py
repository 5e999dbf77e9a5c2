"""The intents of one run, by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.lab.entries import Entries
from backend.lab.ledger import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.lab.entries import Entry
    from backend.model.plan import Intent


class RunIntents:
    """Never changes.

    Args:
        intents: of the plan.
    """

    def __init__(self, intents: Iterable[Intent]) -> None:
        self.entries = Entries(entries_of(intents))
        self._tables = self.entries.tables

    def __len__(self) -> int:
        return len(self.entries)

    def entry(self, key: str) -> Entry:
        """Where the effects of the intent with this key are counted."""
        among = self._tables[:-1]  # nearly always none: a plan asks for one operation
        table = next((table for table in among if (table, key) in self.entries), self._tables[-1])
        return table, key
