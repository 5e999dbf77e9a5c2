"""Which submissions have made effects, and whose effects are not there any more."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from backend.lab.name_set import NameSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.model.observed import GoneRow


class EffectMakers:
    """Not thread-safe."""

    def __init__(self) -> None:
        self.names = NameSet()
        """Who has ever made one that was seen."""
        self._more: Counter[str] = Counter()
        """Of those that have made several that are there: how many more than one."""
        self._gone: dict[str, GoneRow] = {}
        """The last effect of each that has none any more."""

    def add(self, name: str) -> bool:
        """An effect of this submission was read; whether all its effects were gone before."""
        if self._gone.pop(name, None):
            return True
        if not self.names.add(name):
            self._more[name] += 1
        return False

    def remove(self, row: GoneRow) -> None:
        """An effect is not there any more."""
        name = row.submission_id
        if self._more[name] > 1:
            self._more[name] -= 1
        elif not self._more.pop(name, 0):
            self._gone[name] = row

    def gone(self) -> Iterator[tuple[str, GoneRow]]:
        """Submissions whose effects have all gone, and which was the last."""
        yield from self._gone.items()

    def last_of(self, name: str) -> GoneRow | None:
        """The last effect of a submission that has none any more."""
        return self._gone.get(name)
