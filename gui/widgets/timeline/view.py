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
from gui.widgets.timeline.keys import PAN, ZOOM, timeline_keys
from gui.widgets.timeline.painter import DETAIL_PIXELS, TimelinePainter
from gui.widgets.timeline.raster import Raster
from gui.widgets.timeline.scale import Scale
from gui.widgets.view_keys import press

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.theme import Theme
    from gui.widgets.timeline.lanes import Lane, LaneBook
    from gui.widgets.view_keys import ViewKey

FRAME_MS = 33
GROW_MS = 200
"""What is under way grows so often."""
REST = 4
"""After a repaint, at least so many times its duration passes before data cause the next one."""
SLICE_SECONDS, SLICE_PAUSE_MS = 0.003, 6
RASTER_LIFE_SECONDS = 0.2
"""While data arrive, a raster is begun anew at most so often."""
NOTCH = 120
NEAR = 3
"""Pixels that the pointer may be off."""


class TimelineView(QWidget):
    """A lane per submission; zoomed with the wheel, moved by dragging.

    Signals:
        submission_chosen: somebody clicked on a lane of this submission, or went to it by keyboard.
        step_chosen: the submission and the number of the step that was clicked.
    """

    submission_chosen = Signal(str)
    step_chosen = Signal(str, int)

    def __init__(self, book: LaneBook, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timelineView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(False)
        self.setMinimumHeight(8 * GRID)
        describe(self, self.tr("Timeline"))
        self.setToolTip("")
        self._book = book
        self._theme = theme
        self._painter = TimelinePainter(book, theme.colours)
        self.scale = Scale()
        self.selected = ""
        self.following = True
        """Whether everything of the newest burst is kept in sight; until somebody zooms or pans."""
        self._raster: Raster | None = None
        self._coming: Raster | None = None
        self._picture: QImage | None = None
        self._begun_at = 0.0
        self._pressed: QPointF | None = None
        self._dragged = False
        self._took_ms = 0.0
        self._frame = self._make_timer(self._show_news)
        self._slice = self._make_timer(self._draw_slice)
        theme.changed.connect(self._recolour)

    def _make_timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(slot)
        return timer

    def sizeHint(self) -> QSize:  # noqa: N802
        """Some lanes."""
        return QSize(600, 25 * GRID)

    # Data

    @Slot()
    def note_changes(self) -> None:
        """The book has changed; it is looked at soon, and the less often the longer painting takes."""
        if not self._frame.isActive() and self.isVisible():
            self._frame.start(max(FRAME_MS, int(REST * self._took_ms)))

    @Slot()
    def _show_news(self) -> None:
        if self.following:
            self.scale = self.scale.fitted(self._book.extent(newest=True))
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
        self._slice.stop()
        self._coming = None

    @Slot()
    def _recolour(self) -> None:
        self._painter = TimelinePainter(self._book, self._theme.colours)
        if self._raster is not None:
            self._picture = self._raster.image(self._theme.colours)
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
        spot = at if at is not None else QPointF(self._painter.gutter + self.scale.width / 2, self.height() / 2)
        x, y = spot.x() - self._painter.gutter, spot.y() - self._painter.header
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

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another room."""
        super().resizeEvent(event)
        self.scale = self.scale.resized(self.width() - self._painter.gutter, self.height() - self._painter.header)
        if self.following:
            self.scale = self.scale.fitted(self._book.extent(newest=True))

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
        if lane is None:
            text = self.tr("%n submission(s)", "", len(self._book))
        else:
            zero = self._book.burst_at(lane.begin)
            text = "; ".join(hover_text(fact, zero).replace("\n", ", ") for fact in facts_of(self._book, lane)[:12])
        self.setAccessibleDescription(text)

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
            fact = self.fact_at(QPointF(event.pos()))
            if fact is None:
                QToolTip.hideText()
            else:
                text = hover_text(fact, self._book.burst_at(fact.begin))
                QToolTip.showText(event.globalPos(), escape(text).replace("\n", "<br>"), self)
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom at the pointer; with Ctrl only the time, with Shift to the side."""
        turned = (event.angleDelta().y() or event.angleDelta().x()) / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(turned * PAN * self.scale.width, 0)
        else:
            with_lanes = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self.zoom(ZOOM**turned, event.position(), lanes=with_lanes)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The begin of a click or of a drag."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Drag."""
        if self._pressed is None:
            return
        moved = event.position() - self._pressed
        if self._dragged or moved.manhattanLength() > NEAR:
            self._dragged = True
            self._pressed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The end of a drag, or a click."""
        if self._pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        self.unsetCursor()
        if not self._dragged:
            self._click(event.position())

    def _click(self, spot: QPointF) -> None:
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
            self._painter.paint(painter, self.scale, self.selected, self._raster_in_sight())
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
        """The latest raster, put where it belongs by now; a better one is begun where that is worth it."""
        if self.scale.lane_pixels >= DETAIL_PIXELS:
            self._raster = self._coming = self._picture = None
            return None
        have = self._raster
        if have is None or have.scale != self.scale or have.changes != self._book.changes:
            self._begin_raster()
        if have is None or self._picture is None:
            return QImage(), QRectF()
        old, new = have.scale, self.scale
        left, right = new.x_of(old.left_ns), new.x_of(old.right_ns)
        top, bottom = new.y_of(old.top), new.y_of(old.top + old.height / old.lane_pixels)
        return self._picture, QRectF(left, top, right - left, bottom - top)

    def _begin_raster(self) -> None:
        coming = self._coming
        if coming is not None and coming.scale == self.scale:
            return
        if self.following and coming is not None and perf_counter() - self._begun_at < 1:
            return  # data arrive: what is under way is shown first
        wait = RASTER_LIFE_SECONDS - (perf_counter() - self._begun_at) if self.following else 0.0
        if wait > 0 and self._raster is not None:
            self._slice.start(int(wait * 1000) + 1)
            return
        self._coming = Raster(self._book, self.scale)
        self._begun_at = perf_counter()
        self._slice.start(SLICE_PAUSE_MS)

    @Slot()
    def _draw_slice(self) -> None:
        coming = self._coming
        if coming is None:
            self.update()
            return
        coming.work(SLICE_SECONDS)
        if not coming.finished:
            self._slice.start(SLICE_PAUSE_MS)
            return
        self._raster, self._coming = coming, None
        self._picture = coming.image(self._theme.colours)
        self.update()

    # Export

    def paint_whole(self, painter: QPainter) -> None:
        """Paint what is in sight with another painter, for a file."""
        picture = None
        if self.scale.lane_pixels < DETAIL_PIXELS:
            raster = Raster(self._book, self.scale)
            raster.work(float("inf"))
            picture = raster.image(self._theme.colours), QRectF(0, 0, self.scale.width, self.scale.height)
        self._painter.paint(painter, self.scale, "", picture)
