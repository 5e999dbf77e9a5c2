"""Columns as somebody has arranged them: their order and their widths, by names that outlive other columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QHeaderView

if TYPE_CHECKING:
    from collections.abc import Callable

BY_HAND = "byHand"
"""Property of a header whose columns somebody has made wider or narrower: they stay so."""
BY_HAND_SIGN = "by-hand "
"""What their widths begin with where they are kept."""
_WIDEST = 2000
_MOST = 200
"""Names that are kept: several times as many as any table has columns."""


class Arrangement(QObject):
    """Remembers also the columns that are not there just now, such as situations that nobody asks for.

    Args:
        header: the heads of the columns.
        key: the name of a column, by its logical number.
    """

    def __init__(self, header: QHeaderView, key: Callable[[int], str]) -> None:
        super().__init__(header)
        self._header = header
        self._key = key
        self._widths: dict[str, int] = {}
        """By name, in the order in which columns are shown."""

    @Slot()
    def note(self) -> None:
        """Columns stand as they are to be kept; those that are not there stay between the same others."""
        header = self._header
        numbers = [header.logicalIndex(place) for place in range(header.count())]
        now = {self._key(number): header.sectionSize(number) for number in numbers}
        coming = iter(now.items())
        kept = [next(coming) if name in now else (name, width) for name, width in self._widths.items()]
        self._widths = dict([*kept, *coming])

    @Slot()
    def apply(self) -> None:
        """Arrange the columns that there are; one that was never seen comes after those that were."""
        header, places = self._header, {name: place for place, name in enumerate(self._widths)}
        first = 0 if header.isFirstSectionMovable() else 1
        numbers = sorted(range(first, header.count()), key=lambda number: places.get(self._key(number), _MOST))
        for place, number in enumerate(numbers, first):
            header.moveSection(header.visualIndex(number), place)
        for number in range(header.count()):
            width = self._widths.get(self._key(number))
            if width is not None and header.sectionResizeMode(number) is QHeaderView.ResizeMode.Interactive:
                header.resizeSection(number, min(max(width, header.minimumSectionSize()), _WIDEST))

    @property
    def described(self) -> str:
        """Names with widths, in the order in which columns are shown, such as ``pay:80 place:40``."""
        self.note()
        described = " ".join(f"{name}:{width}" for name, width in self._widths.items())
        return f"{BY_HAND_SIGN}{described}" if self._header.property(BY_HAND) else described

    @described.setter
    def described(self, text: str) -> None:
        pairs = [part.rpartition(":")[::2] for part in text.removeprefix(BY_HAND_SIGN).split()[:_MOST]]
        if all(name and width.isdecimal() and len(width) <= len(str(_WIDEST)) for name, width in pairs):
            self._widths = {name: int(width) for name, width in pairs}
            if text.startswith(BY_HAND_SIGN):
                self._header.setProperty(BY_HAND, True)
            self.apply()
