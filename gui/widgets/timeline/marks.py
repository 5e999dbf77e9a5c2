"""What the timeline is marked with, drawn: fonts differ in what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

from backend.model.vocabulary import EngineKind

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
        self._thin = QPen(QColor(colours.text), 1)
        self._accent = QColor(colours.accent)
        self.leased = QPen(colours.engine(EngineKind.REDIS), 1.5)
        self.sent_again = QPen(self._accent, 1.2)
        self.sent_later = QPen(self._accent, 1.2, Qt.PenStyle.DotLine)

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

    def notch(self, painter: QPainter, x: float, y: float) -> None:
        """A step that failed: it lies at the upper edge of its end."""
        painter.setPen(self._thin)
        painter.setBrush(self._surface)
        painter.drawPolygon(QPolygonF([QPointF(x - 4, y - 3), QPointF(x + 4, y - 3), QPointF(x, y + 3)]))

    def lease(self, painter: QPainter, x: float, y: float) -> None:
        """A piece of the line along which a lease is held."""
        painter.setPen(self.leased)
        painter.drawLine(QPointF(x - SIZE - 1, y), QPointF(x + SIZE + 1, y))
        painter.drawLine(QPointF(x - SIZE - 1, y - 1), QPointF(x - SIZE - 1, y + SIZE))

    def retry(self, painter: QPainter, x: float, y: float) -> None:
        """A piece of the line to a retry, with its head."""
        painter.setPen(self.sent_later)
        painter.drawLine(QPointF(x - SIZE - 1, y - SIZE), QPointF(x + 1, y - SIZE))
        self.head(painter, x + 1, y + SIZE, y - SIZE)

    def head(self, painter: QPainter, x: float, end: float, start: float) -> None:
        """A line down to where a retry begins."""
        painter.setPen(self.sent_again)
        painter.drawLine(QPointF(x, start), QPointF(x, end))
        painter.setBrush(self._accent)
        painter.drawPolygon(QPolygonF([QPointF(x - 3, end - 5), QPointF(x + 3, end - 5), QPointF(x, end)]))

    def done(self, painter: QPainter) -> None:
        """No outline for what is painted next."""
        painter.setPen(Qt.PenStyle.NoPen)
