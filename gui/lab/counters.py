"""Numbers of fixed width: what callers were told, what happened, how long it took."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from backend.model.judgement import Judgement
from backend.model.vocabulary import Answer
from gui.theme import GRID, code_font
from gui.wording.live import Words, put, worded
from gui.wording.terms import answer_word, milliseconds

if TYPE_CHECKING:
    from PySide6.QtGui import QFont


class Counter(QWidget):
    """A caption and a number below it."""

    def __init__(self, caption: Words, explanation: Words, font: QFont) -> None:
        super().__init__()
        self.number = QLabel("\N{EN DASH}")
        self.number.setFont(font)
        self._caption = worded(QLabel(), caption)
        self._caption.setProperty("role", "caption")
        put(self.setToolTip, explanation)
        for label in (self.number, self._caption):
            label.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setMinimumWidth(6 * self.number.fontMetrics().horizontalAdvance("0"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.number)
        layout.addWidget(self._caption)

    def show_number(self, text: str) -> None:
        """Another number."""
        self.number.setText(text)
        put(self.number.setAccessibleName, lambda: f"{self._caption.text()}: {text}")
        self.number.setEnabled(text not in {"0", "\N{EN DASH}"})


class Counters(QWidget):
    """One line of counters: the effects and submissions, the answers by kind, the latency."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._font = code_font(1.15)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._layout.setSpacing(GRID)
        self._effects = self._add(lambda: self.tr("rows"), lambda: self.tr("Effects, read back from the database"))
        self._over = self._add(
            lambda: self.tr("over"), lambda: self.tr("Submissions that were answered, given up or cut off")
        )
        self._held = self._add(
            lambda: self.tr("blocked"), lambda: self.tr("Clicks that were blocked by the disabled button")
        )
        self._flying = self._add(lambda: self.tr("in flight"), lambda: self.tr("Submissions that are not over yet"))
        self._add_line()
        self._answers = {
            answer: self._add(partial(answer_word, answer), lambda: self.tr("Callers who were told this"))
            for answer in Answer
        }
        self._add_line()
        self._p50 = self._add(lambda: self.tr("p50 ms"), lambda: self.tr("Half of the answers came within this time"))
        self._p99 = self._add(lambda: self.tr("p99 ms"), lambda: self.tr("99 of 100 answers came within this time"))
        self._untraced = self._add(
            lambda: self.tr("steps not kept"),
            lambda: self.tr(
                "Submissions since the last reset whose steps made room for those of later ones. All other numbers are"
                " of all submissions of the run."
            ),
        )
        self._layout.addStretch(1)
        self.show_judgement(Judgement())

    def _add(self, caption: Words, explanation: Words) -> Counter:
        counter = Counter(caption, explanation, self._font)
        self._layout.addWidget(counter)
        return counter

    def _add_line(self) -> None:
        line = QFrame()
        line.setProperty("role", "hairline")
        line.setFixedWidth(1)
        self._layout.addWidget(line)

    def show_judgement(self, judgement: Judgement) -> None:
        """The numbers as of now."""
        written = QLocale().toString
        self._effects.show_number(written(judgement.effects))
        self._over.show_number(written(judgement.submissions))
        self._held.show_number(written(judgement.held_back))
        self._flying.show_number(written(judgement.in_flight))
        for answer, counter in self._answers.items():
            counter.show_number(written(judgement.answers.get(answer, 0)))
        self._untraced.show_number(written(judgement.untraced))
        self._untraced.setVisible(judgement.untraced > 0)
        self._p50.show_number(milliseconds(judgement.p50_ms))
        self._p99.show_number(milliseconds(judgement.p99_ms))
