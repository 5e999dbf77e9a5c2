from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from backend.model.observed import GoneRow, Renumbered
from backend.model.vocabulary import Answer, EngineKind, Verdict
from gui.lab.models import RepliesModel, RowsModel, StepsModel
from gui.widgets.records import RecordModel, Tone
from tests.gui.records import reply, row, rows, step

FILLED: list[tuple[Callable[[], RecordModel[Any]], list[Any]]] = [
    (RowsModel, rows(3)),
    (RepliesModel, [reply(1), reply(2, Answer.TIMEOUT), reply(3, held_back=True)]),
    (StepsModel, [step(0), step(1, EngineKind.REDIS), step(2, error="deadlock detected")]),
]


def texts(model: RecordModel[Any], number: int) -> list[str]:
    return [str(model.index(number, column).data()) for column in range(model.columnCount())]


@pytest.mark.parametrize(("kind", "records"), FILLED)
def test_the_model_keeps_the_rules_of_qt_while_it_grows_and_is_cleared(
    qtbot: QtBot, kind: Callable[[], RecordModel[Any]], records: list[Any]
) -> None:
    model = kind()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for batch in (records[:1], records[1:], records):
        model.append(batch)
    assert model.rowCount() == 2 * len(records)
    model.clear()
    model.append(records)
    assert model.rowCount() == len(records)
    tester.deleteLater()


@pytest.mark.parametrize(("kind", "records"), FILLED)
def test_every_cell_and_every_header_has_a_text(
    qtbot: QtBot, kind: Callable[[], RecordModel[Any]], records: list[Any]
) -> None:
    model = kind()
    model.append(records)
    for column in range(model.columnCount()):
        assert model.headerData(column, Qt.Orientation.Horizontal)
        for number in range(model.rowCount()):
            assert isinstance(model.index(number, column).data(), str)


def test_an_empty_batch_inserts_nothing(qtbot: QtBot) -> None:
    model = RowsModel()
    with qtbot.assertNotEmitted(model.rowsInserted):
        model.append([])


def test_a_batch_is_one_insertion(qtbot: QtBot) -> None:
    model = RowsModel()
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    model.append(rows(5))
    model.append(rows(2, first=6))
    assert inserted == [(0, 4), (5, 6)]


def test_a_duplicate_says_so_in_words_and_with_its_number(qtbot: QtBot, english: None) -> None:
    model = RowsModel()
    model.append([row(1), row(2, ordinal=2), row(3, ordinal=3), row(4, ordinal=11)])
    assert [texts(model, number)[1] for number in range(4)] == [
        "first",
        "duplicate, 2nd",
        "duplicate, 3rd",
        "duplicate, 11th",
    ]


def test_only_duplicates_glow(qtbot: QtBot) -> None:
    model = RowsModel()
    assert model.highlight(row(1)) is None
    assert model.highlight(row(2, ordinal=2)) is Verdict.DUPLICATED


def test_a_click_that_was_held_back_has_no_answer_and_no_latency(qtbot: QtBot, english: None) -> None:
    model = RepliesModel()
    model.append([reply(1), reply(2, held_back=True)])
    assert texts(model, 0)[1:4] == ["created", "201", "2.5"]
    assert texts(model, 1)[1] == "blocked by the button"
    assert texts(model, 1)[3] == "\N{EN DASH}"


def test_only_what_failed_stands_out_among_the_answers(qtbot: QtBot) -> None:
    model = RepliesModel()
    assert model.highlight(reply(1, Answer.TIMEOUT)) is Tone.ALARM
    assert model.highlight(reply(2, Answer.ERROR, held_back=True)) is None
    assert model.highlight(reply(3, Answer.DUPLICATE)) is None


def test_times_of_steps_count_from_the_moment_the_submission_was_sent(qtbot: QtBot) -> None:
    model = StepsModel()
    model.show((step(0), step(1)), sent_ns=1_000_000)
    assert texts(model, 0)[:2] == ["1.00", "1.00"]
    model.show((step(0),), sent_ns=None)
    assert texts(model, 0)[0] == "0.00"


def test_a_failed_step_shows_its_error(qtbot: QtBot) -> None:
    model = StepsModel()
    model.show((step(0, error="could not serialize access"),), None)
    assert texts(model, 0)[-1] == "could not serialize access"
    assert model.highlight(model.records[0]) is Tone.ALARM


def test_the_first_record_of_a_submission_is_found_and_forgotten(qtbot: QtBot) -> None:
    model = RowsModel()
    model.append([row(1), row(2, submission="1.1"), row(3)])
    assert (model.row_of("1.1"), model.row_of("1.3"), model.row_of("nobody")) == (0, 2, -1)
    model.clear()
    assert model.row_of("1.1") == -1


def test_the_items_key_is_the_submission(qtbot: QtBot) -> None:
    model = RowsModel()
    model.append([row(7)])
    assert model.index(0, 3).data(Qt.ItemDataRole.UserRole) == "1.7"
    assert model.data(QModelIndex()) is None


def test_of_more_than_a_table_shows_the_oldest_make_room_and_keep_their_numbers(qtbot: QtBot) -> None:
    model = RowsModel()
    model._most = 20
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    records = rows(50)
    for begin in range(0, 50, 7):
        model.append(records[begin : begin + 7])
    assert model.rowCount() <= 20
    assert model.records == records[-model.rowCount() :]
    assert model.gone == 50 - model.rowCount()
    assert model.headerData(0, Qt.Orientation.Vertical) == model.gone + 1
    for number, record in enumerate(model.records):
        assert model.row_of(record.submission_id) == number
    assert model.row_of(records[0].submission_id) == -1
    model.clear()
    assert model.gone == 0
    tester.deleteLater()


def test_rows_that_count_anew_say_so_whatever_has_made_room_and_whatever_is_looked_for(
    qtbot: QtBot, english: None
) -> None:
    model = RowsModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.append([replace(row(number), key="A", ordinal=number) for number in (1, 2, 3, 4)])
    model.append([replace(row(5), key="B", ordinal=1)])
    model._make_room(1)
    model.show_only("dupl")
    assert [one.id for one in model.shown] == [2, 3, 4]
    model.remove_gone([GoneRow("orders", number, "A", f"1.{number}") for number in (1, 2)])
    model.renumber([Renumbered("orders", 3, "A", 1), Renumbered("orders", 4, "A", 2), Renumbered("orders", 1, "A", 9)])
    assert [(one.id, one.ordinal) for one in model.records] == [(3, 1), (4, 2), (5, 1)]
    assert [model.highlight(one) for one in model.records] == [None, Verdict.DUPLICATED, None]
    assert texts(model, 1)[1] == "duplicate, 2nd"
    qtbot.waitUntil(lambda: [one.id for one in model.shown] == [4])
    model.show_only("")
    model.renumber([Renumbered("orders", 4, "A", 3)])
    assert texts(model, 1)[1] == "duplicate, 3rd"
    tester.deleteLater()
