"""Whether what a document says can be: its types are right, and no table, timeline or knob breaks on it."""

from __future__ import annotations

import msgspec

from backend.archive.entries import (
    LAST_INSTANT,
    START_NS,
    CheckRecord,
    ComparisonRecord,
    Entry,
    ExplorationRecord,
    RunRecord,
)
from backend.explorer.page_says import PROCESS
from backend.explorer.question import MOST_REQUESTS, Counterexample, Event, EventKind, Exploration
from backend.model.errors import UnknownKeyError
from backend.model.faults import parse_fault
from backend.model.vocabulary import Answer, EngineKind, Replication

LONGEST_NS = 10 * 86_400 * 1_000_000_000
"""A run that takes longer is none."""
LARGEST_KNOB = 2**31 - 1
MOST_EVENTS = 10_000
_ENGINES = frozenset({PROCESS, *(kind.value for kind in EngineKind)})


def why_impossible(entry: Entry) -> str | None:
    """What of an entry cannot be, in a few English words; None where all of it can."""
    match entry.content:
        case RunRecord() as run:
            return _of_settings(run) or _of_run(run)
        case ExplorationRecord(found=found):
            return _of_exploration(found)
        case ComparisonRecord(found=found):
            return None if found.asked.databases and found.asked.operations else "nothing was compared"
        case CheckRecord():
            return None


def _of_settings(run: RunRecord) -> str | None:
    if any(not 0 <= number <= LARGEST_KNOB for number in _numbers(msgspec.to_builtins(run.settings))):
        return "a knob is out of range"
    try:
        texts = [str(fault) for fault in run.settings.setup.faults]
        if tuple(map(parse_fault, texts)) == run.settings.setup.faults:
            return None
    except UnknownKeyError:
        pass
    return "there is no such fault"


def _numbers(value: object) -> list[float]:
    match value:
        case bool():
            return []
        case int() | float():
            return [value]
        case dict():
            return [number for each in value.values() for number in _numbers(each)]
        case list() | tuple() | set() | frozenset():
            return [number for each in value for number in _numbers(each)]
        case _:
            return []


def _of_run(run: RunRecord) -> str | None:
    """Instants that no run has would make its timeline endless."""
    instants = [instant for step in run.steps for instant in (step.started_ns, step.ended_ns)]
    instants += [instant for reply in run.replies for instant in (reply.sent_ns, reply.received_ns)]
    instants += [instant for wait in run.waits for instant in (wait.started_ns, wait.ended_ns)]
    if any(not 0 <= instant <= START_NS + LONGEST_NS for instant in instants):
        return "an instant is out of range"
    if any(not 0 <= row.created_at <= LAST_INSTANT for row in run.rows):
        return "a row has an impossible date"
    if any(count < 0 for counts in (run.report.verdicts, run.report.answers) for count in counts.values()):
        return "a count is negative"
    if run.code and not 1 <= run.code.first_line <= run.code.last_line <= run.code.text.count("\n") + 1:
        return "the code has no such lines"
    return None


def _of_exploration(found: Exploration) -> str | None:
    asked = found.question
    if not (
        1 <= asked.requests <= MOST_REQUESTS
        and 0 <= asked.crashes <= 9
        and 0 <= asked.expiries <= 9
        and 0 <= asked.failovers <= 9
        and 0 <= asked.errors <= 9
        and 0 <= asked.database_failovers <= 9
        and asked.replication is not Replication.NONE
    ):
        return "the question is out of range"
    examples = [*found.examples.values(), *([found.counterexample] if found.counterexample else [])]
    return next((reason for example in examples if (reason := _of_example(example))), None)


def _is_reply(event: Event) -> bool:
    return event.kind is EventKind.ANSWER and event.engine == EngineKind.HTTP.value


def _of_example(example: Counterexample) -> str | None:
    if not -1 <= example.mistake < len(example.events) or len(example.events) > MOST_EVENTS:
        return "a schedule does not fit its events"
    if any(event.engine not in _ENGINES for event in example.events):
        return "there is no such engine"
    if any(event.answer not in set(Answer) for event in example.events if _is_reply(event)):
        return "there is no such answer"
    tables = [table for event in example.events if event.after for table in event.after.tables]
    if any(len(row) != len(table.columns) for table in tables for row in table.rows):
        return "a row does not fit its columns"
    return None
