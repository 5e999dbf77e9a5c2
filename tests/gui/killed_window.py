"""A window that shows one exhibit for as long as it is left alive: what `test_killed_windows.py` kills."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer

from backend.comparison.exhibits import find_exhibit
from backend.model.options import LabOptions
from gui.app import start
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge

LOOK_MS = 20


def show_when_ready(window: MainWindow, key: str) -> None:
    """Once the engines are there; then the exhibit starts the servers that it wants."""
    timer = QTimer(window)

    def look() -> None:
        if window.lab.ready and window.lab.show_exhibit(find_exhibit(key)) is not None:
            timer.stop()

    timer.timeout.connect(look)
    timer.start(LOOK_MS)


def main(key: str) -> int:
    begin = start.begin

    def begin_and_show(window: MainWindow, bridge: LabBridge) -> None:
        begin(window, bridge)
        show_when_ready(window, key)

    start.begin = begin_and_show
    return start.run_window(LabOptions(), "en")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
