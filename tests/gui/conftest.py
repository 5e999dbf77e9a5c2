"""Windows off screen, settings in a temporary place, and nothing left behind by a test."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from backend.lab.lab import Lab
from backend.model.catalogue import StrategyInfo
from backend.model.options import LabOptions
from gui.app.language import Languages
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.settings import Key, Settings
from gui.theme import Theme, ThemeMode
from tests.backend.conftest import Laboratory
from tests.gui.driver import PATIENCE_MS, Driver
from tests.gui.lent_lab import lend


def pytest_configure(config: pytest.Config) -> None:
    """The platform without a screen says at each window what it cannot do; that is no fault of the window."""
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


class PatientBot(QtBot):
    """Waits as long for what must come as a busy machine may need for it, unless told otherwise."""

    def waitUntil(  # noqa: N802  pytest-qt's name
        self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("settings")
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    seen = Settings()  # whoever is not about the tour is not to meet its balloons
    seen.remember(Key.TOUR_SEEN, value=True)
    seen.save()


def no_more(threads: set[threading.Thread]) -> None:
    """There are no threads but these."""
    left = {thread.name for thread in set(threading.enumerate()) - threads}
    assert not left, f"threads left running: {left}"


@pytest.fixture(autouse=True)
def _nothing_left_behind(qapp: QApplication, qtbot: QtBot) -> Iterator[None]:
    """Fail if a test leaves a thread, an active timer or a top-level widget."""
    threads = set(threading.enumerate())
    widgets = set(qapp.topLevelWidgets())
    yield
    qtbot.waitUntil(lambda: no_more(threads), timeout=30_000)
    left = [widget for widget in qapp.topLevelWidgets() if widget not in widgets and widget.isVisible()]
    assert not left, f"windows left open: {left}"
    timers = [timer for widget in qapp.topLevelWidgets() for timer in widget.findChildren(QTimer)
              if timer.isActive() and not widget.isVisible() and widget not in widgets]  # fmt: skip
    assert not timers, f"timers left running: {timers}"


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    """The English texts with their plurals."""
    languages = Languages(qapp)
    languages.use("en")
    assert languages.is_speaking, "the English translation is missing"
    yield
    languages.close()


@pytest.fixture(params=["en", "zh_CN"])
def both_languages(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Languages]:
    """English, and then Chinese."""
    languages = Languages(qapp)
    languages.use(request.param)
    yield languages
    languages.close()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, ThemeMode.LIGHT)
    made.apply_style()
    yield made
    # Windows that are to be deleted go first: undressing a window takes as long as it took to make it.
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))
    qapp.setStyleSheet("")
    made.deleteLater()


@pytest.fixture(scope="session")
def catalogue() -> tuple[StrategyInfo, ...]:
    return Lab.strategies()


MakeBridge = Callable[[LabOptions], LabBridge]


@pytest.fixture
def make_bridge(qtbot: QtBot) -> Iterator[MakeBridge]:
    """Makes bridges. They are deleted here: a collection of garbage would do so on whatever thread it runs."""
    made: list[LabBridge] = []

    def make(options: LabOptions) -> LabBridge:
        made.append(LabBridge(options))
        return made[-1]

    yield make
    for each in made:
        each.close()
        assert each.wait_until_closed(5)
        shiboken6.delete(each)


@pytest.fixture
def bridge(make_bridge: MakeBridge) -> LabBridge:
    """A bridge without a running lab; a test feeds its listener."""
    return make_bridge(LabOptions())


def make_window(bridge: LabBridge, theme: Theme, settings: Settings, languages: Languages | None = None) -> MainWindow:
    """The whole window, as a start makes it: without a style sheet, then dressed.

    Qt dresses a widget anew each time it gets another parent, which costs more than all the rest of the window.
    """
    theme._application.setStyleSheet("")
    window = MainWindow(bridge, theme, settings, languages)
    theme.apply_style()
    return window


@pytest.fixture
def spoken(english: None) -> None:
    """What windows without engines speak; some tests have their own."""


OpenBare = Callable[[], MainWindow]


@pytest.fixture
def open_bare(
    qtbot: QtBot, theme: Theme, spoken: None, bridge: LabBridge, catalogue: tuple[StrategyInfo, ...]
) -> Iterator[OpenBare]:
    """Opens windows without engines, which know the strategies."""
    opened: list[MainWindow] = []

    def open_one() -> MainWindow:
        made = make_window(bridge, theme, Settings())
        opened.append(made)
        bridge.events.catalogue_ready.emit(catalogue)
        made.resize(1280, 800)
        with qtbot.waitExposed(made):
            made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        return made

    yield open_one
    for window in opened:
        window.close()
    qtbot.waitUntil(lambda: all(window._closed for window in opened), timeout=30_000)
    for window in opened:
        window.deleteLater()


@pytest.fixture
def window(open_bare: OpenBare) -> MainWindow:
    """A window without engines, which knows the strategies."""
    return open_bare()


OpenWindow = Callable[..., Driver]


@pytest.fixture
def open_window(qtbot: QtBot, theme: Theme, english: None) -> Iterator[OpenWindow]:
    """Opens the real window; the lab behind it is real, too. Whatever was opened is closed in the end.

    The lab is the window's own, unless `shared` is lent to it; that one starts once it may.
    """
    opened: list[Driver] = []

    def open_one(
        options: LabOptions | None = None,
        shared: Laboratory | None = None,
        may_start: threading.Event | None = None,
    ) -> Driver:
        lent = None if shared is None else lambda _options, listener: lend(shared, listener, may_start)
        made = LabBridge(options or LabOptions(), make_lab=lent)
        window = make_window(made, theme, Settings())
        window.resize(1280, 800)
        driver = Driver(qtbot, window, made)
        opened.append(driver)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        made.start()
        return driver

    yield open_one
    for driver in opened:
        driver.close()
        driver.window.deleteLater()
        driver.bridge.deleteLater()


@pytest.fixture
def open_shared(open_window: OpenWindow, _started_lab: Laboratory) -> OpenWindow:
    """Opens windows, one after the other, on the lab that all tests share."""
    return partial(open_window, shared=_started_lab)


@pytest.fixture
def driver(open_shared: OpenWindow) -> Driver:
    """The window, ready to be used, on the lab that all tests share: one of its own takes a second of computing."""
    driver = open_shared()
    driver.wait_until_usable()
    return driver


@pytest.fixture
def own_driver(open_window: OpenWindow) -> Driver:
    """The same on a lab of its own, which a test may break."""
    driver = open_window()
    driver.wait_until_usable()
    return driver


def focusable(window: QWidget) -> list[QWidget]:
    """Every widget that the keyboard can reach."""
    from PySide6.QtCore import Qt

    return [widget for widget in window.findChildren(QWidget) if widget.focusPolicy() & Qt.FocusPolicy.TabFocus]
