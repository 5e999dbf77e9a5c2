"""The window's controls: keyboard, names, shortcuts, what is remembered, and what is in sight."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QTabWidget,
    QWidget,
)

from gui.app.window import MainWindow, room_for_window
from gui.settings import Settings
from gui.theme import ThemeMode
from gui.widgets.sidebar import Sidebar
from tests.gui.conftest import OpenWindow, focusable
from tests.gui.driver import Driver


def test_what_cannot_be_submitted_disables_the_buttons_and_is_told(driver: Driver, subtests: pytest.Subtests) -> None:
    with subtests.test("an order number"):
        check_order_number(driver)
    with subtests.test("an item"):
        check_item(driver)


def check_order_number(driver: Driver) -> None:
    driver.edit("orderNoEdit").clear()
    assert not driver.button("submitButton").isEnabled()
    assert not driver.button("spamButton").isEnabled()
    driver.click("newIntentButton")
    assert driver.button("submitButton").isEnabled()


def test_the_keyboard_alone_is_enough(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    window = driver.window
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    driver.wait_for(1, "exactly_once")
    driver.spin("spamCountSpin").setValue(4)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    driver.wait_for(5, "duplicated")
    before = driver.edit("orderNoEdit").text()
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert driver.edit("orderNoEdit").text() != before
    QTest.keyClick(driver.edit("orderNoEdit"), Qt.Key.Key_Return)
    driver.wait_for(6, "exactly_once")  # the verdict is that of this run
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    driver.wait_for(0, "")


def everything_that_takes_focus_has_a_name(driver: Driver) -> None:
    widgets = focusable(driver.window)
    assert len(widgets) > 25
    nameless = [f"{type(w).__name__} {w.objectName()} in {w.parent()}" for w in widgets if not w.accessibleName()]
    assert not nameless


def the_fixed_names_are_there(driver: Driver) -> None:
    for name in ("pages", "labPage", "comparePage", "explorePage", "servicePage",
                 "operationCombo", "strategyCombo", "variantCombo",
                 "databaseCombo", "orderNoEdit", "itemEdit", "quantitySpin", "newIntentButton", "submitButton",
                 "disableCheck", "spamButton", "spamCountSpin", "sourceCombo", "instancesSpin", "timeoutSpin",
                 "processingDelaySpin", "leaseSpin", "resetButton", "rowsTable", "verdictLabel", "stepsView",
                 "codeView"):  # fmt: skip
        driver.find(QWidget, name)
    assert driver.window.objectName() == "mainWindow"
    assert driver.window.windowTitle() == "Submit Twice"
    for box in driver.window.findChildren(QComboBox):
        assert all(isinstance(box.itemData(index), str) for index in range(box.count()))


def no_two_controls_or_commands_share_a_shortcut(driver: Driver) -> None:
    shortcuts = [action.shortcut().toString() for action in driver.window.findChildren(QAction) if action.isVisible()]
    used = [shortcut for shortcut in shortcuts if shortcut]
    assert len(used) == len(set(used))
    lab = driver.window.lab
    texts = [action.text() for action in driver.window.menuBar().actions()]
    texts += [label.text() for label in lab.findChildren(QLabel) if label.buddy() is not None]
    texts += [control.text() for control in lab.findChildren(QAbstractButton)]
    texts += [driver.window.pages.tabText(index) for index in range(driver.window.pages.count())]
    letters = [found.group(1).lower() for text in texts if (found := re.search(r"&(\w)", text))]
    assert sorted(letters) == sorted(set(letters))


def test_choices_and_theme_come_back_in_the_next_session(open_shared: OpenWindow) -> None:
    first = open_shared()
    first.wait_until_usable()
    first.choose("strategyCombo", "token")
    first.choose("variantCombo", "get-then-delete")
    first.spin("spamCountSpin").setValue(7)
    first.spin("leaseSpin").setValue(1234)
    first.window.use_theme(ThemeMode.DARK)
    first.close()
    assert Settings().theme is ThemeMode.DARK
    second = open_shared()
    second.wait_until_usable()
    assert second.combo("strategyCombo").currentData() == "token"
    assert second.combo("variantCombo").currentData() == "get-then-delete"
    assert (second.spin("spamCountSpin").value(), second.spin("leaseSpin").value()) == (7, 1234)
    second.window.use_theme(ThemeMode.LIGHT)


def test_commands_act_on_the_page_that_is_shown(driver: Driver) -> None:
    window, pressed = driver.window, list[str]()
    starts = {"lab": window.lab.form.submit, "compare": window.compare.start, "explore": window.explore.start,
              "service": window.service.start, "survey": window.explore.survey.start}  # fmt: skip
    for name, start in starts.items():
        start.clicked.disconnect()
        start.clicked.connect(lambda _=False, name=name: pressed.append(name))
        start.setEnabled(True)
    stops = {"lab": window.lab.form.cancel, "compare": window.compare.cancel, "explore": window.explore.cancel,
             "service": window.service.cancel}  # fmt: skip
    for name, stop in stops.items():
        stop.clicked.disconnect()
        stop.clicked.connect(lambda _=False, name=name: pressed.append(f"cancel {name}"))
        stop.setEnabled(True)
    for number, name in enumerate(stops):
        window.pages.setCurrentIndex(number)
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert pressed == [name, f"cancel {name}"]
        pressed.clear()
    window.pages.setCurrentWidget(window.explore)
    window.explore.views.setCurrentWidget(window.explore.survey)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["survey"]


def test_commands_of_the_lab_do_nothing_on_other_pages(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.click("submitButton")
    driver.wait_for(1, "exactly_once")
    number = driver.edit("orderNoEdit").text()
    driver.window.pages.setCurrentIndex(1)
    for key in (Qt.Key.Key_R, Qt.Key.Key_N):
        QTest.keyClick(driver.window, key, Qt.KeyboardModifier.ControlModifier)
    assert driver.edit("orderNoEdit").text() == number
    assert driver.bridge._waiting_work == 0
    assert driver.shown == 1


def test_the_window_leaves_room_for_its_title_bar() -> None:
    for screen in (QSize(1280, 800), QSize(1440, 900), QSize(1920, 1080)):
        room = room_for_window(screen)
        assert room.height() + 40 <= screen.height()
        assert room.width() <= screen.width()


def every_knob_is_in_sight_at_1280_by_800(driver: Driver) -> None:
    sidebar = driver.window.lab.findChild(Sidebar)
    assert sidebar is not None
    driver.qtbot.waitUntil(lambda: sidebar.viewport().height() > 600)
    box = driver.find(QCheckBox, "editCheck")
    bottom = box.mapTo(sidebar.viewport(), box.rect().bottomLeft()).y()
    assert bottom <= sidebar.viewport().height()


def check_item(driver: Driver) -> None:
    driver.edit("itemEdit").clear()
    for name in ("submitButton", "spamButton"):
        button = driver.button(name)
        assert not button.isEnabled()
        assert "Item: 1 to 64" in button.toolTip()
        assert "Item: 1 to 64" in button.accessibleDescription()
    assert "Item: 1 to 64" in driver.find(QLabel, "whyNotLabel").text()
    driver.edit("itemEdit").setText("book")
    assert "Item: 1 to 64" not in driver.button("submitButton").toolTip()
    assert driver.find(QLabel, "whyNotLabel").text() == ""


def _letters_in_sight(window: MainWindow) -> list[tuple[str, str]]:
    """What Alt takes, and where it is underlined: menus, tabs, labels of fields, buttons."""
    texts = [action.text() for action in window.menuBar().actions()]
    for tabs in (each for each in window.findChildren(QTabWidget) if each.tabBar().isVisible()):
        texts += [tabs.tabText(number) for number in range(tabs.count())]
    texts += [label.text() for label in window.findChildren(QLabel) if label.buddy() is not None and label.isVisible()]
    texts += [each.text() for each in window.findChildren(QAbstractButton) if each.isVisible()]
    found = [(re.search(r"&(\w)", text), text) for text in texts]
    return [(letter.group(1).lower(), text) for letter, text in found if letter]


def test_a_letter_stands_for_one_thing_on_each_page(window: MainWindow, both_languages: object) -> None:
    ambiguous = []
    for number in range(window.pages.count()):
        window.pages.setCurrentIndex(number)
        inner = [tabs for tabs in window.findChildren(QTabWidget) if tabs.isVisible() and tabs is not window.pages]
        views = [(tabs, part) for tabs in inner for part in range(tabs.count())]
        for view, part in views or [(window.pages, number)]:
            view.setCurrentIndex(part)
            letters = _letters_in_sight(window)
            alike = {letter: [text for each, text in letters if each == letter] for letter, _ in letters}
            ambiguous += [(window.pages.tabText(number), texts) for texts in alike.values() if len(texts) > 1]
    assert not ambiguous, "\n".join(map(str, ambiguous))


def test_of_all_controls(driver: Driver, subtests: pytest.Subtests) -> None:
    """What only looks at the window does so at the same one."""
    for holds in (
        everything_that_takes_focus_has_a_name,
        the_fixed_names_are_there,
        no_two_controls_or_commands_share_a_shortcut,
        every_knob_is_in_sight_at_1280_by_800,
    ):
        with subtests.test(holds.__name__):
            holds(driver)
