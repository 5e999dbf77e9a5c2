"""What the timeline is marked with, drawn: fonts differ in what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from gui.theme import Colours

SIZE = 4.0
"""Half the size of a mark."""


class Marks:
    """Draws them in the colours of a theme."""

    def __init__(self, colours: Colours) -> None:
        self._alarm, self._surface = QColor(colours.alarm), QColor(colours.surface)
        self._crash, self._outline = QPen(self._alarm, 2.2), QPen(QColor(colours.text), 1.5)

    def cross(self, painter: QPainter, x: float, y: float) -> None:
        """A crash."""
        painter.setPen(self._crash)
        painter.drawLine(QPointF(x - SIZE, y - SIZE), QPointF(x + SIZE, y + SIZE))
        painter.drawLine(QPointF(x - SIZE, y + SIZE), QPointF(x + SIZE, y - SIZE))

    def hourglass(self, painter: QPainter, x: float, y: float) -> None:
        """A time-out."""
        painter.setPen(self._outline)
        painter.setBrush(self._surface)
        painter.drawPolygon(
            QPolygonF([QPointF(x - SIZE, y - SIZE - 1), QPointF(x + SIZE, y - SIZE - 1),
                       QPointF(x - SIZE, y + SIZE + 1), QPointF(x + SIZE, y + SIZE + 1)])
        )  # fmt: skip

    def diamond(self, painter: QPainter, x: float, y: float) -> None:
        """A lease that ran out."""
        painter.setPen(self._outline)
        painter.setBrush(self._alarm)
        reach = SIZE + 1
        painter.drawPolygon(
            QPolygonF([QPointF(x, y - reach), QPointF(x + reach, y), QPointF(x, y + reach), QPointF(x - reach, y)])
        )

    def broken(self, painter: QPainter, x: float, y: float) -> None:
        """A connection that broke."""
        painter.setPen(self._crash)
        painter.drawLine(QPointF(x - SIZE, y + SIZE - 1), QPointF(x, y - SIZE + 1))
        painter.drawLine(QPointF(x, y + SIZE - 1), QPointF(x + SIZE, y - SIZE + 1))

    def circle(self, painter: QPainter, x: float, y: float) -> None:
        """A click that was blocked."""
        painter.setPen(self._outline)
        painter.setBrush(self._surface)
        painter.drawEllipse(QPointF(x, y), SIZE, SIZE)

    def done(self, painter: QPainter) -> None:
        """No outline for what is painted next."""
        painter.setPen(Qt.PenStyle.NoPen)
