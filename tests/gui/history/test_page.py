"""The History page without a lab: what is listed, shown, saved and forgotten."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from backend.archive.entries import Entry, RunRecord
from backend.archive.files import from_file, load, save
from backend.archive.history import History
from backend.archive.says import EntryFileError
from backend.model.sentence import words
from backend.model.vocabulary import Verdict
from gui.history.keeper import HistoryKeeper
from gui.history.models import DifferencesModel
from gui.history.page import HistoryPage
from gui.history.pair_view import PairView
from gui.history.views import EntryView
from gui.link.bridge import LabBridge
from gui.theme import Theme
from gui.widgets.table import RecordTable
from gui.widgets.timeline.view import TimelineView
from gui.wording.live import in_words
from tests.backend.archive.evil_files import evil_file
from tests.backend.archive.samples import BEGAN, every_entry, run_entry
from tests.tables import exhaustive_but, values


@pytest.fixture
def keeper(bridge: LabBridge, qtbot: QtBot) -> Iterator[HistoryKeeper]:
    made = HistoryKeeper(bridge)
    yield made
    with qtbot.waitSignal(made.closed, timeout=30_000):
        made.close()
    assert made.wait_until_closed(5)
    made.deleteLater()


@pytest.fixture
def page(keeper: HistoryKeeper, theme: Theme, english: None, qtbot: QtBot) -> HistoryPage:
    made = HistoryPage(keeper, theme)
    qtbot.addWidget(made)
    made.resize(1280, 700)
    return made


def _listed(page: HistoryPage, qtbot: QtBot, count: int) -> None:
    if not page.isVisible():
        page.show()
    qtbot.waitUntil(lambda: len(page.summaries.records) == count, timeout=30_000)


Found = TypeVar("Found", bound=QWidget)


def _find(view: QWidget, kind: type[Found], name: str) -> Found:
    found = view.findChild(kind, name)
    assert found is not None, name
    return found


def _choose(page: HistoryPage, *rows: int) -> None:
    selection = page.table.selectionModel()
    selection.clearSelection()
    for row in rows:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        selection.select(page.summaries.index(row, 0), flags)


def _shown(page: HistoryPage, qtbot: QtBot, row: int) -> QWidget:
    wanted = History().entry(page.summaries.records[row].number)
    _choose(page, row)
    qtbot.waitUntil(lambda: page.entry == wanted, timeout=30_000)
    view = page.views.currentWidget()
    assert view is not None
    return view


def test_every_kind_of_entry_is_listed_and_shown_again(page: HistoryPage, qtbot: QtBot) -> None:
    QAbstractItemModelTester(page.summaries, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    for entry in every_entry():
        History().add(entry)
    _listed(page, qtbot, 4)
    check, comparison, exploration, run = (_shown(page, qtbot, row) for row in range(4))
    assert _find(run, RecordTable, "historyRowsTable").records.records == list(run_entry().content.rows)  # type: ignore[union-attr]
    assert _find(run, QLabel, "historyVerdictLabel").property("verdict") == Verdict.DUPLICATED.value
    for view in (check, comparison, exploration):
        assert view is not run


def test_a_kept_run_shows_rows_answers_steps_timeline_and_code(page: HistoryPage, qtbot: QtBot) -> None:
    History().add(run_entry())
    _listed(page, qtbot, 1)
    view = _shown(page, qtbot, 0)
    rows, answers, steps = (
        _find(view, RecordTable, name) for name in ("historyRowsTable", "historyRepliesTable", "historyStepsView")
    )
    assert [len(table.records.records) for table in (rows, answers, steps)] == [2, 2, 3]
    rows.selectRow(0)
    assert {step.submission_id for step in steps.records.records} == {"r-1.1"}
    lanes = _find(view, TimelineView, "historyTimelineView")
    assert lanes._book.extent().last == 2


def test_two_entries_stand_side_by_side_on_one_axis(page: HistoryPage, qtbot: QtBot) -> None:
    long = run_entry(Verdict.EXACTLY_ONCE, BEGAN + 60, "unique-index")
    assert isinstance(long.content, RunRecord)
    late = [replace(reply, received_ns=reply.received_ns * 2) for reply in long.content.replies]
    History().add(run_entry())
    History().add(replace(long, content=replace(long.content, replies=tuple(late))))
    _listed(page, qtbot, 2)
    _choose(page, 0, 1)
    qtbot.waitUntil(lambda: isinstance(page.views.currentWidget(), PairView), timeout=30_000)
    pair = page.views.currentWidget()
    assert isinstance(pair, PairView)
    QAbstractItemModelTester(pair.differences, QAbstractItemModelTester.FailureReportingMode.Fatal, pair)
    assert isinstance(pair.differences, DifferencesModel)
    assert [record[0].code for record in pair.differences.records] == ["knob.strategy", "knob.variant"]
    told = [words(side, "zh_CN") for side in pair.differences.records[0][1:]]
    assert told == ["无防护", "唯一索引"], "a strategy has a name in every language"
    verdicts = [label.property("verdict") for label in pair.findChildren(QLabel, "historyVerdictLabel")]
    assert verdicts == ["duplicated", "exactly_once"]
    first, second = pair.findChildren(TimelineView, "historyTimelineView")
    qtbot.waitUntil(lambda: first.scale.width > 1 and _axis(first) == _axis(second), timeout=30_000)
    assert first.height() > pair.table.height(), "what happened has the room, not what differed"
    assert first.scale.right_ns > max(first._book.extent().end, second._book.extent().end)
    for moved, other in ((first, second), (second, first)):
        moved.zoom(3)
        assert _axis(other) == _axis(moved)
    assert page.entry is None
    assert not page.again.isEnabled()


def _axis(view: TimelineView) -> tuple[int, float]:
    return view.scale.left_ns, view.scale.ns_per_pixel


def test_entries_are_searched_while_somebody_types(page: HistoryPage, qtbot: QtBot) -> None:
    History().add(run_entry(Verdict.EXACTLY_ONCE, strategy="unique-index"))
    History().add(run_entry())
    _listed(page, qtbot, 2)
    QTest.keyClicks(page.search, "exactly unique")
    _listed(page, qtbot, 1)
    page.search.clear()
    _listed(page, qtbot, 2)


def test_entries_are_removed_and_the_history_is_emptied(page: HistoryPage, qtbot: QtBot) -> None:
    for _ in range(3):
        History().add(run_entry())
    _listed(page, qtbot, 3)
    _choose(page, 1)
    QTest.mouseClick(page.forget, Qt.MouseButton.LeftButton)
    _listed(page, qtbot, 2)
    QTest.mouseClick(page.empty, Qt.MouseButton.LeftButton)
    yes = _find(page, QPushButton, "historyForgetAll")
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
    _listed(page, qtbot, 0)
    assert History().entries() == ()


def test_an_entry_is_saved_opened_and_kept(page: HistoryPage, qtbot: QtBot, tmp_path: Path) -> None:
    save(run_entry(), tmp_path / "sent.submit-twice")
    page.show()
    page.open_file(str(tmp_path / "sent.submit-twice"))
    qtbot.waitUntil(lambda: page.entry == run_entry(), timeout=30_000)
    _listed(page, qtbot, 1)
    copy, report = tmp_path / "copy.submit-twice", tmp_path / "report.html"
    page.save_to(str(copy))
    page.report_to(str(report))
    qtbot.waitUntil(report.exists, timeout=30_000)
    assert load(copy) == run_entry()
    assert "<svg" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("files", exhaustive_but([150, 2_000], values(150)))
def test_whatever_a_file_says_can_be_shown(theme: Theme, english: None, qtbot: QtBot, files: int) -> None:
    view = EntryView(theme)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    shown = 0
    for number in range(files):
        with suppress(EntryFileError):
            view.show_entry(from_file(evil_file(random.Random(number)), "evil"))  # noqa: S311  no secret
            view.grab()
            shown += 1
    assert shown > files // 50


def test_an_evil_file_is_one_sentence(page: HistoryPage, keeper: HistoryKeeper, qtbot: QtBot, tmp_path: Path) -> None:
    evil = tmp_path / "evil.submit-twice"
    evil.write_bytes(b"PK\x03\x04")
    with qtbot.waitSignal(keeper.failed, timeout=30_000) as failed:
        page.open_file(str(evil))
    assert failed.args is not None
    assert "evil.submit-twice" in in_words(failed.args[0])
    assert page.entry is None


def test_a_damaged_history_is_told_once_and_nothing_else_stops(
    page: HistoryPage, keeper: HistoryKeeper, qtbot: QtBot
) -> None:
    History().file.write_bytes(b"this is no database" * 100)
    told: list[str] = []
    keeper.failed.connect(told.append)
    for _ in range(3):
        keeper.keep(run_entry)
    for _ in range(2):  # when the second one is there, all that was to be said of the first has been said
        with qtbot.waitSignal(keeper.opened, timeout=30_000):
            keeper.ask_file(_saved(History().file.parent / "it.submit-twice", run_entry()))
    assert len(told) == 1


def _saved(file: Path, entry: Entry) -> Path:
    save(entry, file)
    return file


def test_command_line_and_steps_are_copied(page: HistoryPage, qtbot: QtBot) -> None:
    History().add(run_entry())
    _listed(page, qtbot, 1)
    _shown(page, qtbot, 0)
    QTest.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("uv run main.py run --operation place-order")
    QTest.mouseClick(page.steps, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines() == ["UPDATE goods SET count = 1;"] * 3


def test_the_menu_of_the_list_has_what_the_buttons_do(page: HistoryPage, qtbot: QtBot) -> None:
    History().add(run_entry())
    _listed(page, qtbot, 1)
    menu = page.table.make_menu()
    again = next(action for action in menu.actions() if action.text() == "Run again")
    assert not again.isEnabled()
    menu.close()
    _shown(page, qtbot, 0)
    menu = page.table.make_menu()
    again = next(action for action in menu.actions() if action.text() == "Run again")
    with qtbot.waitSignal(page.again_asked):
        again.trigger()
    menu.close()
