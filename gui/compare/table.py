"""The table of the Compare page: each cell tells by glyph, word and colour what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QContextMenuEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyleOptionViewItem,
    QWidget,
)

from gui.compare.model import ComparisonModel, Index
from gui.theme import GRID, Theme, code_font
from gui.widgets.cells import CellDelegate
from gui.widgets.forms import describe
from gui.widgets.frozen import FrozenTable
from gui.widgets.hints import paint_focus, paint_hint
from gui.widgets.view_keys import ViewKey, press
from gui.wording.live import name_part

if TYPE_CHECKING:
    from backend.comparison.records import ComparedCell

PADDING = 4
EDGE = 3
"""Pixels at the left of a cell in the strong colour of its verdict."""
INSET = 3
"""Pixels by which heads of columns stand further inside than the style has the texts of cells."""


class ComparisonDelegate(CellDelegate):
    """A cell in the tint of its verdict, with an edge in the strong colour and a hairline below.

    Args:
        theme: for the colours.
        view: whose cells.
    """

    def __init__(self, theme: Theme, view: ComparisonTable) -> None:
        super().__init__(view, INSET)
        self._theme = theme
        self._model = view.cells

    def background(self, index: Index) -> QBrush | None:
        """The tint."""
        verdict = self._model.highlight(index)
        return None if verdict is None else QBrush(self._theme.colours.verdict_tint(verdict))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        super().paint(painter, option, index)
        colours, box, verdict = self._theme.colours, option.rect, self._model.highlight(index)
        if verdict is not None:
            painter.fillRect(box.left(), box.top(), EDGE, box.height(), colours.verdict(verdict))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, QColor(colours.hairline))


class ComparisonTable(FrozenTable):
    """Shows a ComparisonModel; which strategy a line is about stays in sight.

    Signals:
        opened: the Cell that somebody wants to see in the Lab.
        explore_asked: the Cell that somebody wants to have explored.
    """

    opened = Signal(object)
    explore_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareTable")
        describe(self, lambda: self.tr("Strategies by situation"), lambda: self.tr("Enter opens a cell in the Lab"))
        self.setToolTip("")
        self._theme = theme
        self.cells = ComparisonModel(self)
        self.setFont(code_font(0.95))
        self.setModel(self.cells)
        self.setItemDelegate(ComparisonDelegate(theme, self))
        self._lay_out()
        self.cells.modelReset.connect(self._size_columns)
        self._size_columns()
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def _lay_out(self) -> None:
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        name_part(self.verticalHeader, self.accessibleName)
        name_part(self.horizontalHeader, self.accessibleName)
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(0)
        rows.setDefaultSectionSize(self.fontMetrics().height() + GRID)
        columns.setHighlightSections(False)
        columns.setFont(self.window().font())
        columns.setMinimumSectionSize(8 * GRID)

    @Slot()
    def _size_columns(self) -> None:
        character = self.fontMetrics().horizontalAdvance("0")
        for number, column in enumerate(self.cells.columns):
            self.horizontalHeader().resizeSection(number, column.width * character + 2 * PADDING)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        cell = self.cells.cell(index)
        if cell and cell.telling:
            self.opened.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens the current cell."""
        if not press(event, self.keys()):
            super().keyPressEvent(event)

    def keys(self) -> tuple[ViewKey, ...]:
        """What keys do here, beside those that go from cell to cell."""
        open_it = self.tr("Open the cell in the Lab")
        return (
            ViewKey(("Return", "Enter"), open_it, lambda: self._open(self.currentIndex())),
            ViewKey(("Ctrl+C",), self.tr("Copy the line"), self.copy),
        )

    def copy(self) -> None:
        """Put the current line into the clipboard, below the titles of its columns."""
        row, model = self.currentIndex().row(), self.cells
        if row >= 0:
            numbers = range(model.columnCount())
            heads = [str(model.headerData(number, Qt.Orientation.Horizontal)) for number in numbers]
            cells = [str(model.index(row, number).data()) for number in numbers]
            QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in (heads, cells)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """What can be done with the cell under the pointer, or with the current one."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        cell = self.cells.cell(index)
        if cell is not None:
            self.menu_for(cell).popup(event.globalPos())

    def menu_for(self, cell: ComparedCell) -> QMenu:
        """The menu of a cell; it goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        in_lab = menu.addAction(self.tr("&Open in the Lab"))
        in_lab.setEnabled(cell.telling is not None)
        in_lab.triggered.connect(lambda: self.opened.emit(cell))
        menu.addAction(self.tr("&Copy the line")).triggered.connect(self.copy)
        menu.addAction(self.tr("&Explore")).triggered.connect(lambda: self.explore_asked.emit(cell))
        return menu

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]  # noqa: N802
        """The mark moves."""
        super().currentChanged(current, previous)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The cells; while there are none, what will be here and how to get it."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if not self.cells.lines:
            text = self.tr(
                "A row for each strategy, a column for each way in which a submission arrives twice, and what the "
                "protection costs. Press Compare."
            )
            paint_hint(painter, self.viewport(), text, self._theme.colours)
        paint_focus(painter, self.viewport(), self, self._theme.colours)
        painter.end()
