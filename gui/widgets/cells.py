"""The cells of a grid of findings: the colour says what was found, a frame says which one is current."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

if TYPE_CHECKING:
    from gui.widgets.cell_table import CellTable

FRAME = 2
"""Pixels around the current cell."""


class CellDelegate(QStyledItemDelegate):
    """Frames the current cell instead of painting over its colour; thinner while the keyboard is elsewhere.

    Args:
        view: whose cells.
        inset: pixels by which texts stand further inside than the style has them, so that they stand below their heads.
    """

    def __init__(self, view: CellTable, inset: int = 0) -> None:
        super().__init__(view)
        self._view = view
        self._inset = inset

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The cell, and its frame if it is the current one."""
        plain = QStyleOptionViewItem(option)
        plain.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)
        painter.fillRect(option.rect, option.palette.base())  # the view has painted its row already
        if (brush := self.background(index)) is not None:
            painter.fillRect(option.rect, brush)
        plain.rect = option.rect.adjusted(self._inset, 0, -self._inset, 0)
        super().paint(painter, plain, index)
        if self._view.selects_several and option.state & QStyle.StateFlag.State_Selected:
            self._rule(painter, option)
        if self._view.currentIndex() == index:
            self._frame(painter, option)

    def background(self, index: QModelIndex | QPersistentModelIndex) -> QBrush | None:  # noqa: ARG002
        """What lies below the text; None for what the model says."""
        return None

    @staticmethod
    def _rule(painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Lines above and below a row that is selected together with others."""
        box, line = option.rect, option.palette.highlight()
        painter.fillRect(box.left(), box.top(), box.width(), 1, line)
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, line)

    def _frame(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        wide = FRAME if self._view.hasFocus() else 1
        painter.save()
        pen = QPen(option.palette.highlight(), wide)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)  # the style has left one of its own
        painter.drawRect(option.rect.adjusted(1, 1, -1, -1))
        painter.restore()
