"""The verdict in words that can be read from the last row of a lecture hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from backend.model import Judgement, OperationKey, Verdict
from gui.lab.words import verdict_word
from gui.theme import GRID, VERDICT_GLYPHS, Theme

if TYPE_CHECKING:
    from collections.abc import Collection

LARGEST, SMALLEST = 36, 15
"""Pixels of the sentence at 100 %."""
DISC = 56


def visible_verdict(judgement: Judgement) -> Verdict | None:
    """The worst verdict; before a run is quiet only a duplicate, as no later row can take it back."""
    worst = judgement.worst
    return worst if judgement.final or worst is Verdict.DUPLICATED else None


class Sentences(QObject):
    """Puts judgements into words. A QObject, as lupdate sees plurals only in a QObject's own tr."""

    def sentence(self, judgement: Judgement, operations: Collection[OperationKey]) -> str:
        """What was wanted and what happened, such as ``1 order wanted, 7 rows: 6 duplicates``."""
        wanted = self.wanted(judgement.intents, operations)
        happened = self.tr("%n row(s)", "", judgement.effects)
        outcome = self.outcome(judgement)
        if not outcome:
            pattern = self.tr("%1, %2 so far")
            return pattern.replace("%1", wanted).replace("%2", happened)
        pattern = self.tr("%1, %2: %3")
        return pattern.replace("%1", wanted).replace("%2", happened).replace("%3", outcome)

    def wanted(self, intents: int, operations: Collection[OperationKey]) -> str:
        """How many of what were wanted; intents, where several operations are mixed."""
        if set(operations) == {OperationKey.PLACE_ORDER}:
            return self.tr("%n order(s) wanted", "", intents)
        if set(operations) == {OperationKey.PAY_ORDER}:
            return self.tr("%n payment(s) wanted", "", intents)
        if set(operations) == {OperationKey.ADD_STOCK}:
            return self.tr("%n stock change(s) wanted", "", intents)
        if set(operations) == {OperationKey.CANCEL_ORDER}:
            return self.tr("%n cancellation(s) wanted", "", intents)
        if set(operations) == {OperationKey.SEND_MESSAGE}:
            return self.tr("%n message(s) wanted", "", intents)
        return self.tr("%n intent(s)", "", intents)

    def outcome(self, judgement: Judgement) -> str:
        """The worst of what happened; empty where it is too early to say."""
        worst = visible_verdict(judgement)
        if worst is None:
            return ""
        count = judgement.verdicts.get(worst, 0)
        if worst is Verdict.DUPLICATED:
            return self.tr("%n duplicate(s)", "", judgement.duplicates)
        if worst is Verdict.LOST:
            return self.tr("%n lost, though a caller was told it is done", "", count)
        if worst is Verdict.STUCK:
            return self.tr("%n stuck, nobody can complete it", "", count)
        if worst is Verdict.UNDECIDED:
            return self.tr("%n undecided, and every caller knows it", "", count)
        if judgement.intents > 1:
            return self.tr("each exactly once")
        return self.tr("exactly once")


class FittingLabel(QLabel):
    """A label whose text takes the largest size at which it fits on one line, within bounds; else it wraps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setWordWrap(True)

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

    def _fit(self) -> None:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        size = LARGEST
        while size > SMALLEST:
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
        self.setFixedSize(DISC, DISC)

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
            font.setPixelSize(24 if self._verdict is Verdict.DUPLICATED else 28)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor("white" if self._verdict is Verdict.EXACTLY_ONCE and colours.name == "light" else
                                  "black"))  # fmt: skip
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, VERDICT_GLYPHS[self._verdict])
        painter.end()


class VerdictBanner(QWidget):
    """The glyph, the verdict's word, the sentence, and what contradicts it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict: Verdict | None = None
        self._sentences = Sentences(self)
        self._disc = Disc(theme)
        self._word = QLabel()
        self.sentence = FittingLabel()
        self.sentence.setObjectName("verdictLabel")
        self.sentence.setProperty("verdict", "")
        self.sentence.setAccessibleName(self.tr("Verdict"))
        self._note = FittingNote()
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        texts.addWidget(self._word)
        texts.addWidget(self.sentence)
        texts.addWidget(self._note)
        texts.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._disc)
        layout.addLayout(texts, 1)
        self.setFixedHeight(14 * GRID)
        theme.changed.connect(self.update)
        self.show_idle()

    def show_idle(self) -> None:
        """Nothing was submitted since the last reset."""
        self._show(None, self.tr("Nothing submitted yet"), self.tr("Submit once. Then submit twice."), "")

    def show_judgement(self, judgement: Judgement, operations: Collection[OperationKey]) -> None:
        """What really happened, as far as is known."""
        if judgement.intents == 0:
            self.show_idle()
            return
        verdict = visible_verdict(judgement)
        word = self.tr("Running…") if verdict is None else verdict_word(verdict)
        note = judgement.contradictions[0] if judgement.contradictions else ""
        self._show(verdict, word, self._sentences.sentence(judgement, operations), note)

    def _show(self, verdict: Verdict | None, word: str, sentence: str, note: str) -> None:
        self._verdict = verdict
        self._disc.show_verdict(verdict)
        self._word.setText(word.upper())
        self.sentence.setText(sentence)
        self.sentence.setProperty("verdict", verdict.value if verdict else "")
        self.sentence.setAccessibleDescription(sentence)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """A quiet background and a strong bar at the left edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.verdict_tint(self._verdict))
        painter.fillRect(QRect(0, 0, 6, self.height()), self._theme.colours.verdict(self._verdict))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(self._theme.colours.hairline))
        painter.end()


class FittingNote(QLabel):
    """One line of an answer that contradicts the rows."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:  # noqa: N802
        """Show the line, whole in the tool tip."""
        super().setText(text)
        self.setToolTip(text)
