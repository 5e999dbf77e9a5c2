"""The strip of engines at the foot of the window, and the line that tells what went wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QFont, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QTabBar, QWidget

from backend.model.observed import EngineStatus
from backend.model.vocabulary import EngineKind, Health
from gui.theme import GRID, Theme, code_font
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.forms import button, describe
from gui.wording.live import Words, follow_language, in_words, put
from gui.wording.speech import speak
from gui.wording.terms import health_word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Dot(QWidget):
    """An engine's colour; hollow unless it is up."""

    def __init__(self, theme: Theme, kind: EngineKind, health: Health) -> None:
        super().__init__()
        self._theme, self._kind, self._health = theme, kind, health
        self.setFixedSize(10, 10)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A disc or a ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colours.engine(self._kind)
        pen = painter.pen()
        pen.setColor(colour)
        pen.setWidthF(1.5)
        painter.setPen(pen)
        painter.setBrush(colour if self._health is Health.UP else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))
        painter.end()


class EngineStrip(QWidget):
    """Every engine: dot, name and version, address, health."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engineStrip")
        put(self.setAccessibleName, lambda: self.tr("Engines"))
        self._theme = theme
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        self._layout.setSpacing(3 * GRID)
        self.setFixedHeight(self.fontMetrics().height() + GRID // 2)
        self._again: Callable[[], None] = self._empty
        self.show_sentence(lambda: self.tr("Starting the engines…"))
        follow_language(self, lambda: self._again())

    def show_sentence(self, sentence: Words) -> None:
        """One sentence instead of engines."""
        self._again = partial(self.show_sentence, sentence)
        self._empty()
        label = QLabel(in_words(sentence))
        label.setProperty("role", "caption")
        self._layout.addWidget(label)
        self._layout.addStretch(1)

    @Slot(object)
    def show_engines(self, engines: Sequence[EngineStatus]) -> None:
        """The engines as they are now."""
        self._again = partial(self.show_engines, engines)
        self._empty()
        for engine in engines:
            self._layout.addWidget(self._item(engine))
        self._layout.addStretch(1)

    def _item(self, engine: EngineStatus) -> QWidget:
        item = QWidget()
        line = QHBoxLayout(item)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID - 2)
        title = self._title(engine)
        name = QLabel(title)
        name.setMinimumWidth(name.sizeHint().width())  # where there is little room, the address gives way
        word = QLabel(health_word(engine.health))
        word.setProperty("role", "caption")
        line.addWidget(Dot(self._theme, engine.kind, engine.health))
        line.addWidget(name)
        line.addWidget(word)
        about = speak(engine.about)
        if where := about or engine.address:
            place = ElidedLabel(where)
            place.setProperty("role", "caption")
            place.setMinimumWidth(4 * GRID)
            if not about:
                place.setFont(code_font(0.9))
            line.addWidget(place)
        item.setToolTip(speak(engine.note) or (engine.address if about else ""))
        item.setAccessibleName(f"{title} {health_word(engine.health)} {engine.address} {about}".strip())
        return item

    def _title(self, engine: EngineStatus) -> str:
        """Name and version; what is no product has a name in the language of the window."""
        if engine.kind is EngineKind.GATEWAY:
            return self.tr("Gateway")
        if engine.kind is EngineKind.STANDBY:
            name = self.tr("PostgreSQL standby")
            return f"{name} {engine.version}".strip()
        count = engine.version.partition(" ")[0]
        if engine.kind is EngineKind.HTTP and count.isdecimal():
            return self.tr("Backend, %n instance(s)", "", int(count))
        return f"{engine.name} {engine.version}".strip()

    def _empty(self) -> None:
        while (old := self._layout.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()


_MOVES = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide})
"""After these of what it stands beside, it has another place."""


class MessageBar(QWidget):
    """One sentence about something that did not work or did not live, with Retry where that makes sense.

    It lies over what is empty at the right of menu bar and tabs: it covers nothing, and nothing moves when it comes
    and goes. Only a sentence too long for that reaches down into the page. On stage, where there are neither, it has
    the lower edge of the window, which ends above it.

    Args:
        theme: its colours.
        tabs: the pages' tabs; it ends at their lower edge.
        menus: it begins where the last of tabs and menus ends.
        parent: it ends at this widget's right edge, and never stands above its upper one.

    Signals:
        retry_asked: try again what failed.
        room_taken: how many pixels at the lower edge of the window it needs for itself.
    """

    retry_asked = Signal()
    room_taken = Signal(int)

    def __init__(self, theme: Theme, tabs: QTabBar, menus: QMenuBar, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._theme = theme
        self._tabs, self._menus = tabs, menus
        self._whole = parent
        for watched in (tabs, parent):
            watched.installEventFilter(self)
        self._tells_incident = False
        self._news: Words = ""
        self._failure: Words = ""
        """Why the lab is not there; empty where it is, or was not asked for."""
        self.sentence = QLabel()
        self.sentence.setObjectName("messageLabel")
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.retry = button("retryButton", lambda: self.tr("Retr&y"))
        describe(self.retry, lambda: self.tr("Retry"), lambda: self.tr("Start the engines again"))
        self.dismiss = button("dismissButton", "\N{MULTIPLICATION SIGN}", "quiet")
        describe(self.dismiss, lambda: self.tr("Dismiss"), lambda: self.tr("Hide the message"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 6, GRID, 6)
        layout.addWidget(QLabel("\N{WARNING SIGN}"))
        layout.addWidget(self.sentence, 1)
        layout.addWidget(self.retry)
        layout.addWidget(self.dismiss)
        self.retry.clicked.connect(self._try_again)
        self.dismiss.clicked.connect(self.hide)
        theme.changed.connect(self.update)
        follow_language(self, self._speak_again)
        self.hide()

    def show_sentence(self, sentence: Words, *, retry: bool) -> None:
        """Say what did not work. Where the lab waits for Retry, that stays, and other sentences come below it."""
        if retry:
            self._failure = sentence
            self._show("", incident=False)
        else:
            self._show(sentence, incident=False)

    @Slot(object)
    def show_incident(self, sentence: Words) -> None:
        """Say what was killed, stopped or started again; a failure that somebody should read first stays."""
        if self._tells_incident or self.isHidden() or self._failure:
            self._show(sentence, incident=True)

    @Slot(float)
    def magnify(self, factor: float) -> None:
        """On stage it is read from the last row as all else is."""
        font = QFont(self.font())
        font.setPointSizeF(self.font().pointSizeF() * factor)
        self.sentence.setFont(font)
        if not self.isHidden():
            self._place()

    @Slot()
    def forget_incident(self) -> None:
        """Something new begins; a failure stays until somebody dismisses it."""
        if self._tells_incident and not self._failure:
            self.hide()

    @Slot()
    def forget_failure(self) -> None:
        """The lab is there."""
        if self._failure:
            self._failure = ""
            self.hide()

    def _show(self, sentence: Words, *, incident: bool) -> None:
        self._tells_incident = incident
        self._news = sentence
        self._speak()
        QAccessible.updateAccessibility(QAccessibleEvent(self.sentence, QAccessible.Event.Alert))
        self.retry.setVisible(bool(self._failure))
        self.dismiss.setVisible(not self._failure)
        self.show()
        self._place()
        self.raise_()

    def _speak(self) -> None:
        lines = [line[:1].upper() + line[1:] for line in map(in_words, (self._failure, self._news)) if line]
        self.sentence.setText("\n".join(lines))
        self.sentence.setAccessibleName(" ".join(lines))

    def _speak_again(self) -> None:
        self._speak()
        if not self.isHidden():
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Stay beside the tabs."""
        if event.type() in _MOVES and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Give back the room that it had on stage."""
        super().hideEvent(event)
        if self.isHidden():
            self.room_taken.emit(0)

    def _place(self) -> None:
        if self._tabs.isHidden():
            height = max(self.heightForWidth(self._whole.width()), self._tabs.height())
            self.room_taken.emit(height)
            self.setGeometry(0, self._whole.height() - height, self._whole.width(), height)
            return
        self.room_taken.emit(0)
        ends = (
            (self._tabs, self._tabs.tabRect(self._tabs.count() - 1)),
            *((self._menus, self._menus.actionGeometry(action)) for action in self._menus.actions()[-1:]),
        )
        left = max(bar.mapTo(self._whole, last.topRight()).x() for bar, last in ends) + 2 * GRID
        bottom = self._tabs.mapTo(self._whole, QPoint(0, self._tabs.height())).y()
        width = self._whole.width() - left
        height = max(self.heightForWidth(width), self._tabs.height())
        self.setGeometry(left, max(0, bottom - height), width, height)

    @Slot()
    def _try_again(self) -> None:
        self._failure = ""
        self.hide()
        self.retry_asked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """The quiet colour of a warning."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.colours.alarm_tint))
        painter.fillRect(0, 0, 6, self.height(), QColor(self._theme.colours.alarm))
        painter.end()
