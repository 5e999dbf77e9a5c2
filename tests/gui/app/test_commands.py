"""One table of commands: menus, shortcuts, the list of keys and the palette have all of it, on the real window."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from gui.app.message_log import MessagesDialog
from gui.app.palette import Palette
from gui.app.shortcuts import ShortcutsDialog
from gui.app.window import MainWindow
from gui.link.bridge import LabBridge
from gui.widgets.listing import LineTree, text_of
from tests.gui.conftest import focusable
from tests.gui.driver import Driver


def action_of(window: MainWindow, key: str) -> QAction:
    found = window.findChild(QAction, key)
    assert isinstance(found, QAction), key
    return found


def open_palette(window: MainWindow, qtbot: QtBot) -> tuple[Palette, QLineEdit]:
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(Palette, "commandPalette")
    assert isinstance(palette, Palette)
    qtbot.waitUntil(palette.isActiveWindow)
    assert QApplication.focusWidget() is palette.edit
    return palette, palette.edit


def shown_in(tree: QTreeWidget, column: int = 0) -> list[str]:
    return [str(tree.model().index(row, column).data()) for row in range(tree.topLevelItemCount())]


def every_command_has_a_name_of_its_own_and_an_action_in_its_menu(window: MainWindow) -> None:
    commands = window.table.commands
    assert Counter(command.key for command in commands).most_common(1)[0][1] == 1
    in_menus = {action.objectName() for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()}
    assert {command.key for command in commands} <= in_menus


def on_no_page_do_two_commands_share_keys_or_a_letter_of_a_menu(window: MainWindow) -> None:
    for number in range(window.pages.count()):
        window.pages.setCurrentIndex(number)
        shown = [action for action in window.findChildren(QAction) if action.isVisible()]
        keys = Counter(action.shortcut().toString() for action in shown if not action.shortcut().isEmpty())
        assert keys.most_common(1)[0][1] == 1, keys
        for menu in window.menuBar().findChildren(QMenu):
            letters = Counter(
                found.group(1).lower()
                for action in menu.actions()
                if action.isVisible() and (found := re.search(r"&(\w)", action.text()))
            )
            assert max(letters.values(), default=0) <= 1, (menu.title(), letters)


def a_menu_has_the_commands_of_the_page_in_sight_only(window: MainWindow) -> None:
    for number, key in enumerate(("lab-submit", "compare-start", "explore-start", "service-start")):
        window.pages.setCurrentIndex(number)
        assert action_of(window, key).isVisible()
        assert action_of(window, "lab-submit").isVisible() is (number == 0)
    window.pages.setCurrentWidget(window.explore)
    window.explore.views.setCurrentWidget(window.explore.survey)
    assert action_of(window, "survey-start").isVisible()
    assert not action_of(window, "explore-start").isVisible()


def test_an_action_can_be_pressed_while_its_button_can(window: MainWindow) -> None:
    action = action_of(window, "lab-submit")
    button = window.lab.form.submit
    for enabled in (False, True, False):
        button.setEnabled(enabled)
        assert action.isEnabled() is enabled
    assert "engines are not running yet" in action.toolTip()


def test_f1_lists_every_key_of_every_page_and_of_every_view(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(ShortcutsDialog, "shortcutsDialog")
    assert isinstance(dialog, ShortcutsDialog)
    qtbot.waitUntil(dialog.isVisible)
    listed: dict[str, dict[str, str]] = {}
    for head in map(dialog.list.topLevelItem, range(dialog.list.topLevelItemCount())):
        assert head is not None
        lines = [line for row in range(head.childCount()) if (line := head.child(row)) is not None]
        listed[head.text(0)] = {line.text(1): line.text(0) for line in lines}
    assert listed["Lab"]["Ctrl+Return"] == "Submit"
    assert listed["Compare"]["Ctrl+Return"] == "Compare"
    assert listed["Everywhere"]["Ctrl+K"] == "Find a command"
    assert listed["In the timeline"]["+, ="] == "Zoom in"
    assert listed["In the timeline"]["Ctrl+Up, Ctrl+Down"] == "Choose the lane above or below"
    assert listed["In a sequence diagram"]["Home"] == "First event"
    assert set(listed) >= {"In the table of the comparison", "In the grid of all questions"}
    there = [keys for lines in listed.values() for keys in lines]
    for command in window.table.commands:
        if command.shortcut:
            assert command.shortcut in there, command.key
    assert [each for each in focusable(dialog) if not each.accessibleName()] == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(ShortcutsDialog) is None)


def lines_of(tree: LineTree) -> list[str]:
    return [text_of(line) for line in tree.lines()]


def test_keys_are_found_and_copied(window: MainWindow, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(ShortcutsDialog, "shortcutsDialog")
    assert isinstance(dialog, ShortcutsDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    every = lines_of(dialog.list)
    dialog.list.setFocus()
    QTest.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    edit = dialog.findChild(QLineEdit, "shortcutsListFind")
    assert isinstance(edit, QLineEdit)
    assert edit.hasFocus()
    edit.setText("zoom IN")
    assert lines_of(dialog.list) == ["In the timeline", "Zoom in +, ="]
    dialog.list.selectAll()
    QTest.keyClick(dialog.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().splitlines() == ["In the timeline", "Zoom in\t+, ="]
    edit.setText("In the TIMELINE")
    assert len(lines_of(dialog.list)) > 2, "a heading that has it shows all of its lines"
    edit.clear()
    assert lines_of(dialog.list) == every
    dialog.close()
    qtbot.waitUntil(lambda: window.findChild(ShortcutsDialog) is None)


def test_the_palette_finds_by_parts_of_words_and_goes_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    palette, edit = open_palette(window, qtbot)
    assert palette.list.topLevelItemCount() == len(window.table.commands)
    QTest.keyClicks(edit, "them dar")
    assert shown_in(palette.list) == ["Theme: Dark"]
    assert "Theme: Dark" in edit.accessibleDescription()
    edit.setText("theme")
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert palette.current is not None
    assert palette.current.key == "theme-light"
    QTest.keyClick(edit, Qt.Key.Key_PageDown)
    assert palette.current.key == "theme-dark"
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(Palette) is None)
    assert action_of(window, "theme-dark").isChecked()
    action_of(window, "theme-light").trigger()


def test_the_palette_goes_to_the_page_of_a_command(window: MainWindow, qtbot: QtBot) -> None:
    pressed: list[str] = []
    start = window.explore.survey.start
    start.clicked.disconnect()
    start.clicked.connect(lambda: pressed.append("survey"))
    palette, edit = open_palette(window, qtbot)
    edit.setText("explore all")
    assert shown_in(palette.list, 1) == ["Explore"]
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert window.pages.currentWidget() is window.explore
    assert window.explore.views.currentWidget() is window.explore.survey
    assert pressed == ["survey"]


def test_the_palette_says_why_a_command_cannot_be_done_and_does_not_do_it(window: MainWindow, qtbot: QtBot) -> None:
    palette, edit = open_palette(window, qtbot)
    edit.setText("lab-reset")
    note = palette.findChild(QLabel, "paletteNote")
    assert isinstance(note, QLabel)
    assert "engines are not running yet" in note.text()
    assert note.text() in edit.accessibleDescription()
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert palette.isVisible()
    edit.setText("no such thing")
    assert palette.current is None
    assert note.text() == "No command has these words."
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert [each for each in focusable(palette) if not each.accessibleName()] == []
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(Palette) is None)


def every_command_that_cannot_be_done_says_why(window: MainWindow) -> None:
    silent = [each.key for each in window.table.commands if not each.can_run and not each.obstacle]
    assert silent == []


def keys_in_tool_tips_are_those_of_the_table(window: MainWindow) -> None:
    for command in window.table.commands:
        if command.button is not None and (found := re.search(r"\(((?:Ctrl|Esc)[^)]*)\)", command.button.toolTip())):
            assert found.group(1) == command.shortcut, command.key


def test_what_the_palette_runs_happens(driver: Driver) -> None:
    driver.choose("strategyCombo", "none")
    driver.window.pages.setCurrentIndex(1)
    _, edit = open_palette(driver.window, driver.qtbot)
    edit.setText("lab-submit")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    driver.wait_for(1, "exactly_once")
    assert driver.find(QWidget, "labPage").isVisible()


def the_status_bar_shows_the_engines(window: MainWindow) -> None:
    assert window.engines.isVisible()
    assert window.statusBar().isAncestorOf(window.engines)


def a_command_in_a_menu_says_why_it_cannot_be_done(window: MainWindow) -> None:
    for command in window.table.commands:
        action = action_of(window, command.key)
        if not command.can_run:
            assert action.toolTip() == command.obstacle
    menus = [menu for menu in window.menuBar().findChildren(QMenu) if menu.title()]
    assert len(menus) > 5
    assert all(menu.toolTipsVisible() for menu in menus)


def test_ctrl_return_starts_what_is_in_front_on_the_page_of_services_as_soon_as_it_can(
    window: MainWindow, qtbot: QtBot
) -> None:
    pressed: list[str] = []
    page = window.service
    window.pages.setCurrentWidget(page)
    for name, push in (("check", page.check_button), ("explore", page.explore_button)):
        push.clicked.disconnect()
        push.clicked.connect(lambda _=False, name=name: pressed.append(name))
        push.setEnabled(False)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == []
    page.check_button.setEnabled(True)
    qtbot.waitUntil(action_of(window, "service-start").isEnabled)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["check"]
    page.views.setCurrentWidget(page.story)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page.explore_button.setEnabled(True)
    qtbot.waitUntil(action_of(window, "service-start").isEnabled)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["check", "explore"]


def test_what_was_said_can_be_read_later_the_latest_first(window: MainWindow, bridge: LabBridge, qtbot: QtBot) -> None:
    assert not action_of(window, "messages").isEnabled()
    bridge.events.failed.emit("The first one.")
    bridge.events.incident.emit("The second one.")
    action_of(window, "messages").trigger()
    dialog = window.findChild(MessagesDialog, "messagesDialog")
    assert isinstance(dialog, MessagesDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert shown_in(dialog.list, 1) == ["The second one.", "The first one."]
    bridge.events.failed.emit("The third one.")
    assert shown_in(dialog.list, 1)[0] == "The third one."
    dialog.listing.edit.setText("first")
    bridge.events.failed.emit("The fourth one.")
    assert [line.text(1) for line in dialog.list.lines()] == ["The first one."]
    dialog.listing.edit.clear()
    menu = dialog.list.make_menu()
    menu.actions()[1].trigger()
    menu.close()
    assert [line.partition("\t")[2] for line in QApplication.clipboard().text().splitlines()] == [
        f"The {which} one." for which in ("fourth", "third", "second", "first")
    ]
    assert [each for each in focusable(dialog) if not each.accessibleName()] == []
    dialog.close()
    qtbot.waitUntil(lambda: window.findChild(MessagesDialog) is None)


def test_no_key_is_cut_in_the_palette(window: MainWindow, qtbot: QtBot) -> None:
    palette, _ = open_palette(window, qtbot)
    items = [palette.list.topLevelItem(number) for number in range(palette.list.topLevelItemCount())]
    needed = max(palette.list.fontMetrics().horizontalAdvance(item.text(2)) for item in items if item)
    width = palette.list.columnWidth(2)
    palette.close()
    assert width >= needed + 6


def test_of_all_commands(window: MainWindow, subtests: pytest.Subtests) -> None:
    """What only looks at the window does so at the same one."""
    for holds in (
        every_command_has_a_name_of_its_own_and_an_action_in_its_menu,
        every_command_that_cannot_be_done_says_why,
        keys_in_tool_tips_are_those_of_the_table,
        the_status_bar_shows_the_engines,
        a_command_in_a_menu_says_why_it_cannot_be_done,
        on_no_page_do_two_commands_share_keys_or_a_letter_of_a_menu,
        a_menu_has_the_commands_of_the_page_in_sight_only,
    ):
        with subtests.test(holds.__name__):
            holds(window)
