"""What stands around rows, answers and steps: how many there were, and why there are none."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.lab.results import Results
from gui.theme import Theme
from tests.gui.records import reply, rows, step


@pytest.fixture
def results(qtbot: QtBot, theme: Theme, english: None) -> Results:
    made = Results(theme)
    qtbot.addWidget(made)
    made.add_replies([reply(1)])
    return made


def caption(results: Results) -> str:
    label = results.findChild(QLabel, "stepsCaption")
    assert isinstance(label, QLabel)
    return label.toolTip()


def test_where_there_are_no_steps_their_head_says_why(results: Results) -> None:
    results.choose("1.1")
    assert caption(results).endswith("2.5 ms"), "they may be on their way"
    results.show_steps("1.1", ())
    assert caption(results).endswith("no steps were seen")
    results.note_forgotten(forgotten=True)
    assert caption(results).endswith("its steps are not kept any more")
    results.show_steps("1.1", (step(1),))
    assert caption(results).endswith("2.5 ms")


def test_a_kept_run_says_how_many_rows_and_answers_it_had(results: Results) -> None:
    results.add_rows(rows(2))
    results.note_totals(25_000, 1)
    assert [results.left.tabText(number) for number in (0, 1)] == ["Rows, the first 2 of 25000", "Answers"]
