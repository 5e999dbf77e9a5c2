"""From the start of the process to the first paint, and to a lab that can be used.

``uv run python -m tests.benchmarks.bench_start``. Each round is a process of its own, offscreen.
The first is not counted.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

import psutil

ROUNDS = 7


def since_start() -> float:
    """Seconds since this process was started."""
    return time.time() - psutil.Process().create_time()


def one_round() -> None:
    """Open the window as `gui.app.start.run_window` does, print both times, close."""
    import main  # what the real command imports before it opens the window
    from backend.model.options import LabOptions
    from gui.app.start import FirstPaint, make_application
    from gui.app.window import MainWindow
    from gui.link.bridge import LabBridge
    from gui.settings import Settings
    from gui.theme import Theme

    application = make_application()
    settings = Settings()
    theme = Theme(application, settings.theme)
    bridge = LabBridge(LabOptions(niceness=main.WINDOW_NICENESS))
    window = MainWindow(bridge, theme, settings)
    theme.apply_style()

    def usable() -> None:
        print(f"{since_start():.3f}", flush=True)
        window.close()

    def painted() -> None:
        print(f"{since_start():.3f}", flush=True)
        bridge.start()

    bridge.started.connect(usable)
    window.show()
    first_paint = FirstPaint(window, painted)
    application.exec()
    first_paint.close()


def report() -> None:
    """Print the medians of the rounds."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.benchmarks.bench_start", "--round"]
    times = []
    for _ in range(ROUNDS + 1):
        finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
        times.append(tuple(float(figure) for figure in finished.stdout.split()))
    painted, usable = zip(*times[1:], strict=True)
    print(f"first paint  {statistics.median(painted):.2f} s   goal 0.35")
    print(f"usable       {statistics.median(usable):.2f} s   goal 0.80")


if __name__ == "__main__":
    if "--round" in sys.argv:
        one_round()
    else:
        report()
