"""Paints a sequence diagram: lifelines, arrows, waiting, mishaps."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen, QPolygonF

from backend.explorer.question import EventKind
from backend.model.vocabulary import EngineKind, Verdict
from gui.theme import GRID
from gui.widgets.sequence.diagram import CALLER, FIRST_ACTOR, cast_of, lives_of, waits_of
from gui.wording.exploration import answer_of, command_word, engine_of, mishap_word
from gui.wording.terms import engine_name

if TYPE_CHECKING:
    from backend.explorer.question import Event
    from gui.theme import Colours
    from gui.widgets.sequence.diagram import Columns

BAR, HEAD, CROSS = 5, 7, 7
"""Half the width of a waiting request's bar, the length of an arrow's head, half the size of a crash's cross."""


class SequencePainter:
    """One painting of a diagram whose first event begins at y = 0."""

    def __init__(
        self,
        painter: QPainter,
        colours: Colours,
        events: tuple[Event, ...],
        columns: Columns,
        row: int,
        mistake: int = -1,
        mark: str = "",
    ) -> None:
        self._painter = painter
        self._colours = colours
        self._events = events
        self._columns = columns
        self._row = row
        self._mistake = mistake
        self._mark = mark
        self._kept_free = 0
        """Pixels at the right of the gap that are not for answers, in the row that is painted."""
        self._background = QColor(colours.surface)
        """Of the row that is painted."""
        self._cast = cast_of(events)
        self._metrics = QFontMetrics(painter.font())
        self._there = self._metrics.height() + 4
        """From the top of an event to the arrow of its command."""
        self._back = row - 6
        """From the top of an event to the arrow of its answer."""

    def paint_rows(self, rows: range, current: int, *, active: bool) -> None:
        """The lifelines, and the events in sight."""
        if current >= 0:
            band = QRect(0, current * self._row, self._columns.width, self._row)
            self._painter.fillRect(band, QColor(self._colours.selection if active else self._colours.code_mark))
            self._painter.fillRect(QRect(0, band.top(), 3, band.height()), QColor(self._colours.accent))
        self._paint_lifelines()
        for number in rows:
            wrong = number == self._mistake
            marked = self._colours.selection if active else self._colours.code_mark
            self._background = QColor(marked if number == current else self._colours.surface)
            self._kept_free = self._mark_width() + 2 * GRID if wrong else 0
            self._paint_event(self._events[number], number * self._row)
            if wrong:
                self._paint_mistake(number * self._row)

    def _paint_lifelines(self) -> None:
        bottom = len(self._events) * self._row
        self._line(CALLER, 0, CALLER, bottom, self._pen(self._colours.border))
        for engine in self._cast.engines:
            x = self._columns.engine(engine)
            colour = self._colours.engine(engine)
            colour.setAlphaF(0.55)
            self._line(x, 0, x, bottom, self._pen(colour, 1.5))
        for life in lives_of(self._events):
            x = self._columns.actor(life.actor)
            self._line(x, 0, x, life.first * self._row + self._there, self._pen(self._colours.hairline))
            end = life.last * self._row + self._there
            self._line(x, life.first * self._row + self._there, x, end, self._pen(self._colours.muted, 3))
        for wait in waits_of(self._events):
            x = self._columns.actor(wait.actor)
            top, end = wait.first * self._row + self._there, wait.last * self._row + self._there
            self._paint_wait(QRectF(x - BAR, top, 2 * BAR, end - top))

    def _paint_wait(self, bar: QRectF) -> None:
        self._painter.fillRect(bar, QColor(self._colours.surface))
        self._painter.setPen(self._pen(self._colours.text, 1))
        self._painter.setBrush(QBrush(QColor(self._colours.text), Qt.BrushStyle.BDiagPattern))
        self._painter.drawRect(bar)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_event(self, event: Event, top: int) -> None:
        there, back = top + self._there, top + self._back
        engine = engine_of(event)
        if event.kind.is_of_an_engine:
            self._paint_expiry(event, there)
            return
        actor = self._columns.actor(event.actor)
        if event.kind in {EventKind.CRASH, EventKind.ERROR}:
            self._paint_cross(actor, there)
            self._write(command_word(event), there + self._metrics.ascent() // 2, self._colours.text, bold=True)
            return
        end, colour = self._columns.engine(engine), self._colours.engine(engine or EngineKind.HTTP)
        if engine is EngineKind.HTTP:
            self._arrow(actor, end, there, colour, dashed=True)
            self._write_answer_to_caller(answer_of(event), there - 4)
        elif event.kind is EventKind.ANSWER:
            self._arrow(end, actor, there, colour, dashed=True)
            self._write(event.answer, there - 4, self._colours.muted)
        else:
            self._arrow(actor, end, there, colour)
            self._write(command_word(event), there - 4, self._colours.text, since=actor)
            self._write(answer_of(event), back - 3, self._colours.muted, kept_free=self._kept_free)
            if not event.blocked:
                self._arrow(end, actor, back, colour, dashed=True)

    def _paint_mistake(self, top: int) -> None:
        """A frame around the event, and its name where answers stand, which leaves the line above to the command."""
        colour, wide = self._colours.verdict(Verdict.DUPLICATED), self._mark_width()
        left = max(GRID, self._columns.gap[1] - wide - 2 * GRID)
        self._clear(left, top + self._back - 3, wide)
        self._painter.setPen(self._pen(colour, 2))
        self._painter.drawRect(QRect(4, top + 1, self._columns.width - 8, self._row - 2))
        self._painter.setPen(QColor(self._colours.text))
        self._painter.drawText(left, top + self._back - 3, self._mark)

    def _mark_width(self) -> int:
        return QFontMetrics(self._painter.font()).horizontalAdvance(self._mark)

    def _paint_cross(self, x: int, y: int) -> None:
        pen = self._pen(self._colours.alarm, 3)
        self._line(x - CROSS, y - CROSS, x + CROSS, y + CROSS, pen)
        self._line(x - CROSS, y + CROSS, x + CROSS, y - CROSS, pen)

    def _paint_expiry(self, event: Event, y: int) -> None:
        engine = engine_of(event) or EngineKind.REDIS
        x, size = self._columns.engine(engine), CROSS
        self._line(FIRST_ACTOR - 3 * GRID, y, x, y, self._pen(self._colours.engine(engine), 1, dashed=True))
        self._painter.setPen(self._pen(self._colours.text, 1.5))
        self._painter.setBrush(self._colours.engine(engine))
        points = [QPointF(x, y - size), QPointF(x + size, y), QPointF(x, y + size), QPointF(x - size, y)]
        self._painter.drawPolygon(QPolygonF(points))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._write(mishap_word(event), y - 4, self._colours.text, bold=True)

    # Pieces

    def _arrow(self, start: int, end: int, y: int, colour: QColor, *, dashed: bool = False) -> None:
        direction = 1 if end > start else -1
        self._line(start, y, end - direction, y, self._pen(colour, 1.5, dashed=dashed))
        self._painter.setPen(self._pen(colour, 1.5))
        head = [QPointF(end - direction * HEAD, y - 4), QPointF(end - direction, y),
                QPointF(end - direction * HEAD, y + 4)]  # fmt: skip
        if dashed:
            self._painter.drawPolyline(QPolygonF(head))
            return
        self._painter.setBrush(colour)
        self._painter.drawPolygon(QPolygonF(head))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _write(
        self, text: str, baseline: int, colour: str, *, bold: bool = False, since: int = 0, kept_free: int = 0
    ) -> None:
        """In the gap, cut where it ends; what has no room there may begin at its request's lifeline, `since`."""
        left, right = self._columns.gap
        before = self._painter.font()
        font = QFont(before)
        font.setBold(bold)
        self._painter.setFont(font)
        room, wanted = right - left - 3 * GRID - kept_free, ceil(QFontMetricsF(font).horizontalAdvance(text))
        if since and wanted > room:
            left, room = max(since, left - (wanted - room)), min(wanted, room + left - since)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        if left < self._columns.gap[0]:
            self._clear(left + 2 * GRID, baseline, QFontMetrics(font).horizontalAdvance(shown))
        self._painter.setPen(QColor(colour))
        self._painter.drawText(left + 2 * GRID, baseline, shown)
        self._painter.setFont(before)

    def _clear(self, left: int, baseline: int, width: int) -> None:
        """No lifeline runs through what is written here."""
        plate = QRect(left - 2, baseline - self._metrics.ascent(), width + 4, self._metrics.height())
        self._painter.fillRect(plate, self._background)

    def _write_answer_to_caller(self, answer: str, baseline: int) -> None:
        room = FIRST_ACTOR - CALLER - 2 * GRID
        shown = self._metrics.elidedText(answer, Qt.TextElideMode.ElideRight, room)
        left = CALLER + GRID + (room - self._metrics.horizontalAdvance(shown)) // 2
        self._painter.setPen(QColor(self._colours.text))
        self._painter.drawText(left, baseline, shown)

    def paint_header(self, box: QRect) -> None:
        """Names above the lifelines; they stay in sight."""
        painter, colours = self._painter, self._colours
        painter.fillRect(box, QColor(colours.surface))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(colours.hairline))
        caller = QCoreApplication.translate("Explore", "caller")
        self._name(CALLER, box, caller, QColor(colours.border), QColor(colours.muted))
        for actor in self._cast.actors:
            self._name(self._columns.actor(actor), box, actor, QColor(colours.muted), QColor(colours.text), bold=True)
        for engine in self._cast.engines:
            colour = colours.engine(engine)
            self._name(self._columns.engine(engine), box, engine_name(engine), colour, QColor(colours.text))

    def _name(self, x: int, box: QRect, text: str, frame: QColor, ink: QColor, *, bold: bool = False) -> None:
        font = QFont(self._painter.font())
        font.setBold(bold)
        width = max(QFontMetrics(font).horizontalAdvance(text) + 2 * GRID, 4 * GRID)
        plate = QRectF(x - width / 2, box.top() + GRID - 2, width, box.height() - 2 * GRID + 2)
        self._painter.setPen(QPen(frame, 1.5))
        self._painter.drawRoundedRect(plate, 4, 4)
        before = self._painter.font()
        self._painter.setFont(font)
        self._painter.setPen(ink)
        self._painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
        self._painter.setFont(before)

    def _pen(self, colour: QColor | str, width: float = 1.0, *, dashed: bool = False) -> QPen:
        pen = QPen(QColor(colour), width)
        if dashed:
            pen.setDashPattern([4, 3])
        return pen

    def _line(self, x1: int, y1: int, x2: int, y2: int, pen: QPen) -> None:
        self._painter.setPen(pen)
        self._painter.drawLine(QPointF(x1 + 0.5, y1 + 0.5), QPointF(x2 + 0.5, y2 + 0.5))
