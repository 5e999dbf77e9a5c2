"""Carrying out a comparison on one lab, run by run."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from backend.comparison.cost import Round, cost_of, in_turns
from backend.comparison.progress import TimeLeft
from backend.comparison.records import (
    BASELINE,
    Cell,
    Comparison,
    ComparisonProgress,
    ComparisonQuestion,
    Cost,
    Line,
    Part,
    PartResult,
    SituationKey,
    Subject,
    Surroundings,
)
from backend.comparison.situations import INSTANCES, SITUATIONS
from backend.errors import SubmitTwiceError, UnknownKeyError
from backend.model import EngineKind, EngineStatus, Health, Intent, OperationKey, Plan, Reply, Report, Setup
from backend.sentence import plain
from backend.strategies import all_strategies, find

COST = "cost"
_COST_SECONDS = 3.0
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 90.0
_RECOVERY_SECONDS = 20.0
_ATTEMPTS = 3
_PAUSE_SECONDS = 1.0
_AT_ONCE, _AT_ONCE_QUICK = 50, 16
_PAIRS, _PAIRS_QUICK = 6, 2


class Run(Protocol):
    """A run under way."""

    def cancel(self) -> None:
        """Stop sending."""

    def wait(self, timeout: float | None = None) -> Report:
        """Block until it is reported."""


class Laboratory(Protocol):
    """What a comparison needs of a lab."""

    def engines(self) -> tuple[EngineStatus, ...]:
        """The engines in use, with their health."""

    def use_database(self, database: str) -> None:
        """Switch."""

    def reset(self, *, only_own: bool = False) -> None:
        """Empty tables and keys, or remove what this lab made."""

    def new_intent(self, operation: OperationKey, item: str, quantity: int) -> Intent:
        """An intent with a fresh key."""

    def start_run(self, setup: Setup, plan: Plan) -> Run:
        """Begin a run."""


class Replies:
    """Keeps what callers were told; a lab's listener feeds it, from the lab's threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._replies: list[Reply] = []

    def add(self, replies: Sequence[Reply]) -> None:
        """Some more arrived."""
        with self._guard:
            self._replies += replies

    def take(self) -> tuple[Reply, ...]:
        """All that arrived since they were taken last."""
        with self._guard:
            taken, self._replies = tuple(self._replies), []
        return taken


class CancelledError(Exception):
    """Somebody has had enough; what was under way is not counted."""


class NotOverError(SubmitTwiceError):
    """A run takes for ever."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to measure."""

    number: int
    """Of its line."""
    database: str
    operation: OperationKey
    strategy: str
    variant: str
    kind: str
    """``cost``, or the key of a situation."""


def check(asked: ComparisonQuestion) -> None:
    """Check that a comparison can be asked for.

    Raises:
        UnknownKeyError: there is no such strategy or variant, or nothing is left to compare.
    """
    if not _tasks(asked):
        raise UnknownKeyError("There is nothing to compare: no strategy that was named guards such an operation.")


def _tasks(asked: ComparisonQuestion) -> list[Task]:
    tasks: list[Task] = []
    wanted = {_full_name(name) for name in asked.strategies}
    kinds = ([COST] if asked.cost else []) + [key.value for key in SITUATIONS if key in asked.situations]
    number = 0
    for database in asked.databases:
        for operation in asked.operations:
            for strategy in all_strategies():
                for variant in strategy.variants:
                    names = {strategy.key, f"{strategy.key}/{variant.key}"}
                    if operation in variant.refusals or (wanted and not names & wanted):
                        continue
                    tasks += [Task(number, database, operation, strategy.key, variant.key, kind) for kind in kinds]
                    number += 1
    return tasks


def _full_name(name: str) -> str:
    strategy, _, variant = name.partition("/")
    find(strategy, variant)
    return name


class Comparer:
    """One comparison.

    Args:
        lab: started, with `INSTANCES` instances.
        replies: fed by the lab's listener.
        asked: what to compare.
        on_progress: told after each cell, and before each task, in the calling thread.
        cancelled: set from anywhere; what was measured so far is kept.
        clock: seconds.
    """

    def __init__(
        self,
        lab: Laboratory,
        replies: Replies,
        asked: ComparisonQuestion,
        on_progress: Callable[[ComparisonProgress], None],
        cancelled: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lab = lab
        self._replies = replies
        self._asked = asked
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._clock = clock
        self._lines: dict[int, Line] = {}
        self._engines: dict[str, None] = {}
        self._database = ""
        self._kind = EngineKind.POSTGRESQL

    def compare(self) -> Comparison:
        """Measure everything that was asked for, or as much as there is time for."""
        began, started = time.time(), self._clock()
        tasks = _tasks(self._asked)
        guesses = {COST: _COST_SECONDS} | {key.value: each.seconds for key, each in SITUATIONS.items()}
        left = TimeLeft((task.kind for task in tasks), guesses)
        try:
            for task in tasks:
                self._carry_out(task, left)
        except CancelledError:
            pass
        return Comparison(
            asked=self._asked,
            lines=tuple(line for line in self._lines.values() if line.cells or line.cost),
            surroundings=Surroundings(machine(), tuple(self._engines), began),
            seconds=self._clock() - started,
            complete=left.done == left.total,
        )

    def _carry_out(self, task: Task, left: TimeLeft) -> None:
        began = self._clock()
        try:
            line = self._line_of(task)
            self._tell(left, line, task.kind)
            line = self._measure(task, line)
        except SubmitTwiceError as error:
            line = self._failed(task, str(error))
        self._lines[task.number] = line
        left.note(self._clock() - began)
        self._tell(left, line, task.kind)

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
        self._recover()
        if task.number in self._lines:
            return self._lines[task.number]
        self._lab.reset(only_own=True)
        return Line(self._subject(task))

    def _measure(self, task: Task, line: Line) -> Line:
        if task.kind == COST:
            return replace(line, cost=self._cost(line.subject))
        situation = SITUATIONS[SituationKey(task.kind)]
        results = [self._run_part(line.subject, part) for part in situation.parts(line.subject, self._asked.quick)]
        parts = tuple(result for result in results if _happened(result))
        return replace(line, cells=(*line.cells, Cell(line.subject, situation.key, parts)))

    def _failed(self, task: Task, sentence: str) -> Line:
        line = self._lines.get(task.number) or Line(self._subject(task))
        if task.kind == COST:
            return replace(line, cost=Cost(line.subject, failure=sentence))
        return replace(line, cells=(*line.cells, Cell(line.subject, SituationKey(task.kind), failure=sentence)))

    def _subject(self, task: Task) -> Subject:
        strategy, variant = find(task.strategy, task.variant)
        return Subject(
            task.operation, self._kind, strategy.key, variant.key, strategy.title, variant.title, variant.sound
        )

    # Runs

    def _run_part(self, subject: Subject, part: Part) -> PartResult:
        self._recover()
        report = self._run(part.setup, self._with_intents(part.plan, subject.operation, part.intents))
        return PartResult(
            part,
            dict(report.verdicts),
            dict(report.answers),
            report.effects,
            report.p50_ms,
            report.p99_ms,
            dict(report.steps_per_submission),
            report.contradictions,
            report.seconds,
        )

    def _cost(self, subject: Subject) -> Cost:
        quick = self._asked.quick
        baseline = Setup(BASELINE.strategy, BASELINE.variant)
        variant = Setup(subject.strategy, subject.variant)
        pairs = in_turns(
            lambda: self._round(baseline, subject.operation),
            lambda: self._round(variant, subject.operation),
            _PAIRS_QUICK if quick else _PAIRS,
        )
        return cost_of(subject, pairs)

    def _round(self, setup: Setup, operation: OperationKey) -> Round:
        at_once = _AT_ONCE_QUICK if self._asked.quick else _AT_ONCE
        self._replies.take()
        report = self._run(setup, self._with_intents(Plan((), 1), operation, at_once))
        return Round(self._replies.take(), report.steps_per_submission)

    def _with_intents(self, plan: Plan, operation: OperationKey, count: int) -> Plan:
        """Each intent about an item of its own, so that they do not meet on one row of stock."""
        intents = tuple(self._lab.new_intent(operation, f"item {number}", 1) for number in range(1, count + 1))
        return replace(plan, intents=intents)

    def _run(self, setup: Setup, plan: Plan) -> Report:
        """A run; tried again where it could not begin: an instance may still be on its way back."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._run_once(setup, plan)
            except NotOverError:
                raise
            except SubmitTwiceError:
                if self._cancelled.wait(_PAUSE_SECONDS):
                    raise CancelledError from None
                self._recover()
        return self._run_once(setup, plan)

    def _run_once(self, setup: Setup, plan: Plan) -> Report:
        if self._cancelled.is_set():
            raise CancelledError
        run = self._lab.start_run(setup, plan)
        until = self._clock() + _PATIENCE_SECONDS
        while True:
            try:
                return run.wait(_LOOK_SECONDS)
            except TimeoutError:
                if self._cancelled.is_set():
                    run.cancel()
                    raise CancelledError from None
                if self._clock() > until:
                    run.cancel()
                    raise NotOverError(f"It was not over after {_PATIENCE_SECONDS:.0f} seconds.") from None

    # Around the runs

    def _recover(self) -> None:
        """Wait until every engine and instance that a run has killed is back.

        Raises:
            SubmitTwiceError: one does not come back.
        """
        until = self._clock() + _RECOVERY_SECONDS
        while down := [engine for engine in self._lab.engines() if engine.health is Health.DOWN]:
            if self._cancelled.wait(_LOOK_SECONDS):
                raise CancelledError
            if self._clock() > until:
                raise SubmitTwiceError(down[0].note or plain(f"{down[0].name} is down."))

    def _note_engines(self) -> None:
        for engine in self._lab.engines():
            if engine.kind.is_database:
                self._kind = engine.kind
            if engine.kind is not EngineKind.HTTP:
                self._engines[f"{engine.name} {engine.version}".strip()] = None

    def _tell(self, left: TimeLeft, line: Line, kind: str) -> None:
        self._on_progress(ComparisonProgress(left.done, left.total, left.seconds, line, kind))


def _happened(result: PartResult) -> bool:
    return result.part.needs is None or result.part.needs in result.steps


def machine() -> str:
    """The machine in one line, without its name."""
    return ", ".join(_machine())


def _machine() -> Iterator[str]:
    yield f"{os.cpu_count()} cores"
    yield f"{platform.system()} {platform.machine()}"
    yield f"Python {platform.python_version()}"
    if hasattr(os, "getloadavg"):
        yield f"load {os.getloadavg()[0]:.1f} at the end"


__all__ = ["COST", "INSTANCES", "Comparer", "Laboratory", "Replies", "check", "machine"]
