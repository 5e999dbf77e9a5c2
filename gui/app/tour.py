"""A tour of five balloons, for whoever opens the window for the first time. It never comes back by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.settings import Key
from gui.theme import GRID
from gui.widgets.focus import LentFocus
from gui.widgets.forms import button, describe
from gui.wording.live import Words, filled, put

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from gui.lab.page import LabPage
    from gui.settings import Settings
    from gui.theme import Theme

WIDTH = 44 * GRID
AWAY = GRID
"""Pixels between a balloon and what it is about."""


class Balloon(QWidget):
    """A few words beside a widget, with a button that goes on and one that ends it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tourBalloon")
        self._theme = theme
        self._window = window
        self.text = QLabel()
        self.text.setObjectName("tourText")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.more = button("tourNext", "", "")
        self.end = button("tourEnd", lambda: self.tr("No more"), "quiet")
        describe(self.more, lambda: self.tr("Done"))
        describe(
            self.end, lambda: self.tr("End the tour"), lambda: self.tr("It does not come back; the Help menu has it")
        )
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.end)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.addWidget(self.text)
        column.addLayout(row)
        self.setFixedWidth(WIDTH)
        self.hide()

    def show_beside(self, target: QWidget, text: Words, number: int, of: int) -> None:
        """Say this beside a widget; never outside of the window, and never over the widget where there is room."""
        put(self.text.setText, text)
        put(self.text.setAccessibleName, text)
        last = number == of
        pattern = (lambda: self.tr("Done")) if last else (lambda: self.tr("Next (%1 of %2)"))
        put(self.more.setText, filled(pattern, str(number), str(of)))
        describe(self.more, self.more.text)
        self.adjustSize()
        window = self._window
        about = QRect(target.mapTo(window, QPoint(0, 0)), target.size())
        left = about.right() + AWAY
        top = about.top()
        if left + self.width() > window.width():
            left, top = about.left() + AWAY, about.bottom() + AWAY
        if top + self.height() > window.height():
            top = about.top() - self.height() - AWAY
        left = min(max(left, 0), max(0, window.width() - self.width()))
        top = min(max(top, 0), max(0, window.height() - self.height()))
        self.move(left, top)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Raised, with an edge of the accent colour."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        painter.setBrush(QColor(colours.raised))
        painter.setPen(QPen(QColor(colours.accent), 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)
        painter.end()


class Tour(QObject):
    """Five balloons, one after the other."""

    def __init__(self, window: QMainWindow, lab: LabPage, theme: Theme, settings: Settings) -> None:
        super().__init__(window)
        self._lab = lab
        self._settings = settings
        self._number = -1
        self.balloon = Balloon(theme, window)
        self._focus = LentFocus(self.balloon)
        self.balloon.more.clicked.connect(self.go_on)
        self.balloon.end.clicked.connect(self.end)

    @Slot()
    def offer(self) -> None:
        """Begin, unless it was seen before; whoever is typing goes on typing."""
        if not self._settings.flag(Key.TOUR_SEEN, default=False) and self._number < 0:
            self._begin()

    @Slot()
    def begin(self) -> None:
        """Show the first balloon, and let the keyboard go on to the others."""
        self._begin()
        self._focus.take(self.balloon.more)

    def _begin(self) -> None:
        self._settings.remember(Key.TOUR_SEEN, value=True)
        self._number = -1
        self.go_on()

    @Slot()
    def go_on(self) -> None:
        """Show the next one; behind the last nothing more."""
        stops = self._stops()
        self._number += 1
        if self._number >= len(stops):
            self.end()
            return
        target, text = stops[self._number]
        self.balloon.show_beside(target, text, self._number + 1, len(stops))

    @Slot()
    def end(self) -> None:
        """No balloon any more."""
        self._number = -1
        self._focus.give_back()
        self.balloon.hide()

    def _stops(self) -> tuple[tuple[QWidget, Words], ...]:
        lab = self._lab
        return (
            (
                lab.form.submit,
                lambda: self.tr("Submit sends one request to a real backend. Press it twice: the order number stays."),
            ),
            (
                lab.backend.strategy,
                lambda: self.tr("Here you choose what protects the backend; at first, nothing does."),
            ),
            (lab.source.source, lambda: self.tr("How the same request arrives twice: clicks, a retry, or a queue.")),
            (
                lab.banner,
                lambda: self.tr("The verdict, judged from the rows that were read back, never from a promise."),
            ),
            (
                lab.timeline,
                lambda: self.tr("Every step of every submission. Click one: its command and answer appear."),
            ),
        )
