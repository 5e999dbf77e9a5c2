"""What was found, in words that can be read from the last row of a lecture hall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.explore.words import sentence_of, worst_of
from gui.lab.banner import Disc, FittingLabel, FittingNote
from gui.lab.words import verdict_word
from gui.theme import GRID

if TYPE_CHECKING:
    from backend.explorer.question import Exploration
    from backend.model import Verdict
    from gui.theme import Theme


class ExplorationBanner(QWidget):
    """The glyph and the word of the worst verdict, and the sentence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict: Verdict | None = None
        self._disc = Disc(theme)
        self._word = QLabel()
        self.sentence = FittingLabel()
        self.sentence.setObjectName("exploreLabel")
        self.sentence.setAccessibleName(self.tr("Finding"))
        self._note = FittingNote()
        self._note.setProperty("role", "caption")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        for label in (self._word, self.sentence, self._note):
            texts.addWidget(label)
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
        """Nothing was explored yet."""
        self._show(
            None,
            self.tr("Nothing explored yet"),
            self.tr("Every order in which duplicates can run, on real engines."),
            self.tr("Choose a strategy at the left and press Explore."),
        )

    def show_exploring(self) -> None:
        """An exploration has begun."""
        self._show(None, self.tr("Exploring…"), self.tr("Running every order, one after the other."), "")

    def show_failure(self, sentence: str) -> None:
        """It could not be explored."""
        self._show(None, self.tr("Could not explore"), sentence, "")

    def show_found(self, found: Exploration) -> None:
        """What was found."""
        worst = worst_of(found.outcomes)
        word = self.tr("Not finished") if worst is None else verdict_word(worst)
        self._show(worst, word, sentence_of(found), "  ".join(found.notes))

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
        colours = self._theme.colours
        painter.fillRect(self.rect(), colours.verdict_tint(self._verdict))
        painter.fillRect(QRect(0, 0, 6, self.height()), colours.verdict(self._verdict))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(colours.hairline))
        painter.end()
