"""How long the window stalls while 100,000 rows arrive in the live table, 60 batches a second.

The rows go the whole way: from a callback on another thread over the bridge to the models, views and delegates of
the real Results pane. Two threads and this machine's other work count too: run it on a quiet machine::

    uv run python -m tests.benchmarks.bench_table
"""

from __future__ import annotations

import os
import sys
import threading
from time import perf_counter, thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from backend.model.observed import Reply, Row
from backend.model.options import LabOptions
from backend.model.vocabulary import Answer
from gui.app.interpreter import Collector
from gui.app.start import make_application
from gui.lab.results import Results
from gui.link.bridge import LabBridge
from gui.theme import Theme, ThemeMode
from tests.benchmarks.measuring import Figure, tell

ROWS = 100_000
BATCH = 500
HERTZ = 60
GOAL_MS = 16.0


class Stopwatch(QObject):
    """Ticks every millisecond in the event loop; the longest time between two ticks is the longest stall.

    A gap is measured by the clock on the wall, and by the processor time that the GUI thread used in it: the first is
    what a person feels, the second is what the window is to blame for when the machine is busy.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.used: list[float] = []
        self._last, self._last_used = perf_counter(), thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin."""
        self._last, self._last_used = perf_counter(), thread_time()
        self._timer.start()

    @Slot()
    def _tick(self) -> None:
        now, used = perf_counter(), thread_time()
        self.gaps.append(now - self._last)
        self.used.append(used - self._last_used)
        self._last, self._last_used = now, used


def main() -> int:
    """Feed, watch, print."""
    application = make_application()
    theme = Theme(application, ThemeMode.LIGHT)
    bridge = LabBridge(LabOptions())
    pane = Results(theme)
    theme.apply_style()
    pane.resize(960, 560)
    pane.show()
    bridge.events.rows_added.connect(pane.add_rows)
    bridge.events.replies_received.connect(pane.add_replies)
    rows = [Row("orders", n, "A-1", "book", 1, f"1.{n}", 1.7e9 + n, n) for n in range(1, ROWS + 1)]
    replies = [Reply(row.submission_id, "A-1", Answer.CREATED, 201, None, 0, 5_000_000) for row in rows]
    collector = Collector()
    collector.note_runs(1)  # as in the window: a full collection of all these records would take 100 ms by itself
    stopwatch = Stopwatch()
    done = QTimer()
    done.setInterval(5)
    done.timeout.connect(lambda: application.quit() if pane.replies.rowCount() == ROWS else None)

    def feed() -> None:
        pause = threading.Event()
        for first in range(0, ROWS, BATCH):
            bridge._listener.rows_added(rows[first : first + BATCH])
            bridge._listener.replies_received(replies[first : first + BATCH])
            pause.wait(1 / HERTZ)

    thread = threading.Thread(target=feed)
    application.processEvents()
    started = perf_counter()
    stopwatch.start()
    done.start()
    thread.start()
    application.exec()
    thread.join()
    seconds = perf_counter() - started
    report(stopwatch, seconds, pane.rows.rowCount())
    bridge.close()
    bridge.wait_until_closed(5)
    return 0


def report(stopwatch: Stopwatch, seconds: float, shown: int) -> None:
    """Say it in words."""
    print(f"{shown} rows and as many answers in {seconds:.1f} s, {HERTZ} batches of {BATCH} a second")
    what = f"{shown:,} rows into the live table at {HERTZ} Hz, longest stall"
    tell(Figure(what, "", f"{max(stopwatch.gaps) * 1e3:.0f} ms", f"{GOAL_MS:.0f} ms or less"))
    for name, gaps in (("longest stall", stopwatch.gaps), ("processor time in a stall", stopwatch.used)):
        ordered = sorted(gap * 1000 for gap in gaps)
        most = ordered[int(len(ordered) * 0.99)]
        print(f"{name}: {ordered[-1]:.1f} ms (goal {GOAL_MS:.0f}), 99 % below {most:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
