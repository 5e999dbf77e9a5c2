"""The table of the Compare page: each cell tells by glyph, word and colour what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.compare.model import ComparisonModel
from gui.theme import GRID, Theme, code_font
from gui.widgets.forms import describe
from gui.widgets.hints import paint_focus, paint_hint
from gui.widgets.view_keys import ViewKey, press

if TYPE_CHECKING:
    from backend.comparison.records import ComparedCell

PADDING = 4


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: the verdict's tint, a mark for the current cell, and the text.

    Args:
        theme: for the colours.
        model: whose cells.
    """

    def __init__(self, theme: Theme, model: ComparisonModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        view = self.parent()
        assert isinstance(view, ComparisonTable)  # noqa: S101  made by it
        colours, box = self._theme.colours, option.rect
        highlight = self._model.highlight(index)
        if highlight is not None:
            painter.fillRect(box, colours.verdict_tint(highlight))
            painter.fillRect(box.left(), box.top(), 3, box.height(), colours.verdict(highlight))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, QColor(colours.hairline))
        if view.currentIndex() == index:
            wide = 2 if view.hasFocus() else 1
            painter.setPen(QPen(QColor(colours.accent), wide))
            painter.drawRect(box.adjusted(wide, wide - 1, -wide, -wide))
        painter.setPen(QColor(colours.text))
        painter.setFont(view.font())
        room = box.adjusted(PADDING + 2, 0, 2 - PADDING, 0)
        text = QFontMetrics(view.font()).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), text)


class ComparisonTable(QTableView):
    """Shows a ComparisonModel.

    Signals:
        opened: the Cell that somebody wants to see in the Lab.
        explore_asked: the Cell that somebody wants to have explored.
    """

    opened = Signal(object)
    explore_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareTable")
        describe(self, self.tr("Strategies by situation"), self.tr("Enter opens a cell in the Lab"))
        self.setToolTip("")
        self._theme = theme
        self.cells = ComparisonModel(self)
        self.setFont(code_font(0.95))
        self.setModel(self.cells)
        self.setItemDelegate(CellDelegate(theme, self.cells, self))
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
        for header in (rows, columns):
            header.setAccessibleName(self.accessibleName())
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
        return (ViewKey(("Return", "Enter"), open_it, lambda: self._open(self.currentIndex())),)

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
