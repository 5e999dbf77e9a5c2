"""Table models over frozen records, with declared columns, fed in batches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.widgets.forms import KEY_ROLE
from gui.wording.live import Words, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QFont

    from backend.model.vocabulary import EngineKind, Verdict

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
    accent: bool = False
    """Whether a dot in the colour of the record's engine stands before the text."""


class RecordModel(QAbstractTableModel, Generic[Record]):
    """Appends records, removes and clears them; beyond that only the look of all may change, with `look_again`."""

    def __init__(
        self, columns: Sequence[Column[Record]], parent: QObject | None = None, most: int | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._most = most
        self.gone = 0
        """Records that have made room since the last `clear`: of more than `most`, the oldest do, a tenth at once."""
        self.records: list[Record] = []
        self._first_of: dict[str, int] = {}
        self.head_font: QFont | None = None
        """What titles are painted in; None for the view's own."""

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

    # Feeding

    def append(self, records: Sequence[Record]) -> None:
        """Put records at the end."""
        if not records:
            return
        first = len(self.records)
        self.beginInsertRows(ROOT, first, first + len(records) - 1)
        self.records.extend(records)
        for number, record in enumerate(records, first):
            self._first_of.setdefault(self.submission_of(record), self.gone + number)
        self.endInsertRows()
        if self._most is not None and len(self.records) > self._most:
            self._make_room(len(self.records) - self._most * 9 // 10)

    def _make_room(self, count: int) -> None:
        self.beginRemoveRows(ROOT, 0, count - 1)
        self.gone += count
        for record in self.records[:count]:
            if self._first_of.get(name := self.submission_of(record), self.gone) < self.gone:
                del self._first_of[name]
        del self.records[:count]
        self.endRemoveRows()

    def remove(self, numbers: Sequence[int]) -> None:
        """Take records away.

        Args:
            numbers: of their rows, ascending.
        """
        stretches: list[tuple[int, int]] = []
        for number in numbers:
            if stretches and stretches[-1][1] == number - 1:
                stretches[-1] = stretches[-1][0], number
            else:
                stretches.append((number, number))
        for first, last in reversed(stretches):
            self.beginRemoveRows(ROOT, first, last)
            del self.records[first : last + 1]
            self.endRemoveRows()
        if stretches:
            self._first_of.clear()
            for number, record in enumerate(self.records, self.gone):
                self._first_of.setdefault(self.submission_of(record), number)

    def look_again(self) -> None:
        """Records read or look otherwise than before, all of them."""
        if self.records:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.records) - 1, len(self.columns) - 1))

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self.records.clear()
        self._first_of.clear()
        self.gone = 0
        self.endResetModel()

    def row_of(self, submission_id: str) -> int:
        """Number of the submission's first record; -1 where it has none."""
        return self._first_of.get(submission_id, self.gone - 1) - self.gone

    # What Qt asks

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of records."""
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text for everybody, the submission's id as the item's key."""
        if not index.isValid():
            return None
        record, column = self.records[index.row()], self.columns[index.column()]
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
            return self.gone + section + 1
        return None
