from __future__ import annotations

import re

import pytest
from pytestqt.qtbot import QtBot

from backend.model.observed import Step
from backend.model.sentence import words
from backend.model.step_words import outcome_sentence
from backend.model.vocabulary import Answer, EngineKind, Health, OperationKey, Pace, Source, Verdict
from gui.theme import VERDICT_GLYPHS
from gui.wording import terms


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
     (22, "22nd"), (103, "103rd"), (111, "111th"), (20_000, "20000th")],
)  # fmt: skip
def test_ordinals(qtbot: QtBot, number: int, text: str) -> None:
    assert terms.ordinal(number) == text


def test_every_word_of_the_model_has_a_text_of_its_own(qtbot: QtBot) -> None:
    for texts in (
        [terms.operation_word(key) for key in OperationKey],
        [terms.verdict_word(key) for key in Verdict],
        [terms.answer_word(key) for key in Answer],
        [terms.health_word(key) for key in Health],
        [terms.source_word(key) for key in Source],
        [terms.pace_word(key) for key in Pace],
        [terms.engine_name(key) for key in EngineKind],
        [VERDICT_GLYPHS[key] for key in Verdict],
    ):
        assert all(texts)
        assert len(set(texts)) == len(texts)


def test_an_identifier_is_shortened_at_its_beginning() -> None:
    assert terms.short("1.20") == "1.20"
    assert terms.short("7a674ac1-2.6") == "2.6"
    assert terms.short("7a674ac1-12.345r1") == "12.345r1"
    assert terms.short("12345678-abcdefgh") == "\N{HORIZONTAL ELLIPSIS}bcdefgh"


def test_no_duration_is_a_dash() -> None:
    assert terms.milliseconds(None) == "\N{EN DASH}"
    assert terms.milliseconds(12.345) == "12.3"


@pytest.mark.parametrize(
    "answer",
    [
        "sent",
        "delivery tag 2, not redelivered",
        "delivery tag 3, redelivered",
        "stream sequence 2, delivery 1 as the server counts",
    ],
)
def test_what_a_broker_says_is_said_in_the_language_of_the_window(answer: str) -> None:
    said = outcome_sentence(Step("1.1", 0, 1, EngineKind.BROKER, "receive", answer, "", 0, 1))
    assert words(said, "en") == answer
    told = words(said, "zh_CN")
    assert not re.search("[A-Za-z]", told)
    assert re.findall(r"\d", told) == re.findall(r"\d", answer)
