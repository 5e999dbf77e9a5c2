"""How far an exploration is: numbers of fixed width, so that nothing jumps while they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from backend.model import Verdict
from gui.forms import Section
from gui.lab.words import verdict_word
from gui.theme import VERDICT_GLYPHS, code_font

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = "\N{EN DASH}"
WIDTH = 12
"""Digits that a number has room for."""


class ProgressPanel(QWidget):
    """Schedules, their rate, and the verdicts so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = Section(self.tr("So far"))
        self._schedules = self._add(self.tr("Schedules"))
        self._rate = self._add(self.tr("Per second"))
        self._verdicts = {
            verdict: self._add(f"{VERDICT_GLYPHS[verdict]}  {verdict_word(verdict)}")
            for verdict in sorted(Verdict, key=lambda verdict: verdict.severity, reverse=True)
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._section)
        self.clear()

    def _add(self, caption: str) -> QLabel:
        number = QLabel()
        number.setFont(code_font())
        number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        number.setFixedWidth(WIDTH * number.fontMetrics().horizontalAdvance("0"))
        number.setAccessibleName(caption)
        label = QLabel(caption)
        label.setProperty("role", "caption")
        row = self._section.grid.rowCount()
        self._section.grid.addWidget(label, row, 0, 1, 2)
        self._section.grid.addWidget(number, row, 2)
        return number

    def clear(self) -> None:
        """Nothing ran yet."""
        for label in (self._schedules, self._rate, *self._verdicts.values()):
            label.setText(NOTHING)

    def show_numbers(self, schedules: int, per_second: float, outcomes: Mapping[Verdict, int]) -> None:
        """The numbers as of now."""
        self._schedules.setText(f"{schedules:,}")
        self._rate.setText(f"{per_second:,.0f}")
        for verdict, label in self._verdicts.items():
            label.setText(f"{outcomes.get(verdict, 0):,}")

    @property
    def text(self) -> str:
        """All numbers in one line, for a screen reader."""
        return ", ".join(f"{label.accessibleName()} {label.text()}" for label in self.findChildren(QLabel)
                         if label.accessibleName())  # fmt: skip
