"""Carrying out a comparison on one lab, run by run."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from backend.comparison.cost import Round, cost_of, in_turns
from backend.comparison.cost_records import Cost, OtherLoad
from backend.comparison.evidence import engines_of, had_time, proven, writes_before_work
from backend.comparison.machine_load import Snapshot, load_average, processors, snapshot, taken_by_others
from backend.comparison.progress import TimeLeft
from backend.comparison.questions import BASELINE, ComparisonQuestion, SituationKey, Subject
from backend.comparison.records import (
    FAILURES,
    ComparedCell,
    Comparison,
    ComparisonProgress,
    Line,
    Part,
    PartResult,
    Surroundings,
)
from backend.comparison.runs import CancelledError, Laboratory, NotOverError, Replies, Runs
from backend.comparison.says import CompareCode
from backend.comparison.situations import INSTANCES, LIMIT_MS, SITUATIONS, Extent, setup_of
from backend.comparison.tasks import COST, Task, check, guesses, tasks_of
from backend.model.errors import NotApplicableError, SubmitTwiceError
from backend.model.plan import Plan, Setup
from backend.model.sentence import Sentence, plain, say
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Replication
from backend.strategies import find

_STRETCHES = (1, 2, 4)
"""A situation that did not come about is tried again with so much more time for it."""
_LOOK_AROUND_SECONDS = 0.2
_SOME_WORK_MS = 1
"""Enough for the trace to tell what comes before."""
_AT_ONCE, _AT_ONCE_QUICK = 160, 60
"""Several for each thread of the instances: with fewer, a round is over with the slowest answer, and is noise."""
_ROUNDS, _ROUNDS_QUICK = 12, 6


class Comparer:
    """One comparison.

    Args:
        lab: started, with `INSTANCES` instances.
        replies: fed by the lab's listener.
        asked: what to compare.
        on_progress: told after each cell, and before each task, in the calling thread.
        cancelled: set from anywhere; what was measured so far is kept.
        look_around: what the processors did so far.
    """

    def __init__(
        self,
        lab: Laboratory,
        replies: Replies,
        asked: ComparisonQuestion,
        on_progress: Callable[[ComparisonProgress], None],
        cancelled: threading.Event,
        look_around: Callable[[], Snapshot | None] = snapshot,
    ) -> None:
        self._lab = lab
        self._asked = asked
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._look_around = look_around
        self._runs = Runs(lab, replies, cancelled)
        self._lines: dict[int, Line] = {}
        self._engines: dict[str, None] = {}
        self._database = ""
        self._kind = EngineKind.POSTGRESQL
        self._at = -1
        """The line that the tables were emptied for."""
        self._seen: Snapshot | None = None
        """What the processors had done when the last round was over."""

    def compare(self) -> Comparison:
        """Measure everything that was asked for, or as much as there is time for."""
        began, started, load = time.time(), time.monotonic(), load_average()
        tasks = tasks_of(self._asked)
        left = TimeLeft((task.takes_as for task in tasks), guesses(self._asked))
        try:
            for task in tasks:
                self._carry_out(task, left)
        except CancelledError:
            pass
        never_begun = self._name_the_rest(tasks[left.done :])
        return Comparison(
            asked=self._asked,
            lines=tuple(line for line in self._lines.values() if line.cells or line.cost),
            surroundings=Surroundings(_machine(load), tuple(self._engines), began),
            seconds=time.monotonic() - started,
            complete=left.done == left.total,
            never_begun=never_begun,
        )

    def _name_the_rest(self, tasks: Sequence[Task]) -> tuple[Sentence, ...]:
        """Say in each line what was never run of it; returns those that there is no line for."""
        names: dict[int, Sentence] = {}
        for task in tasks:
            if line := self._lines.get(task.number):
                if task.kind != COST:
                    cell = ComparedCell(line.subject, SituationKey(task.kind), never_run=True)
                    self._lines[task.number] = replace(line, cells=(*line.cells, cell))
            else:
                names[task.number] = self._named(task)
        return tuple(names.values())

    def _named(self, task: Task) -> Sentence:
        name = f"{task.strategy}/{task.variant}"
        if len(self._asked.operations) == len(self._asked.databases) == 1:
            return plain(name)
        database = task.database.partition("://")[0]
        return say(CompareCode.WHERE, name=name, operation=task.operation, database=database)

    def _carry_out(self, task: Task, left: TimeLeft) -> None:
        began = time.monotonic()
        try:
            line = self._line_of(task)
            self._tell(left, line, task.kind)
            line = self._measure(task, line)
        except NotApplicableError as error:
            line = self._unmeasured(task, exempt=error.sentence)
        except SubmitTwiceError as error:
            line = self._unmeasured(task, failure=error.sentence)
            self._stop_the_rest(error)
        self._lines[task.number] = line
        left.note(time.monotonic() - began)
        self._tell(left, line, task.kind)

    def _stop_the_rest(self, error: SubmitTwiceError) -> None:
        """What is still at work shall not be beside the next run."""
        if isinstance(error, NotOverError):
            with suppress(SubmitTwiceError):  # what cannot be used any more is told by the next task
                self._lab.reset(only_own=True)

    def _line_of(self, task: Task) -> Line:
        """The line of a task, with everything in place for it: the database, empty tables, every instance."""
        if self._cancelled.is_set():
            raise CancelledError
        if task.database != self._database:
            self._database = ""
            self._kind = next((kind for kind in EngineKind if task.database.startswith(kind)), self._kind)
            self._lab.use_database(task.database)
            self._database = task.database
            self._note_engines()
            self._at = -1
        self._runs.recover()
        if task.number != self._at:
            self._lab.reset(only_own=True)
            self._at = task.number
        return self._lines.get(task.number) or Line(self._subject(task))

    def _measure(self, task: Task, line: Line) -> Line:
        if task.kind == COST:
            return replace(line, cost=self._cost(line.subject))
        return replace(line, cells=(*line.cells, self._cell(line.subject, SituationKey(task.kind))))

    def _unmeasured(self, task: Task, *, failure: Sentence | None = None, exempt: Sentence | None = None) -> Line:
        """A line with why there is no measurement; what cannot be had on the engines in use is no failure."""
        line = self._lines.get(task.number) or Line(self._subject(task))
        if task.kind == COST:
            return replace(line, cost=Cost(line.subject, failure=failure or exempt))
        cell = ComparedCell(line.subject, SituationKey(task.kind), failure=failure, exempt=exempt)
        return replace(line, cells=(*line.cells, cell))

    def _subject(self, task: Task) -> Subject:
        strategy, variant = find(task.strategy, task.variant)
        return Subject(
            operation=task.operation,
            database=self._kind,
            strategy=strategy.key,
            variant=variant.key,
            sound=variant.sound,
            leased=variant.leased,
            claims=variant.claims,
            on_standby=EngineKind.STANDBY in variant.engines,
            replication=self._asked.replication if task.database == EngineKind.POSTGRESQL else Replication.NONE,
        )

    # Situations

    def _cell(self, subject: Subject, key: SituationKey) -> ComparedCell:
        situation = SITUATIONS[key]
        if situation.needs_lease and not subject.leased:
            return ComparedCell(subject, key, exempt=say(CompareCode.NO_LEASE))
        first = situation.parts(subject, Extent(self._asked.quick))
        places = list(range(len(first)))
        if situation.disturbs:
            exposed = self._exposed(subject)
            places = [place for place in places if first[place].needs in exposed]
            if not places:
                return ComparedCell(subject, key, exempt=say(CompareCode.NO_ENGINE_FAILS_OVER))
        results = [self._until_reached(subject, key, place) for place in places]
        return ComparedCell(subject, key, tuple(result for result in results if result))

    def _exposed(self, subject: Subject) -> set[EngineKind]:
        """The engines whose failover may take something from it, as a submission shows that nobody disturbs.

        A failover comes while it works; what it has only looked at in Redis by then cannot be forgotten.

        Raises:
            SubmitTwiceError: it was disturbed all the same, and shows nothing.
        """
        self._runs.recover()
        setup = setup_of(subject, Setup(subject.strategy, subject.variant, processing_delay_ms=_SOME_WORK_MS))
        outcome = self._runs.carry_out(setup, Plan((), 1, limit_ms=LIMIT_MS), subject.operation, 1)
        for reply in outcome.replies:
            if reply.answer in {Answer.ERROR, Answer.TIMEOUT}:
                raise SubmitTwiceError(reply.detail or say(CompareCode.BROKE_OFF))
        seen = outcome.intents
        return engines_of(seen) - (set() if writes_before_work(seen) else {EngineKind.REDIS})

    def _until_reached(self, subject: Subject, key: SituationKey, place: int) -> PartResult | None:
        """The run that failed in the situation, else the one that reached it for most intents.

        None where there is nothing that it could disturb.
        """
        best: PartResult | None = None
        for tries, stretch in enumerate(_STRETCHES, 1):
            part = SITUATIONS[key].parts(subject, Extent(self._asked.quick, stretch))[place]
            result = self._run_part(subject, part, tries)
            if result is None:
                return None
            told = best.contradictions if best else ()
            failed = result.reached and result.worst in FAILURES
            if best is None or failed or result.proven > best.proven:
                best = result
            best = replace(best, tries=tries, contradictions=(*told, *result.contradictions))
            if failed or result.had_time or result.proven == part.intents:
                break
        return best

    def _run_part(self, subject: Subject, part: Part, tries: int) -> PartResult | None:
        self._runs.recover()
        outcome = self._runs.carry_out(part.setup, part.plan, subject.operation, part.intents)
        if part.needs and part.needs not in engines_of(outcome.intents):
            return None
        report = outcome.report
        return PartResult(
            part=part,
            verdicts=dict(report.verdicts),
            answers=dict(report.answers),
            effects=report.effects,
            p50_ms=report.p50_ms,
            p99_ms=report.p99_ms,
            steps=dict(report.steps_per_submission),
            contradictions=outcome.contradictions,
            seconds=report.seconds,
            proven=proven(part.proof, outcome.intents, report.promoted_ns),
            tries=tries,
            had_time=had_time(part.proof, outcome.intents, part.setup.lease_ms),
        )

    # Costs

    def _cost(self, subject: Subject) -> Cost:
        first = self._look_around()
        self._runs.pause(_LOOK_AROUND_SECONDS)
        self._seen = self._look_around()
        before = taken_by_others(first, self._seen)
        turns = in_turns(
            lambda: self._round(setup_of(subject, Setup(BASELINE.strategy, BASELINE.variant)), subject.operation),
            lambda: self._round(setup_of(subject, Setup(subject.strategy, subject.variant)), subject.operation),
            _ROUNDS_QUICK if self._asked.quick else _ROUNDS,
        )
        return cost_of(subject, turns, None if before is None else OtherLoad(processors(), before, turns.others))

    def _round(self, setup: Setup, operation: OperationKey) -> Round:
        at_once = _AT_ONCE_QUICK if self._asked.quick else _AT_ONCE
        outcome = self._runs.carry_out(setup, Plan((), 1, limit_ms=LIMIT_MS), operation, at_once)
        before, self._seen = self._seen, self._look_around()
        return Round(outcome.replies, outcome.report.steps_per_submission, taken_by_others(before, self._seen))

    # Around the runs

    def _note_engines(self) -> None:
        for engine in self._lab.engines():
            if engine.kind.is_database and engine.kind is not EngineKind.STANDBY:
                self._kind = engine.kind
            if engine.kind is not EngineKind.HTTP:
                self._engines[f"{engine.name} {engine.version}".strip()] = None

    def _tell(self, left: TimeLeft, line: Line, kind: str) -> None:
        self._on_progress(ComparisonProgress(left.done, left.total, left.seconds, line, kind))


def _machine(load_before: float) -> Sentence:
    """The machine in one line, without its name."""
    machine = say(
        CompareCode.MACHINE,
        cores=processors(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )
    return say(CompareCode.MACHINE_LOAD, machine=machine, before=load_before, after=load_average())


__all__ = ["INSTANCES", "Comparer", "Laboratory", "Replies", "check"]
