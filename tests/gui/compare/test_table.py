"""The table of the comparison: heads, cells, and the column that says whom a line is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.comparison.questions import SituationKey, Subject
from backend.comparison.records import ComparedCell, Line
from backend.comparison.says import CompareCode
from backend.model.vocabulary import EngineKind, OperationKey
from gui.app.language import Languages
from gui.compare.table import ComparisonTable
from gui.theme import Theme
from gui.widgets.arrangement import BY_HAND, BY_HAND_SIGN
from gui.wording.live import say_all_again
from tests.gui.widgets.test_table import ink


@pytest.fixture
def table(qtbot: QtBot, theme: Theme, english: None) -> Iterator[ComparisonTable]:
    made = ComparisonTable(theme)
    qtbot.addWidget(made)
    made.resize(900, 300)
    with qtbot.waitExposed(made):
        made.show()
    made.cells.begin(tuple(SituationKey))
    for strategy, variant in (("none", "direct"), ("unique-index", "on-conflict")):
        subject = Subject(OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, strategy, variant, sound=True)
        made.cells.show_line(Line(subject))
    yield made
    made.hide()


def painted(table: ComparisonTable) -> tuple[QImage, QImage]:
    return table.horizontalHeader().grab().toImage(), table.viewport().grab().toImage()


def test_whom_a_line_is_about_stays_in_sight_while_the_others_are_scrolled(table: ComparisonTable) -> None:
    width = table.columnWidth(0)
    heads, cells = (image.copy(0, 0, width - 2, image.height()) for image in painted(table))
    bar = table.horizontalScrollBar()
    bar.setValue(bar.maximum() // 2)
    heads_then, cells_then = (image.copy(0, 0, width - 2, image.height()) for image in painted(table))
    assert cells_then == cells
    assert heads_then == heads
    assert table.indexAt(QPoint(20, 5)).column() == 0


def test_a_cell_that_becomes_current_is_not_below_the_column_that_stays(table: ComparisonTable) -> None:
    bar = table.horizontalScrollBar()
    bar.setValue(bar.maximum())
    table.setCurrentIndex(table.cells.index(0, 2))
    table.scrollTo(table.currentIndex())
    assert table.visualRect(table.currentIndex()).left() >= table.columnWidth(0) - 1


def test_cells_stand_below_their_heads(table: ComparisonTable) -> None:
    heads, cells = painted(table)
    for number in (0, 1):
        left, width = table.columnViewportPosition(number), table.columnWidth(number)
        head = ink(heads, QRect(left + 1, 4, width - 2, heads.height() - 8))
        cell = ink(cells, QRect(left + 1, 2, width - 2, table.rowHeight(0) - 4))
        place = 1 if table.cells.columns[number].right else 0
        assert abs(head[place] - cell[place]) <= 2, number


def test_the_current_line_is_copied_below_the_titles_of_its_columns(table: ComparisonTable) -> None:
    table.setCurrentIndex(table.cells.index(1, 0))
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heads, line = QApplication.clipboard().text().splitlines()
    assert heads.startswith("Strategy\t")
    assert line.startswith(table.cells.lines[1].subject.name + "\t")


@pytest.mark.parametrize("kept", ["x", "a:b", "a:-1", "a:99999999999999999999", ":5", "clicks:90 b"])
def test_kept_columns_that_cannot_be_read_count_as_absent(table: ComparisonTable, kept: str) -> None:
    before = table.arrangement.described
    table.arrangement.described = kept
    assert table.arrangement.described == before


def test_the_column_that_stays_is_the_first_one_whatever_was_kept(table: ComparisonTable) -> None:
    keys = [column.key for column in table.cells.columns]
    table.arrangement.described = " ".join(f"{key}:120" for key in reversed(keys))
    assert [table.heads.logicalIndex(place) for place in (0, 1)] == [0, len(keys) - 1]


def test_what_a_line_comes_to_stands_beside_whom_it_is_about(table: ComparisonTable) -> None:
    assert [column.key for column in table.cells.columns][:2] == [
        CompareCode.COLUMN_STRATEGY.value,
        CompareCode.COLUMN_STANDING.value,
    ]


def test_columns_are_as_wide_as_their_texts_until_somebody_drags_one(table: ComparisonTable, qtbot: QtBot) -> None:
    longest = max(table.fontMetrics().horizontalAdvance(line.subject.name) for line in table.cells.lines)
    qtbot.waitUntil(lambda: longest < table.columnWidth(0) < longest + 30)
    table.heads.setProperty(BY_HAND, True)
    table.heads.resizeSection(0, 300)
    assert table.arrangement.described.startswith(BY_HAND_SIGN)
    table.cells.begin(tuple(SituationKey))
    assert table.columnWidth(0) == 300


def test_who_drags_an_edge_of_the_table_has_dragged_no_column(
    table: ComparisonTable, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = max(table.fontMetrics().horizontalAdvance(line.subject.name) for line in table.cells.lines)
    qtbot.waitUntil(lambda: longest < table.columnWidth(0) < longest + 30)
    monkeypatch.setattr(QGuiApplication, "mouseButtons", staticmethod(lambda: Qt.MouseButton.LeftButton))
    subject = Subject(
        OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, "unique-index", "a-name-that-is-longer", sound=True
    )
    table.cells.show_line(Line(subject))
    table.resize(1400, 300)
    wider = table.fontMetrics().horizontalAdvance(subject.name)
    qtbot.waitUntil(lambda: table.columnWidth(0) > wider)
    assert not table.heads.property(BY_HAND)
    table.heads.resizeSection(0, 300)
    assert table.heads.property(BY_HAND)


def test_a_line_comes_where_it_belongs_whichever_is_told_of_first(table: ComparisonTable) -> None:
    table.cells.begin(tuple(SituationKey))
    lines = [
        Line(Subject(OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, "none", variant, sound=True))
        for variant in ("a", "b", "c", "d")
    ]
    for number in (2, 0, 3, 1, 2):
        table.cells.show_line(lines[number], number)
    table.cells.show_line(lines[3])
    assert table.cells.lines == lines


NOTHING, NEVER = "\N{EN DASH}", "\N{HORIZONTAL ELLIPSIS} never run"


def shown(table: ComparisonTable) -> list[tuple[str, str]]:
    """Whom each line is about, and what came of the clicks."""
    model = table.cells
    return [(str(model.index(row, 0).data()), str(model.index(row, 2).data())) for row in range(model.rowCount())]


def test_cells_say_what_is_known_of_their_line_by_now_and_in_the_language_of_now(
    table: ComparisonTable, request: pytest.FixtureRequest, qapp: QApplication
) -> None:
    first, second = table.cells.lines
    assert shown(table) == [("none/direct", NOTHING), ("unique-index/on-conflict", NOTHING)]
    cell = ComparedCell(second.subject, SituationKey.CLICKS, never_run=True)
    table.cells.show_line(replace(second, cells=(cell,)))
    assert [text for _, text in shown(table)] == [NOTHING, NEVER]
    above = replace(first, subject=replace(first.subject, variant="above"))
    table.cells.show_line(above, -1)
    assert shown(table) == [("none/above", NOTHING), ("none/direct", NOTHING), ("unique-index/on-conflict", NEVER)]
    languages = Languages(qapp)
    request.addfinalizer(languages.close)
    languages.use("zh_CN")
    say_all_again((table.cells, table))
    assert shown(table)[2][1] not in {NOTHING, NEVER}


def test_columns_become_as_wide_as_what_has_come_since(table: ComparisonTable, qtbot: QtBot) -> None:
    before = table.columnWidth(2)
    line = table.cells.lines[1]
    cell = ComparedCell(line.subject, SituationKey.CLICKS, never_run=True)
    table.cells.show_line(replace(line, cells=(cell,)))
    wide = table.fontMetrics().horizontalAdvance(shown(table)[1][1])
    qtbot.waitUntil(lambda: table.columnWidth(2) > max(before - 1, wide))
    table.cells.begin(tuple(SituationKey))
    table.cells.show_line(line)
    qtbot.waitUntil(lambda: table.columnWidth(0) < 2 * table.fontMetrics().horizontalAdvance(line.subject.name))
