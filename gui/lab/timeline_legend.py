"""What the colours and marks of the timeline mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from backend.model import EngineKind
from gui.forms import describe
from gui.lab.words import ENGINE_NAMES
from gui.theme import GRID

if TYPE_CHECKING:
    from gui.lab.timeline_lanes import LaneBook
    from gui.theme import Theme

BOX = 10


class Legend(QWidget):
    """One line: the engines that were seen, waiting, the caller, mishaps. It paints itself, so no layout is asked."""

    def __init__(self, book: LaneBook, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timelineLegend")
        describe(self, self.tr("Colours of the timeline"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._book = book
        self._theme = theme
        self._shown: set[EngineKind] = set()
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """One line of text."""
        return QSize(50 * GRID, self.fontMetrics().height() + 2)

    @Slot()
    def note_changes(self) -> None:
        """Repaint if there is another engine."""
        if self._shown != self._book.engines:
            self._shown = set(self._book.engines)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A box and a word each."""
        colours = self._theme.colours
        painter = QPainter(self)
        x = 2 * GRID
        for kind in EngineKind:
            if kind in self._shown and kind is not EngineKind.HTTP:
                x = self._entry(painter, x, QBrush(colours.engine(kind)), ENGINE_NAMES[kind])
        if self._shown:
            x = self._entry(painter, x, QBrush(colours.engine(EngineKind.HTTP)), self.tr("reply"))
            hatch = QBrush(QColor(colours.text), Qt.BrushStyle.BDiagPattern)
            x = self._entry(painter, x, hatch, self.tr("waits for a lock"))
            x = self._entry(painter, x, QBrush(QColor(colours.border)), self.tr("caller waits"), flat=True)
            for glyph, text in (
                ("\N{BLACK DIAMOND}", self.tr("lease expires")),
                ("\N{MULTIPLICATION X}", self.tr("crash")),
                ("//", self.tr("connection breaks")),
                ("\N{BLACK HOURGLASS}", self.tr("time-out")),
            ):
                x = self._mark(painter, x, glyph, text)
        painter.end()

    def _mark(self, painter: QPainter, x: int, glyph: str, text: str) -> int:
        metrics = self.fontMetrics()
        left = x + metrics.horizontalAdvance(glyph) + 4
        if left + metrics.horizontalAdvance(text) > self.width():
            return self.width()
        baseline = round(self.height() / 2 + (metrics.ascent() - metrics.descent()) / 2)
        painter.setPen(QColor(self._theme.colours.alarm))
        painter.drawText(x, baseline, glyph)
        painter.setPen(QColor(self._theme.colours.muted))
        painter.drawText(left, baseline, text)
        return left + metrics.horizontalAdvance(text) + 2 * GRID

    def _entry(self, painter: QPainter, x: int, brush: QBrush, text: str, *, flat: bool = False) -> int:
        metrics, middle = self.fontMetrics(), self.height() / 2
        width = BOX + 4 + metrics.horizontalAdvance(text)
        if x + width > self.width():
            return self.width()
        box = QRectF(x, middle - (1 if flat else BOX / 2), BOX, 2 if flat else BOX)
        painter.setPen(QPen(brush.color(), 1) if brush.style() is Qt.BrushStyle.BDiagPattern else Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRect(box)
        painter.setPen(QColor(self._theme.colours.muted))
        painter.drawText(x + BOX + 4, round(middle + (metrics.ascent() - metrics.descent()) / 2), text)
        return x + width + 2 * GRID
