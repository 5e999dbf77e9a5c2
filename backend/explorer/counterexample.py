"""The shortest way to the worst verdict, and schedules as files."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import msgspec

from backend.explorer.mistake import find_mistake
from backend.explorer.page_says import (
    FAILOVER_COMMAND,
    MUTEX_COMMAND,
    PROCESS,
    PROMOTION_COMMAND,
    RENEWED_EXPIRY,
    UNANSWERED_COMMAND,
)
from backend.explorer.question import Choice, Counterexample, Event, EventKind, Place
from backend.explorer.sandbox import submission_id
from backend.explorer.says import ExplorerCode
from backend.explorer.zookeeper_names import is_node
from backend.files.output import write_document
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, Verdict
from backend.tap.wording import answer_text, command_text, error_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from backend.explorer.question import Question, Snapshot
    from backend.explorer.traced_event import TracedEvent
    from backend.tap.observer import Call

_ROW_NUMBER = re.compile(r"(?:RETURNING|SELECT) (\w+)\.id\b")


class Readable(Protocol):
    """Gives names that are the same on every run."""

    def readable(self, text: str) -> str:
        """A text with such names."""


class Played(Protocol):
    """What a schedule left behind."""

    @property
    def events(self) -> Sequence[TracedEvent]:
        """What happened, in order."""

    @property
    def fixture(self) -> Readable:
        """Whose names it has."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A schedule that was judged."""

    verdict: Verdict
    execution: Played
    choices: tuple[Choice, ...]

    @property
    def cost(self) -> tuple[int, int, int]:
        """Worse verdicts first, then fewer switches, then fewer events."""
        return -self.verdict.severity, switches(self.choices), len(self.execution.events)


def switches(choices: Sequence[Choice]) -> int:
    """How often another request than the one before has its turn. An expiry is nobody's turn."""
    turns = [choice.actor for choice in choices if choice.actor]
    return sum(before != after for before, after in itertools.pairwise(turns))


def to_counterexample(
    question: Question,
    candidate: Candidate,
    snapshots: Sequence[Snapshot] = (),
    places: Mapping[int, Place] | None = None,
) -> Counterexample:
    """The schedule as plain data.

    Args:
        question: what was asked.
        candidate: the schedule.
        snapshots: the engines after each moment, where they were recorded.
        places: the strategy's lines by the identity of their call.
    """
    teller = _Teller(candidate.execution.fixture)
    told = candidate.execution.events
    known = places or {}
    events = tuple(
        replace(teller.event(traced), place=known.get(id(traced.call), Place()), after=after)
        for traced, after in itertools.zip_longest(told, snapshots)
    )
    mistake, text = find_mistake(candidate.verdict, events) if snapshots else (-1, None)
    return Counterexample(
        question,
        candidate.verdict,
        switches(candidate.choices),
        candidate.choices,
        events,
        mistake,
        str(text) if text else "",
    )


class _Teller:
    """Words what happened so that it reads the same on every run: keys and row numbers get names of their own."""

    def __init__(self, fixture: Readable) -> None:
        self._fixture = fixture
        self._rows: dict[tuple[str, str], str] = {}
        """By table and number: rows of two tables may have the same one."""

    def event(self, traced: TracedEvent) -> Event:
        if traced.kind is EventKind.FAILOVER:
            return Event("", traced.kind, EngineKind.REDIS.value, FAILOVER_COMMAND.format(lost=traced.lost), "")
        if traced.kind is EventKind.PROMOTE:
            return _promotion(traced)
        if traced.kind is EventKind.EXPIRE:
            return _expiry(traced)
        if traced.kind is EventKind.APPLY:
            return Event("", traced.kind, EngineKind.STANDBY.value, "apply 1 commit", "")
        return self._of_request(traced)

    def _of_request(self, traced: TracedEvent) -> Event:
        if traced.kind is EventKind.CRASH:
            return Event(traced.actor, traced.kind, PROCESS, "", "")
        if traced.kind is EventKind.ERROR and traced.call is None:
            return Event(traced.actor, traced.kind, PROCESS, "reply", "")
        if traced.answer is not None:
            return Event(traced.actor, traced.kind, EngineKind.HTTP.value, "reply", traced.answer.value)
        call = traced.call
        if call is None:
            return Event(traced.actor, traced.kind, PROCESS, MUTEX_COMMAND, "", traced.blocked)
        command = command_text(call.command, call.parameters, is_sql=call.engine.is_database)
        if traced.by is not None:
            command = command.replace(traced.by.id, submission_id(traced.actor))
        if traced.kind is EventKind.ERROR:
            answer = "ROLLBACK" if traced.rolled_back else ""
        else:
            answer = "" if traced.blocked else self._answer(call, rolled_back=traced.rolled_back)
        return Event(
            traced.actor, traced.kind, call.engine.value, self._fixture.readable(command), answer, traced.blocked
        )

    def _answer(self, call: Call, *, rolled_back: bool) -> str:
        is_sql = call.engine.is_database
        answered = error_text(call.error) if call.error else answer_text(call.answer, is_sql=is_sql)
        numbered = _ROW_NUMBER.search(call.command) if is_sql and answered.isdecimal() else None
        if numbered:
            answered = self._rows.setdefault((numbered[1], answered), f"row {len(self._rows) + 1}")
        answered = self._fixture.readable(answered)
        return f"{answered}; ROLLBACK" if rolled_back else answered


def _expiry(traced: TracedEvent) -> Event:
    if any(is_node(name) for name in traced.leases):
        return Event("", traced.kind, EngineKind.ZOOKEEPER.value, "closeSession", "")
    command = RENEWED_EXPIRY if traced.renewed else "PEXPIRE 0"
    return Event("", traced.kind, EngineKind.REDIS.value, command, "")


def _promotion(traced: TracedEvent) -> Event:
    text = UNANSWERED_COMMAND if traced.unanswered else PROMOTION_COMMAND
    command = text.format(actor=traced.unanswered, lost=traced.lost)
    return Event("", traced.kind, EngineKind.POSTGRESQL.value, command, "")


def to_json(example: Counterexample) -> bytes:
    """A schedule as the content of a JSON file."""
    return msgspec.json.format(msgspec.json.encode(example), indent=2)


def save(example: Counterexample, path: Path) -> None:
    """Write a schedule to a JSON file.

    Raises:
        SubmitTwiceError: the file cannot be written.
    """
    write_document(path, to_json(example))


def load(path: Path) -> Counterexample:
    """Read a schedule from a JSON file.

    Raises:
        SubmitTwiceError: there is no such file, or it holds no schedule.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Counterexample)
    except OSError as error:
        raise SubmitTwiceError(say(ExplorerCode.UNREADABLE, why=error.strerror or str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SubmitTwiceError(say(ExplorerCode.NO_SCHEDULE, why=str(error))) from None
