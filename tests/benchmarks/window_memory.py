"""A window with a real lab that submits so many times for one intent, strategy `none`; prints what it came to as JSON.

``python -m tests.benchmarks.window_memory SUBMISSIONS``; `bench_memory` runs it for its figures.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QTimer

from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey
from gui.app.start import make_application
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.settings import Settings
from gui.theme import Theme, ThemeMode

SETTLE_MS = 3_000
"""What has come is taken in slices; so long after the end all of it is there."""


def main() -> None:
    """Open, submit, tell."""
    application = make_application()
    theme = Theme(application, ThemeMode.LIGHT)
    theme.apply_style()
    bridge = LabBridge(LabOptions())
    window = MainWindow(bridge, theme, Settings())
    window.resize(1280, 800)
    window.show()

    def submit() -> None:
        intent = bridge.new_intent(OperationKey.PLACE_ORDER, "book", 1)
        assert intent is not None
        bridge.runs.start(Setup("none"), Plan((intent,), int(sys.argv[1])))

    def tell() -> None:
        shown = window.lab.results
        found = {
            "resident": psutil.Process().memory_info().rss,
            "rows": shown.rows.rowCount(),
            "answers": shown.replies.rowCount(),
            "lanes": len(window.lab.timeline.book),
        }
        print(json.dumps(found), flush=True)
        bridge.close()

    bridge.events.started.connect(submit)
    bridge.events.run_over.connect(lambda _pending: QTimer.singleShot(SETTLE_MS, tell))
    bridge.events.closed.connect(application.quit)
    bridge.start()
    application.exec()
    bridge.wait_until_closed(30)


if __name__ == "__main__":
    main()
