"""What the table of the Compare page shows: a row for each variant, a column for each situation, and what it costs."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from backend.comparison.questions import SituationKey
from backend.comparison.records import ComparedCell, Line
from backend.comparison.says import CompareCode
from backend.comparison.words import milliseconds
from backend.model.sentence import say
from gui.widgets.forms import KEY_ROLE
from gui.wording.comparison import (
    cell_numbers,
    cell_text,
    cost_numbers,
    ratio,
    round_trips,
    situation_head,
    standing_text,
)
from gui.wording.live import Words, in_words
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.vocabulary import Verdict

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    key: str
    """What it is called in the settings."""
    title: Words
    width: int
    """In characters, at most."""
    text: Callable[[Line], str]
    situation: SituationKey | None = None
    right: bool = False


class ComparisonModel(QAbstractTableModel):
    """Lines appear where they belong, several at a time, and fill up from left to right."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._order: list[int] = []
        """Of the lines, ascending."""
        self._texts: list[tuple[str, ...]] = []
        """What stands in the cells of each line, once it was asked for: it is painted far more often than there is
        news of it."""
        self.columns: tuple[Column, ...] = _columns(tuple(SituationKey))

    def begin(self, situations: Sequence[SituationKey]) -> None:
        """Forget everything; these situations come now."""
        self.beginResetModel()
        self.lines, self._order, self._texts = [], [], []
        self.columns = _columns(situations)
        self.endResetModel()

    def show_line(self, line: Line, number: int | None = None) -> None:
        """A new line, or more of one that is there.

        Args:
            line: as far as it is measured.
            number: of a new one, which comes before those with a higher one; None comes last.
        """
        place = next((row for row, each in enumerate(self.lines) if each.subject == line.subject), None)
        if place is not None:
            before = self.lines[place]
            self.lines[place] = replace(line, cells=line.cells or before.cells, cost=line.cost or before.cost)
            self._texts[place] = ()
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))
            return
        if number is None:
            number = self._order[-1] + 1 if self._order else 0
        row = bisect_right(self._order, number)
        self.beginInsertRows(ROOT, row, row)
        self._order.insert(row, number)
        self.lines.insert(row, line)
        self._texts.insert(row, ())
        self.endInsertRows()

    def texts(self, row: int) -> tuple[str, ...]:
        """What stands in the cells of a line."""
        if not self._texts[row]:
            self._texts[row] = tuple(column.text(self.lines[row]) for column in self.columns)
        return self._texts[row]

    def forget_texts(self) -> None:
        """Another language is spoken."""
        self._texts = [()] * len(self.lines)

    def cell(self, index: Index) -> ComparedCell | None:
        """The cell there; None where a column is no situation, or nothing was measured yet."""
        if not index.isValid():
            return None
        situation = self.columns[index.column()].situation
        return self.lines[index.row()].cell(situation) if situation else None

    def highlight(self, index: Index) -> Verdict | None:
        """The verdict whose colour the cell takes."""
        cell = self.cell(index)
        return cell.worst if cell else None

    # What Qt asks

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of lines."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, numbers for the tool tip, and the verdict's key as the item's key."""
        if role not in _ROLES or not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.texts(index.row())[index.column()]
        if role in {Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole}:
            return self._numbers(index)
        if role == KEY_ROLE:
            return self._key(index)
        right = self.columns[index.column()].right
        return int((_RIGHT if right else _LEFT) | Qt.AlignmentFlag.AlignVCenter)

    def _key(self, index: Index) -> str:
        cell = self.cell(index)
        if cell is None:
            return ""
        return cell.worst.value if cell.worst else cell.state.value

    def _numbers(self, index: Index) -> str:
        cell, line = self.cell(index), self.lines[index.row()]
        if cell:
            return cell_numbers(cell)
        if self.columns[index.column()].situation:
            return ""
        return cost_numbers(line.cost) if index.column() else f"{line.subject.name}: {standing_text(line)}"

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The titles of the columns, the numbers of the rows."""
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return in_words(self.columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int((_RIGHT if self.columns[section].right else _LEFT) | Qt.AlignmentFlag.AlignVCenter)
        return None


_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
        Qt.ItemDataRole.TextAlignmentRole,
        KEY_ROLE,
    }
)
"""What a cell has an answer to; Qt asks for more whenever it paints one."""
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def _columns(situations: Sequence[SituationKey]) -> tuple[Column, ...]:
    return (
        _column(CompareCode.COLUMN_STRATEGY, 36, lambda line: line.subject.name),
        _column(CompareCode.COLUMN_STANDING, 24, standing_text),
        *(_situation(key) for key in situations),
        _column(CompareCode.COLUMN_THROUGHPUT, 19, ratio, right=True),
        _column(CompareCode.COLUMN_P50, 8, lambda line: milliseconds(line.cost, "p50_ms"), right=True),
        _column(CompareCode.COLUMN_P99, 8, lambda line: milliseconds(line.cost, "p99_ms"), right=True),
        _column(CompareCode.COLUMN_STEPS, 30, round_trips),
    )


def _column(code: CompareCode, width: int, text: Callable[[Line], str], *, right: bool = False) -> Column:
    return Column(code.value, lambda: speak(say(code)), width, text, right=right)


def _situation(key: SituationKey) -> Column:
    return Column(key.value, partial(situation_head, key), 22, lambda line: cell_text(line.cell(key)), key)
