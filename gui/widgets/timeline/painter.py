"""Paints the timeline: lanes, axis, labels. What is out of sight is not looked at."""

from __future__ import annotations

import time
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QPainter, QPen

from backend.model.vocabulary import EngineKind
from gui.theme import GRID, code_font
from gui.widgets.inks import Inks
from gui.widgets.timeline.facts import blockers_text
from gui.widgets.timeline.labels import Marked, room_for
from gui.widgets.timeline.lane import CRASH, Mishap, is_fault, is_processing
from gui.widgets.timeline.marks import SIZE, Marks
from gui.wording.replies import reply_text
from gui.wording.terms import command_text, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backend.model.observed import LockWait, Reply, Step
    from backend.model.vocabulary import Answer
    from gui.theme import Colours
    from gui.widgets.timeline.labels import Stretch
    from gui.widgets.timeline.lane import Lane
    from gui.widgets.timeline.lanes import LaneBook
    from gui.widgets.timeline.leases import Lease
    from gui.widgets.timeline.scale import Scale

LABEL_CHARACTERS, NAME_CHARACTERS = 21, 9
DETAIL_PIXELS = 5.0
"""Lanes that are lower than this are painted as a raster."""
LABEL_PIXELS = 11.0
TEXT_PIXELS = 16.0


class TimelineInks(Inks):
    """Pens and brushes besides, made once a theme and not once a span."""

    def __init__(self, colours: Colours) -> None:
        super().__init__(colours)
        self.wait_hatch = QBrush(self.text, Qt.BrushStyle.BDiagPattern)
        self.fault_hatch = QBrush(self.alarm, Qt.BrushStyle.Dense5Pattern)
        self.on_engines = {kind: colours.on_engine(kind) for kind in EngineKind}

    def of(self, engine: EngineKind) -> tuple[QColor, QColor]:
        """The colour of an engine, and what can be read on it."""
        return self.engines[engine], self.on_engines[engine]


class TimelinePainter:
    """Paints one book of lanes.

    Args:
        book: what there is.
        colours: of the theme.
    """

    def __init__(self, book: LaneBook, colours: Colours) -> None:
        self._book = book
        self._inks = TimelineInks(colours)
        self._marks = Marks(colours)
        self._font = code_font(0.85)
        self._metrics = QFontMetrics(self._font)
        self._words: dict[Answer | None, str] = {}
        self._character = max(1, self._metrics.horizontalAdvance("0"))
        self.gutter = LABEL_CHARACTERS * self._character + 2 * GRID
        """Width of the labels at the left."""
        self.header = self._metrics.height() + GRID
        """Height of the axis at the top."""

    def paint(self, painter: QPainter, scale: Scale, selected: str, picture: tuple[QImage, QRectF] | None) -> None:
        """Everything: axis, labels, lanes.

        Args:
            painter: begun; its origin is the corner of the whole.
            scale: which part of the book is in sight, in the area right of the labels and below the axis.
            selected: the submission whose lane is marked.
            picture: where lanes are too low for details, a raster of them and where it goes.
        """
        inks = self._inks
        painter.setFont(self._font)
        whole = QRect(0, 0, self.gutter + scale.width, self.header + scale.height)
        painter.fillRect(whole, inks.surface)
        zero = self._book.burst_at(scale.instant_at(scale.width * 0.1))
        ticks = list(scale.ticks(zero))
        self._paint_axis(painter, scale, ticks)
        painter.save()
        painter.translate(0, self.header)
        painter.setClipRect(0, 0, self.gutter + scale.width, scale.height)
        self._paint_selected(painter, scale, selected)
        self._paint_labels(painter, scale)
        painter.translate(self.gutter, 0)
        painter.setClipRect(0, 0, scale.width, scale.height)
        if picture is not None:
            painter.drawImage(picture[1], picture[0])
            self._paint_selected_edge(painter, scale, selected)
        else:
            painter.setPen(inks.hairline)
            for x, _ in ticks:
                painter.drawLine(int(x), 0, int(x), scale.height)
            self._paint_lanes(painter, scale)
        painter.restore()
        painter.fillRect(QRectF(self.gutter - 1, 0, 1, whole.height()), inks.hairline)

    def _paint_axis(self, painter: QPainter, scale: Scale, ticks: list[tuple[float, str]]) -> None:
        inks, bottom = self._inks, self.header - 1
        painter.fillRect(QRectF(0, 0, self.gutter + scale.width, bottom), inks.sunken)
        painter.fillRect(QRectF(0, bottom, self.gutter + scale.width, 1), inks.border)
        baseline = bottom - GRID // 2 - self._metrics.descent()
        painter.setPen(inks.muted)
        unit = QCoreApplication.translate("Timeline", "ms")
        painter.drawText(self.gutter - GRID - self._metrics.horizontalAdvance(unit), baseline, unit)
        free = -float(self.gutter)
        for x, text in ticks:
            left = int(self.gutter + x)
            painter.drawLine(left, bottom - 4, left, bottom)
            wide = len(text) * self._character + 4
            if x >= free and x + wide < scale.width:
                painter.drawText(left + 4, baseline, text)
                free = x + wide + GRID - 4
            elif x - wide >= free:  # the last one stands before its tick
                painter.drawText(left - wide, baseline, text)

    def _paint_selected(self, painter: QPainter, scale: Scale, selected: str) -> None:
        lane = self._book.find(selected)
        if lane is not None:
            top = scale.y_of(self._book.place_of(lane))
            height = max(scale.lane_pixels, 2.0)
            painter.fillRect(QRectF(0, top, self.gutter + scale.width, height), self._inks.selection)
            painter.fillRect(QRectF(0, top, 3, height), self._inks.accent)

    def _paint_selected_edge(self, painter: QPainter, scale: Scale, selected: str) -> None:
        """On a raster, a line above and below the lane: it may be lower than a pixel."""
        lane = self._book.find(selected)
        if lane is not None:
            top = scale.y_of(self._book.place_of(lane))
            for y in (top - 1, top + max(1.0, scale.lane_pixels)):
                painter.fillRect(QRectF(0, y, scale.width, 1), self._inks.accent)

    def _paint_labels(self, painter: QPainter, scale: Scale) -> None:
        each = ceil(LABEL_PIXELS / scale.lane_pixels)  # where lanes are low, every second or third has its name
        offset = (scale.lane_pixels + self._metrics.ascent() - self._metrics.descent()) / 2
        places = scale.places(len(self._book))
        for place in range(places.start + -places.start % each, places.stop, each):
            lane = self._book[place]
            baseline = scale.y_of(place) + offset
            painter.setPen(self._inks.text)
            name = short(lane.submission)
            painter.drawText(QPointF(GRID, baseline), name)
            if lane.reply is not None:
                painter.setPen(self._inks.muted)
                start = GRID + max(NAME_CHARACTERS, len(name) + 1) * self._character
                word = self._elided(self._word(lane.reply), self.gutter - GRID // 2 - start)
                painter.drawText(QPointF(start, baseline), word)

    def forget_words(self) -> None:
        """The language has changed."""
        self._words.clear()

    def _word(self, reply: Reply) -> str:
        key = None if reply.held_back else reply.answer
        if key not in self._words:
            self._words[key] = reply_text(reply)
        return self._words[key]

    # Lanes

    def _paint_lanes(self, painter: QPainter, scale: Scale) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        left, right = scale.left_ns, scale.right_ns
        places = scale.places(len(self._book))
        lanes = [(self._book[place], scale.y_of(place)) for place in places]
        labelled = scale.lane_pixels >= TEXT_PIXELS
        marked = Marked(self._book, scale, [(place, self._book[place]) for place in places] if labelled else ())
        for place, (lane, top) in zip(places, lanes, strict=True):
            if lane.begin <= right and (lane.end >= left or lane.under_way is not None):
                self._paint_lane(painter, scale, lane, top, marked.of(place, lane) if labelled else None)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for lane, _ in lanes:
            if lane.reply is not None and lane.reply.retry_of:
                self._paint_retry(painter, scale, lane, lane.reply)
        for lane, top in lanes:
            if lane.begin <= right:
                self._paint_leases(painter, scale, lane, top)
                if lane.end >= left:
                    self._paint_marks(painter, scale, lane, top)

    def _paint_lane(self, painter: QPainter, scale: Scale, lane: Lane, top: float, marks: list[Stretch] | None) -> None:
        """A lane, with labels beside its marks; without any where those are None."""
        inks, height = self._inks, scale.lane_pixels
        bar = max(2.0, round(height * 0.6))
        reply = lane.reply
        if reply is not None and not reply.held_back:
            line = max(1.0, round(height * 0.12))
            self._fill(painter, scale, reply.sent_ns, reply.received_ns, top + height - line - 1, line, inks.border)
        under_way = self._paint_under_way(painter, scale, lane.under_way, top + 2, bar) if lane.under_way else None
        labels: list[tuple[QRectF, Step, QColor]] = []
        for step in self._book.steps_between(lane, scale.left_ns, scale.right_ns):
            if is_fault(step):
                box = self._hatch(painter, scale, step.started_ns, step.ended_ns, top + 2, bar, inks.fault_hatch)
                labels.append((box, step, inks.fault_hatch.color()))
                continue
            fill, ink = (inks.hairline, inks.text) if is_processing(step) else inks.of(step.engine)
            box = self._fill(painter, scale, step.started_ns, step.ended_ns, top + 2, bar, fill)
            labels.append((box, step, ink))
        waits = [self._paint_wait(painter, scale, wait, top + 2, bar, marks) for wait in lane.waits]
        if marks is not None:
            taken = [*marks, *map(_stretch, waits)]
            self._label(painter, labels, taken)
            if under_way is not None and lane.under_way is not None:
                taken += [_stretch(box) for box, _, _ in labels]
                self._write(painter, under_way, command_text(lane.under_way), inks.text, taken)

    def _label(self, painter: QPainter, labels: list[tuple[QRectF, Step, QColor]], taken: list[Stretch]) -> None:
        """Each step by its command; where the next one begins earlier than it ends, it begins over it."""
        for number, (box, step, ink) in enumerate(labels):
            if is_fault(step) or box.width() <= 5 * self._character:
                continue
            self._write(painter, box, command_text(step), ink, [*taken, *_painted_over(labels, number)])

    def _paint_under_way(self, painter: QPainter, scale: Scale, step: Step, top: float, bar: float) -> QRectF:
        """From its beginning until now, open at the end: only its upper and its lower edge are drawn."""
        box = self._fill(painter, scale, step.started_ns, time.monotonic_ns(), top, bar, self._inks.sunken)
        colour = self._inks.border if step.engine is EngineKind.HTTP else self._inks.engines[step.engine]
        for y in (box.top(), box.bottom() - 1):
            painter.fillRect(QRectF(box.left(), y, box.width(), 1), colour)
        return box

    def _paint_wait(
        self, painter: QPainter, scale: Scale, wait: LockWait, top: float, bar: float, marks: list[Stretch] | None
    ) -> QRectF:
        """With a plate that says whom it waits for."""
        box = self._hatch(painter, scale, wait.started_ns, wait.ended_ns, top, bar, self._inks.wait_hatch)
        if marks is None:
            return box
        names = short(wait.blockers[0]) if wait.blockers else blockers_text(wait)
        if len(wait.blockers) > 1:
            names += f" +{len(wait.blockers) - 1}"
        text = "\N{LEFTWARDS ARROW} " + names
        wanted = self._metrics.horizontalAdvance(text) + self._character
        left, right = room_for((box.left() + 2, box.right() - 2), marks, wanted)
        if right - left > 7 * self._character:
            plate = QRectF(left, top + 1, min(right - left, wanted), bar - 2)
            painter.fillRect(plate, self._inks.surface)
            self._write(painter, plate, text, self._inks.text)
        return box

    def _box(self, scale: Scale, begin: int, end: int, top: float, height: float) -> QRectF:
        left = max(scale.x_of(begin), -4.0)
        right = min(scale.x_of(end), scale.width + 4.0)
        return QRectF(left, top, max(right - left, 1.5), height)

    def _fill(
        self, painter: QPainter, scale: Scale, begin: int, end: int, top: float, height: float, colour: QColor
    ) -> QRectF:
        box = self._box(scale, begin, end, top, height)
        painter.fillRect(box, colour)
        return box

    def _hatch(
        self, painter: QPainter, scale: Scale, begin: int, end: int, top: float, height: float, brush: QBrush
    ) -> QRectF:
        box = self._box(scale, begin, end, top, height)
        painter.fillRect(box, self._inks.surface)
        painter.setPen(QPen(brush.color(), 1))
        painter.setBrush(brush)
        painter.drawRect(box)
        painter.setPen(Qt.PenStyle.NoPen)
        return box

    def _write(self, painter: QPainter, box: QRectF, text: str, colour: QColor, taken: Iterable[Stretch] = ()) -> None:
        """A label where there is room for it in its box; nothing where that is too little to be read."""
        wanted = self._width(text) + 4
        left, right = room_for(_stretch(box), taken, wanted)
        if right - left <= min(5 * self._character, wanted - 1):
            return
        painter.setPen(colour)
        baseline = box.top() + (box.height() + self._metrics.ascent() - self._metrics.descent()) / 2
        painter.drawText(QPointF(left + 3, baseline), self._elided(text, right - left - 4))
        painter.setPen(Qt.PenStyle.NoPen)

    def _width(self, text: str) -> int:
        """Letters of ASCII all have one width."""
        return len(text) * self._character if text.isascii() else self._metrics.horizontalAdvance(text)

    def _elided(self, text: str, room: float) -> str:
        if self._width(text) <= room:
            return text
        if not text.isascii():
            return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
        return text[: max(0, int(room / self._character) - 1)] + "\N{HORIZONTAL ELLIPSIS}"

    # Marks

    def _paint_retry(self, painter: QPainter, scale: Scale, lane: Lane, reply: Reply) -> None:
        """A line from the original down to where the retry begins."""
        original = self._book.find(reply.retry_of)
        if original is None:
            return
        x = scale.x_of(reply.sent_ns)
        start = scale.y_of(self._book.place_of(original) + 0.5)
        end = scale.y_of(self._book.place_of(lane) + 0.4)
        left = original.reply.received_ns if original.reply else original.end
        painter.setPen(self._marks.sent_later)
        painter.drawLine(QPointF(min(x, scale.x_of(left)), start), QPointF(x, start))
        self._marks.head(painter, x, end, start)

    def _paint_marks(self, painter: QPainter, scale: Scale, lane: Lane, top: float) -> None:
        middle = top + 2 + scale.lane_pixels * 0.3
        for step in self._book.steps_between(lane, scale.left_ns, scale.right_ns):
            if step.engine is EngineKind.HTTP and step.command == CRASH:
                self._marks.cross(painter, scale.x_of(step.ended_ns), middle)
            elif step.error:
                self._marks.notch(painter, scale.x_of(step.ended_ns), top + 4)
        mishap = lane.mishap
        if mishap is Mishap.NONE:
            return
        x = scale.x_of(lane.mishap_ns)
        if mishap is Mishap.HELD_BACK:
            self._marks.circle(painter, x, middle)
        elif mishap is Mishap.TIMEOUT:
            self._marks.hourglass(painter, x, top + scale.lane_pixels / 2)
        else:
            self._marks.broken(painter, x + SIZE, top + scale.lane_pixels - SIZE)

    def _paint_leases(self, painter: QPainter, scale: Scale, lane: Lane, top: float) -> None:
        if not lane.leased or lane.leased[0][0] > scale.right_ns:
            return
        for lease in self._book.leases(lane):
            if lease.started_ns <= scale.right_ns and lease.ended_ns >= scale.left_ns:
                self._paint_lease(painter, scale, lease, top + 1, top + 2 + scale.lane_pixels * 0.3)

    def _paint_lease(self, painter: QPainter, scale: Scale, lease: Lease, top: float, middle: float) -> None:
        left, right = scale.x_of(lease.started_ns), min(scale.x_of(lease.ended_ns), scale.width + 20.0)
        left = max(left, -20.0)
        painter.setPen(self._marks.leased)
        painter.drawLine(QPointF(left, top), QPointF(right, top))
        painter.drawLine(QPointF(left, top - 1), QPointF(left, middle))
        if lease.released_ns is not None:
            painter.drawLine(QPointF(right, top - 1), QPointF(right, middle))
            return
        self._marks.diamond(painter, right, middle)


def _painted_over(labels: list[tuple[QRectF, Step, QColor]], number: int) -> Iterator[Stretch]:
    """Where later boxes lie over one."""
    right = labels[number][0].right()
    for later in range(number + 1, len(labels)):
        box = labels[later][0]
        if box.left() >= right:
            return
        yield _stretch(box)


def _stretch(box: QRectF) -> Stretch:
    return box.left(), box.right()
