"""Keeps what is seen of runs until they are over, and makes entries of them. Bounded, whatever a run comes to."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from backend.archive.entries import START_NS, Entry, LeftOut, RunRecord, RunSettings
from backend.archive.urls import without_password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from backend.model.catalogue import SourceCode
    from backend.model.judgement import Report
    from backend.model.observed import GoneRow, LockWait, Renumbered, Reply, Row, Step
    from backend.model.plan import Intent

MOST_ROWS, MOST_REPLIES, MOST_STEPS = 2_000, 2_000, 6_000
MOST_WAITS = 100
"""Of one submission."""
MOST_TRACED = 3_000
"""Submissions of a run whose steps are remembered."""
MOST_INTENTS = 4_000
"""Intents that are remembered, those of the newest runs."""
MOST_IN_ALL, MOST_EACH = 20_000, 10
"""Rows, and answers, of all intents together; after that so many of each intent."""


class _Seen:
    """What was seen of an intent."""

    __slots__ = ("all_replies", "all_rows", "answered", "replies", "rows")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.replies: list[Reply] = []
        self.all_rows = self.all_replies = self.answered = 0
        """Whether they are remembered or not; clicks that were held back were not answered."""


class RunBook:
    """What was seen of the intents of late. It is told as a lab's listener is; any thread may do so."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._of_intent: dict[str, _Seen] = {}
        self._waits: dict[str, list[LockWait]] = {}
        self._steps: dict[str, list[Step]] = {}
        self._rows = self._replies = 0
        """Those that are remembered."""
        self._room = MOST_TRACED

    def begin_run(self) -> None:
        """Another run is asked for: there is room again for the steps of its first submissions."""
        with self._guard:
            self._room = MOST_TRACED
            while len(self._steps) > MOST_TRACED:
                del self._steps[next(iter(self._steps))]

    def add_steps(self, steps: Sequence[Step]) -> None:
        """Some more steps; those that have not ended come again when they have."""
        with self._guard:
            for step in steps:
                known = self._steps.get(step.submission_id)
                if known is None:
                    if self._room <= 0:
                        continue
                    self._room -= 1
                    known = self._steps[step.submission_id] = []
                if step.ended_ns:
                    known.append(step)

    def steps_of(self, submission_id: str) -> tuple[Step, ...]:
        """The steps of a submission, in order."""
        with self._guard:
            return tuple(sorted(self._steps.get(submission_id, ()), key=lambda step: step.number))

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Some more effects."""
        with self._guard:
            for row in rows:
                seen = self._seen(row.key)
                seen.all_rows += 1
                if len(seen.rows) < (MOST_ROWS if self._rows < MOST_IN_ALL else MOST_EACH):
                    seen.rows.append(row)
                    self._rows += 1

    def remove_rows(self, rows: Sequence[GoneRow]) -> None:
        """Effects that are not there any more."""
        with self._guard:
            for gone in rows:
                if seen := self._of_intent.get(gone.key):
                    left = [row for row in seen.rows if (row.table, row.id) != (gone.table, gone.id)]
                    self._rows -= len(seen.rows) - len(left)
                    seen.rows = left
                    seen.all_rows -= 1

    def renumber_rows(self, rows: Sequence[Renumbered]) -> None:
        """Effects that count anew."""
        ordinals = {row.place: row.ordinal for row in rows}
        with self._guard:
            for seen in filter(None, map(self._of_intent.get, {row.key for row in rows})):
                seen.rows = [replace(row, ordinal=ordinals.get(row.place, row.ordinal)) for row in seen.rows]

    def add_replies(self, replies: Sequence[Reply]) -> None:
        """Some more answers."""
        with self._guard:
            for reply in replies:
                seen = self._seen(reply.intent_key)
                seen.all_replies += 1
                seen.answered += not reply.held_back
                if len(seen.replies) < (MOST_REPLIES if self._replies < MOST_IN_ALL else MOST_EACH):
                    seen.replies.append(reply)
                    self._replies += 1

    def add_waits(self, waits: Sequence[LockWait]) -> None:
        """Some more waits for locks."""
        with self._guard:
            for wait in waits:
                known = self._waits.setdefault(wait.submission_id, [])
                if len(known) < MOST_WAITS:
                    known.append(wait)
            while len(self._waits) > MOST_REPLIES:
                del self._waits[next(iter(self._waits))]

    def clear(self) -> None:
        """The tables are empty, and keys may be used again."""
        with self._guard:
            self._of_intent.clear()
            self._waits.clear()
            self._steps.clear()
            self._rows = self._replies = 0

    def entry(
        self,
        began: float,
        settings: RunSettings,
        intents: Sequence[Intent],
        report: Report,
        steps_of: Callable[[str], Sequence[Step]],
        code: SourceCode | None = None,
    ) -> Entry:
        """The entry of a run that is over.

        Args:
            began: Unix time in seconds.
            settings: where its knobs stood.
            intents: of its plan.
            report: what it came to.
            steps_of: the steps of a submission.
            code: that ran.
        """
        found = self._of(intents)
        forgot = len(found) < len(intents)
        rows = [row for seen in found for row in seen.rows][:MOST_ROWS]
        kept = [reply for seen in found for reply in seen.replies][:MOST_REPLIES]
        steps, without = _steps(_submissions(rows, kept, report), steps_of)
        waits = self._waits_of(kept)
        record = RunRecord(
            settings=replace(
                settings.normalised,
                setup=replace(settings.setup, strategy=report.setup.strategy, variant=report.setup.variant),
                database=without_password(settings.database),
            ),
            report=report,
            rows=tuple(rows),
            replies=tuple(kept),
            steps=steps,
            waits=waits,
            code=code,
            left_out=LeftOut(
                _more_than(len(rows), sum(seen.all_rows for seen in found), forgot and report.effects),
                _more_than(len(kept), sum(seen.all_replies for seen in found), forgot and report.sent),
                without,
            ),
            earlier=max(0, sum(seen.answered for seen in found) - report.sent),
        )
        return Entry(began, rebased(record))

    def _seen(self, key: str) -> _Seen:
        seen = self._of_intent.get(key)
        if seen is None:
            seen = self._of_intent[key] = _Seen()
            while len(self._of_intent) > MOST_INTENTS:
                forgotten = self._of_intent.pop(next(iter(self._of_intent)))
                self._rows -= len(forgotten.rows)
                self._replies -= len(forgotten.replies)
        return seen

    def _of(self, intents: Sequence[Intent]) -> list[_Seen]:
        """What is known of intents, those first of which there is more than one row: they are the evidence."""
        with self._guard:
            found = [seen for intent in intents if (seen := self._of_intent.get(intent.key))]
        return sorted(found, key=lambda seen: seen.all_rows == 1)

    def _waits_of(self, replies: Iterable[Reply]) -> tuple[LockWait, ...]:
        with self._guard:
            return tuple(wait for reply in replies for wait in self._waits.get(reply.submission_id, ()))


def _more_than(kept: int, counted: int, reported: int) -> int:
    """How many there are that are not kept; of intents that were forgotten only the report tells."""
    return max(0, counted - kept, reported - kept)


def _submissions(rows: Iterable[Row], replies: Iterable[Reply], report: Report) -> list[str]:
    """Those that made effects, then those at work, then those that were answered."""
    names = [
        *(row.submission_id for row in rows),
        *(one.submission_id for one in report.at_work),
        *(reply.submission_id for reply in replies),
    ]
    return [name for name in dict.fromkeys(names) if name]


def _steps(submissions: Sequence[str], steps_of: Callable[[str], Sequence[Step]]) -> tuple[tuple[Step, ...], int]:
    """Their steps, and of how many of them there was no room for any."""
    found: list[Step] = []
    for number, name in enumerate(submissions):
        if len(found) >= MOST_STEPS:
            return tuple(found), len(submissions) - number
        found += steps_of(name)[: MOST_STEPS - len(found)]
    return tuple(found), 0


def rebased(run: RunRecord) -> RunRecord:
    """The same run with its first instant at `START_NS`."""
    instants = [reply.sent_ns for reply in run.replies] + [step.started_ns for step in run.steps]
    if not instants:
        return replace(run, report=replace(run.report, at_work=(), ended_ns=0))
    back = min(instants) - START_NS

    def moved(instant: int) -> int:
        return max(0, instant - back) if instant else 0

    report = replace(
        run.report,
        at_work=tuple(replace(one, since_ns=moved(one.since_ns)) for one in run.report.at_work),
        ended_ns=moved(run.report.ended_ns),
    )
    return replace(
        run,
        report=report,
        replies=tuple(
            replace(reply, sent_ns=moved(reply.sent_ns), received_ns=moved(reply.received_ns)) for reply in run.replies
        ),
        steps=tuple(
            structs.replace(step, started_ns=moved(step.started_ns), ended_ns=moved(step.ended_ns))
            for step in run.steps
        ),
        waits=tuple(
            replace(wait, started_ns=moved(wait.started_ns), ended_ns=moved(wait.ended_ns)) for wait in run.waits
        ),
    )
