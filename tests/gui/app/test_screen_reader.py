"""What a screen reader says is what can be read, and where the keyboard is can be seen: on every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gui.app.window import MainWindow
from gui.theme import Theme, ThemeMode
from gui.widgets.forms import plain
from tests.gui.conftest import focusable


def shown(window: MainWindow, qtbot: QtBot) -> Iterator[QWidget]:
    for index in range(window.pages.count()):
        window.pages.setCurrentIndex(index)
        page = window.pages.currentWidget()
        qtbot.waitUntil(page.isVisible)
        yield page


def test_no_label_is_called_otherwise_than_it_reads(window: MainWindow, qtbot: QtBot) -> None:
    wrong = []
    for page in shown(window, qtbot):
        for label in page.findChildren(QLabel):
            text = plain(label.text())
            if text and label.accessibleName() and "<" not in text and text not in label.accessibleName():
                wrong.append(f"{label.objectName()}: {text!r} is called {label.accessibleName()!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("mode", [ThemeMode.LIGHT, ThemeMode.DARK])
def test_where_the_keyboard_is_can_be_seen_on_every_page(
    window: MainWindow, theme: Theme, mode: ThemeMode, qtbot: QtBot
) -> None:
    theme.set_mode(mode)
    unseen = []
    for page in shown(window, qtbot):
        for widget in focusable(page):
            if not widget.isVisible() or not widget.isEnabled() or isinstance(widget, QTabBar):
                continue
            if isinstance(widget, QLineEdit) and isinstance(widget.parent(), QAbstractSpinBox):
                continue
            owner = widget.parentWidget() or widget
            window.setFocus()
            before = owner.grab().toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            if widget.hasFocus() and owner.grab().toImage() == before:
                unseen.append(f"{type(widget).__name__} {widget.objectName()}")
    assert not unseen, "\n".join(unseen)
