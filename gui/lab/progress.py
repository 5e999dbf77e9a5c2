"""How far the runs under way are: submissions that are settled, of those that were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.wording.live import follow_language, put

if TYPE_CHECKING:
    from PySide6.QtWidgets import QProgressBar

    from backend.model.judgement import Judgement
    from gui.link.pending_run import PendingRun

_PERCENT = 100


class RunProgress(QObject):
    """Feeds a progress bar.

    A submission is settled with its last answer: a caller who tries again is not. So what is left is asked of the lab
    and not counted from the answers, of which a submission may have many.

    Args:
        bar: what shows it.
    """

    def __init__(self, bar: QProgressBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._pending_runs: list[PendingRun] = []
        self._expected = 0
        self._done = 0
        self._show()
        follow_language(self, self._show)

    def follow(self, pending: PendingRun) -> None:
        """One more run was asked for."""
        self._pending_runs.append(pending)
        self._expected += _submissions(pending)
        self._show()

    @Slot(object)
    def forget(self, pending: PendingRun) -> None:
        """A run is over; with the last of them the bar is empty again."""
        if pending in self._pending_runs:
            self._pending_runs.remove(pending)
        if not self._pending_runs:
            self._expected = self._done = 0
        self._show()

    def note(self, judgement: Judgement) -> None:
        """So many submissions are in flight now. A bar never goes back."""
        if judgement.final or not self._pending_runs:
            return
        waiting = sum(_submissions(pending) for pending in self._pending_runs if not pending.begun)
        self._done = max(self._done, self._expected - judgement.in_flight - waiting)
        self._show()

    @Slot(bool)
    def show_working(self, working: bool) -> None:
        """A bar without an end while the lab changes its set-up."""
        self._bar.setRange(0, 0 if working else _PERCENT)
        self._show()

    def _show(self) -> None:
        if self._bar.maximum() == 0:
            put(self._bar.setAccessibleDescription, lambda: self.tr("The lab changes its set-up"))
            return
        share = _PERCENT * self._done // max(self._expected, 1)
        self._bar.setRange(0, _PERCENT)
        self._bar.setValue(min(share, _PERCENT))
        text = self.tr("%1 of %2 submissions settled") if self._expected else self.tr("Nothing is under way")
        self._bar.setAccessibleDescription(text.replace("%1", str(self._done)).replace("%2", str(self._expected)))


def _submissions(pending: PendingRun) -> int:
    return len(pending.plan.intents) * pending.plan.submissions
