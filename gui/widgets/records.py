"""Table models over frozen records, with declared columns, fed in batches."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from backend.model.vocabulary import Verdict
from gui.widgets.forms import KEY_ROLE
from gui.widgets.row_filter import RowFilter
from gui.wording.live import Words, follow_language, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QFont

    from backend.model.vocabulary import EngineKind

Record = TypeVar("Record")
Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class Tone(StrEnum):
    """A look of a record that is no verdict."""

    ALARM = "alarm"
    """It went wrong."""
    EARLIER = "earlier"
    """It belongs to a run that is history."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Record]):
    """One column: its title, its width in characters, and how a record reads in it."""

    title: Words
    width: int
    text: Callable[[Record], str]
    right: bool = False
    """Whether to align to the right, as numbers are."""
    stretch: bool = False
    """Whether the column takes the space that is left."""
    fits: int = 0
    """Where the column is as wide as its texts, up to `width`: which of such columns gets room first; 0 elsewhere."""
    least: int = 12
    """Characters that the column has room for all the same, where it takes the room that is left."""
    accent: bool = False
    """Whether a dot in the colour of the record's engine stands before the text."""


class RecordModel(QAbstractTableModel, Generic[Record]):
    """Appends records, replaces, removes and clears them; the look of all may change, with `look_again`.

    Signals:
        about_to_filter, filtered: which records are shown changes, because of what somebody looks for.
        counted: how many records there are and how many of them are shown may have changed.
    """

    about_to_filter = Signal()
    filtered = Signal()
    counted = Signal()

    def __init__(
        self, columns: Sequence[Column[Record]], parent: QObject | None = None, most: int | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._most = most
        self.gone = 0
        """Records that have made room since the last `clear`: of more than `most`, the oldest do, a tenth at once."""
        self.records: list[Record] = []
        """All of them, whether they are shown or not."""
        self.meant = -1
        """The place of the record that was current last, also while it is hidden; -1 where there is none."""
        self.filter = RowFilter(self, self)
        self.filter.found.connect(self._show_found)
        self._first_of: dict[str, int] = {}
        self.head_font: QFont | None = None
        """What titles are painted in; None for the view's own."""
        follow_language(self, self.filter.begin_anew)

    # What a subclass says about its records

    def submission_of(self, record: Record) -> str:
        """The submission that the record belongs to."""
        raise NotImplementedError

    def highlight(self, record: Record) -> Verdict | Tone | None:  # noqa: ARG002
        """The verdict or tone whose colour the record takes; None for the ordinary look."""
        return None

    def engine(self, record: Record) -> EngineKind | None:  # noqa: ARG002
        """The engine whose colour the dot in the accent column takes."""
        return None

    def whole(self, record: Record) -> str:
        """The record in full, for the tool tip: cells cut what is too long for them."""
        return "\n".join(f"{in_words(column.title)}: {column.text(record)}" for column in self.columns)

    def line(self, record: Record) -> str:
        """The record as it reads from left to right, for who looks for a text."""
        return "\t".join(column.text(record) for column in self.columns)

    def is_marked(self, record: Record) -> bool:
        """Whether it must not go unnoticed: it has a colour because something went wrong."""
        return self.highlight(record) not in {None, Verdict.EXACTLY_ONCE, Tone.EARLIER}

    def tell_hidden(self, count: int) -> str:
        """That so many records that stand out are not shown."""
        return QCoreApplication.translate("RecordModel", "hidden ones that stand out: %1").replace("%1", str(count))

    # What is shown

    @property
    def shown(self) -> list[Record]:
        """A record for each row: all of them, or those that have what somebody looks for."""
        return self.filter.shown if self.filter.is_on else self.records

    def show_only(self, text: str) -> None:
        """Show the records that have a text, now and when more of them come; with an empty text, all."""
        self.filter.seek(text)

    @Slot()
    def _show_found(self) -> None:
        self.about_to_filter.emit()
        self.beginResetModel()
        self.filter.take_over()
        self.endResetModel()
        self.filtered.emit()
        self.counted.emit()

    def row_at(self, number: int) -> int:
        """The row of the record with this number among all of them; -1 where it is hidden or there is none."""
        if not 0 <= number < len(self.records):
            return -1
        return self.filter.row_of(self.gone + number) if self.filter.is_on else number

    def number_of(self, row: int) -> int:
        """The number among all records of the one in this row."""
        return self.filter.places[row] - self.gone if self.filter.is_on else row

    # Feeding

    def append(self, records: Sequence[Record]) -> None:
        """Put records at the end."""
        if not records:
            return
        place = self.gone + len(self.records)
        for number, record in enumerate(records, place):
            self._first_of.setdefault(self.submission_of(record), number)
        if self.filter.is_on:
            self._append_some(records, place)
        else:
            self.beginInsertRows(ROOT, len(self.records), len(self.records) + len(records) - 1)
            self.records.extend(records)
            self.endInsertRows()
        if self._most is not None and len(self.records) > self._most:
            self._make_room(len(self.records) - self._most * 9 // 10)
        self.counted.emit()

    def _append_some(self, records: Sequence[Record], place: int) -> None:
        """Of new records, show those that have what somebody looks for."""
        self.records.extend(records)
        some, places = self.filter.sort(records, place)
        if some:
            self.beginInsertRows(ROOT, len(self.shown), len(self.shown) + len(some) - 1)
            self.filter.shown.extend(some)
            self.filter.places.extend(places)
            self.endInsertRows()

    def _make_room(self, count: int) -> None:
        gone = self.gone + count
        rows = bisect_left(self.filter.places, gone) if self.filter.is_on else count
        if rows:
            self.beginRemoveRows(ROOT, 0, rows - 1)
        self.gone = gone
        for record in self.records[:count]:
            if self._first_of.get(name := self.submission_of(record), gone) < gone:
                del self._first_of[name]
        self.filter.make_room(gone)
        del self.records[:count]
        if rows:
            self.endRemoveRows()

    def remove(self, numbers: Sequence[int]) -> None:
        """Take records away.

        Args:
            numbers: among all records, ascending.
        """
        if not numbers:
            return
        hides, places = self.filter.is_on, [self.gone + number for number in numbers]
        rows = [row for place in places if (row := self.filter.row_of(place)) >= 0] if hides else numbers
        for first, last in reversed(_stretches(rows)):
            self.beginRemoveRows(ROOT, first, last)
            del self.shown[first : last + 1]
            if hides:
                del self.filter.places[first : last + 1]
            self.endRemoveRows()
        if hides:
            gone = set(numbers)
            self.records[:] = [record for number, record in enumerate(self.records) if number not in gone]
            self.filter.close_gaps(places)
        self.meant = -1 if self.meant in places else self.meant - bisect_left(places, self.meant)
        if self.filter.is_looking:
            self.filter.begin_anew()
        self._first_of.clear()
        for number, record in enumerate(self.records, self.gone):
            self._first_of.setdefault(self.submission_of(record), number)
        self.counted.emit()

    def replace(self, number: int, record: Record) -> None:
        """Put a record in the place of another one that says nearly the same."""
        self.records[number] = record
        row = self.row_at(number)
        if self.filter.is_on and row >= 0:
            self.filter.shown[row] = record
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))
        self.filter.begin_soon()

    def look_again(self) -> None:
        """Records read or look otherwise than before, all of them."""
        if self.shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.shown) - 1, len(self.columns) - 1))
        self.filter.begin_anew()

    def clear(self) -> None:
        """Forget everything but what somebody looks for."""
        self.beginResetModel()
        self.records.clear()
        self._first_of.clear()
        self.gone, self.meant = 0, -1
        self.filter.forget_records()
        self.endResetModel()
        self.counted.emit()

    def place_of(self, submission_id: str) -> int:
        """The place of the submission's first record, whether it is shown or not; -1 where it has none."""
        return self._first_of.get(submission_id, -1)

    def record_of(self, submission_id: str) -> Record | None:
        """The submission's first record, whether it is shown or not; None where it has none."""
        number = self.place_of(submission_id) - self.gone
        return self.records[number] if number >= 0 else None

    def row_of(self, submission_id: str) -> int:
        """The row of the submission's first record that is shown; -1 where there is none."""
        row = self.row_at(self.place_of(submission_id) - self.gone)
        if row >= 0 or not self.filter.is_on:
            return row
        of_it = (number for number, each in enumerate(self.shown) if self.submission_of(each) == submission_id)
        return next(of_it, -1)

    # What Qt asks

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of records that are shown."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for everybody, the submission's id as the item's key."""
        if not index.isValid():
            return None
        record, column = self.shown[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(record)
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            return self.whole(record)
        if role == KEY_ROLE:
            return self.submission_of(record)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The titles of the columns, the numbers of the rows."""
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            column = self.columns[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return in_words(column.title)
            if role == Qt.ItemDataRole.FontRole:
                return self.head_font
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        if orientation is Qt.Orientation.Vertical and role == Qt.ItemDataRole.DisplayRole:
            return self.gone + self.number_of(section) + 1
        return None


def _stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last of each stretch of numbers that follow one another."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
