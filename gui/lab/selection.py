"""The one submission that rows, answers and steps are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from backend.model.judgement import Report
    from backend.model.observed import Step
    from gui.lab.results import Results
    from gui.link.bridge import LabBridge
    from gui.widgets.timeline.pane import Timeline


class Selection(QObject):
    """Keeps the views on the same submission, and its steps up to date.

    As long as nobody selects anything, the last answer of a run is selected when the run ends: the steps pane is never
    empty without need.
    """

    def __init__(self, bridge: LabBridge, results: Results, timeline: Timeline) -> None:
        super().__init__(results)
        self._bridge = bridge
        self._results = results
        self._timeline = timeline
        self._submission = ""
        self._step = -1
        """Number of the step that is to be marked when the steps are shown; -1 for none."""
        self._by_hand = False
        results.submission_chosen.connect(self._chosen)
        timeline.submission_chosen.connect(self._chosen)
        timeline.step_chosen.connect(self._step_chosen)
        bridge.events.run_finished.connect(self._run_finished)
        bridge.events.rows_cleared.connect(self._clear)
        bridge.events.watched_steps_changed.connect(bridge.ask_steps)
        bridge.events.steps_ready.connect(self._show_steps)

    def _select(self, submission_id: str, *, by_hand: bool) -> None:
        self._submission, self._by_hand = submission_id, by_hand
        self._bridge.watch(submission_id)
        self._step = -1
        self._results.choose(submission_id)
        self._timeline.choose(submission_id)
        if submission_id:
            self._bridge.ask_steps(submission_id)

    def begin_run(self) -> None:
        """A run is asked for: nothing of the one before is selected, and no step of it is shown."""
        self._select("", by_hand=False)
        self._results.forget_steps()
        self._timeline.begin_run()

    @Slot(str)
    def _chosen(self, submission_id: str) -> None:
        if submission_id != self._submission:
            self._select(submission_id, by_hand=True)

    @Slot(str, int)
    def _step_chosen(self, submission_id: str, number: int) -> None:
        if submission_id == self._submission:
            self._step = number
            self._results.choose_step(number)

    @Slot(object)
    def _run_finished(self, report: Report) -> None:  # noqa: ARG002
        replies = self._results.replies.records
        if replies and not self._by_hand:
            self._select(replies[-1].submission_id, by_hand=False)

    @Slot()
    def _clear(self) -> None:
        self._select("", by_hand=False)
        self._results.clear()
        self._timeline.clear()

    @Slot(str, object)
    def _show_steps(self, submission_id: str, steps: tuple[Step, ...]) -> None:
        if submission_id == self._submission:
            self._results.show_steps(submission_id, steps)
            self._results.choose_step(self._step)
