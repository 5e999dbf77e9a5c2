"""Predict: before a run shows what came of it, whoever watches chooses one of five verdicts; then the rows arrive."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from backend.comparison.records import worst_of
from backend.model.vocabulary import Verdict
from gui.theme import GRID, VERDICT_GLYPHS
from gui.widgets.focus import LentFocus
from gui.widgets.forms import button, describe
from gui.wording.catalogue import catalogue_text
from gui.wording.live import follow_language, worded
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.model.plan import Setup
    from gui.lab.page import LabPage
    from gui.link.bridge import LabBridge
    from gui.link.pending_run import PendingRun
    from gui.theme import Theme

WIDTH = 44 * GRID


class Curtain(QWidget):
    """Lies over banner, rows and timeline until somebody has chosen."""

    def __init__(self, theme: Theme, stage: QWidget) -> None:
        super().__init__(stage)
        self.setObjectName("predictCurtain")
        self._theme = theme
        self.question = worded(QLabel(), lambda: self.tr("What will become of it?"))
        self.question.setObjectName("predictQuestion")
        self.question.setProperty("role", "heading")
        self.question.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.about = QLabel()
        self.about.setObjectName("predictAbout")
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setWordWrap(True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.buttons: dict[Verdict, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addStretch(1)
        layout.addWidget(self.about)
        layout.addWidget(self.question)
        for number, verdict in enumerate(Verdict, 1):
            made = button(f"predict-{verdict.value}", partial(_title, number, verdict), "")
            made.setShortcut(str(number))
            made.setFixedWidth(WIDTH)
            describe(made, partial(verdict_word, verdict), lambda: self.tr("Predict this verdict"))
            self.buttons[verdict] = made
            layout.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Nothing of what is behind can be seen."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.surface)
        painter.end()


class Prediction(QObject):
    """The curtain, and the score of this session.

    Signals:
        named: what is run, in one line.
    """

    named = Signal(str)

    def __init__(self, bridge: LabBridge, lab: LabPage, theme: Theme) -> None:
        super().__init__(lab)
        stage = lab.right
        self._stage = stage
        self.is_on = False
        self.right = self.asked = 0
        self._lab = lab
        self._pending: PendingRun | None = None
        self._variant: tuple[str, str] = ("", "")
        self._chosen: Verdict | None = None
        self._outcome: Callable[[], str] = str
        self.curtain = Curtain(theme, stage)
        self._focus = LentFocus(self.curtain)
        self.score = QLabel()
        self.score.setObjectName("predictScore")
        self.score.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        self.score.hide()
        column = stage.layout()
        assert isinstance(column, QVBoxLayout)  # noqa: S101  the Lab's right half
        column.insertWidget(0, self.score)
        for verdict, made in self.curtain.buttons.items():
            made.clicked.connect(partial(self._choose, verdict))
        stage.installEventFilter(self)
        bridge.events.run_asked.connect(self._note_run)
        bridge.events.run_over.connect(self._note_end)
        lab.exhibit.presented.connect(self._say_about)
        follow_language(self, self._say)
        follow_language(self, self._say_about)

    def toggle(self) -> None:
        """Ask before each run from now on, or no longer."""
        self.is_on = not self.is_on
        if not self.is_on:
            self.skip()
        self._outcome = str
        self._say()

    def skip(self) -> None:
        """Nobody predicts this one."""
        self._pending = self._chosen = None
        self._lift()

    def _lift(self) -> None:
        self._focus.give_back()
        self.curtain.hide()

    def is_chosen(self) -> bool:
        """Whether it asks."""
        return self.is_on

    def magnify(self, factor: float) -> None:
        """Larger type; as it was at first where the factor is 1."""
        larger = factor * 1.25 if factor > 1 else 1.0
        for widget in (self.curtain.about, self.curtain.question, self.score, *self.curtain.buttons.values()):
            font = QFont(self.curtain.font())
            font.setPointSizeF(self.curtain.font().pointSizeF() * larger)
            widget.setFont(font)
        for made in self.curtain.buttons.values():
            made.setFixedWidth(round(WIDTH * factor))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """The curtain is as large as what it covers."""
        if event.type() is QEvent.Type.Resize:
            self.curtain.setGeometry(self._stage.rect())
        return False

    @Slot(object, object)
    def _note_run(self, pending: PendingRun, setup: Setup) -> None:
        """A run is about to begin. Another one before anybody has chosen takes its place: it is about both."""
        self._variant = setup.strategy, setup.variant
        self._say_about()
        if not self.is_on:
            return
        self._pending, self._chosen = pending, None
        self.curtain.setGeometry(self._stage.rect())
        self.curtain.show()
        self.curtain.raise_()
        self._focus.take(self.curtain.buttons[Verdict.EXACTLY_ONCE])

    @Slot()
    def _say_about(self) -> None:
        """What is about to happen, without what it comes to."""
        exhibit = self._lab.exhibit.exhibit
        texts = [catalogue_text(exhibit.title)] if exhibit else []
        texts += [self._lab.backend.catalogue.title(*self._variant)] if any(self._variant) else []
        self.curtain.about.setText("\n".join(texts))
        self.curtain.about.setAccessibleName(self.curtain.about.text())
        self.named.emit(" \N{MIDDLE DOT} ".join(texts))

    def _choose(self, verdict: Verdict, _checked: bool = False) -> None:
        self._chosen = verdict
        self._lift()
        self._settle()

    @Slot(object)
    def _note_end(self, pending: PendingRun) -> None:
        if pending is self._pending and (pending.report is None or not pending.report.verdicts):
            self._pending = None  # it broke off: there is nothing to be right about
            self._lift()
        self._settle()

    def _settle(self) -> None:
        """Count, once somebody has chosen and the run is over."""
        pending, chosen = self._pending, self._chosen
        if pending is None or chosen is None or pending.report is None:
            return
        worst = worst_of(pending.report.verdicts)
        self._pending = self._chosen = None
        self.asked += 1
        self.right += worst is chosen
        self._outcome = partial(self._compared, chosen, worst)
        self._say()

    def _compared(self, chosen: Verdict, worst: Verdict | None) -> str:
        pattern = self.tr("Predicted %1: right.") if worst is chosen else self.tr("Predicted %1, and it came to %2.")
        return pattern.replace("%1", verdict_word(chosen)).replace("%2", verdict_word(worst) if worst else "")

    def _say(self) -> None:
        outcome = self._outcome()
        counted = self.tr("Right: %1 of %2").replace("%1", str(self.right)).replace("%2", str(self.asked))
        text = f"{outcome}  {counted}" if outcome else counted
        self.score.setText(text)
        self.score.setAccessibleName(text)
        self.score.setVisible(self.is_on)


def _title(number: int, verdict: Verdict) -> str:
    return f"{number}   {VERDICT_GLYPHS[verdict]}  {verdict_word(verdict)}"
