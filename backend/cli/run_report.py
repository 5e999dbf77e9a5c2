"""What a run came to, in sentences. The command line prints them; whoever else reports a run can say the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.lab.fault_injector import FIRST_CONSUMER
from backend.model.kept import FIRST_ONES, MOST_REMARKABLE, MOST_TRACED
from backend.model.sentence import Code, Sentence, plain, plain_list, say, words
from backend.model.step_words import command_sentence, mark_sentence, outcome_sentence
from backend.model.terms import answer_term, verdict_term, wanted_term
from backend.model.vocabulary import Answer, EngineKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backend.lab.run_notes import Shown
    from backend.model.judgement import Report
    from backend.model.observed import AtWork

_INDENT = "  "
_MOST_REASONS = 12
_LONGEST_STEP = 160
_LEAST_OF_COMMAND = 80


class ReportCode(Code):
    """The sentences about a run."""

    OUTCOME = "report.outcome"
    COUNTED = "report.counted"
    UNDECIDED = "report.undecided"
    STUCK = "report.stuck"
    LOST = "report.lost"
    STILL_AT_WORK = "report.still_at_work"
    SUBJECT = "report.subject"
    SUBJECT_AT_LEAST = "report.subject_at_least"
    FAULTS = "report.faults"
    CANCELLED = "report.cancelled"
    OUT_OF_TIME = "report.out_of_time"
    BROKEN_OFF = "report.broken_off"
    CANCELLED_AT_WORK = "report.cancelled_at_work"
    OUT_OF_TIME_AT_WORK = "report.out_of_time_at_work"
    AT_WORK = "report.at_work"
    NOT_BEGUN = "report.not_begun"
    INSTANCE = "report.instance"
    CONSUMER = "report.consumer"
    FIRST_STEP = "report.first_step"
    MORE_AT_WORK = "report.more_at_work"
    ANSWERS = "report.answers"
    NO_ANSWERS = "report.no_answers"
    MORE_REASONS = "report.more_reasons"
    CONTRADICTION = "report.contradiction"
    MORE_CONTRADICTIONS = "report.more_contradictions"
    LATENCY = "report.latency"
    STEPS = "report.steps"
    MISSED_FAULTS = "report.missed_faults"
    UNTRACED = "report.untraced"
    NO_STEPS = "report.no_steps"
    LEFT_OUT = "report.left_out"


def report_lines(
    report: Report, reasons: Mapping[tuple[Answer, str], int], shown: Shown | None, language: str
) -> Iterator[str]:
    """All there is to say about a run, the verdict first.

    Args:
        report: what it came to.
        reasons: how often callers got each answer, and why.
        shown: the intent that fared worst, with its steps.
        language: one of `backend.model.sentence.LANGUAGES`.
    """
    yield words(outcome(report), language)
    yield words(subject(report), language).rstrip()
    yield from (words(sentence, language) for sentence in missed(report))
    yield from (words(sentence, language) for sentence in unfinished(report))
    yield words(answers(report), language)
    yield from _reason_lines(reasons, language)
    yield from (words(sentence, language) for sentence in contradictions(report))
    if report.p50_ms is not None and report.p99_ms is not None:
        yield words(say(ReportCode.LATENCY, p50=report.p50_ms, p99=report.p99_ms, seconds=report.seconds), language)
    if report.untraced:
        remarkable = MOST_REMARKABLE - FIRST_ONES
        yield words(say(ReportCode.UNTRACED, gone=report.untraced, kept=MOST_TRACED, remarkable=remarkable), language)
    if shown:
        yield from _step_lines(shown, language)


def outcome(report: Report) -> Sentence:
    """What was wanted and what happened, such as ``1 order wanted, 2 rows: duplicated.``."""
    wanted = wanted_term(report.operation, report.intents)
    return say(ReportCode.OUTCOME, wanted=wanted, rows=report.effects, verdicts=verdicts(report))


def verdicts(report: Report) -> tuple[Sentence, ...]:
    """Each verdict that there is, the worst first, with how many intents it is about where there are several."""
    found = sorted(report.verdicts, key=lambda verdict: -verdict.severity)
    if report.intents == 1:
        return tuple(verdict_sentence(verdict, report) for verdict in found)
    return tuple(
        say(ReportCode.COUNTED, intents=report.verdicts[verdict], verdict=verdict_sentence(verdict, report))
        for verdict in found
    )


def verdict_sentence(verdict: Verdict, report: Report) -> Sentence:
    """A verdict and what it means."""
    if verdict is Verdict.UNDECIDED and (report.cancelled or report.out_of_time or report.broken_off):
        return say(ReportCode.STILL_AT_WORK) if report.intents == 1 and report.working else verdict_term(verdict)
    if verdict in {Verdict.UNDECIDED, Verdict.STUCK, Verdict.LOST}:  # whose names do not say it all
        return say(ReportCode[verdict.name])
    return verdict_term(verdict)


def subject(report: Report) -> Sentence:
    """What was tried. Of a run that broke off, what nothing was heard of may have been sent as well."""
    setup = report.setup
    faults = plain_list(map(str, setup.faults))
    return say(
        ReportCode.SUBJECT_AT_LEAST if report.broken_off else ReportCode.SUBJECT,
        operation=report.operation.value,
        variant=f"{setup.strategy}/{setup.variant}",
        source=report.source.value,
        sent=report.sent,
        instances=report.instances,
        faults=say(ReportCode.FAULTS, faults=faults) if faults else plain(""),
    )


def unfinished(report: Report) -> Iterator[Sentence]:
    """Why it ended before its work did, and who is still at it."""
    if report.broken_off:
        yield say(ReportCode.BROKEN_OFF, reason=report.broken_off)
    elif not (report.cancelled or report.out_of_time):
        return
    else:
        name = "OUT_OF_TIME" if report.out_of_time else "CANCELLED"
        yield say(ReportCode[f"{name}_AT_WORK"], working=report.working) if report.working else say(ReportCode[name])
    now = report.ended_ns or time.monotonic_ns()
    yield from (at_work(one, now) for one in report.at_work)
    if more := report.working - len(report.at_work):
        yield say(ReportCode.MORE_AT_WORK, more=more)


def at_work(one: AtWork, now_ns: int) -> Sentence:
    """Who is at work, since when and at what."""
    seconds = (now_ns - one.since_ns) / 1e9
    code = ReportCode.AT_WORK if one.begun else ReportCode.NOT_BEGUN
    step = mark_sentence(one.step) if one.step else say(ReportCode.FIRST_STEP)
    return say(code, submission=one.submission_id, process=_process(one.instance), seconds=seconds, step=step)


def _process(number: int) -> Sentence:
    if number < FIRST_CONSUMER:
        return say(ReportCode.INSTANCE, number=number)
    return say(ReportCode.CONSUMER, number=number - FIRST_CONSUMER + 1)


def answers(report: Report) -> Sentence:
    """How many callers were told what."""
    if not report.answers:
        return say(ReportCode.NO_ANSWERS)
    counts = tuple(
        say(ReportCode.COUNTED, intents=count, verdict=answer_term(answer))
        for answer, count in sorted(report.answers.items(), key=lambda item: list(Answer).index(item[0]))
    )
    return say(ReportCode.ANSWERS, answers=counts)


def missed(report: Report) -> Iterator[Sentence]:
    """Faults that did not come about."""
    if report.missed_faults:
        yield say(ReportCode.MISSED_FAULTS, faults=plain_list(map(str, report.missed_faults)))


def contradictions(report: Report) -> Iterator[Sentence]:
    """Answers that do not fit the rows."""
    yield from (say(ReportCode.CONTRADICTION, what=what) for what in report.contradictions)
    if (more := report.contradicting - len(report.contradictions)) > 0:
        yield say(ReportCode.MORE_CONTRADICTIONS, more=more)


def _reason_lines(reasons: Mapping[tuple[Answer, str], int], language: str) -> Iterator[str]:
    """Why callers got what they got, the most frequent first; a success needs no reason."""
    given = sorted(((count, *key) for key, count in reasons.items() if key[1]), key=lambda item: -item[0])
    for count, answer, reason in given[:_MOST_REASONS]:
        yield f"{_INDENT}{count:>6} {words(answer_term(answer), language)}: {reason}"
    if more := given[_MOST_REASONS:]:
        total = sum(count for count, *_ in more)
        yield _INDENT + words(say(ReportCode.MORE_REASONS, answers=total, reasons=len(more)), language)


def _step_lines(shown: Shown, language: str) -> Iterator[str]:
    name = f"{shown.key_field} {shown.key}"
    verdict = verdict_term(shown.verdict)
    code = ReportCode.STEPS if shown.steps else ReportCode.NO_STEPS
    yield words(say(code, intent=name, verdict=verdict), language)
    width = max((len(step.submission_id) for step in shown.steps), default=0)
    for step in shown.steps:
        outcome = words(outcome_sentence(step), language)
        engine = "" if step.engine is EngineKind.HTTP else step.engine.value
        line = f"{_INDENT}{step.submission_id:{width}} {engine:10} {words(command_sentence(step), language)}"
        end = f" -> {outcome}" if outcome else ""
        room = max(_LONGEST_STEP - len(end), _LEAST_OF_COMMAND)  # what came of it is not cut for the command's sake
        line = f"{line}{end}" if len(line) <= room else f"{line[: room - 1]}…{end}"
        yield line if len(line) <= _LONGEST_STEP else f"{line[: _LONGEST_STEP - 1]}…"
    if shown.left_out:
        yield _INDENT + words(say(ReportCode.LEFT_OUT, submissions=shown.left_out), language)
