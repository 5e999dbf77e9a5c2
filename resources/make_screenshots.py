"""Takes the screenshots of the documentation from the real window on the real lab.

Nothing in them is arranged: the rows are those that the run left in the database::

    uv run python -m resources.make_screenshots
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QTabWidget, QWidget

from backend.archive.history import VARIABLE
from backend.comparison.exhibits import find_exhibit
from backend.explorer.question import Question
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey
from gui.app.language import Languages
from gui.app.start import make_application
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.settings import Key, Settings
from gui.theme import Theme, ThemeMode
from gui.widgets.forms import choose_key

EXAMPLE = Path(__file__).parent / "examples" / "orders-unsound.toml"
FOLDER = Path(__file__).parent.parent / "docs" / "screenshots"
CLICKS = 20
SETTLE_MS = 400
PATIENCE_MS = 30_000
COMPARE_MS = 240_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: what is chosen, and how it looks."""

    name: str
    strategy: str
    theme: ThemeMode = ThemeMode.LIGHT
    language: str = "en"
    pane: int = 0
    """Which pane is in front: steps, code or the explanation."""
    size: tuple[int, int] = (1280, 800)
    exhibit: str = ""
    """The exhibit to run instead of spamming."""
    page: str = "lab"
    """``lab``; ``explore`` or ``compare``, about the strategy; ``guidance``, as it opens; ``service``, an example."""
    variant: str = ""


SHOTS = (
    Shot("duplicated", "none"),
    Shot("exactly-once", "unique-index", pane=1),
    Shot("duplicated-dark", "none", theme=ThemeMode.DARK, pane=2),
    Shot("exactly-once-dark", "unique-index", theme=ThemeMode.DARK, pane=1, size=(1600, 900)),
    Shot("lost-order", "token", exhibit="token-lost-order"),
    Shot("expired-lease", "distributed-lock", exhibit="lock-expires"),
    Shot("expired-lease-dark", "distributed-lock", theme=ThemeMode.DARK, exhibit="lock-expires"),
    Shot("lost-order-zh", "token", language="zh_CN", exhibit="token-lost-order"),
    Shot("duplicated-zh", "none", language="zh_CN", pane=2),
    Shot("counterexample", "token", variant="get-then-delete", page="explore"),
    Shot("comparison", "token", page="compare", size=(1500, 640)),
    Shot("guidance", "", page="guidance"),
    Shot("service", "", page="service"),
)


class PictureError(Exception):
    """The window did not get as far as the picture."""


def main() -> int:
    """Take all pictures, or those that are named on the command line."""
    named = set(sys.argv[1:]) or {shot.name for shot in SHOTS}
    FOLDER.mkdir(parents=True, exist_ok=True)
    application = make_application()
    for shot in (shot for shot in SHOTS if shot.name in named):
        with tempfile.TemporaryDirectory() as folder:  # the knobs of one picture are none of the next one's
            QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
            Settings().remember(Key.TOUR_SEEN, value=True)
            os.environ[VARIABLE] = str(Path(folder) / "history.sqlite3")
            take(application, shot)
    return 0


def take(application: QApplication, shot: Shot) -> None:
    """Open the window, spam, wait until the run is reported, save, close."""
    languages = Languages(application)
    languages.use(shot.language)
    theme = Theme(application, shot.theme)
    bridge = LabBridge(LabOptions())
    window = MainWindow(bridge, theme, Settings())
    theme.apply_style()
    window.resize(*shot.size)
    window.show()
    loop = QEventLoop()
    results: list[object] = []
    for result in (
        bridge.events.run_finished,
        window.explore.explorer.found,
        window.compare.comparer.found,
        window.service.examiner.found,
    ):
        result.connect(results.append)
        result.connect(loop.quit)
    bridge.events.started.connect(loop.quit)
    bridge.events.closed.connect(loop.quit)
    bridge.start()
    spin(loop, PATIENCE_MS)
    pictured = begin(window, shot)
    if shot.page != "guidance":
        spin(loop, COMPARE_MS if shot.page in {"compare", "service"} else PATIENCE_MS)
        if not results:
            raise PictureError(shot.name)
    spin(loop, SETTLE_MS)
    pictured().grab().save(str(FOLDER / f"{shot.name}.png"))
    window.close()
    spin(loop, PATIENCE_MS)
    bridge.wait_until_closed(PATIENCE_MS / 1000)
    window.deleteLater()
    languages.close()


def begin(window: MainWindow, shot: Shot) -> Callable[[], QWidget]:
    """Do what the picture is about; what to take then."""
    if shot.exhibit:
        window.lab.show_exhibit(find_exhibit(shot.exhibit))
    elif shot.page == "explore":
        window.pages.setCurrentWidget(window.explore)
        window.explore.ask(Question(OperationKey.PLACE_ORDER, shot.strategy, shot.variant))
    elif shot.page == "compare":
        window.pages.setCurrentWidget(window.compare)
        window.compare.ask(OperationKey.PLACE_ORDER, shot.strategy)
        window.compare.start.click()
    elif shot.page == "service":
        window.pages.setCurrentWidget(window.service)
        window.service.open_file.open(EXAMPLE)
        when(window.service.explore_button.isEnabled, window.service.explore)
    elif shot.page == "guidance":
        window.guide.open()
        return lambda: window.guide.dialog or window
    else:
        choose(window, shot)
        window.lab.form.spam.click()
    return lambda: window


def choose(window: MainWindow, shot: Shot) -> None:
    """Set the form as the picture wants it."""
    backend = window.lab.backend
    if choose_key(backend.strategy, shot.strategy):
        backend.strategy.currentIndexChanged.emit(backend.strategy.currentIndex())
    window.lab.form.count.setValue(CLICKS)
    panes = window.findChild(QTabWidget, "whyTabs")
    if isinstance(panes, QTabWidget):
        panes.setCurrentIndex(shot.pane)


def when(ready: Callable[[], bool], do: Callable[[], None]) -> None:
    """Do something as soon as it can be done."""
    QTimer.singleShot(SETTLE_MS, lambda: do() if ready() else when(ready, do))


def spin(loop: QEventLoop, milliseconds: int) -> None:
    """Let the window live until the loop is quit, or the time is up."""
    patience = QTimer(loop)
    patience.setSingleShot(True)
    patience.timeout.connect(loop.quit)
    patience.start(milliseconds)
    loop.exec()
    patience.stop()


if __name__ == "__main__":
    sys.exit(main())
