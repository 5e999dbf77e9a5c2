"""What the first paint shows, and what comes after it."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtWidgets import QTabWidget
from pytestqt.qtbot import QtBot

from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.settings import Settings
from gui.theme import Theme

LATER = ("gui.compare", "gui.explore", "gui.service", "gui.advisor", "backend.explorer", "backend.lab", "sqlalchemy")


def test_the_first_paint_reads_no_code_that_it_does_not_show() -> None:
    code = "import sys, gui.app.start; print(*sorted({'.'.join(name.split('.')[:2]) for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {name for name in loaded if name in LATER or name.partition(".")[0] in LATER}


def test_what_comes_later_moves_nothing_that_is_in_sight(qtbot: QtBot, theme: Theme, bridge: LabBridge) -> None:
    window = MainWindow(bridge, theme, Settings(), whole=False)
    with qtbot.waitExposed(window):
        window.show()
    tabs = window.pages
    before = (titles(tabs), window.lab.geometry(), window.menuBar().geometry(), tabs.tabBar().geometry())
    assert [action.text() for action in window.menuBar().actions()]
    window.complete()
    assert (titles(tabs), window.lab.geometry(), window.menuBar().geometry(), tabs.tabBar().geometry()) == before
    assert tabs.currentWidget() is window.lab
    assert [tabs.widget(number) for number in range(4)] == [window.lab, window.compare, window.explore, window.service]
    close(qtbot, window)


def test_a_window_that_is_closed_before_it_is_whole_closes(qtbot: QtBot, theme: Theme, bridge: LabBridge) -> None:
    window = MainWindow(bridge, theme, Settings(), whole=False)
    window.show()
    close(qtbot, window)


def close(qtbot: QtBot, window: MainWindow) -> None:
    window.close()
    qtbot.waitUntil(lambda: window._closed)
    window.deleteLater()


def titles(tabs: QTabWidget) -> list[str]:
    return [tabs.tabText(number) for number in range(tabs.count())]
