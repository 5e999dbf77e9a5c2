from __future__ import annotations

import pytest
from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from backend.model.judgement import Judgement
from backend.model.plan import Intent, Plan
from backend.model.vocabulary import OperationKey, Source
from gui.lab.progress import RunProgress
from gui.link.pending_run import PendingRun
from tests.gui.link.test_bridge import SlowRun


@pytest.fixture
def bar(qtbot: QtBot, english: None) -> QProgressBar:
    made = QProgressBar()
    qtbot.addWidget(made)
    return made


def pending(submissions: int, *, begun: bool = True) -> PendingRun:
    made = PendingRun(Plan((Intent(OperationKey.PLACE_ORDER, "A-1", "book", 1),), submissions, Source.RETRY))
    if begun:
        made.begin(SlowRun())
    return made


def test_a_retry_is_not_progress(bar: QProgressBar) -> None:
    progress = RunProgress(bar)
    progress.follow(pending(10))
    for answers in (5, 30):  # three attempts of each, and none of them was the last
        progress.note(Judgement(intents=1, submissions=answers, in_flight=10, final=False))
        assert bar.value() == 0
    progress.note(Judgement(intents=1, submissions=34, in_flight=6, final=False))
    assert (bar.value(), bar.maximum()) == (40, 100)
    assert bar.accessibleDescription() == "4 of 10 submissions settled"


def test_a_run_that_waits_for_its_turn_counts_as_not_done(bar: QProgressBar) -> None:
    progress = RunProgress(bar)
    progress.follow(pending(10))
    progress.follow(pending(10, begun=False))
    progress.note(Judgement(intents=1, in_flight=5, final=False))
    assert bar.value() == 25


def test_what_is_known_of_an_earlier_run_is_no_progress_and_the_bar_never_goes_back(bar: QProgressBar) -> None:
    progress = RunProgress(bar)
    mine = pending(10)
    progress.follow(mine)
    progress.note(Judgement(intents=1, in_flight=0, final=True))
    assert bar.value() == 0
    progress.note(Judgement(intents=1, in_flight=5, final=False))
    progress.note(Judgement(intents=1, in_flight=8, final=False))
    assert bar.value() == 50
    progress.forget(mine)
    assert bar.value() == 0
    assert bar.accessibleDescription() == "Nothing is under way"


def test_a_change_of_the_set_up_has_no_end_in_sight(bar: QProgressBar) -> None:
    progress = RunProgress(bar)
    progress.show_working(True)
    assert bar.maximum() == 0
    progress.show_working(False)
    assert bar.maximum() == 100
