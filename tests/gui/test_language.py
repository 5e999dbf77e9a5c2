"""The language changes while the window is open: nothing of the old one is left, and the run that is shown stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from backend.comparison.incidents import all_incidents
from backend.model.options import LabOptions
from gui.app.language import Languages
from gui.link.bridge import LabBridge
from gui.settings import Settings
from gui.theme import Theme
from gui.wording.live import follow_language, put, say_all_again, worded
from tests.backend.conftest import Laboratory
from tests.gui import pseudo
from tests.gui.conftest import make_window
from tests.gui.driver import PATIENCE_MS, Driver
from tests.gui.lent_lab import lend
from tests.gui.reading import Reader, check, painted, show

__all__ = ["painted"]

FULL_WIDTH = set(map(chr, pseudo.OTHER.values()))


@pytest.fixture
def driver(qtbot: QtBot, theme: Theme, english: None, _started_lab: Laboratory) -> Iterator[Driver]:
    """An English window with its lab."""
    bridge = LabBridge(LabOptions(), make_lab=lambda _options, listener: lend(_started_lab, listener))
    window = make_window(bridge, theme, Settings())
    window.resize(1280, 800)
    made = Driver(qtbot, window, bridge)
    with qtbot.waitExposed(window):
        window.show()
    bridge.start()
    made.wait_until_usable()
    yield made
    made.close()
    window.deleteLater()
    bridge.deleteLater()


def deliver(driver: Driver) -> None:
    """Translators that come and go are told by events; then the window says everything again."""
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.LanguageChange.value))
    driver.qtbot.waitUntil(lambda: not driver.window._retelling.is_under_way, timeout=PATIENCE_MS)
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete.value))


def full_width(driver: Driver) -> list[str]:
    return [f"{where}: {text}" for where, text in pseudo.texts_of_widget(driver.window) if FULL_WIDTH & set(text)]


@pytest.fixture
def translator(qapp: QApplication) -> Iterator[pseudo.PseudoTranslator]:
    """Speaks to nobody after the test, whatever becomes of it."""
    translator = pseudo.PseudoTranslator()
    yield translator
    qapp.removeTranslator(translator)


def test_both_ways_nothing_of_the_old_language_is_left_and_the_run_stays(
    driver: Driver,
    painted: list[str],
    qapp: QApplication,
    translator: pseudo.PseudoTranslator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, lab = driver.window, driver.window.lab
    with driver.qtbot.waitSignal(driver.bridge.events.run_finished, timeout=2 * PATIENCE_MS):
        driver.trigger("exhibit-double-click")
    driver.wait_until_quiet()
    chosen = lab.results.replies.records[0].submission_id
    lab.results.submission_chosen.emit(chosen)
    driver.qtbot.waitUntil(lambda: lab.results.steps.rowCount() > 0)
    before = (driver.rows, lab.form.key.text(), lab.banner.sentence.text(), lab.results.steps.rowCount())
    window.guide.open()
    window.open_messages()
    messages = window.findChild(QDialog, "messagesDialog")
    assert messages is not None
    window.incidents.open()
    driver.qtbot.waitUntil(lambda: window.guide.dialog is not None and window.guide.dialog.isVisible())

    pseudo.speak_pseudo(monkeypatch)
    painted.clear()
    qapp.installTranslator(translator)
    deliver(driver)
    reader = Reader(driver, painted)
    reader.commands.update(name for incident in all_incidents() for name in incident.reports)
    painted.clear()
    for page in range(window.pages.count()):
        show(reader, page)
        reader.read()
    check(reader)
    assert (driver.rows, lab.form.key.text()) == before[:2]
    assert FULL_WIDTH & set(lab.banner.sentence.text())

    qapp.removeTranslator(translator)
    deliver(driver)
    assert full_width(driver) == []
    after = (driver.rows, lab.form.key.text(), lab.banner.sentence.text(), lab.results.steps.rowCount())
    assert after == before
    messages.close()


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    """English to begin with, and again for the tests that follow, whatever becomes of this one."""
    languages = Languages(qapp)
    languages.use("en")
    yield languages
    languages.use("en")
    languages.close()


def test_the_menu_changes_the_language_at_once_and_remembers_it(
    qtbot: QtBot, theme: Theme, bridge: LabBridge, languages: Languages
) -> None:
    window = make_window(bridge, theme, Settings(), languages)
    submit = window.lab.form.submit
    window.use_language("zh_CN")
    menu = window.menuBar().actions()[0]
    chinese = "提交", "文件"
    qtbot.waitUntil(  # in slices
        lambda: (submit.accessibleName(), menu.text()[:2]) == chinese, timeout=PATIENCE_MS
    )
    assert Settings().language == "zh_CN"
    window.use_language("en")
    qtbot.waitUntil(lambda: submit.accessibleName() == "Submit" and menu.text() == "&File", timeout=PATIENCE_MS)
    window.close()
    qtbot.waitUntil(lambda: window._closed, timeout=30_000)
    window.deleteLater()


def test_what_was_shown_otherwise_meanwhile_is_left_alone(qtbot: QtBot) -> None:
    spoken = ["one"]
    label, typed = worded(QLabel(), lambda: spoken[0]), worded(QLabel(), lambda: spoken[0])
    for each in (label, typed):
        qtbot.addWidget(each)
    put(label.setToolTip, lambda: label.text() + "!")
    heard: list[str] = []
    follow_language(label, lambda: heard.append(label.text()))
    typed.setText("typed by hand")
    spoken[0] = "two"
    say_all_again((label, typed))
    assert (label.text(), label.toolTip(), typed.text(), heard) == ("two", "two!", "typed by hand", ["two"])
