"""A text that is looked for hides the rows that do not have it, and nothing that is hidden goes untold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget
from pytestqt.qtbot import QtBot

from backend.comparison.questions import SituationKey, Subject
from backend.comparison.records import Line
from backend.model.observed import GoneRow
from backend.model.vocabulary import Answer, EngineKind, OperationKey
from gui.app.window import MainWindow
from gui.lab.models import RowsModel
from gui.widgets.find_bar import FindBar
from gui.widgets.table import RecordTable
from tests.gui.conftest import focusable
from tests.gui.driver import PATIENCE_MS
from tests.gui.records import reply, row, rows, step

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """With thirty rows, of which the first is no duplicate."""
    window.lab.results.add_rows(rows(30))
    return window


def open_find(window: QWidget, view: QWidget) -> FindBar:
    view.setFocus()
    QTest.keyClick(window, Qt.Key.Key_F, CTRL)
    bar = view.findChild(FindBar)
    assert isinstance(bar, FindBar)
    assert QApplication.focusWidget() is bar.edit
    return bar


def subject(strategy: str, variant: str) -> Subject:
    return Subject(OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, strategy, variant, sound=True)


def first_cells(table: QTableView) -> list[str]:
    model = table.model()
    return [str(model.index(each, 0).data()) for each in range(model.rowCount()) if not table.isRowHidden(each)]


def test_rows_without_the_text_are_hidden_until_esc_and_the_bar_counts_them_and_covers_nothing(
    window: MainWindow,
) -> None:
    table = window.lab.results.rows_table
    bar = open_find(window, table)
    bar.edit.setText("1.3")
    assert first_cells(table) == ["3", "30"]
    assert bar.note.text() == "2 of 30 shown, 27 duplicates hidden"
    check_that_nothing_is_covered(table, bar)
    assert bar.edit.accessibleDescription() == bar.note.text()
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    assert table.currentIndex().row() == 0
    QTest.keyClick(bar.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert table.currentIndex().row() == 1
    assert table.current_submission() == "1.30"
    QTest.keyClick(window, Qt.Key.Key_F, CTRL)  # again, while it is open already
    assert [each for each in window.findChildren(FindBar) if each.isVisible()] == [bar]
    assert [each for each in focusable(bar) if not each.accessibleName()] == []
    bar.edit.setText("nowhere")
    assert first_cells(table) == []
    bar.edit.setText("DUPLICATE, 7th")
    assert first_cells(table) == ["7"]
    QTest.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert QApplication.focusWidget() is table
    assert len(first_cells(table)) == 30


def check_that_nothing_is_covered(table: RecordTable, bar: FindBar) -> None:
    heads = table.horizontalHeader().viewport()
    below = heads.mapTo(table, QPoint(0, 0)).y()
    assert below >= bar.geometry().bottom()
    assert table.viewport().geometry().top() >= below + heads.height() - 1


def test_rows_that_come_meanwhile_obey_and_duplicates_are_told_all_the_same(window: MainWindow) -> None:
    table, results = window.lab.results.rows_table, window.lab.results
    tester = QAbstractItemModelTester(table.records, QAbstractItemModelTester.FailureReportingMode.Fatal)
    bar = open_find(window, table)
    bar.edit.setText("other")
    assert bar.note.text() == "0 of 30 shown, 29 duplicates hidden"
    results.add_rows([row(31), replace(row(32, ordinal=2), item="other"), row(33, ordinal=3)])
    assert first_cells(table) == ["32"]
    assert bar.note.text() == "1 of 33 shown, 30 duplicates hidden"
    results.remove_rows([GoneRow("orders", 2, "A-1", "1.2")])
    assert bar.note.text() == "1 of 32 shown, 29 duplicates hidden"
    assert first_cells(table) == ["32"]
    results.clear()
    results.add_rows(rows(2))
    assert first_cells(table) == []
    assert bar.note.text() == "0 of 2 shown, 1 duplicate hidden"
    tester.deleteLater()


def what_is_chosen_elsewhere_is_the_record_that_is_meant(window: MainWindow) -> None:
    results = window.lab.results
    results.add_replies([reply(number, Answer.ERROR if number % 2 else Answer.CREATED) for number in range(1, 11)])
    results.left.setCurrentWidget(results.replies_table)
    bar = open_find(window, results.replies_table)
    bar.edit.setText("created")
    assert first_cells(results.replies_table) == ["1.2", "1.4", "1.6", "1.8", "1.10"]
    results.choose("1.6")
    assert results.replies_table.current_submission() == "1.6"
    results.choose("1.7")
    assert results.replies_table.current_submission() == ""
    told = results.reply_of("1.7")
    assert told is not None
    assert told.answer is Answer.ERROR


def test_what_was_chosen_is_so_again_when_it_is_shown_again(window: MainWindow) -> None:
    results = window.lab.results
    results.choose("1.7")
    bar = open_find(window, results.rows_table)
    bar.edit.setText("1.3")
    assert results.rows_table.current_submission() == ""
    QTest.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert results.rows_table.current_submission() == "1.7"
    bar = open_find(window, results.rows_table)
    bar.edit.setText("1.3")
    results.choose("1.9")
    results.remove_rows([GoneRow("orders", 4, "A-1", "1.4")])
    bar.edit.setText("1.")
    assert results.rows_table.current_submission() == "1.9"
    results.choose("")
    bar.edit.setText("1.3")
    bar.edit.setText("1.")
    assert results.rows_table.current_submission() == ""


def the_step_in_full_is_the_one_that_is_marked(window: MainWindow) -> None:
    results = window.lab.results
    results.choose("1.1")
    results.show_steps("1.1", tuple(step(number) for number in range(20)))
    bar = open_find(window, results.steps_table)
    bar.edit.setText("select 17")
    assert results.steps_table.model().rowCount() == 1
    results.steps_table.setCurrentIndex(results.steps.index(0, 0))
    assert results.detail.toPlainText().startswith("SELECT 17")


def test_a_text_is_sought_in_many_rows_without_a_stop_while_more_of_them_come(window: MainWindow, qtbot: QtBot) -> None:
    results = window.lab.results
    results.clear()
    results.add_rows(rows(20_000))
    bar = open_find(window, results.rows_table)
    bar.edit.setText("1.1234")
    assert results.rows_table.model().rowCount() == 20_000, "all of them were looked at in one go"
    results.add_rows([row(number) for number in range(20_001, 20_011)])
    results.add_rows([row(123_499)])
    qtbot.waitUntil(lambda: results.rows_table.model().rowCount() < 20_000, timeout=PATIENCE_MS)
    assert first_cells(results.rows_table) == ["1234", *map(str, range(12_340, 12_350)), "123499"]
    assert bar.note.text().startswith("12 of 20011 shown")


def test_records_that_make_room_are_gone_from_what_is_shown_and_counted(qtbot: QtBot) -> None:
    model = RowsModel()
    model._most = 100
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.append(rows(95))
    model.show_only("1.9")
    qtbot.waitUntil(lambda: not model.filter.is_looking)
    assert [each.id for each in model.shown] == [9, 90, 91, 92, 93, 94, 95]
    model.append(rows(10, 96))
    assert [each.id for each in model.shown] == [90, 91, 92, 93, 94, 95, 96, 97, 98, 99]
    assert model.gone == 15
    assert model.filter.hidden_marked == len(model.records) - 10
    assert model.row_of("1.95") == 5
    assert model.headerData(0, Qt.Orientation.Vertical) == 90
    model.show_only("")
    assert model.rowCount() == len(model.records)
    tester.deleteLater()


def another_language_is_sought_in(window: MainWindow) -> None:
    """Rows are found by what they say, whatever it says by then."""
    model = window.lab.results.rows
    model.show_only("earlier")
    assert model.rowCount() == 0
    model.show_wanted(frozenset())
    assert model.rowCount() == 30
    model.show_wanted(None)
    assert model.rowCount() == 0


def grids_hide_rows_as_well_and_lines_that_come_obey(window: MainWindow) -> None:
    window.pages.setCurrentWidget(window.explore)
    window.explore.views.setCurrentIndex(1)
    grid = window.explore.survey.table
    total = grid.model().rowCount()
    assert total > 20
    assert grid.horizontalHeader().defaultAlignment() & Qt.AlignmentFlag.AlignLeft, "heads stand beside their columns"
    bar = open_find(window, grid)
    bar.edit.setText("token")
    titles = [
        str(grid.model().headerData(each, Qt.Orientation.Vertical))
        for each in range(total)
        if not grid.isRowHidden(each)
    ]
    assert 0 < len(titles) < total
    assert all("token" in title.lower() for title in titles)
    assert bar.note.text() == f"{len(titles)} of {total} shown"
    assert not grid.isRowHidden(grid.currentIndex().row())
    QTest.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert not any(grid.isRowHidden(each) for each in range(total))


def lines_of_a_comparison_that_come_while_others_are_hidden_obey(window: MainWindow) -> None:
    window.pages.setCurrentWidget(window.compare)
    table = window.compare.table
    table.cells.begin((SituationKey.CLICKS,))
    table.cells.show_line(Line(subject("none", "direct")))
    bar = open_find(window, table)
    bar.edit.setText("unique")
    table.cells.show_line(Line(subject("unique-index", "on-conflict")))
    table.cells.show_line(Line(subject("token", "delete-first")))
    assert len(first_cells(table)) == 1
    assert bar.note.text() == "1 of 3 shown"
    assert isinstance(window.lab.results.rows_table, RecordTable)


def test_each_table_has_a_filter_of_its_own(window: MainWindow, subtests: pytest.Subtests) -> None:
    """Rows, answers, steps, the grid of all questions, and a comparison."""
    for holds in (
        another_language_is_sought_in,
        what_is_chosen_elsewhere_is_the_record_that_is_meant,
        the_step_in_full_is_the_one_that_is_marked,
        grids_hide_rows_as_well_and_lines_that_come_obey,
        lines_of_a_comparison_that_come_while_others_are_hidden_obey,
    ):
        with subtests.test(holds.__name__):
            holds(window)


def test_a_kept_entry_that_is_replaced_takes_its_bar_along(window: MainWindow, qtbot: QtBot) -> None:
    """The next Ctrl+F finds a view of its own."""
    table = window.lab.results.rows_table
    bar = open_find(window, table)
    assert bar.parent() is table
    other = window.lab.results.steps_table
    again = open_find(window, other)
    assert again is not bar
    assert bar.isVisible()
