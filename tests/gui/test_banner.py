from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from backend.model import Judgement, OperationKey, Verdict
from gui.banner import LARGEST, SMALLEST
from gui.lab.banner import VerdictBanner
from gui.theme import Theme

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
    (judged(1, 0, {Verdict.UNDECIDED: 1}), ORDER, "1 order wanted, 0 rows: 1 undecided, and every caller knows it"),
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


def test_the_banner_keeps_its_height(banner: VerdictBanner) -> None:
    height = banner.height()
    for judgement, operations, _ in SENTENCES:
        banner.show_judgement(judgement, operations)
        assert banner.height() == height
