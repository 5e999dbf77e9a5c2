"""What a check found: its situations, the steps of the worst intent of one, and what the service wrote."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSplitter, QTabWidget, QVBoxLayout, QWidget

from gui.service.models import SituationsModel, WireModel, situation_word
from gui.theme import GRID
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.forms import hairline
from gui.widgets.table import RecordTable
from gui.widgets.text_box import height_of, text_box
from gui.widgets.timeline.pane import Timeline
from gui.wording.live import Words, add_tab, filled, name_part, put
from gui.wording.terms import instance_word, verdict_word, whole_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.service.asked import Checked
    from backend.service.outside.model import CheckProgress, CheckSituation, SituationResult
    from gui.theme import Theme

TIMELINE, STEPS = 480, 496
ROWS = 6
DETAIL_LINES = 4


class CheckPane(QSplitter):
    """The situations above; timeline, steps and output below.

    Signals:
        failed: a sentence about a file that could not be written.
    """

    failed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setObjectName("serviceCheckPane")
        self._theme = theme
        self._results: dict[str, SituationResult] = {}
        self.situations = SituationsModel(self)
        self.steps = WireModel(self)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(self._make_table())
        self.addWidget(self._make_below())
        self.setStretchFactor(1, 1)
        self.clear()

    def _make_table(self) -> RecordTable:
        self.table = RecordTable(
            "serviceTable",
            lambda: self.tr("Situations of the check"),
            self.situations,
            self._theme,
            lambda: self.tr("One row for each way in which a submission arrives twice. Press Check."),
        )
        self.table.follow_newest = False
        self.table.setMinimumHeight(
            self.table.horizontalHeader().sizeHint().height() + ROWS * self.table.verticalHeader().defaultSectionSize()
        )
        self.table.submission_chosen.connect(self.show_situation)
        return self.table

    def _make_below(self) -> QSplitter:
        self.timeline = Timeline(self._theme)
        _rename(self.timeline)
        self.timeline.failed.connect(self.failed)
        self.timeline.submission_chosen.connect(self._choose_submission)
        self.timeline.step_chosen.connect(self._choose_step)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.setHandleWidth(1)
        below.setChildrenCollapsible(False)
        below.addWidget(self.timeline)
        below.addWidget(self._make_tabs())
        below.setSizes([TIMELINE, STEPS])
        below.setStretchFactor(0, 1)
        below.setStretchFactor(1, 1)
        return below

    def _make_tabs(self) -> QTabWidget:
        self.tabs = QTabWidget()
        self.tabs.setObjectName("serviceEvidenceTabs")
        self.tabs.setDocumentMode(True)
        put(self.tabs.setAccessibleName, lambda: self.tr("Steps and output"))
        name_part(self.tabs.tabBar, self.tabs.accessibleName)
        self.output = text_box(
            "serviceOutput",
            lambda: self.tr("Output of the service"),
            lambda: self.tr("The last lines that the service wrote appear here."),
        )
        add_tab(self.tabs, self._make_steps(), lambda: self.tr("Steps"))
        add_tab(self.tabs, self.output, lambda: self.tr("Output"))
        return self.tabs

    def _make_steps(self) -> QWidget:
        self.caption = ElidedLabel("", Qt.TextElideMode.ElideRight)
        self.caption.setObjectName("serviceStepsCaption")
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.steps_table = RecordTable(
            "serviceStepsTable",
            lambda: self.tr("Steps of the worst intent"),
            self.steps,
            self._theme,
            lambda: self.tr("Select a situation to see every command that the service sent for its worst intent."),
        )
        self.steps_table.follow_newest = False
        self.steps_table.selectionModel().currentRowChanged.connect(self._show_detail)
        self.detail = text_box(
            "serviceStepDetail",
            lambda: self.tr("The selected step in full"),
            lambda: self.tr("The selected step in full, with its answer."),
        )
        self.detail.setFixedHeight(height_of(self.detail, DETAIL_LINES))
        steps = QWidget()
        layout = QVBoxLayout(steps)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        heading = QHBoxLayout()
        heading.setContentsMargins(GRID, 6, GRID, 6)
        heading.addWidget(self.caption)
        layout.addLayout(heading)
        for widget in (self.steps_table, hairline(), self.detail):
            layout.addWidget(widget, 1 if widget is self.steps_table else 0)
        return steps

    # Feeding

    def clear(self) -> None:
        """Nothing was found yet."""
        self._results = {}
        self.situations.clear()
        put(self.output.setPlainText, "")
        self._show_steps(None)

    def begin(self, situations: Sequence[CheckSituation]) -> None:
        """A check of these has begun."""
        self.clear()
        self.situations.begin(situations)

    def note(self, progress: CheckProgress) -> None:
        """How far it is."""
        self.situations.note(progress.situation, progress.verdicts)

    def show_found(self, found: Checked) -> None:
        """All that a check found; the worst situation becomes the current one."""
        self._results = {result.situation.value: result for result in found.check.situations}
        self.situations.show_results(found.check.situations)
        self.show_output(found.outputs)
        tried = [result for result in found.check.situations if result.worst is not None]
        worst = max(tried, key=lambda result: result.worst.verdict.severity if result.worst else -1, default=None)
        if worst is not None:
            self.table.choose(worst.situation.value)
            self.show_situation(worst.situation.value)

    def show_output(self, outputs: Sequence[tuple[int, str]]) -> None:
        """What each instance wrote last."""
        put(self.output.setPlainText, partial(_all_output, outputs))

    def show_trouble(self, text: Words) -> None:
        """Why there is nothing else to show, with what the service said."""
        put(self.output.setPlainText, text)
        self.tabs.setCurrentWidget(self.output)

    @Slot(str)
    def show_situation(self, key: str) -> None:
        """The steps of the worst intent of a situation."""
        self._show_steps(self._results.get(key))

    def _show_steps(self, result: SituationResult | None) -> None:
        worst = result.worst if result else None
        steps = worst.steps if worst else ()
        self.timeline.clear()
        put(self.detail.setPlainText, "")
        self.steps.show(steps)
        if result is None or worst is None:
            put(self.caption.setText, lambda: self.tr("No situation selected"))
            return
        said = filled(
            lambda: (
                self.tr("%1: worst intent %2, %3") if steps else self.tr("%1: worst intent %2, %3; no steps were seen")
            ),
            partial(situation_word, result.situation),
            worst.key,
            partial(verdict_word, worst.verdict),
        )
        put(self.caption.setText, said)
        put(self.caption.setToolTip, said)
        self.timeline.add_steps(steps)
        self.timeline.view.fit()
        self.tabs.setCurrentIndex(0)
        if steps:
            self.steps_table.setCurrentIndex(self.steps.index(0, 0))

    @Slot(QModelIndex)
    def _show_detail(self, current: QModelIndex) -> None:
        if not current.isValid():
            return
        step = self.steps.shown[current.row()]
        put(self.detail.setPlainText, partial(whole_step, step))
        self.timeline.choose(step.submission_id)

    @Slot(str)
    def _choose_submission(self, submission: str) -> None:
        if self.steps_table.current_submission() != submission:
            self.steps_table.choose(submission)

    @Slot(str, int)
    def _choose_step(self, submission: str, number: int) -> None:
        for row, step in enumerate(self.steps.shown):
            if (step.submission_id, step.number) == (submission, number):
                self.steps_table.setCurrentIndex(self.steps.index(row, 0))


def _rename(timeline: Timeline) -> None:
    """The Lab has a timeline, too: names tell them apart."""
    for widget in (timeline, *timeline.findChildren(QWidget)):
        name = widget.objectName()
        if name.startswith("timeline"):
            widget.setObjectName(f"service{name[0].upper()}{name[1:]}")


def _all_output(outputs: Sequence[tuple[int, str]]) -> str:
    return "\n\n".join(f"# {instance_word(number)}\n{text}" for number, text in outputs if text)
