"""The card of the exhibit on show: what to look at, what was expected, and what the rows say."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from backend.comparison.exhibits import Exhibit
from gui.theme import GRID, VERDICT_GLYPHS
from gui.widgets.forms import button, describe
from gui.wording.catalogue import catalogue_text
from gui.wording.live import follow_language
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.model.vocabulary import Verdict
    from gui.lab.knobs import Position
    from gui.link.pending_run import PendingRun


class ExhibitCard(QWidget):
    """Hidden until an exhibit is shown. It speaks of one run, and of the knobs as they stood for it.

    Signals:
        presented: another one is on show.
    """

    presented = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exhibitCard")
        self._exhibit: Exhibit | None = None
        self._pending: PendingRun | None = None
        self._position: Position | None = None
        self._outcome: Callable[[], str] = str
        self._changed = False
        self.text = QLabel()
        self.text.setObjectName("exhibitText")
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outcome = QLabel()
        self.outcome.setObjectName("exhibitOutcome")
        close = button("closeExhibitButton", lambda: self.tr("Close"), "quiet")
        describe(
            close, lambda: self.tr("Close the exhibit"), lambda: self.tr("Hide this card; the knobs stay as they are")
        )
        close.clicked.connect(self.dismiss)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.text)
        texts.addWidget(self.outcome)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.addLayout(texts, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.hide()
        follow_language(self, self._speak)

    @property
    def exhibit(self) -> Exhibit | None:
        """What is on show."""
        return self._exhibit

    def present(self, exhibit: Exhibit, pending: PendingRun, position: Position) -> None:
        """Show this one; it is about to run.

        Args:
            exhibit: what it is.
            pending: its run.
            position: where the knobs stand for it.
        """
        self._exhibit, self._pending, self._position = exhibit, pending, position
        self._changed = False
        self._outcome = lambda: self.tr("Expected: %1. Running…").replace("%1", _verdict(exhibit.promises))
        self._speak()
        self.show()
        self.presented.emit()

    @Slot(object)
    def show_end(self, pending: PendingRun) -> None:
        """A run is over; if it is the one on show, say what came of it."""
        if self._exhibit is None or pending is not self._pending:
            return
        promised = self._exhibit.promises
        if pending.report is None or not pending.report.verdicts:
            self._outcome = lambda: self.tr("Expected: %1. The run broke off.").replace("%1", _verdict(promised))
        else:
            worst = max(pending.report.verdicts, key=lambda verdict: verdict.severity)
            self._outcome = partial(self._compared, promised, worst)
        self._say_outcome()

    def _compared(self, promised: Verdict, worst: Verdict) -> str:
        pattern = (
            self.tr("Expected: %1. Observed: %2.")
            if worst is promised
            else self.tr("Expected: %1. Observed something else: %2.")
        )
        return pattern.replace("%1", _verdict(promised)).replace("%2", _verdict(worst))

    def note_position(self, position: Position) -> None:
        """The knobs stand like this now; if that is not how the exhibit ran, the card says so."""
        if self._position is not None:
            self._changed = position != self._position
            self._say_outcome()

    def _speak(self) -> None:
        exhibit = self._exhibit
        if exhibit is not None:
            title, look, lesson = (catalogue_text(text) for text in (exhibit.title, exhibit.look, exhibit.lesson))
            self.text.setText(f"<b>{escape(title)}</b><br>{escape(look)} <i>{escape(lesson)}</i>")
            self.text.setAccessibleName(f"{title}. {look} {lesson}")
            self._say_outcome()

    def _say_outcome(self) -> None:
        text = self._outcome()
        if self._changed:
            text = self.tr("%1 Knobs changed since: the next run is another situation.").replace("%1", text)
        self.outcome.setText(text)
        self.outcome.setAccessibleName(text)

    @Slot()
    def dismiss(self) -> None:
        """Nothing is on show; also where another run begins, as the card would be read as if it were about that."""
        self._exhibit = self._pending = self._position = None
        self.hide()


def _verdict(verdict: Verdict) -> str:
    return f"{VERDICT_GLYPHS[verdict]} {verdict_word(verdict)}"
