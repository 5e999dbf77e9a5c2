"""Which records of a table have a text that somebody looks for. Many of them are read in slices: no window waits."""

from __future__ import annotations

import time
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

SLICE_SECONDS = 0.012
LOOKED_AT_ONCE = 32
ANEW_MS = 200
"""While a run goes on, records may change all the time; so long at least they stay sorted as they are."""


class Filtered(Protocol):
    """A model whose records are looked through."""

    gone: int
    records: list[Any]

    def line(self, record: Any, /) -> str:  # noqa: ANN401  whatever the model holds
        """The record as it reads from left to right."""

    def is_marked(self, record: Any, /) -> bool:  # noqa: ANN401
        """Whether it must not go unnoticed."""


@dataclass(slots=True)
class _Sorted:
    """Records with the text, and the places of those records without it that stand out."""

    shown: list[Any] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Those of the records that are shown."""
    marked: list[int] = field(default_factory=list)

    def drop_before(self, first_left: int) -> None:
        """The records before this place are gone."""
        gone = bisect_left(self.places, first_left)
        del self.shown[:gone], self.places[:gone]
        del self.marked[: bisect_left(self.marked, first_left)]


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
        self._now, self._found = _Sorted(), _Sorted()
        self._next = 0
        self._going_on = QTimer(self)
        self._going_on.setSingleShot(True)
        self._going_on.setInterval(0)
        self._going_on.timeout.connect(self._look)
        self._anew = QTimer(self)
        self._anew.setSingleShot(True)
        self._anew.setInterval(ANEW_MS)
        self._anew.timeout.connect(self.begin_anew)

    @property
    def is_on(self) -> bool:
        """Whether only some records are shown."""
        return bool(self._wanted)

    @property
    def is_looking(self) -> bool:
        """Whether not all records were looked at yet."""
        return self._going_on.isActive()

    @property
    def text(self) -> str:
        """What shown records have, in small letters."""
        return self._wanted

    @property
    def shown(self) -> list[Any]:
        """The records that are shown."""
        return self._now.shown

    @property
    def places(self) -> list[int]:
        """The places of those that are shown."""
        return self._now.places

    @property
    def hidden_marked(self) -> int:
        """Of the records that are not shown, how many stand out, such as duplicates."""
        return len(self._now.marked)

    def seek(self, text: str) -> None:
        """Find the records that have a text, in whatever case; `found` tells when all of them are."""
        self._sought = text.casefold()
        self._begin()

    def begin_soon(self) -> None:
        """A record, of perhaps many, reads otherwise than before."""
        if (self.is_on or self.is_looking) and not self._anew.isActive():
            self._anew.start()

    @Slot()
    def begin_anew(self) -> None:
        """Records read otherwise than before, or have other places."""
        if self.is_on or self.is_looking:
            self._begin()

    def _begin(self) -> None:
        self._found = _Sorted()
        self._next = self._model.gone
        self._going_on.stop()
        self._look()

    @Slot()
    def _look(self) -> None:
        records, gone = self._model.records, self._model.gone
        until = time.perf_counter() + SLICE_SECONDS
        self._next = max(self._next, gone)
        while self._sought and self._next < gone + len(records):
            first = self._next - gone
            some = records[first : first + LOOKED_AT_ONCE]
            self._sort(some, self._next, self._sought, self._found)
            self._next += len(some)
            if time.perf_counter() > until and self._next < gone + len(records):
                self._going_on.start()
                return
        self.found.emit()

    def take_over(self) -> None:
        """From now on, what was found last is shown."""
        self._wanted = self._sought
        self._now, self._found = self._found, _Sorted()

    def sort(self, records: Sequence[Any], first: int) -> tuple[list[Any], list[int]]:
        """Of new records, those that are to be shown, with their places.

        Args:
            records: they follow one another.
            first: the place of the first one.
        """
        some = _Sorted(marked=self._now.marked)
        self._sort(records, first, self._wanted, some)
        return some.shown, some.places

    def _sort(self, records: Sequence[Any], first: int, wanted: str, kept: _Sorted) -> None:
        model = self._model
        for place, record in enumerate(records, first):
            if wanted in model.line(record).casefold():
                kept.shown.append(record)
                kept.places.append(place)
            elif model.is_marked(record):
                kept.marked.append(place)

    def make_room(self, first_left: int) -> None:
        """The oldest records go; the first that stays has this place."""
        self._now.drop_before(first_left)
        self._found.drop_before(first_left)

    def close_gaps(self, gone: Sequence[int]) -> None:
        """Records of these places have gone, and those behind them have moved up; what is shown is without them."""
        there, now = set(gone), self._now
        for places in (now.places, now.marked):
            places[:] = [place - bisect_left(gone, place) for place in places if place not in there]

    def forget_records(self) -> None:
        """There are none any more; what is looked for stays."""
        self._now, self._found, self._next = _Sorted(), _Sorted(), 0

    def row_of(self, place: int) -> int:
        """The row in which a record is shown; -1 where it is hidden."""
        row = bisect_left(self.places, place)
        return row if row < len(self.places) and self.places[row] == place else -1
