"""What a view paints besides its content: what will be here, and that the keyboard is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.theme import GRID

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QWidget

    from gui.theme import Colours

_MARGIN = 4 * GRID


def paint_hint(painter: QPainter, area: QWidget, text: str, colours: Colours) -> None:
    """In an area that is empty still: what will appear here, and how to make it appear."""
    painter.setFont(area.window().font())
    painter.setPen(QColor(colours.muted))
    box = area.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    where = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
    painter.drawText(box, where, text)


def paint_focus(painter: QPainter, area: QWidget, view: QWidget, colours: Colours) -> None:
    """A ring around an area, if its view has the keyboard."""
    if view.hasFocus():
        painter.setPen(QColor(colours.accent))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.rect().adjusted(0, 0, -1, -1))
