"""From the start of the process to the first paint and to a usable lab, against an empty window, in turns.

``uv run python -m tests.benchmarks.bench_start``. Each round is a process of its own, offscreen; the partner is one
with an empty QMainWindow, up to its first paint. The first round is not counted. Processor time is that of the whole
process and of all that it started, up to the same moment.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import psutil

ROUNDS = 7
GOALS = {"first paint of the window": 1.8, "window usable": 5.0}


def since_start() -> str:
    """Seconds since this process was started, and of processors."""
    this = psutil.Process()
    processor = sum(sum(each.cpu_times()[:4]) for each in (this, *this.children(recursive=True)) if each.is_running())
    return f"{time.time() - this.create_time():.3f} {processor:.3f}"


def one_round() -> None:
    """Open the window as `gui.app.start.run_window` does, print both times, close."""
    import main  # what the real command imports before it opens the window
    from backend.model.options import LabOptions
    from gui.app.start import FirstPaint, begin, make_application
    from gui.app.window import MainWindow
    from gui.link.bridge import LabBridge
    from gui.settings import Settings
    from gui.theme import Theme

    application = make_application()
    settings = Settings()
    theme = Theme(application, settings.theme)
    bridge = LabBridge(LabOptions(niceness=main.WINDOW_NICENESS))
    window = MainWindow(bridge, theme, settings, whole=False)
    theme.apply_style()

    def usable() -> None:
        print(since_start(), flush=True)
        window.close()

    def painted() -> None:
        print(since_start(), flush=True)
        begin(window, bridge)

    bridge.events.started.connect(usable)
    window.show()
    first_paint = FirstPaint(window, painted)
    application.exec()
    first_paint.close()


def empty_round() -> None:
    """An empty window, until it is painted."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Empty(QMainWindow):
        def paintEvent(self, _event: object) -> None:  # noqa: N802  Qt's name
            QTimer.singleShot(0, self.painted)

        def painted(self) -> None:
            print(since_start(), flush=True)
            QApplication.quit()

    application = QApplication(sys.argv[:1])
    window = Empty()
    window.show()
    application.exec()


def measured(option: str) -> list[tuple[float, float]]:
    """Wall and processor seconds of the moments that a process prints."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.benchmarks.bench_start", option]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    figures = [line.split() for line in finished.stdout.splitlines()]
    return [(float(wall), float(processor)) for wall, processor in figures]


def report() -> None:
    """Tell the medians of the rounds."""
    from tests.benchmarks.measuring import Figure, tell  # not in the processes that are measured

    rounds = [(measured("--empty")[0], *measured("--round")) for _ in range(ROUNDS + 1)][1:]
    columns = [
        [statistics.median(values) for values in zip(*moment, strict=True)] for moment in zip(*rounds, strict=True)
    ]
    (empty, empty_cpu), *others = columns
    for (name, goal), (wall, processor) in zip(GOALS.items(), others, strict=True):
        found = f"{wall / empty:.1f} ({wall:.2f} and {empty:.2f} s; processors {processor:.2f} and {empty_cpu:.2f} s)"
        tell(Figure(name, "an empty QMainWindow, whole process", found, f"{goal} or less"))


if __name__ == "__main__":
    if "--round" in sys.argv:
        one_round()
    elif "--empty" in sys.argv:
        empty_round()
    else:
        report()
