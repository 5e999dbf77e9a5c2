"""What the colours and marks of the timeline mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from backend.model.vocabulary import EngineKind
from gui.theme import GRID
from gui.widgets.forms import describe
from gui.widgets.timeline.lane import Sight
from gui.widgets.timeline.marks import SIZE, Marks
from gui.wording.live import follow_language
from gui.wording.terms import engine_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gui.theme import Theme
    from gui.widgets.timeline.lanes import LaneBook

    Draw = Callable[[QPainter, float, float], None]

BOX = 10
LINE = 4
"""Pixels between two lines."""
LOOK_MS = 100
MOST_LANES = 300
"""Of more lanes nobody sees the single one, and everything that was ever seen is named."""


class Legend(QWidget):
    """The engines, waits and mishaps of the lanes in sight, and no others; on as many lines as they need.

    It paints itself, so no layout is asked unless there is one line more.

    Args:
        book: the lanes.
        theme: for the colours.
        in_sight: the places of the lanes in sight.
        parent: as for any widget.
    """

    def __init__(
        self, book: LaneBook, theme: Theme, in_sight: Callable[[], range], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("timelineLegend")
        describe(self, lambda: self.tr("Colours of the timeline"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._book = book
        self._theme = theme
        self._in_sight = in_sight
        self._shown: set[EngineKind | Sight] = set()
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._marks = Marks(theme.colours)
        theme.changed.connect(self._recolour)
        follow_language(self, self._describe)
        self._settle()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its lines."""
        return QSize(50 * GRID, self.minimumHeight())

    @Slot()
    def note_changes(self) -> None:
        """There may be something else to see; it is looked at soon, once for all that changes meanwhile."""
        if not self._looking.isActive() and self.isVisible():
            self._looking.start()

    def rest(self) -> None:
        """Nobody looks."""
        self._looking.stop()

    @Slot()
    def _look(self) -> None:
        places = self._in_sight()
        seen: set[EngineKind | Sight] = {*self._book.engines, *self._book.sights}
        if len(places) <= MOST_LANES:
            seen = self._book.seen_on(places)
        if self._shown != seen:
            self._shown = seen
            self._describe()

    def _describe(self) -> None:
        self.setAccessibleDescription(", ".join(text for text, _ in self._entries()))
        self.setToolTip(self.accessibleDescription())
        self._settle()
        self.update()

    @Slot()
    def _recolour(self) -> None:
        self._marks = Marks(self._theme.colours)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another width may need more lines, or fewer."""
        super().resizeEvent(event)
        self._settle()

    def fit(self) -> None:
        """Another font: lines are as high as it wants them."""
        self._settle()
        self.update()

    def _settle(self) -> None:
        lines = 1 + max((line for line, _, _, _ in self._places()), default=0)
        self.setFixedHeight(lines * (self.fontMetrics().height() + LINE))

    def _entries(self) -> Iterator[tuple[str, Draw]]:
        """Text and drawing of all that was seen."""
        colours, shown = self._theme.colours, self._shown
        for kind in EngineKind:
            if kind in shown and kind is not EngineKind.HTTP:
                yield engine_name(kind), _box(QBrush(colours.engine(kind)))
        marks = self._marks
        for sight, text, draw in (
            (Sight.RESPONSE, self.tr("response"), _box(QBrush(colours.engine(EngineKind.HTTP)))),
            (Sight.CALLER, self.tr("caller waits"), _box(QBrush(QColor(colours.border)), height=2)),
            (Sight.PROCESSING, self.tr("processing"), _box(QBrush(QColor(colours.hairline)))),
            (Sight.WAIT, self.tr("waits for a lock"), _box(QBrush(QColor(colours.text), Qt.BrushStyle.BDiagPattern))),
            (Sight.FAULT, self.tr("fault"), _box(QBrush(QColor(colours.alarm), Qt.BrushStyle.Dense5Pattern))),
            (Sight.LEASE, self.tr("holds a lease"), marks.lease),
            (Sight.EXPIRY, self.tr("lease expires"), marks.diamond),
            (Sight.FAILED, self.tr("failed"), marks.notch),
            (Sight.RETRY, self.tr("is sent again"), marks.retry),
            (Sight.CRASH, self.tr("crash"), marks.cross),
            (Sight.BROKEN, self.tr("connection breaks"), marks.broken),
            (Sight.TIMEOUT, self.tr("time-out"), marks.hourglass),
            (Sight.HELD_BACK, self.tr("blocked by the button"), marks.circle),
        ):
            if sight in shown:
                yield text, draw

    def _places(self) -> Iterator[tuple[int, int, str, Draw]]:
        """Line, left edge, text and drawing of each entry."""
        line, x = 0, 2 * GRID
        for text, draw in self._entries():
            width = BOX + 6 + self.fontMetrics().horizontalAdvance(text)
            if x > 2 * GRID and x + width > self.width():
                line, x = line + 1, 2 * GRID
            yield line, x, text, draw
            x += width + 2 * GRID

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A drawing and a word each."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        height = metrics.height() + LINE
        for line, x, text, draw in self._places():
            middle = line * height + height / 2
            draw(painter, x + SIZE + 1, middle)
            painter.setPen(QColor(self._theme.colours.muted))
            painter.drawText(x + BOX + 6, round(middle + (metrics.ascent() - metrics.descent()) / 2), text)
        painter.end()


def _box(brush: QBrush, height: int = BOX) -> Draw:
    def draw(painter: QPainter, x: float, y: float) -> None:
        outlined = brush.style() is not Qt.BrushStyle.SolidPattern
        painter.setPen(QPen(brush.color(), 1) if outlined else Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRect(QRectF(x - BOX / 2, y - height / 2, BOX, height))

    return draw
