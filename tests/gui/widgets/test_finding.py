"""What an exploration found is read at the usual size of the window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from backend.explorer.question import Counterexample, Event, EventKind, Question
from backend.model.vocabulary import OperationKey, Verdict
from gui.theme import Theme
from gui.widgets.column_fitting import PADDING
from gui.widgets.finding import FindingPane, Names
from gui.wording.exploration import mistake_word

BESIDE_THE_SIDEBAR = 920, 580
"""Pixels that a pane has in a window of 1280 by 800."""


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme) -> FindingPane:
    made = FindingPane(theme, Names(), "")
    qtbot.addWidget(made)
    made.resize(*BESIDE_THE_SIDEBAR)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_nothing_lies_empty_below_the_event_in_full(pane: FindingPane) -> None:
    """Where nothing else is told of the event, the diagram has the room."""
    below = pane.detail.mapTo(pane, pane.detail.rect().bottomLeft()).y()
    assert below >= pane.rect().bottom() - 2


def test_the_command_says_what_the_mistake_is(pane: FindingPane) -> None:
    room = pane.list.columnWidth(3) - 2 * PADDING
    assert room >= pane.list.fontMetrics().horizontalAdvance(mistake_word(Verdict.DUPLICATED))


def test_two_engines_have_room_in_the_diagram_beside_the_list(qtbot: QtBot, theme: Theme) -> None:
    made = FindingPane(theme, Names(), "", QWidget())
    qtbot.addWidget(made)
    made.resize(976, 580)  # on the page that explores, whose side bar is narrow
    with qtbot.waitExposed(made):
        made.show()
    calls = [Event(actor, EventKind.STEP, engine, "GET", "1") for actor in "AB" for engine in ("redis", "postgresql")]
    events = tuple(calls * 6)
    made.show_counterexample(
        Counterexample(Question(OperationKey.PLACE_ORDER, "token", ""), Verdict.DUPLICATED, 1, (), events), ""
    )
    assert made.diagram.verticalScrollBar().maximum() > 0
    assert made.diagram.horizontalScrollBar().maximum() == 0
