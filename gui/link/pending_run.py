"""A run that was asked for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from backend.model.errors import SubmitTwiceError

if TYPE_CHECKING:
    from backend.model.judgement import Report
    from backend.model.plan import Plan


class RunUnderWay(Protocol):
    """What a pending run needs of a run; `backend.lab.lab.Run` says the same."""

    @property
    def ended(self) -> bool:
        """Whether it is judged, or has failed."""

    def cancel(self) -> None:
        """Stop sending."""

    def wait(self, timeout: float | None = None) -> Report:
        """Block until the run is reported.

        Raises:
            TimeoutError: the run is still under way after `timeout` seconds.
            SubmitTwiceError: the run could not be carried out.
        """


class PendingRun:
    """Stands for a run from the click on, also while it waits for its turn and there is no run yet.

    Args:
        plan: what was asked for.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.report: Report | None = None
        """What came of it, once it is over; None where it failed."""
        self._run: RunUnderWay | None = None
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled it, begun or not."""
        return self._cancelled.is_set()

    @property
    def begun(self) -> bool:
        """Whether its submissions are under way or were."""
        return self._run is not None

    def take_end(self, seconds: float) -> bool:
        """Whether its run has ended, with the report taken over; blocks for the moment until the end is recorded.

        Args:
            seconds: how long to wait at most for a run that says that it has ended.
        """
        if self._run is None or not self._run.ended:
            return False
        try:
            self.report = self._run.wait(seconds)
        except (TimeoutError, SubmitTwiceError):
            self.report = None
        return True

    def begin(self, run: RunUnderWay) -> None:
        """The run is under way; cancelled in the meantime, it is stopped at once."""
        self._run = run
        if self.cancelled:
            run.cancel()

    def mark_cancelled(self) -> None:
        """From now on it counts as cancelled. Never blocks."""
        self._cancelled.set()

    def stop_sending(self) -> None:
        """Stop the run, if it has begun; blocks for as long as its sender takes."""
        if self._run is not None:
            self._run.cancel()
