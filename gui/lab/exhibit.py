"""The card of the exhibit on show: what to look at, what was promised, and what the rows say."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from backend.exhibits import EXHIBITS, Exhibit
from gui.forms import button, describe
from gui.lab.catalogue import catalogue_text
from gui.lab.words import verdict_word
from gui.theme import GRID, VERDICT_GLYPHS

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.model import Report, Verdict


class ExhibitCard(QWidget):
    """Hidden until an exhibit is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exhibitCard")
        self._exhibit: Exhibit | None = None
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outcome = QLabel()
        self.outcome.setObjectName("exhibitOutcome")
        self.outcome.setAccessibleName(self.tr("Promise and outcome of the exhibit"))
        close = button("closeExhibitButton", self.tr("Close"), "quiet")
        describe(close, self.tr("Close the exhibit"), self.tr("Hide this card; the knobs stay as they are"))
        close.clicked.connect(self.dismiss)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._text)
        texts.addWidget(self.outcome)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.addLayout(texts, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def exhibit(self) -> Exhibit | None:
        """What is on show."""
        return self._exhibit

    def present(self, exhibit: Exhibit) -> None:
        """Show this one; it is about to run."""
        self._exhibit = exhibit
        title, look, lesson = (catalogue_text(text) for text in (exhibit.title, exhibit.look, exhibit.lesson))
        self._text.setText(f"<b>{escape(title)}</b><br>{escape(look)} <i>{escape(lesson)}</i>")
        self._text.setAccessibleName(f"{title}. {look} {lesson}")
        promised = self.tr("Promised: %1. Running…").replace("%1", _verdict(exhibit.promises))
        self.outcome.setText(promised)
        self.show()

    def show_report(self, report: Report) -> None:
        """What came of it."""
        if self._exhibit is None or not report.verdicts:
            return
        worst = max(report.verdicts, key=lambda verdict: verdict.severity)
        pattern = (
            self.tr("Promised: %1. The rows say: %2.")
            if worst is self._exhibit.promises
            else self.tr("Promised: %1. The rows say otherwise: %2.")
        )
        self.outcome.setText(pattern.replace("%1", _verdict(self._exhibit.promises)).replace("%2", _verdict(worst)))

    @Slot()
    def dismiss(self) -> None:
        """Nothing is on show."""
        self._exhibit = None
        self.hide()


def fill_menu(menu: QMenu, show: Callable[[Exhibit], None]) -> None:
    """One entry for each exhibit."""
    for exhibit in EXHIBITS:
        action = QAction(f"{catalogue_text(exhibit.title)}  {VERDICT_GLYPHS[exhibit.promises]}", menu)
        action.setObjectName(f"exhibit-{exhibit.key}")
        action.setToolTip(catalogue_text(exhibit.look))
        action.triggered.connect(lambda _checked=False, chosen=exhibit: show(chosen))
        menu.addAction(action)
    menu.setToolTipsVisible(True)


def _verdict(verdict: Verdict) -> str:
    return f"{VERDICT_GLYPHS[verdict]} {verdict_word(verdict)}"
