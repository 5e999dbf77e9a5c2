"""A run that was asked for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.errors import SubmitTwiceError

if TYPE_CHECKING:
    from backend.lab import Run


class Ticket:
    """Stands for a run from the click on, also while it waits for its turn and there is no run yet."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled it, begun or not."""
        return self._cancelled.is_set()

    @property
    def over(self) -> bool:
        """Whether its run has begun and ended."""
        if self._run is None:
            return False
        try:
            self._run.wait(0)
        except TimeoutError:
            return False
        except SubmitTwiceError:
            return True
        return True

    def begin(self, run: Run) -> None:
        """The run is under way; cancelled in the meantime, it is stopped at once."""
        self._run = run
        if self.cancelled:
            run.cancel()

    def cancel(self) -> None:
        """Stop sending."""
        self._cancelled.set()
        if self._run is not None:
            self._run.cancel()
