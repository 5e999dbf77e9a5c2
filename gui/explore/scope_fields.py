"""The fields of *Explore all*: what is asked of every variant and every operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from backend.explorer.question import MOST_REQUESTS
from backend.explorer.survey import Scope
from gui.theme import GRID
from gui.widgets.forms import describe, plainly, spin
from gui.wording.live import Words, put, worded

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSpinBox

LIMIT = 10_000
MOST_SCHEDULES = 1_000_000


class ScopeFields(QWidget):
    """A row of captions and spin boxes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.requests = spin("surveyRequestsSpin", 1, MOST_REQUESTS, 2)
        self.crashes = spin("surveyCrashesSpin", 0, 1, 0)
        self.expiries = spin("surveyExpiriesSpin", 0, 1, 0)
        self.limit = spin("surveyLimitSpin", 0, MOST_SCHEDULES, LIMIT)
        put(self.limit.setSpecialValueText, lambda: self.tr("none"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._add(
            lambda: self.tr("Re&quests"),
            self.requests,
            lambda: self.tr("How many submissions of the same intent run at once"),
        )
        self._add(
            lambda: self.tr("Crash&es"),
            self.crashes,
            lambda: self.tr("Most crashes in an interleaving, each with a retry"),
        )
        self._add(
            lambda: self.tr("Lease exp&iries"),
            self.expiries,
            lambda: self.tr("Most times that a lease or a session ends in an interleaving"),
        )
        self._add(
            lambda: self.tr("Limi&t"),
            self.limit,
            lambda: self.tr("Most interleavings of a question, before it is given up"),
        )

    def _add(self, caption: Words, field: QSpinBox, explanation: Words) -> None:
        label = worded(QLabel(), caption)
        label.setProperty("role", "caption")
        label.setBuddy(field)
        describe(field, plainly(caption), explanation)
        self._row.addWidget(label)
        self._row.addWidget(field)
        self._row.addSpacing(GRID)

    @property
    def scope(self) -> Scope:
        """What the fields ask."""
        return Scope(
            self.requests.value(), self.crashes.value(), self.expiries.value(), limit=self.limit.value() or None
        )
