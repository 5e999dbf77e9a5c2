"""Drives the window as a person would: by its widgets, found by their names."""

from __future__ import annotations

from typing import TypeVar

import psycopg
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from backend.model.observed import Row
from backend.model.vocabulary import Health
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.wording.live import in_words

Found = TypeVar("Found", bound=QWidget)
PATIENCE_MS = 30_000


class Driver:
    def __init__(self, qtbot: QtBot, window: MainWindow, bridge: LabBridge) -> None:
        self.qtbot = qtbot
        self.window = window
        self.bridge = bridge
        self.failures: list[str] = []
        bridge.events.failed.connect(lambda words: self.failures.append(in_words(words)))

    def find(self, kind: type[Found], name: str) -> Found:
        found = self.window.findChild(kind, name)
        assert found is not None, f"no {kind.__name__} is named {name}"
        return found

    def combo(self, name: str) -> QComboBox:
        return self.find(QComboBox, name)

    def button(self, name: str) -> QPushButton:
        return self.find(QPushButton, name)

    def spin(self, name: str) -> QSpinBox:
        return self.find(QSpinBox, name)

    def edit(self, name: str) -> QLineEdit:
        return self.find(QLineEdit, name)

    def choose(self, name: str, key: str) -> None:
        combo = self.combo(name)
        index = combo.findData(key, Qt.ItemDataRole.UserRole)
        assert index >= 0, f"{name} has no {key}"
        combo.setCurrentIndex(index)

    def click(self, name: str) -> None:
        button = self.button(name)
        assert button.isEnabled(), f"{name} is disabled: {button.toolTip()}"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def trigger(self, command: str) -> None:
        """What a menu or a key does."""
        action = self.window.findChild(QAction, command)
        assert action is not None, f"no command is named {command}"
        action.trigger()

    def spam(self, count: int) -> None:
        self.spin("spamCountSpin").setValue(count)
        self.click("spamButton")

    @property
    def table(self) -> QAbstractItemView:
        return self.find(QAbstractItemView, "rowsTable")

    @property
    def shown(self) -> int:
        return self.table.model().rowCount()

    @property
    def rows(self) -> list[Row]:
        return self.window.lab.results.rows.records

    @property
    def verdict(self) -> str:
        return str(self.find(QLabel, "verdictLabel").property("verdict"))

    @property
    def sentence(self) -> str:
        return self.find(QLabel, "verdictLabel").text()

    def wait_until_usable(self) -> None:
        self.qtbot.waitUntil(lambda: self.button("submitButton").isEnabled(), timeout=PATIENCE_MS)

    def wait_for(self, rows: int, verdict: str) -> None:
        def there() -> None:
            state = (self.shown, self.verdict, self.failures)
            assert state == (rows, verdict, []), f"the window shows {state}"

        self.qtbot.waitUntil(there, timeout=PATIENCE_MS)

    def wait_to_say(self, sentence: str) -> None:
        """The banner says it; rows are there a moment before what they come to."""

        def said() -> None:
            assert self.sentence == sentence

        self.qtbot.waitUntil(said, timeout=PATIENCE_MS)

    def wait_until_quiet(self) -> None:
        cancel = self.button("cancelButton")
        self.qtbot.waitUntil(lambda: not cancel.isEnabled(), timeout=4 * PATIENCE_MS)

    def wait_for_message(self, part: str) -> None:
        message = self.find(QLabel, "messageLabel")
        self.qtbot.waitUntil(lambda: message.isVisible() and part in message.text(), timeout=PATIENCE_MS)

    def wait_until_all_are_up(self) -> None:
        lab = self.bridge._lab
        assert lab is not None
        self.qtbot.waitUntil(lambda: all(engine.health is Health.UP for engine in lab.engines()), timeout=PATIENCE_MS)

    def ids_in_database(self, table: str) -> list[int]:
        """Read with a client of our own, past everything that the lab does."""
        lab = self.bridge._lab
        assert lab is not None
        url = str(lab.connection()["database"]).replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            return [int(row[0]) for row in connection.execute(f"SELECT id FROM {table} ORDER BY id")]  # noqa: S608

    def close(self) -> None:
        if not self.window._closed:
            self.window.close()
            self.qtbot.waitUntil(lambda: self.window._closed, timeout=PATIENCE_MS)
        assert self.bridge.wait_until_closed(60)  # on a busy machine, servers take their time
