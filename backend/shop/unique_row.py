"""The row by which an intent is told from others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class UniqueRow:
    """A row that can be there only once for an intent, because a unique index covers the intent's key."""

    table: sa.Table
    values: Mapping[str, object]

    @property
    def plain_values(self) -> Mapping[str, object]:
        """Without the column under the unique index, so that nothing refuses a second row."""
        return {name: value for name, value in self.values.items() if not self.table.c[name].unique}
