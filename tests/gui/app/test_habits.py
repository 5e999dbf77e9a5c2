"""What people expect of every table and of code: copy rows, find a text, move columns and find them moved again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.lab.lab import Lab
from gui.app.window import MainWindow
from gui.lab.results import Results
from gui.settings import Settings
from gui.theme import Theme
from gui.widgets.columns import arrange_columns, describe_columns, restore_columns
from gui.widgets.find_bar import FindBar
from gui.widgets.table import RecordTable
from tests.gui.records import row

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """With some rows."""
    window.lab.results.add_rows([row(number) for number in range(1, 31)])
    return window


def open_find(window: MainWindow) -> FindBar:
    QTest.keyClick(window, Qt.Key.Key_F, CTRL)
    bar = next(bar for bar in window.findChildren(FindBar) if bar.isVisible())
    assert QApplication.focusWidget() is bar.edit
    return bar


def shown(table: RecordTable) -> list[str]:
    return [str(table.model().index(number, 0).data()) for number in range(table.model().rowCount())]


def test_a_text_is_found_in_the_code(window: MainWindow, qtbot: QtBot) -> None:
    code = window.lab.results.code
    window.lab.results.right.setCurrentWidget(code)
    code.show_source(Lab.source_code("unique-index", "on-conflict"))
    qtbot.waitUntil(lambda: "on_conflict" in code.toPlainText())
    code.setFocus()
    edit = open_find(window).edit
    edit.setText("ON_CONFLICT")
    assert code.textCursor().selectedText().lower() == "on_conflict"
    first = code.textCursor().position()
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert code.textCursor().selectedText().lower() == "on_conflict"
    QTest.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert code.textCursor().position() == first


def test_several_rows_are_copied_as_they_are_shown(window: MainWindow) -> None:
    table = window.lab.results.rows_table
    table.horizontalHeader().moveSection(table.horizontalHeader().visualIndex(3), 0)
    table.setCurrentIndex(table.records.index(1, 0))
    table.selectionModel().select(
        table.records.index(4, 0), QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    )
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    copied = QApplication.clipboard().text().splitlines()
    assert copied[0].startswith("Item\tRow\t")
    assert [line.split("\t")[1] for line in copied[1:]] == ["2", "5"]
    menu = table.make_menu()
    menu.actions()[1].trigger()
    assert len(QApplication.clipboard().text().splitlines()) == 31
    menu.close()


def test_columns_that_were_moved_and_made_wider_come_back(window: MainWindow, theme: Theme, qtbot: QtBot) -> None:
    header = window.lab.results.rows_table.horizontalHeader()
    header.moveSection(0, 3)
    header.resizeSection(4, 99)
    before = describe_columns(header)
    window.save()
    other = Results(theme)
    qtbot.addWidget(other)
    restore_columns(other, Settings())
    again = other.rows_table.horizontalHeader()
    assert again.visualIndex(0) == header.visualIndex(0) == 3
    assert again.sectionSize(4) == 99
    order = [part.partition(":")[0] for part in describe_columns(again).split()]
    assert order == [part.partition(":")[0] for part in before.split()]


def test_columns_that_do_not_fit_the_table_count_as_absent(window: MainWindow, subtests: pytest.Subtests) -> None:
    header = window.lab.results.rows_table.horizontalHeader()
    before = describe_columns(header)
    for kept in ("", "0:1", "x:y", "0:1 1:2 2:3 3:4 4:5 5:6 6:-7", "0:5 0:5", "7:1 0:1"):
        with subtests.test(kept):
            arrange_columns(header, kept)
            assert describe_columns(header) == before
