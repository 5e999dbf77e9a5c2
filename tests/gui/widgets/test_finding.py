"""What an exploration found is read at the usual size of the window."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from backend.model.vocabulary import Verdict
from gui.theme import Theme
from gui.widgets.finding import FindingPane, Names
from gui.widgets.table import PADDING
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
