"""A table whose first column stays in sight while the others are scrolled."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from gui.widgets.cell_table import CellTable

USUAL = QAbstractItemView.ScrollHint.EnsureVisible


class FrozenTable(CellTable):
    """Paints its first column once more at the left edge, where it has moved out of sight; so that one is not moved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heads.setFirstSectionMovable(False)
        self.horizontalScrollBar().valueChanged.connect(self._note_scroll)

    @property
    def frozen_width(self) -> int:
        """How much of the left edge the first column takes from the others."""
        return self.columnWidth(0) if self.horizontalOffset() > 0 and self.model() is not None else 0

    def _note_scroll(self) -> None:
        self.heads.show_first(frozen=self.frozen_width > 0)
        self.viewport().update()  # what was painted has been moved along with the rest

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802  Qt's name
        """The cell that is to be seen there."""
        found = super().indexAt(point)
        return found.siblingAtColumn(0) if found.isValid() and point.x() < self.frozen_width else found

    def scrollTo(self, index: QModelIndex | QPersistentModelIndex, hint: QAbstractItemView.ScrollHint = USUAL) -> None:  # noqa: N802
        """As far as the cell is not covered by the first column either."""
        super().scrollTo(index, hint)
        covered = self.frozen_width - self.visualRect(index).left()
        if index.column() and covered > 0:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - covered)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The cells, and over them the first of each row."""
        super().paintEvent(event)
        if not self.frozen_width:
            return
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        for row in range(self.model().rowCount()):
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            if not self.isRowHidden(row) and top + height > 0 and top < self.viewport().height():
                option.rect = QRect(0, top, self.frozen_width, height)
                self.itemDelegate().paint(painter, option, self.model().index(row, 0))
        painter.end()
