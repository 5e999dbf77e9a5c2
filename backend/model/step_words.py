"""The steps of a submission in words: what is no command of an engine, but a mark of ours, has words of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backend.model.sentence import Code, Sentence, plain, say
from backend.model.terms import answer_term
from backend.model.vocabulary import Answer, EngineKind

if TYPE_CHECKING:
    from backend.model.observed import Step


class StepCode(Code):
    """The marks that the trace has between the commands, and what came of them."""

    PROCESSING = "step.processing"
    CONNECTION_RESET = "step.connection_reset"
    RESPONSE_DROPPED = "step.response_dropped"
    RESPONSE = "step.response"
    CRASH = "step.crash"
    ERROR_RAISED = "step.error_raised"
    DELAY = "step.delay"
    PAUSE = "step.pause"
    CALLER_CUT = "step.caller_cut"
    BOTH_CUT = "step.both_cut"
    UNDER_WAY = "step.under_way"
    NO_ROW = "step.no_row"
    ROWS = "step.rows"
    NAMED_ROW = "step.named_row"
    SENT = "step.sent"
    TAGGED = "step.tagged"
    TAGGED_AGAIN = "step.tagged_again"
    NUMBERED = "step.numbered"


_BARE = {
    "connection reset": StepCode.CONNECTION_RESET,
    "reply lost": StepCode.RESPONSE_DROPPED,
    "crash": StepCode.CRASH,
    "error raised": StepCode.ERROR_RAISED,
}
_NUMBERED = {
    "processing": StepCode.PROCESSING,
    "reply": StepCode.RESPONSE,
    "delay": StepCode.DELAY,
    "pause": StepCode.PAUSE,
}
"""Marks with a time, or a status, behind them."""
NO_ROW = "no row"
_NAMED_ROW = re.compile(r"row (\d+)")
"""As the explorer names rows, in the order in which they come."""
_TAG = re.compile(r"delivery tag (\d+), (not )?redelivered")
_NUMBER = re.compile(r"stream sequence (\d+), delivery (\d+) as the server counts")
"""What brokers say of a delivery, as `backend.instance` writes it down."""
_ROWS = re.compile(r"(\d+) rows?")
CALLER_CUT = "the caller's connection was closed"
BOTH_CUT = "the caller's and the database's were closed"
_OUTCOMES = {CALLER_CUT: StepCode.CALLER_CUT, BOTH_CUT: StepCode.BOTH_CUT}


def mark_sentence(command: str) -> Sentence:
    """The command of a step of the engine HTTP; any other command stays as it is."""
    if command in _BARE:
        return say(_BARE[command])
    mark, _, number = command.removesuffix(" ms").partition(" ")
    return say(_NUMBERED[mark], number=number) if mark in _NUMBERED and number.isdigit() else plain(command)


def answer_sentence(answer: str) -> Sentence:
    """What an engine answered; how many rows it was, where it told no more than that, is in words of ours."""
    if answer == NO_ROW:
        return say(StepCode.NO_ROW)
    if found := _ROWS.fullmatch(answer):
        return say(StepCode.ROWS, rows=int(found[1]))
    found = _NAMED_ROW.fullmatch(answer)
    return say(StepCode.NAMED_ROW, number=int(found[1])) if found else plain(answer)


def command_sentence(step: Step) -> Sentence:
    """What was sent, or what happened; with a word where it has not ended."""
    sentence = mark_sentence(step.command) if step.engine is EngineKind.HTTP else plain(step.command)
    return sentence if step.ended_ns else say(StepCode.UNDER_WAY, command=sentence)


def outcome_sentence(step: Step) -> Sentence:
    """What came of a step: the engine's own words, or what the caller was told; empty where nothing was said."""
    if step.error:
        return plain(step.error)
    if step.engine is EngineKind.BROKER:
        return _broker_sentence(step.answer)
    if step.engine is not EngineKind.HTTP:
        return answer_sentence(step.answer)
    if step.answer in set(Answer):
        return answer_term(Answer(step.answer))
    code = _OUTCOMES.get(step.answer)
    return say(code) if code else plain(step.answer)


def _broker_sentence(answer: str) -> Sentence:
    if answer == "sent":
        return say(StepCode.SENT)
    if found := _TAG.fullmatch(answer):
        return say(StepCode.TAGGED if found[2] else StepCode.TAGGED_AGAIN, tag=int(found[1]))
    if found := _NUMBER.fullmatch(answer):
        return say(StepCode.NUMBERED, number=int(found[1]), delivery=int(found[2]))
    return answer_sentence(answer)
