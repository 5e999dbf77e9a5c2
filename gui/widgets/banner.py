"""A verdict in words that can be read from the last row of a lecture hall."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from backend.model.vocabulary import Verdict
from gui.theme import GRID, VERDICT_GLYPHS, Theme
from gui.wording.live import Words, follow_language, in_words

LARGEST, SMALLEST = 36, 15
"""Pixels of the sentence at 100 %."""
DISC = 56
HEIGHT = 14 * GRID


class Banner(QWidget):
    """The glyph, the verdict's word, the sentence, and a note below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict: Verdict | None = None
        self._disc = Disc(theme)
        self._word = QLabel()
        self.sentence = FittingLabel()
        self.sentence.setProperty("verdict", "")
        self.note = FittingNote()
        keeps_room = self.note.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)  # nothing moves when it comes and goes
        self.note.setSizePolicy(keeps_room)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        for label in (self._word, self.sentence, self.note):
            texts.addWidget(label)
        texts.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._disc)
        layout.addLayout(texts, 1)
        self.setFixedHeight(HEIGHT)
        self._said: tuple[Words, Words, Words] = ("", "", "")
        theme.changed.connect(self.update)
        follow_language(self, self._speak)

    def magnify(self, factor: float) -> None:
        """Show everything so many times as large, for the last row."""
        self.setFixedHeight(round(HEIGHT * factor))
        self._disc.magnify(factor)
        self.sentence.magnify(factor)
        for label in (self._word, self.note):
            font = QFont(self.font())
            font.setPointSizeF(self.font().pointSizeF() * factor)
            label.setFont(font)

    def say(self, verdict: Verdict | None, word: Words, sentence: Words, note: Words = "") -> None:
        """Show this, in whatever language the window speaks; without a verdict in no colour."""
        self._said = word, sentence, note
        self._verdict = verdict
        self._disc.show_verdict(verdict)
        self.sentence.setProperty("verdict", verdict.value if verdict else "")
        self._speak()
        self.update()

    def _speak(self) -> None:
        word, sentence, note = map(in_words, self._said)
        self._word.setText(word.upper())
        self.sentence.setText(sentence)
        self._tell(f"{word}. {sentence}")
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _tell(self, text: str) -> None:
        """Let a screen reader say what a glance at the banner says; only where it is something new."""
        if text == self.sentence.accessibleName():
            return
        self.sentence.setAccessibleName(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self.sentence, QAccessible.Event.Alert))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A quiet background and a strong bar at the left edge."""
        painter = QPainter(self)
        colours = self._theme.colours
        painter.fillRect(self.rect(), colours.verdict_tint(self._verdict))
        painter.fillRect(QRect(0, 0, 6, self.height()), colours.verdict(self._verdict))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(colours.hairline))
        painter.end()


class FittingLabel(QLabel):
    """A label whose text takes the largest size at which it fits on one line, within bounds; else it wraps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._large = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setWordWrap(True)

    def magnify(self, factor: float) -> None:
        """Another largest and another smallest size."""
        self._large = factor
        self._fit()

    def setText(self, text: str) -> None:  # noqa: N802
        """Show the text as large as fits."""
        if text != self.text():
            super().setText(text)
            self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As small as it gets; the banner has its height."""
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit again."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Fit again: another style sheet gives back the font that was there before the first one."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._fit()

    def _fit(self) -> None:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        size = round(LARGEST * self._large)
        while size > SMALLEST * self._large:
            font.setPixelSize(size)
            if QFontMetrics(font).horizontalAdvance(self.text()) <= self.width() - 4:
                break
            size -= 1
        font.setPixelSize(size)
        self.setFont(font)


class Disc(QWidget):
    """The verdict's glyph on a disc of its colour."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict: Verdict | None = None
        self._large = 1.0
        self.magnify(1.0)

    def magnify(self, factor: float) -> None:
        """Another size."""
        self._large = factor
        self.setFixedSize(round(DISC * factor), round(DISC * factor))

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Another glyph."""
        self._verdict = verdict
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A disc and a glyph; a ring where there is no verdict yet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        circle = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        if self._verdict is None:
            pen = painter.pen()
            pen.setColor(QColor(colours.border))
            pen.setWidth(3)
            painter.setPen(pen)
            painter.drawEllipse(circle)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.verdict(self._verdict))
            painter.drawEllipse(circle)
            font = QFont(self.font())
            font.setPixelSize(round((24 if self._verdict is Verdict.DUPLICATED else 28) * self._large))
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor("white" if self._verdict is Verdict.EXACTLY_ONCE and colours.name == "light" else
                                  "black"))  # fmt: skip
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, VERDICT_GLYPHS[self._verdict])
        painter.end()


class FittingNote(QLabel):
    """One line, such as an answer that contradicts the rows."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show the line, whole in the tool tip."""
        super().setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)
