"""Settings of the interpreter that keep a window smooth while the lab's threads work in the same process."""

from __future__ import annotations

import gc
import sys

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another waits. The default, 5 ms, is a third of a frame for each
thread that happens to be busy."""
NEVER = 1_000_000


def favour_the_window() -> None:
    """Let the GUI thread wait less for other threads, and keep what the start has made out of every collection."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()


class Collector:
    """Keeps full garbage collections out of runs and away from their records.

    Records of a run hold no cycles and go by reference count, so a full collection, 100 ms and more with some 100,000
    of them, would stop every thread to find nothing. While runs are under way there is none; what they leave is frozen
    when they end, so that those for everything else stay short. The young generations are collected as ever.
    """

    def __init__(self) -> None:
        self._usual = gc.get_threshold()
        self._running = False

    def note_runs(self, runs: int) -> None:
        """So many runs are under way now."""
        if bool(runs) == self._running:
            return
        self._running = bool(runs)
        young, middle, old = self._usual
        if self._running:
            gc.collect()
            gc.set_threshold(young, middle, NEVER)
        else:
            gc.freeze()
            gc.set_threshold(young, middle, old)

    def note_cleared(self) -> None:
        """The tables were just emptied: a moment at which a collection of all there is comes cheap."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
