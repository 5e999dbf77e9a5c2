from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from backend.model.judgement import Judgement
from backend.model.observed import AtWork
from backend.model.vocabulary import OperationKey, Verdict
from gui.lab.banner import VerdictBanner
from gui.theme import Theme, ThemeMode
from gui.widgets.banner import LARGEST, SMALLEST

ORDER = {OperationKey.PLACE_ORDER}


@pytest.fixture
def banner(qtbot: QtBot, theme: Theme, english: None) -> Iterator[VerdictBanner]:
    made = VerdictBanner(theme)
    qtbot.addWidget(made)
    made.resize(960, 112)
    made.show()
    yield made
    made.hide()


def judged(intents: int, effects: int, verdicts: dict[Verdict, int], *, final: bool = True) -> Judgement:
    return Judgement(intents=intents, effects=effects, submissions=20, verdicts=verdicts, final=final)


SENTENCES = [
    (judged(1, 7, {Verdict.DUPLICATED: 1}), ORDER, "1 order wanted, 7 rows: 6 duplicates"),
    (judged(1, 2, {Verdict.DUPLICATED: 1}), ORDER, "1 order wanted, 2 rows: 1 duplicate"),
    (judged(1, 1, {Verdict.EXACTLY_ONCE: 1}), ORDER, "1 order wanted, 1 row: exactly once"),
    (judged(3, 3, {Verdict.EXACTLY_ONCE: 3}), ORDER, "3 orders wanted, 3 rows: each exactly once"),
    (
        judged(3, 4, {Verdict.EXACTLY_ONCE: 2, Verdict.DUPLICATED: 1}),
        {OperationKey.PAY_ORDER},
        "3 payments wanted, 4 rows: 1 duplicate",
    ),
    (
        judged(1, 0, {Verdict.LOST: 1}),
        {OperationKey.ADD_STOCK},
        "1 stock change wanted, 0 rows: 1 lost, though a caller was told it is done",
    ),
    (
        judged(2, 2, {Verdict.EXACTLY_ONCE: 2}),
        {OperationKey.CANCEL_ORDER},
        "2 cancellations wanted, 2 rows: each exactly once",
    ),
    (judged(1, 3, {Verdict.DUPLICATED: 1}), {OperationKey.SEND_MESSAGE}, "1 message wanted, 3 rows: 2 duplicates"),
    (judged(1, 0, {Verdict.STUCK: 1}), ORDER, "1 order wanted, 0 rows: 1 stuck, nobody can complete it"),
    (
        judged(1, 0, {Verdict.UNDECIDED: 1}),
        ORDER,
        "1 order wanted, 0 rows: 1 undecided, and nobody was told that it is done",
    ),
    (
        replace(judged(1, 1, {Verdict.UNDECIDED: 1}), unheard=1),
        ORDER,
        "1 order wanted, 1 row: 1 undecided, not all was heard or read back",
    ),
    (judged(2, 2, {Verdict.EXACTLY_ONCE: 2}), set(OperationKey), "2 intents, 2 rows: each exactly once"),
]


@pytest.mark.parametrize(("judgement", "operations", "sentence"), SENTENCES)
def test_the_sentence_says_what_was_wanted_and_what_happened(
    banner: VerdictBanner, judgement: Judgement, operations: set[OperationKey], sentence: str
) -> None:
    banner.show_judgement(judgement, operations)
    assert banner.sentence.text() == sentence
    assert judgement.worst is not None
    assert banner.sentence.property("verdict") == judgement.worst.value


def test_a_run_under_way_has_no_verdict_unless_it_has_duplicated_already(banner: VerdictBanner) -> None:
    banner.show_judgement(judged(1, 1, {Verdict.EXACTLY_ONCE: 1}, final=False), ORDER)
    assert banner.sentence.property("verdict") == ""
    assert banner.sentence.text() == "1 order wanted, 1 row so far"
    banner.show_judgement(judged(1, 0, {Verdict.LOST: 1}, final=False), ORDER)
    assert banner.sentence.property("verdict") == ""
    banner.show_judgement(judged(1, 2, {Verdict.DUPLICATED: 1}, final=False), ORDER)
    assert banner.sentence.property("verdict") == "duplicated"


def test_after_a_reset_there_is_no_verdict(banner: VerdictBanner) -> None:
    banner.show_judgement(judged(1, 2, {Verdict.DUPLICATED: 1}), ORDER)
    banner.show_judgement(Judgement(), ORDER)
    assert banner.sentence.property("verdict") == ""


def test_the_sentence_is_as_large_as_fits(banner: VerdictBanner) -> None:
    banner.show_judgement(judged(1, 1, {Verdict.EXACTLY_ONCE: 1}), ORDER)
    assert banner.sentence.font().pixelSize() == LARGEST
    banner.show_judgement(judged(100_000, 0, {Verdict.LOST: 100_000}), {OperationKey.ADD_STOCK})
    assert SMALLEST <= banner.sentence.font().pixelSize() < LARGEST
    assert banner.sentence.fontMetrics().horizontalAdvance(banner.sentence.text()) <= banner.sentence.width()


def test_the_sentence_is_as_large_as_before_after_a_change_of_theme(banner: VerdictBanner, theme: Theme) -> None:
    banner.resize(500, 112)
    banner.show_judgement(judged(1, 20, {Verdict.DUPLICATED: 1}), ORDER)
    before = banner.sentence.font().pixelSize()
    assert before < LARGEST
    for mode in (ThemeMode.DARK, ThemeMode.LIGHT):
        theme.set_mode(mode)
        assert banner.sentence.font().pixelSize() == before


def test_the_banner_keeps_its_height(banner: VerdictBanner) -> None:
    height = banner.height()
    for judgement, operations, _ in SENTENCES:
        banner.show_judgement(judgement, operations)
        assert banner.height() == height


def still_at_work(seconds: float, *, begun: bool = True, working: int = 1) -> Judgement:
    since = time.monotonic_ns() - int(seconds * 1e9)
    longest = AtWork("1.2", "A-1", 1, since, "INSERT INTO orders", begun)
    return Judgement(
        intents=1, submissions=2, verdicts={Verdict.UNDECIDED: 1}, final=False, at_work=(longest,), working=working
    )


def test_who_is_still_at_work_is_shown_with_seconds_that_count(banner: VerdictBanner, qtbot: QtBot) -> None:
    banner.show_judgement(still_at_work(3), ORDER)
    height, sentence = banner.height(), banner.sentence.geometry()
    first = banner.note.text()
    assert first.startswith("Still at work: 1.2 in instance 1 for 3.")
    assert first.endswith(" s, at INSERT INTO orders")
    assert banner.sentence.property("verdict") == ""
    qtbot.waitUntil(lambda: banner.note.text() != first)
    assert (banner.height(), banner.sentence.geometry()) == (height, sentence), "the seconds moved something"
    banner.show_judgement(still_at_work(3, working=4, begun=False), ORDER)
    assert banner.note.text().startswith("Still waiting to be taken up: 1.2 by instance 1 for 3.")
    assert banner.note.text().endswith(", and 3 more")


def test_a_run_under_way_says_that_what_it_shows_is_provisional(banner: VerdictBanner) -> None:
    banner.show_judgement(judged(1, 2, {Verdict.DUPLICATED: 1}, final=False), ORDER)
    assert banner._word.text() == "DUPLICATED, PROVISIONAL"
    banner.show_judgement(still_at_work(1), ORDER)
    assert "PROVISIONAL" in banner._word.text()
    banner.show_judgement(judged(1, 2, {Verdict.DUPLICATED: 1}), ORDER)
    assert banner._word.text() == "DUPLICATED"


def test_after_cancel_what_is_still_at_work_is_undecided_and_says_so(banner: VerdictBanner) -> None:
    judgement = still_at_work(2)
    banner.show_judgement(judgement, ORDER)
    banner.note_running(running=False)
    assert banner.sentence.property("verdict") == "undecided"
    assert banner.sentence.text() == "1 order wanted, 0 rows: 1 undecided, still at work"
    assert banner.note.text().startswith("Still at work: 1.2 in instance 1")


def test_the_clock_stands_still_once_nothing_is_at_work(banner: VerdictBanner) -> None:
    banner.show_judgement(still_at_work(1), ORDER)
    assert banner._clock.isActive()
    banner.show_judgement(judged(1, 1, {Verdict.EXACTLY_ONCE: 1}), ORDER)
    assert not banner._clock.isActive()
    assert banner.note.text() == ""


def test_nothing_moves_when_a_note_comes_and_goes(banner: VerdictBanner) -> None:
    banner.show_judgement(judged(1, 1, {Verdict.EXACTLY_ONCE: 1}), ORDER)
    before = banner.sentence.geometry()
    banner.show_judgement(still_at_work(1), ORDER)
    assert banner.sentence.geometry().top() == before.top()


def test_a_screen_reader_gets_the_verdict_and_the_sentence(banner: VerdictBanner) -> None:
    banner.show_judgement(judged(1, 7, {Verdict.DUPLICATED: 1}), ORDER)
    assert banner.sentence.accessibleName() == "duplicated. 1 order wanted, 7 rows: 6 duplicates"
