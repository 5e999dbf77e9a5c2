"""Records that come, go or read otherwise while a text is looked for among them."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from backend.model.observed import GoneRow
from gui.lab.models import RowsModel
from gui.theme import Theme
from gui.widgets import row_filter
from gui.widgets.table import RecordTable
from tests.gui.records import rows


@pytest.fixture
def model(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> RowsModel:
    """Looks at 32 records before it lets the window go on."""
    monkeypatch.setattr(row_filter, "SLICE_SECONDS", 0.0)
    made = RowsModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def wait_until_found(qtbot: QtBot, model: RowsModel, text: str) -> None:
    qtbot.waitUntil(lambda: model.filter.text == text and not model.filter.is_looking)
    assert [model.records[model.number_of(row)] for row in range(model.rowCount())] == model.shown
    hidden = [record for record in model.records if record not in model.shown]
    assert model.filter.hidden_marked == sum(map(model.is_marked, hidden))


def test_records_that_make_room_while_others_are_looked_at_are_not_counted(model: RowsModel, qtbot: QtBot) -> None:
    model._most = 200
    model.append(rows(150))
    model.show_only("1.9")
    assert model.filter.is_looking
    model.append(rows(60, 151))
    assert model.gone == 30
    wait_until_found(qtbot, model, "1.9")
    assert [each.id for each in model.shown] == list(range(90, 100))


def test_records_that_go_while_others_are_looked_at_leave_no_gap(model: RowsModel, qtbot: QtBot) -> None:
    model.append(rows(150))
    model.show_only("1.9")
    assert model.filter.is_looking
    model.remove([0, 1, 2, 8, 90])
    wait_until_found(qtbot, model, "1.9")
    assert [each.id for each in model.shown] == [90, *range(92, 100)]


def test_records_that_read_otherwise_meanwhile_are_looked_at_anew(model: RowsModel, qtbot: QtBot) -> None:
    model.append(rows(150))
    model.show_only("earlier")
    assert model.filter.is_looking
    model.show_wanted(frozenset())
    wait_until_found(qtbot, model, "earlier")
    assert model.rowCount() == 150


def test_the_current_record_stays_the_current_one_when_another_goes(
    model: RowsModel, qtbot: QtBot, theme: Theme
) -> None:
    table = RecordTable("rowsTable", "Rows", model, theme, "")
    qtbot.addWidget(table)
    model.append(rows(150))
    model.show_only("1.9")
    wait_until_found(qtbot, model, "1.9")
    table.setCurrentIndex(model.index(5, 0))
    current = table.current_submission()
    model.remove_gone([GoneRow("orders", 91, "A-1", "1.91"), GoneRow("orders", 3, "A-1", "1.3")])
    assert model.rowCount() == 10
    wait_until_found(qtbot, model, "1.9")
    assert table.current_submission() == current
    assert "1.91" not in [each.submission_id for each in model.shown]
