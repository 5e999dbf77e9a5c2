"""How far an exploration is: numbers of fixed width, so that nothing jumps while they grow."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from backend.model.vocabulary import Verdict
from gui.theme import VERDICT_GLYPHS, code_font
from gui.widgets.forms import Section
from gui.wording.exploration import number
from gui.wording.live import Words, follow_language, worded
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = "\N{EN DASH}"
WIDTH = 12
"""Digits that a number has room for."""


class ProgressPanel(QWidget):
    """Schedules, their rate, and the verdicts so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = Section(lambda: self.tr("So far"))
        self._captions: dict[QLabel, QLabel] = {}
        self._schedules = self._add(lambda: self.tr("Interleavings"))
        self._rate = self._add(lambda: self.tr("Per second"))
        self._verdicts = {
            verdict: self._add(partial(_caption, verdict))
            for verdict in sorted(Verdict, key=lambda verdict: verdict.severity, reverse=True)
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._section)
        self.clear()
        follow_language(self, self._tell)

    def _add(self, caption: Words) -> QLabel:
        value = QLabel()
        value.setFont(code_font())
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setFixedWidth(WIDTH * value.fontMetrics().horizontalAdvance("0"))
        label = worded(QLabel(), caption)
        self._captions[label] = value
        label.setProperty("role", "caption")
        row = self._section.grid.rowCount()
        self._section.grid.addWidget(label, row, 0, 1, 2)
        self._section.grid.addWidget(value, row, 2)
        return value

    def clear(self) -> None:
        """Nothing ran yet."""
        for label in (self._schedules, self._rate, *self._verdicts.values()):
            label.setText(NOTHING)
        self._tell()

    def _tell(self) -> None:
        """A screen reader hears the number with its name."""
        for caption, label in self._captions.items():
            label.setAccessibleName(f"{caption.text()}: {label.text()}")

    def show_numbers(self, schedules: int, per_second: float, outcomes: Mapping[Verdict, int]) -> None:
        """The numbers as of now."""
        self._schedules.setText(number(schedules))
        self._rate.setText(number(round(per_second)))
        for verdict, label in self._verdicts.items():
            label.setText(number(outcomes.get(verdict, 0)))
        self._tell()

    @property
    def text(self) -> str:
        """All numbers in one line, for a screen reader."""
        return ", ".join(label.accessibleName() for label in self._captions.values())


def _caption(verdict: Verdict) -> str:
    return f"{VERDICT_GLYPHS[verdict]}  {verdict_word(verdict)}"
