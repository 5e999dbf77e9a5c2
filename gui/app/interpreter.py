"""Settings of the interpreter that keep a window smooth while the lab's threads work in the same process."""

from __future__ import annotations

import gc
import sys
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Slot

_FULL, _REST = 2, 200
"""The oldest generation; a collection of all takes at most so small a part of the time."""
SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another waits. The default, 5 ms, is a third of a frame for each
thread that happens to be busy."""
LOOK_MS = 50
"""How often the window looks whether there is enough garbage to collect."""


def favour_the_window() -> None:
    """Let the GUI thread wait less for other threads, and keep what the start has made out of every collection."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()


class Collector(QObject):
    """Collects garbage on the window's own thread, and keeps full collections out of runs.

    An object of Qt that is garbage belongs to the thread that made it; where a collection on one of the lab's threads
    comes to it, the process ends. So nothing is collected by itself any more, and a timer looks after it here.

    Records of a run hold no cycles and go by reference count, so a full collection, 100 ms and more with some 100,000
    of them, would stop every thread to find nothing. While runs are under way there is none; what they leave is frozen
    when they end, so that those for everything else stay short. The young generations are collected as ever.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._running = False
        self._next_full = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect what the interpreter would have collected by itself."""
        generation = -1
        for number, (count, most) in enumerate(zip(gc.get_count(), self._thresholds, strict=True)):
            if count <= most or (number == _FULL and (self._running or monotonic() < self._next_full)):
                break
            generation = number
        if generation >= 0:
            began = monotonic()
            gc.collect(generation)
            if generation == _FULL:
                self._next_full = began + _REST * (monotonic() - began)

    @Slot(int)
    def note_runs(self, runs: int) -> None:
        """So many runs are under way now."""
        if bool(runs) == self._running:
            return
        self._running = bool(runs)
        if self._running:
            gc.collect()
        else:
            gc.freeze()

    @Slot()
    def note_cleared(self) -> None:
        """The tables were just emptied: a moment at which a collection of all there is comes cheap."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
