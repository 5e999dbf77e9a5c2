"""The side bar fits the smallest window that is promised, and nothing that is in use goes unseen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from backend.model.sentence import ENGLISH
from backend.model.vocabulary import OperationKey, Replication, Source
from gui.app.language import Languages
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.theme import Theme
from gui.widgets.forms import KEY_ROLE
from gui.widgets.sidebar import Sidebar
from gui.wording.catalogue import VariantChoice
from gui.wording.speech import language
from tests.tables import exhaustive_but, values

ENGLISH_FIRST = pytest.mark.parametrize("both_languages", exhaustive_but(["en", "zh_CN"], values("en")), indirect=True)
"""What is the same in every language."""


@pytest.fixture
def languages(both_languages: Languages) -> Languages:
    return both_languages


@pytest.fixture
def spoken(languages: Languages) -> None:
    """Either."""


@pytest.fixture
def window(window: MainWindow, bridge: LabBridge) -> MainWindow:
    """At its smallest, as if its engines were there."""
    bridge.events.started.emit()
    return window


def ask_for_most(window: MainWindow) -> None:
    """The rows of retries, of a gateway and of a standby at once: no situation has more knobs."""
    lab = window.lab
    for box, key in (
        (lab.form.operation, OperationKey.SEND_MESSAGE.value),
        (lab.source.source, Source.RETRY.value),
        (lab.backend.replication.box, Replication.ASYNCHRONOUS.value),
    ):
        box.setCurrentIndex(box.findData(key, KEY_ROLE))


@ENGLISH_FIRST
def test_where_the_keyboard_is_can_be_seen_on_a_chip_whose_knobs_are_in_use(window: MainWindow) -> None:
    fold = window.lab.source.fold
    window.lab.source.lost_reply.setChecked(True)
    fold.fold(folded=True)
    assert fold.chip.property("used") == "true"
    window.setFocus()
    before = fold.chip.grab().toImage()
    fold.chip.setFocus()
    assert fold.chip.hasFocus()
    assert fold.chip.grab().toImage() != before


def test_no_situation_needs_a_scroll_bar(window: MainWindow, qtbot: QtBot) -> None:
    ask_for_most(window)
    bar = window.lab.sidebar.verticalScrollBar()
    qtbot.waitUntil(lambda: window.lab.backend.replication.lag.isVisible())
    QApplication.processEvents()  # by now it is laid out with all rows that are asked for
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    for knob in (window.lab.source.lease, window.lab.backend.gateway_keys, window.lab.source.retry_causes.box):
        assert knob.isVisible()


@ENGLISH_FIRST
def test_a_folded_knob_that_is_in_use_is_counted_on_its_chip(window: MainWindow, qtbot: QtBot) -> None:
    source = window.lab.source
    source.fold.chip.click()
    assert not source.lost_reply.isVisible()
    source.lost_reply.setChecked(True)
    source.faults.setText("crash@sql:COMMIT")
    assert source.fold.chip.text().endswith(" 2")
    assert "2" in source.fold.chip.accessibleDescription()
    source.fold.chip.click()
    assert source.lost_reply.isVisible()
    assert source.faults.isVisible()


def test_what_is_not_in_use_is_folded_first_and_comes_back_with_the_room(window: MainWindow, qtbot: QtBot) -> None:
    lab = window.lab
    lab.backend.topology.box.setCurrentIndex(1)
    ask_for_most(window)
    qtbot.waitUntil(lambda: not lab.source.fold.is_open)
    window.resize(1280, 1000)
    qtbot.waitUntil(lambda: lab.source.fold.is_open and lab.backend.fold.is_open)
    assert lab.source.reload.isVisible()


def test_the_summary_is_whole_after_a_switch_of_language(
    window: MainWindow, languages: Languages, qtbot: QtBot
) -> None:
    window.lab.backend.show_choice(VariantChoice(OperationKey.PLACE_ORDER, "unique-index", "on-conflict"))
    summary = window.lab.backend._summary
    before = summary.text()
    languages.use("zh_CN" if language() == ENGLISH else "en")
    qtbot.waitUntil(lambda: summary.text() != before)
    qtbot.waitUntil(lambda: summary.height() >= summary.heightForWidth(summary.width()))


def test_a_text_that_is_longer_in_another_language_is_not_cut(qtbot: QtBot, theme: Theme) -> None:
    label = QLabel("short")
    sidebar = Sidebar(label, least_width=100)
    qtbot.addWidget(sidebar)
    with qtbot.waitExposed(sidebar):
        sidebar.show()
    label.setText("A primary fails and another server takes over, which is long")
    qtbot.waitUntil(lambda: sidebar.width() >= label.sizeHint().width())
