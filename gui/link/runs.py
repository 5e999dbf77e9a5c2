"""The runs of the window, from the click until each is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.link.pending_run import PendingRun
from gui.link.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.lab.lab import Lab
    from backend.model.plan import Plan, Setup
    from gui.link.events import LabEvents

RECORDED_SECONDS = 10.0
"""A run that has ended is recorded at once after its end was told; so long is waited for that at most."""


class PendingRuns(QObject):
    """Begins runs, looks for their ends, and cancels them; blocks the GUI thread for none of it.

    Args:
        events: told of each run.
        commands: where the lab's commands are carried out, one after the other.
        reader: where ends are looked for.
        lab: the lab in use; raises SubmitTwiceError while there is none.
    """

    _over = Signal(object)

    def __init__(self, events: LabEvents, commands: Worker, reader: Worker, lab: Callable[[], Lab]) -> None:
        super().__init__(events)
        self._events, self._commands, self._reader, self._lab = events, commands, reader, lab
        self._canceller = Worker("lab-cancel")
        self._runs: list[PendingRun] = []
        self._over.connect(self._forget)

    @property
    def pending(self) -> tuple[PendingRun, ...]:
        """Those that are not over, as the window knows it."""
        return tuple(self._runs)

    def add(self, pending: PendingRun) -> None:
        """Look for its end from now on."""
        self._runs.append(pending)

    def start(self, setup: Setup, plan: Plan) -> PendingRun:
        """Send the submissions of a plan; its end is told by `run_over`, `runs_changed` and `failed`."""
        pending = PendingRun(plan)
        self.add(pending)
        self._events.run_asked.emit(pending, setup)
        self._events.runs_changed.emit(len(self._runs))
        self._commands.submit(lambda: self._carry_out(pending, setup, plan))
        return pending

    def _carry_out(self, pending: PendingRun, setup: Setup, plan: Plan) -> None:
        if not self._events.attempt(lambda: self._begin(pending, setup, plan), self._events.failed):
            self._events.post(self._over, pending)

    def _begin(self, pending: PendingRun, setup: Setup, plan: Plan) -> None:
        if pending.cancelled:
            self._events.post(self._over, pending)
            return
        pending.begin(self._lab().start_run(setup, plan))
        self.look_for_ends()  # it may have been over before it was known here

    def look_for_ends(self) -> None:
        """Tell of the runs that are over; called on a lab's thread when it reports the end of one."""
        self._reader.submit(self._sweep)

    def _sweep(self) -> None:
        for pending in tuple(self._runs):
            if pending.take_end(RECORDED_SECONDS):
                self._events.post(self._over, pending)

    @Slot(object)
    def _forget(self, pending: PendingRun) -> None:
        if pending in self._runs:
            self._runs.remove(pending)
            self._events.run_over.emit(pending)
            self._events.runs_changed.emit(len(self._runs))

    def cancel(self) -> None:
        """Stop sending, in all runs. Returns at once: a sender with much to write takes its time."""
        if stops := self._mark_cancelled():
            self._canceller.submit(lambda: _stop_all(stops))

    def _mark_cancelled(self) -> tuple[PendingRun, ...]:
        for pending in self._runs:
            pending.mark_cancelled()
        return self.pending

    def close(self) -> None:
        """Cancel all, and have no more cancelled; returns at once."""
        stops = self._mark_cancelled()
        self._canceller.stop(last=lambda: _stop_all(stops))

    def join(self, seconds: float) -> bool:
        """Wait until all have been told to stop; False if it takes longer."""
        return self._canceller.join(seconds)


def _stop_all(pending_runs: tuple[PendingRun, ...]) -> None:
    for pending in pending_runs:
        pending.stop_sending()
