"""The timeline's canvas: mouse, keyboard, hover, selection; painting is left to `gui.widgets.timeline.painter`."""

from __future__ import annotations

from html import escape
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QHelpEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui.theme import GRID
from gui.widgets.forms import describe
from gui.widgets.hints import paint_focus, paint_hint
from gui.widgets.timeline.facts import Fact, facts_of, hover_text
from gui.widgets.timeline.keys import timeline_keys
from gui.widgets.timeline.lane_bar import WIDTH, LaneBar
from gui.widgets.timeline.mouse import NEAR, Mouse
from gui.widgets.timeline.painter import DETAIL_PIXELS, TimelinePainter
from gui.widgets.timeline.rastering import Rastering
from gui.widgets.timeline.scale import Scale
from gui.widgets.view_keys import press
from gui.wording.live import follow_language, put

if TYPE_CHECKING:
    from gui.theme import Theme
    from gui.widgets.timeline.lane import Lane
    from gui.widgets.timeline.lanes import LaneBook
    from gui.widgets.view_keys import ViewKey

FRAME_MS = 33
GROW_MS = 200
"""What is under way grows so often."""
REST = 4
"""After a repaint, at least so many times its duration passes before data cause the next one."""


class TimelineView(QWidget):
    """A lane per submission; zoomed with the wheel, moved by dragging.

    Signals:
        submission_chosen: somebody clicked on a lane of this submission, or went to it by keyboard.
        step_chosen: the submission and the number of the step that was clicked.
        scaled: another stretch of time, or of lanes, is in sight because somebody zoomed, moved or fitted it.
    """

    submission_chosen = Signal(str)
    step_chosen = Signal(str, int)
    scaled = Signal()

    def __init__(self, book: LaneBook, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timelineView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumHeight(8 * GRID)
        describe(self, lambda: self.tr("Timeline"))
        self._book = book
        self._theme = theme
        self._painter = TimelinePainter(book, theme.colours)
        self._scale = Scale()
        self._bar = LaneBar(self)
        self._bar.scrolled.connect(self._go)
        self.selected = ""
        self.following = True
        """Whether everything of the newest burst is kept in sight; until somebody zooms or pans."""
        self._mouse = Mouse(self)
        self._rastering = Rastering(book, theme, self)
        self._rastering.drawn.connect(self.update)
        self._took_ms, self.magnification = 0.0, 1.0
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.timeout.connect(self._show_news)
        theme.changed.connect(self._recolour)
        follow_language(self, lambda: self._painter.forget_words())

    def sizeHint(self) -> QSize:  # noqa: N802
        """Some lanes."""
        return QSize(600, 25 * GRID)

    @property
    def scale(self) -> Scale:
        """What is in sight."""
        return self._scale

    @scale.setter
    def scale(self, scale: Scale) -> None:
        self._scale = scale
        self._show_bar()

    def _show_bar(self) -> None:
        self._bar.follow(self._scale, len(self._book), readable=self._scale.lane_pixels >= DETAIL_PIXELS)

    def _fitted(self) -> Scale:
        """All of the newest burst, as far as it fits, and the lane that is selected."""
        scale, lane = self.scale.fitted(self._book.extent(newest=True)), self._book.find(self.selected)
        return scale if lane is None else scale.showing(self._book.place_of(lane))

    # Data

    @Slot()
    def note_changes(self) -> None:
        """The book has changed; it is looked at soon, and the less often the longer painting takes."""
        if not self._frame.isActive() and self.isVisible():
            self._frame.start(max(FRAME_MS, int(REST * self._took_ms)))

    @Slot()
    def _show_news(self) -> None:
        if self.following:
            self.scale = self._fitted()
        else:
            self._show_bar()
        self.update()
        if self._book.is_under_way:
            self._frame.start(GROW_MS)

    def begin_run(self, instant: int) -> None:
        """A run is asked for: what is in sight is of the past, and what comes of it is followed."""
        self._book.begin_run(instant)
        self.selected = ""
        self.fit()
        self._say(None)
        self.update()

    def end_run(self) -> None:
        """No run is under way any more."""
        self._book.end_run()
        self.note_changes()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """What arrived while nobody looked."""
        super().showEvent(event)
        self.note_changes()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Nobody looks: no work."""
        super().hideEvent(event)
        self._frame.stop()
        self._rastering.rest()

    @Slot()
    def _recolour(self) -> None:
        self._painter = TimelinePainter(self._book, self._theme.colours)
        self._rastering.recolour()
        self.update()

    # What is in sight

    @Slot()
    def fit(self) -> None:
        """The newest burst of submissions, and follow it from now on."""
        self.following = True
        self._go(self.scale.fitted(self._book.extent(newest=True)), by_hand=False)

    def fit_all(self) -> None:
        """Everything since the last reset."""
        self._go(self.scale.fitted(self._book.extent()))

    def zoom(self, factor: float, at: QPointF | None = None, *, lanes: bool = True) -> None:
        """Larger by a factor around a point of the widget, or around the middle."""
        scale, painter = self.scale, self._painter
        x, y = (scale.width / 2, scale.height / 2) if at is None else (at.x() - painter.gutter, at.y() - painter.header)
        self._go(self.scale.zoomed(factor, max(0.0, x), max(0.0, y), lanes=lanes))

    def pan(self, right: float, down: float) -> None:
        """Move what is in sight by pixels."""
        self._go(self.scale.panned(right, down))

    def go_to_end(self, *, last: bool) -> None:
        """To the end of the newest burst, or to its beginning."""
        extent = self._book.extent(newest=True)
        if last:
            self.pan(self.scale.width - GRID - self.scale.x_of(extent.end), 0)
        else:
            self.pan(GRID - self.scale.x_of(extent.begin), 0)

    def _go(self, scale: Scale, *, by_hand: bool = True) -> None:
        if by_hand:
            self.following = False
            scale = scale.kept_within(self._book.extent())
        if scale != self.scale:
            self.scale = scale
            self.update()
            self.scaled.emit()

    def show_stretch(self, scale: Scale) -> None:
        """Have exactly this in sight, and stay there while data come."""
        self.following = False
        self.scale = scale
        self.update()

    def magnify(self, factor: float) -> None:
        """Paint everything so many times as large."""
        self.magnification = factor
        self.resizeEvent(QResizeEvent(self.size(), self.size()))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another room."""
        super().resizeEvent(event)
        width, height = int(self.width() / self.magnification), int(self.height() / self.magnification)
        self.scale = self.scale.resized(width - self._painter.gutter, height - self._painter.header)
        if self.following:
            self.scale = self._fitted()
        axis = round(self._painter.header * self.magnification)
        self._bar.setGeometry(self.width() - WIDTH, axis, WIDTH, max(0, self.height() - axis))

    # Selection

    def choose(self, submission: str) -> None:
        """Mark a submission's lane and bring it into sight, without telling anybody."""
        self.selected = submission
        lane = self._book.find(submission)
        if lane is not None and self.scale.lane_pixels >= DETAIL_PIXELS:
            self.scale = self.scale.showing(self._book.place_of(lane))
        self._say(lane)
        self.update()

    def _say(self, lane: Lane | None) -> None:
        put(self.setAccessibleDescription, lambda: self._told(lane))

    def _told(self, lane: Lane | None) -> str:
        if lane is None:
            text = self.tr("%n submission(s)", "", len(self._book))
        else:
            zero = self._book.burst_at(lane.begin)
            text = "; ".join(hover_text(fact, zero).replace("\n", ", ") for fact in facts_of(self._book, lane)[:12])
        return text

    def choose_neighbour(self, distance: int) -> None:
        """Go so many lanes down from the one that is selected, and tell."""
        lane = self._book.find(self.selected)
        if not len(self._book):
            return
        place = self.scale.places(len(self._book)).start if lane is None else self._book.place_of(lane) + distance
        submission = self._book[min(max(place, 0), len(self._book) - 1)].submission
        self.choose(submission)
        self.submission_chosen.emit(submission)

    def fact_at(self, spot: QPointF) -> Fact | None:
        """What is under a point of the widget: the shortest of the things that touch it."""
        x, y = spot.x() - self._painter.gutter, spot.y() - self._painter.header
        lane = self._lane_at(spot)
        if lane is None or x < -self._painter.gutter or y < 0:
            return None
        first, last = self.scale.instant_at(x - NEAR), self.scale.instant_at(x + NEAR)
        under = [fact for fact in facts_of(self._book, lane) if fact.begin <= last and fact.end >= first]
        return min(under, key=lambda fact: (not fact.alarming, fact.end - fact.begin), default=None)

    def _lane_at(self, spot: QPointF) -> Lane | None:
        y = spot.y() - self._painter.header
        place = self.scale.place_at(y)
        return self._book[place] if y >= 0 and 0 <= place < len(self._book) else None

    # Mouse

    def event(self, event: QEvent) -> bool:
        """Hover text."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            fact = self.fact_at(QPointF(event.pos()) / self.magnification)
            if fact is None:
                QToolTip.hideText()
            else:
                text = hover_text(fact, self._book.burst_at(fact.begin))
                QToolTip.showText(event.globalPos(), escape(text).replace("\n", "<br>"), self)
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom."""
        self._mouse.turn(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The begin of a click or of a drag."""
        self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag."""
        self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The end of a drag, or a click."""
        self._mouse.release(event)

    def click(self, spot: QPointF) -> None:
        """Choose the lane at a point of the widget, and the step if there is one, and tell."""
        lane = self._lane_at(spot)
        if lane is None:
            return
        fact = self.fact_at(spot)
        self.choose(lane.submission)
        self.submission_chosen.emit(lane.submission)
        if fact is not None and fact.number >= 0:
            self.step_chosen.emit(lane.submission, fact.number)

    # Keyboard

    def keys(self) -> tuple[ViewKey, ...]:
        """What keys do here."""
        return timeline_keys(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Zoom, pan, fit; with Ctrl, the arrows go from lane to lane."""
        if not press(event, self.keys()):
            super().keyPressEvent(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """What is in sight."""
        began = perf_counter()
        painter = QPainter(self)
        if self._has_something_to_show():
            painter.scale(self.magnification, self.magnification)
            self._painter.paint(painter, self.scale, self.selected, self._raster_in_sight())
            painter.resetTransform()
        else:
            self._paint_empty(painter)
        paint_focus(painter, self, self, self._theme.colours)
        painter.end()
        self._took_ms = (perf_counter() - began) * 1000

    def _has_something_to_show(self) -> bool:
        extent = self._book.extent(newest=self.following)
        return extent.last > extent.first

    def _paint_empty(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self._theme.colours.surface)
        text = self.tr("Each submission gets a lane here: its steps, where it waits, and what its caller sees.")
        paint_hint(painter, self, text, self._theme.colours)

    def _raster_in_sight(self) -> tuple[QImage, QRectF] | None:
        if self.scale.lane_pixels >= DETAIL_PIXELS:
            self._rastering.forget()
            return None
        return self._rastering.in_sight(self.scale, following=self.following)

    # Export

    def paint_whole(self, painter: QPainter) -> None:
        """Paint what is in sight with another painter, for a file."""
        picture = None if self.scale.lane_pixels >= DETAIL_PIXELS else self._rastering.whole(self.scale)
        self._painter.paint(painter, self.scale, "", picture)
