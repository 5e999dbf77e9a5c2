"""Which records of a table have a text that somebody looks for. Many of them are read in slices: no window waits."""

from __future__ import annotations

import time
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

SLICE_SECONDS = 0.012
LOOKED_AT_ONCE = 32


class Filtered(Protocol):
    """A model whose records are looked through."""

    gone: int
    records: list[Any]

    def line(self, record: Any, /) -> str:  # noqa: ANN401  whatever the model holds
        """The record as it reads from left to right."""

    def is_marked(self, record: Any, /) -> bool:  # noqa: ANN401
        """Whether it must not go unnoticed."""


class RowFilter(QObject):
    """The records of a model that are shown, while not all of them are.

    Records are known by their places: those of the model's list, counted from the last `clear` on, so that what has
    made room changes none.

    Signals:
        found: all records were looked at, for the text that was asked for last.

    Args:
        model: whose records.
        parent: owner.
    """

    found = Signal()

    def __init__(self, model: Filtered, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._wanted = self._sought = ""
        self.shown: list[Any] = []
        self.places: list[int] = []
        self.hidden_marked = 0
        """Of the records that are not shown, those that stand out, such as duplicates."""
        self._next = 0
        self._found: tuple[list[Any], list[int], int] = ([], [], 0)
        self._going_on = QTimer(self)
        self._going_on.setSingleShot(True)
        self._going_on.setInterval(0)
        self._going_on.timeout.connect(self._look)

    @property
    def is_on(self) -> bool:
        """Whether only some records are shown."""
        return bool(self._wanted)

    @property
    def text(self) -> str:
        """What shown records have, in small letters."""
        return self._wanted

    def seek(self, text: str) -> None:
        """Find the records that have a text, in whatever case; `found` tells when all of them are."""
        self._sought = text.casefold()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Look at all records, as they read by now."""
        self._found = ([], [], 0)
        self._next = self._model.gone
        self._going_on.stop()
        self._look()

    @Slot()
    def _look(self) -> None:
        records, gone = self._model.records, self._model.gone
        until = time.perf_counter() + SLICE_SECONDS
        shown, places, marked = self._found
        self._next = max(self._next, gone)
        while self._sought and self._next < gone + len(records):
            first = self._next - gone
            some = records[first : first + LOOKED_AT_ONCE]
            marked += self._sort(some, self._next, self._sought, (shown, places))
            self._next += len(some)
            if time.perf_counter() > until and self._next < gone + len(records):
                self._found = (shown, places, marked)
                self._going_on.start()
                return
        self._found = (shown, places, marked)
        self.found.emit()

    def take_over(self) -> None:
        """From now on, what was found last is shown."""
        self._wanted = self._sought
        self.shown, self.places, self.hidden_marked = self._found
        self._found = ([], [], 0)
        self._drop_before(self._model.gone)

    def sort(self, records: Sequence[Any], first: int) -> tuple[list[Any], list[int]]:
        """Of new records, those that are to be shown, with their places.

        Args:
            records: they follow one another.
            first: the place of the first one.
        """
        kept: tuple[list[Any], list[int]] = ([], [])
        self.hidden_marked += self._sort(records, first, self._wanted, kept)
        return kept

    def _sort(self, records: Sequence[Any], first: int, wanted: str, kept: tuple[list[Any], list[int]]) -> int:
        """Put those that are to be shown where others are already; how many of the rest stand out."""
        model, marked = self._model, 0
        for place, record in enumerate(records, first):
            if wanted in model.line(record).casefold():
                kept[0].append(record)
                kept[1].append(place)
            elif model.is_marked(record):
                marked += 1
        return marked

    def make_room(self, records: Sequence[Any], first_left: int) -> None:
        """These records go, the oldest ones; the first that stays has this place."""
        gone = bisect_left(self.places, first_left)
        seen = {id(record) for record in self.shown[:gone]}
        self.hidden_marked -= sum(self._model.is_marked(record) for record in records if id(record) not in seen)
        self._drop_before(first_left)

    def _drop_before(self, first_left: int) -> None:
        gone = bisect_left(self.places, first_left)
        del self.shown[:gone], self.places[:gone]

    def forget_records(self) -> None:
        """There are none any more; what is looked for stays."""
        self.shown, self.places, self.hidden_marked = [], [], 0
        self._found, self._next = ([], [], 0), 0

    def row_of(self, place: int) -> int:
        """The row in which a record is shown; -1 where it is hidden."""
        row = bisect_left(self.places, place)
        return row if row < len(self.places) and self.places[row] == place else -1
