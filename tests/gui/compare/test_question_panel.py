"""Compare's question: a standby is asked for where the database can have one."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from backend.lab.lab import Lab
from backend.model.observed import EngineStatus
from backend.model.vocabulary import EngineKind, Health, Replication
from gui.compare.question_panel import QuestionPanel
from gui.widgets.forms import choose_key


@pytest.mark.parametrize(
    ("database", "expected"),
    [(EngineKind.POSTGRESQL, Replication.SYNCHRONOUS), (EngineKind.SQLITE, Replication.NONE)],
)
def test_a_standby_can_be_asked_for_where_there_can_be_one(
    qtbot: QtBot, database: EngineKind, expected: Replication
) -> None:
    panel = QuestionPanel()
    qtbot.addWidget(panel)
    panel.fill(tuple(Lab.strategies()))
    panel.fill_databases((EngineStatus(database, database.value, "", "", True, Health.UP),))
    choose_key(panel.replication, Replication.SYNCHRONOUS.value)
    assert panel.replication.isEnabled() == (expected is Replication.SYNCHRONOUS)
    assert panel.question.replication is expected
