"""The counterexample as a sequence diagram that can be stepped through with the arrow keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from gui.theme import GRID, code_font
from gui.widgets.forms import describe
from gui.widgets.hints import paint_focus, paint_hint
from gui.widgets.sequence.diagram import Columns, cast_of
from gui.widgets.sequence.painter import SequencePainter
from gui.widgets.view_keys import ViewKey, press
from gui.wording.exploration import event_text
from gui.wording.live import Words, in_words, put

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from backend.explorer.question import Event
    from gui.theme import Theme


class SequenceView(QAbstractScrollArea):
    """Lifelines of the requests and the engines, an arrow for each command, the current event marked.

    Signals:
        stepped: somebody went to the event of this number, from 0.
    """

    stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("counterexampleView")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        describe(self, self._name)
        self.setToolTip("")
        self._theme = theme
        self._events: tuple[Event, ...] = ()
        self._current = self._mistake = -1
        self._mark: Words = ""
        self._empty: Words = ""
        self._font = code_font(0.95)
        line = QFontMetrics(self._font).height()
        self._row, self._header = 2 * line + 2 * GRID, line + 3 * GRID
        theme.changed.connect(self.viewport().update)

    def _name(self) -> str:
        return self.tr("Sequence diagram of the counterexample; the arrow keys step through it")

    @property
    def current(self) -> int:
        """Number of the marked event, from 0; -1 where there is none."""
        return self._current

    def show_events(self, events: tuple[Event, ...], empty: Words, mistake: int = -1, mark: Words = "") -> None:
        """Another counterexample, with the number of its mistake; where it has no events, `empty` is said instead."""
        self._mistake, self._mark = mistake, mark
        self._events, self._empty, self._current = events, empty, -1
        put(self.setAccessibleDescription, empty if not events else "")
        self._measure()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self.viewport().update()

    @Slot(int)
    def mark(self, number: int) -> None:
        """Mark an event, and bring it into sight."""
        if number == self._current or not 0 <= number < len(self._events):
            return
        self._current = number
        put(self.setAccessibleDescription, partial(event_text, self._events[number]))
        bar, room = self.verticalScrollBar(), self.viewport().height() - self._header
        top = number * self._row
        bar.setValue(max(min(bar.value(), top), top + self._row - room))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Step through the events."""
        if not self._events or not press(event, self.keys()):
            super().keyPressEvent(event)

    def keys(self) -> tuple[ViewKey, ...]:
        """What keys do here."""
        last = len(self._events) - 1
        following, preceding = min(self._current + 1, last), max(self._current - 1, 0)
        return (
            ViewKey(("Down", "Right"), self.tr("Next event"), partial(self._go_to, following)),
            ViewKey(("Up", "Left"), self.tr("Previous event"), partial(self._go_to, preceding)),
            ViewKey(("Home",), self.tr("First event"), partial(self._go_to, 0)),
            ViewKey(("End",), self.tr("Last event"), partial(self._go_to, last)),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go to the event that was clicked."""
        row = event.position().toPoint().y() - self._header + self.verticalScrollBar().value()
        if event.position().y() >= self._header and 0 <= row // self._row < len(self._events):
            self._go_to(row // self._row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The press was ours, so is the release."""
        event.accept()

    def _go_to(self, number: int) -> None:
        self.mark(number)
        self.stepped.emit(number)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another room to scroll in."""
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        room = self.viewport().size()
        height = self._header + len(self._events) * self._row + GRID if self._events else 0
        width = Columns.least_width(cast_of(self._events)) if self._events else 0
        for bar, whole, seen, step in (
            (self.verticalScrollBar(), height, room.height(), self._row),
            (self.horizontalScrollBar(), width, room.width(), GRID),
        ):
            bar.setRange(0, max(0, whole - seen))
            bar.setPageStep(seen)
            bar.setSingleStep(step)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A ring shows where the keyboard is."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The ring goes."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """The diagram, or what will be here."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.colours.surface)
        if self._events:
            self._paint_diagram(painter)
        else:
            paint_hint(painter, self.viewport(), in_words(self._empty), self._theme.colours)
        paint_focus(painter, self.viewport(), self, self._theme.colours)
        painter.end()

    def _paint_diagram(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        view = self.viewport()
        columns = Columns(cast_of(self._events), view.width())
        diagram = self._painter(painter, columns)
        down, across = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        painter.translate(-across, self._header - down)
        rows = range(max(0, down // self._row - 1), min(len(self._events), (down + view.height()) // self._row + 1))
        diagram.paint_rows(rows, self._current, active=self.hasFocus())
        painter.translate(0, down - self._header)
        diagram.paint_header(QRect(0, 0, columns.width, self._header))

    def _painter(self, painter: QPainter, columns: Columns) -> SequencePainter:
        return SequencePainter(
            painter, self._theme.colours, self._events, columns, self._row, self._mistake, in_words(self._mark)
        )

    def whole_size(self, narrowest: int) -> QSize:
        """Size of the whole diagram in pixels, at least so wide."""
        width = max(narrowest, Columns.least_width(cast_of(self._events)))
        return QSize(width, self._header + len(self._events) * self._row + GRID)

    def paint_whole(self, painter: QPainter, size: QSize) -> None:
        """All of it, without a mark on the current event."""
        painter.fillRect(QRect(QPoint(0, 0), size), self._theme.colours.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        columns = Columns(cast_of(self._events), size.width())
        diagram = self._painter(painter, columns)
        painter.translate(0, self._header)
        diagram.paint_rows(range(len(self._events)), -1, active=False)
        painter.translate(0, -self._header)
        diagram.paint_header(QRect(0, 0, columns.width, self._header))
