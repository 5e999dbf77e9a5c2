from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.model.vocabulary import Answer, Verdict
from backend.service.outside.model import CheckSituation, IntentResult, SituationResult
from gui.lab.models import RowsModel
from gui.service.models import SituationLine, SituationsModel
from gui.theme import Theme, ThemeMode
from gui.widgets.arrangement import BY_HAND
from gui.widgets.columns import arrange_columns, describe_columns
from gui.widgets.table import RecordTable
from tests.gui.records import row, rows


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> Iterator[RecordTable]:
    model = RowsModel()
    made = RecordTable("rowsTable", "Rows", model, theme, "Nothing yet")
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(600, 300)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


def newest_visible(table: RecordTable) -> bool:
    last = table.visualRect(table.model().index(table.model().rowCount() - 1, 0))
    return table.viewport().rect().contains(last.center())


def test_the_newest_row_stays_in_sight(table: RecordTable, qtbot: QtBot) -> None:
    for first in range(1, 2_001, 500):
        table.records.append(rows(500, first))
        qtbot.waitUntil(lambda: newest_visible(table))


def test_who_scrolls_away_is_left_alone_until_they_come_back(table: RecordTable, qtbot: QtBot) -> None:
    table.records.append(rows(500))
    qtbot.waitUntil(lambda: newest_visible(table))
    bar = table.verticalScrollBar()
    bar.setValue(0)
    table.records.append(rows(500, 501))
    assert bar.value() == 0
    bar.setValue(bar.maximum())
    table.records.append(rows(10, 1_001))
    qtbot.waitUntil(lambda: newest_visible(table))


def test_all_of_a_burst_is_there(table: RecordTable, qtbot: QtBot) -> None:
    for first in range(1, 20_001, 400):
        table.records.append(rows(400, first))
    assert table.model().rowCount() == 20_000
    assert table.model().index(19_999, 0).data() == "20000"
    qtbot.waitUntil(lambda: newest_visible(table))


def test_choosing_by_the_program_tells_nobody(table: RecordTable, qtbot: QtBot) -> None:
    table.records.append(rows(5))
    with qtbot.assertNotEmitted(table.submission_chosen):
        table.choose("1.3")
    assert table.currentIndex().row() == 2
    with qtbot.assertNotEmitted(table.submission_chosen):
        table.choose("no such submission")
    assert not table.selectionModel().hasSelection()


def test_choosing_by_hand_tells_which_submission(table: RecordTable, qtbot: QtBot) -> None:
    table.records.append(rows(5))
    with qtbot.waitSignal(table.submission_chosen) as chosen:
        table.setCurrentIndex(table.model().index(3, 2))
    assert chosen.args == ["1.4"]


def test_an_empty_table_says_what_will_appear(table: RecordTable) -> None:
    empty = table.grab().toImage()
    table.records.append(rows(1))
    table.records.clear()
    assert table.grab().toImage() == empty
    table._empty = ""
    assert table.grab().toImage() != empty


def test_a_duplicate_looks_different_in_both_themes(table: RecordTable, theme: Theme) -> None:
    table.records.append(rows(2))
    for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
        theme.set_mode(mode)
        image = table.viewport().grab().toImage()
        first, second = (table.visualRect(table.model().index(number, 4)).topLeft() for number in (0, 1))
        assert image.pixelColor(first + QPoint(2, 2)).name() == theme.colours.surface
        assert image.pixelColor(second + QPoint(2, 2)).name() == theme.colours.duplicated_tint


def test_the_header_keeps_its_font_when_the_theme_changes(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp, ThemeMode.LIGHT)
    table = RecordTable("rowsTable", "Rows", RowsModel(), theme, "Nothing yet")
    qtbot.addWidget(table)
    theme.apply_style()  # as the application does: when all is built
    with qtbot.waitExposed(table):
        table.show()
    before = table.horizontalHeader().font()
    assert before.family() == table.font().family()
    for mode in (ThemeMode.DARK, ThemeMode.LIGHT):
        theme.set_mode(mode)
        assert table.horizontalHeader().font().family() == before.family()
        assert table.horizontalHeader().font().pointSizeF() == before.pointSizeF()
    table.hide()
    qapp.setStyleSheet("")
    theme.deleteLater()


def test_where_the_keyboard_is_can_be_seen(table: RecordTable, theme: Theme, qtbot: QtBot) -> None:
    table.records.append(rows(2))
    table.window().activateWindow()
    qtbot.waitUntil(table.isActiveWindow)
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    assert table.viewport().grab().toImage().pixelColor(0, 60).name() == theme.colours.accent
    table.clearFocus()
    qtbot.waitUntil(lambda: not table.hasFocus())
    assert table.viewport().grab().toImage().pixelColor(0, 60).name() != theme.colours.accent


def test_rows_of_an_earlier_run_are_dim_and_say_so(table: RecordTable, theme: Theme) -> None:
    model = table.records
    assert isinstance(model, RowsModel)
    model.append([row(1), row(2, ordinal=2), replace(row(3), key="A-2")])
    effects = [model.index(number, 1).data() for number in range(3)]
    assert effects == ["first", "duplicate, 2nd", "first"]
    model.show_wanted(frozenset({("orders", "A-2")}))
    effects = [model.index(number, 1).data() for number in range(3)]
    assert effects == ["earlier, first", "earlier, 2nd", "first"]
    told = [model.index(number, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole) for number in range(3)]
    assert [text.startswith("Of an earlier run") for text in told] == [True, True, False]
    picture = table.viewport().grab().toImage()
    second = table.visualRect(model.index(1, 4)).topLeft() + QPoint(2, 2)
    assert picture.pixelColor(second).name() == theme.colours.surface, "a duplicate of an earlier run still glows"


def ink(image: QImage, box: QRect) -> tuple[int, int]:
    """Where the text in a stretch of an image begins and ends: columns that are not of one colour."""
    found = [
        x
        for x in range(max(0, box.left()), min(box.right(), image.width()))
        if len({image.pixel(x, y) for y in range(box.top(), box.bottom())}) > 1
    ]
    return found[0], found[-1]


def test_cells_line_up_with_the_titles_of_their_columns(table: RecordTable) -> None:
    table.resize(900, 300)
    table.records.append(rows(3))
    header, titles = table.horizontalHeader(), table.horizontalHeader().grab().toImage()
    cells = table.viewport().grab().toImage()
    height = table.verticalHeader().defaultSectionSize()
    for number, column in enumerate(table.records.columns):
        left, width = table.columnViewportPosition(number), table.columnWidth(number)
        title = ink(titles, QRect(left + 1, 4, width - 2, header.height() - 8))
        cell = ink(cells, QRect(left + 1, 2, width - 2, height - 4))
        place = 1 if column.right else 0
        assert abs(title[place] - cell[place]) <= 2, column.title


def test_what_a_row_is_for_can_be_read_however_narrow_the_table_is(table: RecordTable) -> None:
    table.records.append(rows(3))
    header = table.horizontalHeader()
    for width in (900, 430, 300, 900):
        table.resize(width, 300)
        assert header.sectionSize(2) >= table.fontMetrics().horizontalAdvance("A-1BE57K-0001") + 12, width
        assert (table.horizontalScrollBar().maximum() > 0) == (width < 500), width
    assert header.sectionSize(2) > 300


def _check_of(count: int) -> SituationLine:
    """With as many intents as one asks for at the most."""
    verdicts = {Verdict.DUPLICATED: count, Verdict.EXACTLY_ONCE: count}
    situation, answers = CheckSituation.ONE_AFTER_ANOTHER, (Answer.CREATED, Answer.DUPLICATE)
    intents = [
        IntentResult(f"i-{n}", 2, answers, verdict, is_reached=True) for verdict in verdicts for n in range(count)
    ]
    return SituationLine(situation, verdicts, SituationResult(situation, 2, tuple(intents)))


@pytest.mark.parametrize("width", [903, 712])
def test_verdicts_and_answers_of_a_check_are_whole_in_the_smallest_window(
    qtbot: QtBot, theme: Theme, both_languages: object, width: int
) -> None:
    """The width that the Service page has for it at 1280x800, and there at 125 %."""
    model = SituationsModel()
    table = RecordTable("serviceTable", lambda: "Situations", model, theme, lambda: "")
    model.setParent(table)
    qtbot.addWidget(table)
    table.resize(width, 200)
    table.show()
    model.append([_check_of(50)])

    def wanted(number: int) -> float:
        """With the fraction of a pixel for whose sake a text would be cut."""
        return QFontMetricsF(table.font()).horizontalAdvance(model.columns[number].text(model.records[0])) + 12

    qtbot.waitUntil(lambda: table.columnWidth(1) >= wanted(1))
    for number in (1, 2, 3, 4):
        assert table.columnWidth(number) >= wanted(number), number
    assert table.horizontalScrollBar().maximum() == 0
    header = table.horizontalHeader()
    header.setProperty(BY_HAND, True)
    header.resizeSection(1, 40)
    arrange_columns(header, describe_columns(header))
    table.resize(width + 50, 200)
    assert header.sectionSize(1) == 40, "what somebody has made narrower stays so"


def test_a_table_at_its_end_stays_there_when_its_room_changes(table: RecordTable, qtbot: QtBot) -> None:
    table.resize(600, 300)
    table.records.append(rows(60))
    bar = table.verticalScrollBar()
    qtbot.waitUntil(lambda: 0 < bar.maximum() == bar.value())
    table.resize(600, 150)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    bar.setValue(10)
    table.resize(600, 200)
    assert bar.value() == 10
