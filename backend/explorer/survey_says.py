"""What is said of a whole grid, and of one of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.says import finding, scope_of
from backend.explorer.survey import CellState
from backend.model.sentence import Code, from_document, plain, say
from backend.model.terms import verdict_term

if TYPE_CHECKING:
    from backend.explorer.survey import Scope, Survey, SurveyCell
    from backend.model.sentence import Sentence


class SurveyCode(Code):
    """Sentences about the grid, and their parts."""

    EXACTLY_ONCE = "survey.exactly_once"
    COUNTEREXAMPLE = "survey.counterexample"
    NOT_FINISHED = "survey.not_finished"
    NOT_ASKED = "survey.not_asked"
    NOT_GUARDED = "survey.not_guarded"
    FAILED = "survey.failed"
    NOTHING = "survey.nothing"
    FOUND = "survey.found"
    CANCELLED = "survey.cancelled"
    STOPPED = "survey.stopped"
    STOPPED_BEFORE = "survey.stopped_before"
    CANCELLED_BEFORE = "survey.cancelled_before"
    WENT_ON = "survey.went_on"
    UNEXPECTED = "survey.unexpected"
    UNREADABLE = "survey.unreadable"
    NO_JSON = "survey.no_json"
    OTHER_FORMAT = "survey.other_format"
    OTHER_VERSION = "survey.other_version"
    DAMAGED = "survey.damaged"
    EMPTY = "survey.empty"
    NOT_COMPARABLE = "survey.not_comparable"
    SCOPE = "survey.scope"
    NEEDS_STRATEGY = "survey.needs_strategy"
    APPEARED = "survey.appeared"
    VANISHED = "survey.vanished"
    PROVEN_NOW = "survey.proven_now"
    PROVEN_NO_MORE = "survey.proven_no_more"
    OUTCOMES = "survey.outcomes"
    STATE = "survey.state"
    COUNTS = "survey.counts"
    DECLARATION = "survey.declaration"
    PART = "survey.part"
    SO_FAR = "survey.so_far"
    WHOLE = "survey.whole"
    IN_CLASSES = "survey.in_classes"
    STATE_PROVEN = "survey.state_proven"
    STATE_COUNTEREXAMPLE = "survey.state_counterexample"
    STATE_NOT_FINISHED = "survey.state_not_finished"
    STATE_NOT_ASKED = "survey.state_not_asked"
    STATE_NOT_GUARDED = "survey.state_not_guarded"
    STATE_FAILED = "survey.state_failed"
    FINDING_NOT_FINISHED = "survey.finding_not_finished"
    LEGEND_ONCE = "survey.legend_once"
    LEGEND_WORST = "survey.legend_worst"
    LEGEND_NOT_FINISHED = "survey.legend_not_finished"
    LEGEND_DECLARED = "survey.legend_declared"
    SHORT_SAFE = "survey.short_safe"
    SHORT_BROKEN = "survey.short_broken"
    HEADING_CONTRADICTIONS = "survey.heading_contradictions"
    HEADING_UNREFUTED = "survey.heading_unrefuted"
    HEADING_FAILED = "survey.heading_failed"
    HEADING_NOT_GUARDED = "survey.heading_not_guarded"
    HEADING_CHANGES = "survey.heading_changes"
    NO_CHANGES = "survey.no_changes"
    BAR = "survey.bar"
    BAR_LEFT = "survey.bar_left"
    QUESTIONS = "survey.questions"
    SCHEDULES = "survey.schedules"


_COUNTS = {
    CellState.PROVEN: SurveyCode.EXACTLY_ONCE,
    CellState.COUNTEREXAMPLE: SurveyCode.COUNTEREXAMPLE,
    CellState.NOT_FINISHED: SurveyCode.NOT_FINISHED,
    CellState.NOT_ASKED: SurveyCode.NOT_ASKED,
    CellState.NOT_GUARDED: SurveyCode.NOT_GUARDED,
    CellState.FAILED: SurveyCode.FAILED,
}
_STATES = {
    CellState.PROVEN: SurveyCode.STATE_PROVEN,
    CellState.COUNTEREXAMPLE: SurveyCode.STATE_COUNTEREXAMPLE,
    CellState.NOT_FINISHED: SurveyCode.STATE_NOT_FINISHED,
    CellState.NOT_ASKED: SurveyCode.STATE_NOT_ASKED,
    CellState.NOT_GUARDED: SurveyCode.STATE_NOT_GUARDED,
    CellState.FAILED: SurveyCode.STATE_FAILED,
}


def state_term(state: CellState) -> Sentence:
    """What a cell says, in a word or two."""
    return say(_STATES[state])


def survey_finding(survey: Survey) -> tuple[Sentence, ...]:
    """The grid in a sentence; before it why it is not complete, after it what these engines cannot show."""
    said = []
    if survey.stopped:
        said.append(read(survey.why_stopped, survey.stopped))
    if survey.cancelled:
        said.append(say(SurveyCode.CANCELLED))
    counts = tuple(say(_COUNTS[state], count=survey.count(state)) for state in CellState if survey.count(state))
    schedules = sum(cell.schedules for cell in survey.cells)
    said.append(
        say(
            SurveyCode.FOUND,
            counts=counts or (say(SurveyCode.NOTHING),),
            schedules=schedules,
            seconds=survey.seconds,
        )
    )
    documents = survey.remarks or ({},) * len(survey.notes)
    return (*said, *(read(document, note) for document, note in zip(documents, survey.notes, strict=False)))


def cell_finding(cell: SurveyCell, scope: Scope) -> Sentence:
    """A cell in a sentence: what was found; else why nothing was."""
    if not cell.schedules:
        return read(cell.why, cell.sentence)
    return finding(cell.outcomes, mishaps_of(scope), exhaustive=cell.exhaustive, requests=scope.requests)


def short_finding(cell: SurveyCell) -> Sentence:
    """A cell in a few words, with its counts: ``40 duplicated, 6 exactly once``."""
    if not cell.schedules:
        return state_term(cell.state)
    if cell.state is CellState.NOT_FINISHED:
        return say(SurveyCode.FINDING_NOT_FINISHED, count=cell.schedules)
    worst_first = sorted((v for v in cell.outcomes if cell.outcomes[v]), key=lambda v: v.severity, reverse=True)
    parts = tuple(say(SurveyCode.PART, count=cell.outcomes[v], verdict=verdict_term(v)) for v in worst_first)
    return say(SurveyCode.WHOLE if cell.exhaustive else SurveyCode.SO_FAR, parts=parts)


def counted_finding(cell: SurveyCell) -> Sentence:
    """The same with the number of classes."""
    return say(SurveyCode.IN_CLASSES, finding=short_finding(cell), classes=cell.classes)


def scope_sentence(scope: Scope) -> Sentence:
    """What a grid allowed to happen."""
    return say(SurveyCode.SCOPE, scope=mishaps_of(scope), keys=scope.gateway_keys.value)


def mishaps_of(scope: Scope) -> Sentence:
    """The same without the gateway's keys, for brackets."""
    return scope_of(scope.requests, scope.crashes, scope.expiries, scope.failovers)


def read(document: object, english: str) -> Sentence:
    """A sentence that was kept as data; in English where an earlier version kept no more than that."""
    return from_document(document) or plain(english)
