"""Opens the window in a language that nobody speaks, and reads all that can be read in it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from backend.lab.lab import Lab
from backend.model.options import LabOptions
from backend.model.terms import ENGINE_NAMES
from backend.model.vocabulary import (
    EngineKind,
    FaultKind,
    OrderStatus,
)
from gui.lab.fault_field import READY
from gui.link.bridge import LabBridge
from gui.settings import Settings
from gui.theme import Theme
from tests.backend.conftest import Laboratory
from tests.gui import pseudo
from tests.gui.conftest import make_window
from tests.gui.driver import Driver
from tests.gui.lent_lab import lend

PRODUCTS = (
    *ENGINE_NAMES.values(),
    "Submit Twice", "Valkey", "HTML", "Markdown", "CSV", "JSON", "JUnit", "SVG", "PNG", "Mermaid", "English",
    "A'", "B'", "SIGKILL", "SIGSTOP", "SIGCONT", "Ctrl", "Shift", "Return", "Enter", "Esc",
)  # fmt: skip
SHOWN = ("double-click", "token-lost-order", "message-redelivered-to-an-index", "gateway-with-a-key")
"""Exhibits that between them have clicks, retries, redelivery, a crash, a held key and the gateway."""
PAINTED = "painted"
CUT = ("gui/widgets/table.py", "gui/widgets/elided_label.py")
"""What is painted from there is cut to the width that there is, and is read as a whole elsewhere."""
CODE = {
    "codeView", "stepCodeView", "faultsEdit", "stateView",
    "serviceCurlEdit", "serviceCommandEdit", "serviceEffectsEdit", "serviceText", "serviceFileName",
}  # fmt: skip
"""Widgets that show code, rows or what somebody typed."""


class Reader:
    """Opens the window in the pseudo language, and reads all that can be read in it."""

    def __init__(self, driver: Driver, painted: list[str]) -> None:
        self.driver = driver
        self.painted = painted
        self.commands: set[str] = set()
        self._found: dict[str, None] = {}
        self._judged: set[str] = set()

    def read(self, widget: QWidget | None = None) -> None:
        """Read everything; what is not translated is told by `findings`."""
        widget = widget or self.driver.window
        widget.grab()  # paints all of it
        texts = [(where, text) for where, text in pseudo.texts_of_widget(widget) if where.partition(" ")[0] not in CODE]
        texts += [(PAINTED, text) for text in self.painted]
        self.painted.clear()
        new = [(where, text) for where, text in texts if text not in self._judged]
        self._judged.update(text for _, text in new)
        self._found.update(dict.fromkeys(pseudo.untranslated(new, self.allowed()) if new else ()))

    def allowed(self) -> list[str]:
        """What is the same in every language."""
        return [*PRODUCTS, *keys(), *sources(), *self.commands, *self.of_the_lab()]

    def of_the_lab(self) -> list[str]:
        """Keys, commands and addresses of this lab."""
        window, lab = self.driver.window, self.driver.bridge._lab
        found = [window.lab.form.key.text(), window.lab.form.item.text()]
        for row in window.lab.results.rows.records:
            found += [row.key, row.item, row.table]
        if lab is not None:
            for engine in lab.engines():
                found += [engine.name, engine.version, engine.address] if engine.kind is not EngineKind.HTTP else []
            for reply in window.lab.results.replies.records:
                found += [reply.submission_id, reply.retry_of, *parts_of_an_id(reply.submission_id)]
                for step in lab.steps_of(reply.submission_id):
                    if step.engine is not EngineKind.HTTP:
                        found += [step.command, step.answer, step.error]
        return found

    @property
    def findings(self) -> list[str]:
        return list(self._found)


def parts_of_an_id(identifier: str) -> list[str]:
    """Its ends, as they are shown where there is no room for all of it."""
    return [identifier[number:] for number in range(1, len(identifier))]


@cache
def keys() -> list[str]:
    """Keys of the command line and of the API, which the window shows as they are."""
    strategies = Lab.strategies()
    names = [f"{strategy.key}/{variant.key}" for strategy in strategies for variant in strategy.variants]
    return [*names, *READY, *(kind.value + "@" for kind in FaultKind), *(status.name for status in OrderStatus)]


@cache
def sources() -> list[str]:
    """What strategies refer to: titles and addresses of publications."""
    strategies = Lab.strategies()
    return [source for strategy in strategies for variant in strategy.variants for source in variant.sources]


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that a widget of ours paints itself."""
    texts: list[str] = []
    paint = QPainter.drawText

    def record(painter: QPainter, *arguments: object) -> object:
        if not sys._getframe(1).f_code.co_filename.endswith(CUT):
            texts.extend(argument for argument in arguments if isinstance(argument, str))
        return paint(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", record)
    return texts


@pytest.fixture
def pseudo_language(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The window speaks the pseudo language, the backend too where it is asked for the window's language."""
    pseudo.speak_pseudo(monkeypatch)
    translator = pseudo.PseudoTranslator()
    assert qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.fixture
def open_reader(
    qtbot: QtBot, theme: Theme, pseudo_language: None, painted: list[str], _started_lab: Laboratory
) -> Iterator[Callable[[], Reader]]:
    opened: list[Driver] = []

    def open_one() -> Reader:
        bridge = LabBridge(LabOptions(), make_lab=lambda _options, listener: lend(_started_lab, listener))
        window = make_window(bridge, theme, Settings())
        window.resize(1280, 800)
        driver = Driver(qtbot, window, bridge)
        opened.append(driver)
        with qtbot.waitExposed(window):
            window.show()
        return Reader(driver, painted)

    yield open_one
    for driver in opened:
        driver.close()
        driver.window.deleteLater()
        driver.bridge.deleteLater()


@pytest.fixture
def unstarted(open_reader: Callable[[], Reader]) -> Reader:
    """The window before its lab is there."""
    return open_reader()


@pytest.fixture
def reader(open_reader: Callable[[], Reader]) -> Reader:
    """The window with its lab."""
    reader = open_reader()
    reader.driver.bridge.start()
    reader.driver.wait_until_usable()
    return reader


def show(reader: Reader, page: int) -> None:
    pages = reader.driver.find(QTabWidget, "pages")
    pages.setCurrentIndex(page)
    reader.driver.qtbot.waitUntil(pages.currentWidget().isVisible)


def check(reader: Reader) -> None:
    if reader.findings:
        pytest.fail("not translated:\n" + "\n".join(reader.findings), pytrace=False)
