"""What people expect of a table, asked of every table of the window: one that is new cannot miss any of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget
from pytestqt.qtbot import QtBot

from backend.archive.entries import CheckRecord, ComparisonRecord, Entry, ExplorationRecord, Kind, RunRecord
from backend.archive.summary import Summary, told
from backend.comparison.questions import SituationKey
from backend.model.sentence import plain
from backend.model.vocabulary import Verdict
from backend.service.asked import Checked
from gui.app.window import MainWindow
from gui.widgets.cell_table import CellTable
from gui.widgets.find_bar import FindBar
from gui.widgets.table import RecordTable
from gui.widgets.timeline.pane import Timeline
from tests.backend.archive.samples import BEGAN, comparison_entry, every_entry, run_entry
from tests.gui.conftest import OpenBare
from tests.gui.records import reply, rows, step

CTRL = Qt.KeyboardModifier.ControlModifier
NOWHERE = "a text that no row has"


@pytest.fixture
def open_filled(open_bare: OpenBare) -> OpenBare:
    """Opens windows with rows in every table."""

    def open_one() -> MainWindow:
        made = open_bare()
        fill(made)
        return made

    return open_one


def fill(window: MainWindow) -> None:
    results = window.lab.results
    results.add_rows(rows(3))
    results.add_replies([reply(number) for number in range(1, 4)])
    results.choose("1.1")
    results.show_steps("1.1", tuple(step(number) for number in range(3)))
    window.lab.timeline.add_replies([reply(number) for number in range(1, 4)])
    window.lab.timeline.add_steps([step(number) for number in range(3)])
    for entry in every_entry():
        match entry.content:
            case ExplorationRecord(found=explored):
                window.explore.story.show_found(explored)
                window.service.story.show_found(explored)
            case CheckRecord(found=check, plan=plan):
                window.service.check_pane.begin(tuple(each.situation for each in check.situations))
                window.service.check_pane.show_found(Checked(check, (), plan))
            case ComparisonRecord():
                fill_comparison(window)
            case RunRecord():
                window.history.summaries.append([summary(number) for number in (1, 2)])


def summary(number: int) -> Summary:
    return Summary(number, Kind.RUN, BEGAN, 0.2, Verdict.DUPLICATED, told(plain(f"what {number} was about")))


def fill_comparison(window: MainWindow) -> None:
    window.compare.table.cells.begin(tuple(SituationKey))
    for variant in ("on-conflict", "catch-violation"):
        content = comparison_entry("unique-index", variant).content
        assert isinstance(content, ComparisonRecord)
        window.compare.table.cells.show_line(content.found.lines[0])


def entries() -> Iterator[tuple[Entry, ...]]:
    """What the History shows, one after the other."""
    for entry in every_entry():
        yield (entry,)
    yield run_entry(), run_entry(began=BEGAN + 60, strategy="unique-index")


def parts(window: MainWindow) -> Iterator[QWidget]:
    """All that has tables; what the History shows comes and goes."""
    yield window
    for some in entries():
        window.history.show_entries(some)
        view = window.history.views.currentWidget()
        assert view is not None
        yield view


def tables(part: QWidget) -> list[QTableView]:
    return part.findChildren(QTableView)


def is_filled(table: QTableView) -> bool:
    return table.model().rowCount() > 0


def list_timelines(part: QWidget, qtbot: QtBot) -> None:
    for timeline in part.findChildren(Timeline):
        timeline.list_button.setChecked(True)
        qtbot.waitUntil(partial(is_filled, timeline.list))


def heads(table: QTableView) -> list[str]:
    header = table.horizontalHeader()
    across = [header.logicalIndex(place) for place in range(header.count())]
    return [str(table.model().headerData(number, Qt.Orientation.Horizontal)) for number in across]


def copied() -> list[str]:
    lines = QApplication.clipboard().text().splitlines()
    QApplication.clipboard().clear()
    return lines


def shown(table: QTableView) -> int:
    return sum(not table.isRowHidden(row) for row in range(table.model().rowCount()))


def lacks(table: QTableView) -> Iterator[str]:
    count = table.model().rowCount()
    if count == 0:
        yield "rows: fill it in this test"
    if not isinstance(table, RecordTable | CellTable):
        yield "a menu"
        return
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_C, CTRL)
    if (lines := copied())[:1] != ["\t".join(heads(table))] and lines[:1] != ["\t".join(["", *heads(table)])]:
        yield f"heads in what is copied: {lines}"
    if len(lines) != count + 1:
        yield f"copying of all that is selected: {len(lines)} lines of {count} rows"
    menu = table.make_menu()
    for action in menu.actions()[:2]:
        action.trigger()
        if len(copied()) != count + 1:
            yield f"copying by the menu: {action.text()}"
    menu.close()
    bar = table.findChild(FindBar) or FindBar(table)
    bar.edit.setText(NOWHERE)
    if shown(table):
        yield "a filter"
    bar.leave()
    if shown(table) != count:
        yield "the end of a filter"


def test_every_table_copies_several_rows_has_a_menu_and_a_filter(open_filled: OpenBare, qtbot: QtBot) -> None:
    window = open_filled()
    found = []
    for part in parts(window):
        list_timelines(part, qtbot)
        found += [f"{table.objectName()} lacks {what}" for table in tables(part) for what in lacks(table)]
    assert not found, "\n".join(found)


def test_every_table_has_columns_that_can_be_moved_and_stay_so(open_filled: OpenBare) -> None:
    window, wanted = open_filled(), {}
    for part in parts(window):
        for table in tables(part):
            header = table.horizontalHeader()
            assert header.sectionsMovable(), table.objectName()
            header.moveSection(header.count() - 1, 1)
            wanted[table.objectName()] = heads(table)
    window.save()
    assert len(wanted) > 20
    for part in parts(open_filled()):
        for table in tables(part):
            assert heads(table) == wanted[table.objectName()], table.objectName()


def test_columns_that_are_not_there_for_a_while_come_back_to_their_place(
    open_filled: OpenBare,
) -> None:
    table = open_filled().compare.table
    header, before = table.horizontalHeader(), heads(table)
    last = table.cells.columns.index(next(each for each in table.cells.columns if each.situation is SituationKey.CRASH))
    header.moveSection(header.visualIndex(last), 1)
    header.resizeSection(last, 222)
    moved = heads(table)
    assert moved != before
    table.cells.begin((SituationKey.CLICKS,))
    assert heads(table) == [each for each in before if each in heads(table)]
    table.cells.begin((SituationKey.CLICKS, SituationKey.CRASH))
    assert heads(table)[1] == moved[1]
    assert header.sectionSize(header.logicalIndex(1)) == 222
    table.cells.begin(tuple(SituationKey))
    assert heads(table) == moved
