"""What a check found, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.sentence import ENGLISH, Code, Sentence, say, words
from backend.model.step_words import outcome_sentence
from backend.model.submission_ids import number_of
from backend.model.terms import answer_term, verdict_term
from backend.model.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.model.observed import Step
    from backend.service.outside.model import Check, CheckSituation, IntentResult, SituationResult

_INDENT = "  "
_MOST_STEPS = 40
GLYPHS = {
    Verdict.EXACTLY_ONCE: "✓",
    Verdict.DUPLICATED: "\N{MULTIPLICATION SIGN}2",
    Verdict.LOST: "∅",
    Verdict.STUCK: "⊘",
    Verdict.UNDECIDED: "?",
}


class CheckCode(Code):
    """The sentences about a check."""

    CLICKS = "check.clicks"
    ONE_AFTER_ANOTHER = "check.one_after_another"
    RETRY = "check.retry"
    LOST_REPLY = "check.lost_reply"
    REDELIVERY = "check.redelivery"
    CRASH = "check.crash"
    ALL_ONCE = "check.all_once"
    NOT_ONCE = "check.not_once"
    NOTHING = "check.nothing"
    CANCELLED = "check.cancelled"
    SITUATION = "check.situation"
    REACHED = "check.reached"
    NOT_REACHED = "check.not_reached"
    SKIPPED = "check.skipped"
    COUNTED = "check.counted"
    CONTRADICTION = "check.contradiction"
    STEPS = "check.steps"
    UNATTRIBUTED = "check.unattributed"
    AFTERWARDS = "check.afterwards"
    AT_WORK = "check.at_work"
    BROKEN_OFF = "check.broken_off"
    SENT = "check.sent"
    MOST_SENT = "check.most_sent"
    TITLE = "check.title"
    HEAD_SITUATION = "check.head_situation"
    HEAD_VERDICT = "check.head_verdict"
    HEAD_EFFECTS = "check.head_effects"
    HEAD_ANSWERS = "check.head_answers"
    HEAD_REACHED = "check.head_reached"
    STRUCK = "check.struck"
    NOT_STRUCK = "check.not_struck"
    FAILURE = "check.failure"
    BAR_UNIT = "check.bar_unit"


def situation_term(key: CheckSituation) -> Sentence:
    """What happens in a situation."""
    return say(CheckCode(f"check.{key.value.replace('-', '_')}"))


def verdict_sentence(check: Check) -> Sentence:
    """The whole check in one sentence."""
    tried = [intent for situation in check.situations for intent in situation.intents]
    bad = sum(intent.verdict is not Verdict.EXACTLY_ONCE for intent in tried)
    if not tried:
        return say(CheckCode.NOTHING)
    if bad:
        return say(CheckCode.NOT_ONCE, bad=bad, intents=len(tried))
    return say(CheckCode.ALL_ONCE, intents=len(tried))


def counted(situation: SituationResult) -> tuple[Sentence, ...]:
    """Its verdicts with their numbers, the worst first."""
    ordered = sorted(situation.verdicts.items(), key=lambda pair: -pair[0].severity)
    return tuple(say(CheckCode.COUNTED, count=count, what=verdict_term(verdict)) for verdict, count in ordered)


def told(situation: SituationResult) -> tuple[Sentence, ...]:
    """Its answers with their numbers, the most frequent first."""
    ordered = sorted(situation.answers.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(say(CheckCode.COUNTED, count=count, what=answer_term(answer)) for answer, count in ordered)


def failure_sentence(intent: IntentResult) -> Sentence:
    """What was wrong with an intent: its verdict, its effects and what its callers were told."""
    return say(
        CheckCode.FAILURE,
        verdict=verdict_term(intent.verdict),
        effects=intent.effects,
        told=tuple(map(answer_term, intent.answers)),
    )


def remarks(situation: SituationResult) -> Iterator[Sentence]:
    """What is worth knowing of a situation besides its verdicts."""
    if situation.skipped:
        yield say(CheckCode.SKIPPED, reason=situation.skipped)
        return
    if situation.note:
        yield situation.note
    if not situation.reached and situation.intents:
        yield say(CheckCode.NOT_REACHED)
    elif situation.reached < len(situation.intents):
        yield say(CheckCode.REACHED, reached=situation.reached, intents=len(situation.intents))
    for fault, struck in situation.struck if situation.intents else ():
        if struck:
            yield say(CheckCode.STRUCK, fault=fault, struck=struck, intents=len(situation.intents))
        else:
            yield say(CheckCode.NOT_STRUCK, fault=fault)
    for key, sentence in situation.contradictions[:3]:
        yield say(CheckCode.CONTRADICTION, intent=key, sentence=sentence)


def check_lines(check: Check, language: str = ENGLISH) -> Iterator[str]:
    """All there is to say, the verdict first."""
    yield words(verdict_sentence(check), language)
    if check.is_cancelled:
        yield words(say(CheckCode.CANCELLED), language)
    if check.broken_off:
        yield words(say(CheckCode.BROKEN_OFF, reason=check.broken_off), language)
    for situation in check.situations:
        if situation.intents:
            sentence = say(
                CheckCode.SITUATION,
                situation=situation_term(situation.situation),
                verdicts=counted(situation),
                effects=situation.effects,
                told=told(situation),
            )
            yield _INDENT + words(sentence, language)
        else:
            yield _INDENT + words(situation_term(situation.situation), language)
        yield from (_INDENT * 2 + words(remark, language) for remark in remarks(situation))
    if check.at_work:
        yield words(say(CheckCode.AT_WORK, what=check.at_work), language)
    if check.unattributed:
        yield words(say(CheckCode.UNATTRIBUTED, steps=check.unattributed), language)
    yield words(say(CheckCode.SENT, submitted=check.submitted, asked=check.asked), language)
    if check.afterwards_s and not check.at_work:
        yield words(say(CheckCode.AFTERWARDS, seconds=check.afterwards_s), language)
    yield from _steps(check, language)


def step_line(step: Step, language: str = ENGLISH) -> str:
    """A step of a service on one line."""
    outcome = words(outcome_sentence(step), language)
    number = number_of(step.submission_id)
    return f"#{number:3} {step.engine:10} {step.command}" + (f" -> {outcome}" if outcome else "")


def _steps(check: Check, language: str) -> Iterator[str]:
    """The steps of the worst intent of all."""
    found = [situation.worst for situation in check.situations]
    worst = max((w for w in found if w is not None and w.steps), key=lambda w: w.verdict.severity, default=None)
    if worst is None or worst.verdict is Verdict.EXACTLY_ONCE:
        return
    yield words(say(CheckCode.STEPS, intent=worst.key, verdict=verdict_term(worst.verdict)), language)
    yield from (_INDENT + step_line(step, language) for step in worst.steps[:_MOST_STEPS])
