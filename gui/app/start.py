"""Starts the window: theme, language, first paint, and only then the lab."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from importlib.resources import files
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from backend.cli.signals import signals_as_bytes
from gui.app.interpreter import Collector, favour_the_window
from gui.app.language import Languages
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.settings import APPLICATION, ORGANISATION, Settings
from gui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.archive.entries import Entry
    from backend.model.options import LabOptions

UNSEEN_MS = 300
"""A window that is not painted, because it is minimised, lets the lab start after so long."""


def run_window(options: LabOptions, language: str | None, entry: Entry | None = None) -> int:
    """Show the window until it is closed.

    Args:
        options: how to start the lab.
        language: ``en`` or ``zh_CN``; None for what was chosen in the window, or the system's.
        entry: what to show first, from a file.

    Returns:
        The exit code.
    """
    application = make_application()
    settings = Settings()
    languages = Languages(application)
    languages.use(language or settings.language)
    theme = Theme(application, settings.theme)
    bridge = LabBridge(options)
    window = MainWindow(bridge, theme, settings, languages, whole=False)
    theme.apply_style()
    interrupts = Interrupts(window)
    if entry is not None:
        window.open_entry(entry)
    window.show()
    favour_the_window()
    collector = Collector()
    bridge.events.runs_changed.connect(collector.note_runs)
    bridge.events.rows_cleared.connect(collector.note_cleared)
    first_paint = FirstPaint(window, lambda: begin(window, bridge))
    code = application.exec()
    first_paint.close()
    interrupts.close()
    languages.close()
    return code


def begin(window: MainWindow, bridge: LabBridge) -> None:
    """Start the lab, and make meanwhile what the first paint did not show: whatever the lab says comes after that."""
    bridge.start()
    window.complete()


def make_application() -> QApplication:
    """The QApplication with its names and its icon."""
    QApplication.setOrganizationName(ORGANISATION)
    QApplication.setApplicationName(APPLICATION)
    QApplication.setApplicationDisplayName("")
    QApplication.setApplicationVersion("0.1.0")
    QApplication.setDesktopFileName("submit-twice")
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    application.setWindowIcon(QIcon(str(files("resources") / "icons" / "submit-twice.svg")))
    return application


class FirstPaint(QObject):
    """Calls once, when a widget has been painted for the first time, or after a while if nobody looks at it.

    What follows imports the engines' drivers, and would otherwise take the interpreter away from the painting.
    """

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._then = then
        self._waits = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._call)
        self._timer.start(UNSEEN_MS)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """See the paint event pass; what it announces happens within the same turn of the loop."""
        if self._waits and event.type() == QEvent.Type.Paint:
            self._timer.start(0)
        return False

    @Slot()
    def _call(self) -> None:
        if self._waits:
            self.close()
            self._then()

    def close(self) -> None:
        """Wait no longer."""
        self._waits = False
        self._timer.stop()
        self._widget.removeEventFilter(self)


class Interrupts(QObject):
    """Turns SIGINT, SIGTERM and SIGHUP into an orderly close.

    Python runs signal handlers only between byte codes of the main thread, which sits in Qt's event loop; so the
    signal's number arrives as a byte on a socket that the loop watches.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._signals = ExitStack()
        self._receiver, _ = self._signals.enter_context(signals_as_bytes())
        self._notifier = QSocketNotifier(self._receiver.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._interrupted)

    @Slot()
    def _interrupted(self) -> None:
        self._receiver.recv(64)
        self._window.close()

    def close(self) -> None:
        """Put everything back."""
        self._notifier.setEnabled(False)
        self._signals.close()
