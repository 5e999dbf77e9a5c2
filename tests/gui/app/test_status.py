"""The message bar and the strip of engines, without a lab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QMainWindow, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from backend.model.observed import EngineStatus
from backend.model.vocabulary import EngineKind, Health
from gui.app.status import EngineStrip, MessageBar
from gui.theme import Theme


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme, english: None) -> Iterator[MessageBar]:
    body = QMainWindow()
    qtbot.addWidget(body)
    pages = QTabWidget()
    pages.addTab(QLabel("page"), "Page")
    body.setCentralWidget(pages)
    made = MessageBar(theme, pages.tabBar(), body.menuBar(), body)
    body.resize(800, 400)
    with qtbot.waitExposed(body):
        body.show()
    yield made
    body.hide()


def test_retry_stays_whatever_is_said_later(bar: MessageBar) -> None:
    bar.show_sentence("port 5432 is taken", retry=True)
    bar.show_sentence("the file could not be written", retry=False)
    assert bar.retry.isVisible()
    assert bar.sentence.text() == "Port 5432 is taken\nThe file could not be written"
    bar.show_incident("a server was killed")
    assert bar.retry.isVisible()
    assert "Port 5432 is taken" in bar.sentence.text()
    assert "A server was killed" in bar.sentence.text()
    bar.forget_incident()
    assert bar.retry.isVisible()
    bar.forget_failure()
    assert bar.isHidden()


def test_after_a_retry_the_old_failure_is_not_said_again(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_sentence("port 5432 is taken", retry=True)
    with qtbot.waitSignal(bar.retry_asked):
        bar.retry.click()
    bar.show_sentence("something else", retry=False)
    assert bar.sentence.text() == "Something else"
    assert not bar.retry.isVisible()


def test_a_screen_reader_gets_the_sentence_and_not_the_word_message(bar: MessageBar) -> None:
    bar.show_sentence("port 5432 is taken", retry=False)
    assert bar.sentence.accessibleName() == "Port 5432 is taken"


def test_what_is_no_product_is_named_in_the_language_of_the_window(qtbot: QtBot, theme: Theme, english: None) -> None:
    strip = EngineStrip(theme)
    qtbot.addWidget(strip)
    strip.show_engines(
        [
            EngineStatus(EngineKind.POSTGRESQL, "PostgreSQL", "18.6", "127.0.0.1:5", True, Health.UP),
            EngineStatus(EngineKind.HTTP, "Backend", "2 instances", "127.0.0.1:6", True, Health.UP),
            EngineStatus(EngineKind.GATEWAY, "Gateway", "1", "", True, Health.DOWN),
        ]
    )
    names = [item.accessibleName() for item in strip.findChildren(QWidget) if item.accessibleName()]
    assert names[-3:] == ["PostgreSQL 18.6 running 127.0.0.1:5", "Backend, 2 instances running 127.0.0.1:6",
                          "Gateway down"]  # fmt: skip


def test_names_are_whole_however_many_engines_there_are(qtbot: QtBot, theme: Theme, english: None) -> None:
    strip = EngineStrip(theme)
    qtbot.addWidget(strip)
    kinds = (EngineKind.POSTGRESQL, EngineKind.STANDBY, EngineKind.REDIS, EngineKind.GATEWAY)
    engines = [EngineStatus(kind, "PostgreSQL standby", "18.6", "127.0.0.1:50000/x", True, Health.UP) for kind in kinds]
    strip.show_engines(
        [*engines, EngineStatus(EngineKind.HTTP, "Backend", "2 instances", "127.0.0.1:6", True, Health.UP)]
    )
    strip.resize(620, strip.height())
    strip.show()
    names = [
        label for label in strip.findChildren(QLabel) if label.text().startswith(("PostgreSQL", "Gateway", "Backend"))
    ]
    assert len(names) == 5
    assert [label.text() for label in names if label.width() < label.sizeHint().width()] == []
