"""Carrying out a comparison: costs alone on one lab, then situations on as many labs as there are."""

from __future__ import annotations

import platform
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from backend.comparison.cells import Cells
from backend.comparison.cost_records import Cost
from backend.comparison.cost_runs import CostRuns
from backend.comparison.lab_in_use import LabInUse
from backend.comparison.machine_load import Snapshot, load_average, processors, snapshot
from backend.comparison.progress import TimeLeft
from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.records import ComparedCell, Comparison, ComparisonProgress, Line, Surroundings
from backend.comparison.runs import CancelledError, Laboratory, Replies
from backend.comparison.says import CompareCode
from backend.comparison.side_by_side import Jobs, side_by_side
from backend.comparison.tasks import COST, Stage, Task, guesses, stages_of
from backend.model.errors import NotApplicableError, SubmitTwiceError
from backend.model.sentence import Sentence, plain, say

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from backend.comparison.questions import Subject
    from backend.comparison.side_by_side import Tell

_ORDER = list(SituationKey)


@dataclass(frozen=True, slots=True)
class Help:
    """Further labs that measure situations beside the first."""

    labs: Callable[[Stage], int]
    """How many work at a stage, the first one included."""
    start: Callable[[str], AbstractContextManager[tuple[Laboratory, Replies]]]
    """Starts one on a database, with `INSTANCES` instances and what its listener feeds; it is closed at the end.
    Raises SubmitTwiceError where it cannot be started."""


class Comparer:
    """One comparison.

    Args:
        lab: started, with `INSTANCES` instances.
        replies: fed by the lab's listener.
        asked: what to compare.
        on_progress: told after each cell, and before each task, in the calling thread.
        cancelled: set from anywhere, and where something unforeseen ends it; what was measured so far is kept.
        look_around: what the processors did so far.
        help_: further labs; None for none.
        only_own: whether what was in the first lab's database before, and on its Redis-protocol server, is to stay.
    """

    def __init__(
        self,
        lab: Laboratory,
        replies: Replies,
        asked: ComparisonQuestion,
        on_progress: Callable[[ComparisonProgress], None],
        cancelled: threading.Event,
        look_around: Callable[[], Snapshot | None] = snapshot,
        help_: Help | None = None,
        *,
        only_own: bool = True,
    ) -> None:
        self._first = LabInUse(lab, replies, cancelled, only_own=only_own)
        self._asked = asked
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._look_around = look_around
        self._help = help_
        self._stages = stages_of(asked)
        self._lines: dict[int, Line] = {}
        self._left = self._time_left()

    def _time_left(self) -> TimeLeft:
        costs = [task.takes_as for stage in self._stages for group in stage.costs for task in group]
        rest = [task.takes_as for stage in self._stages for job in stage.jobs for task in job]
        return TimeLeft(costs, rest, guesses(self._asked), max(map(self._labs, self._stages), default=1))

    def _labs(self, stage: Stage) -> int:
        return self._help.labs(stage) if self._help else 1

    def compare(self) -> Comparison:
        """Measure everything that was asked for, or as much as there is time for."""
        began, started, load = time.time(), time.monotonic(), load_average()
        try:
            for stage in self._stages:
                for group in stage.costs:
                    self._measure_costs(group)
                self._measure_situations(stage)
        except CancelledError:
            pass
        never_begun = self._name_the_rest()
        return Comparison(
            asked=self._asked,
            lines=tuple(line for _, line in sorted(self._lines.items()) if line.cells or line.cost),
            surroundings=Surroundings(_machine(load), tuple(self._first.engines), began),
            seconds=time.monotonic() - started,
            complete=self._left.done == self._left.total,
            never_begun=never_begun,
        )

    def _name_the_rest(self) -> tuple[Sentence, ...]:
        """Say in each line what was never run of it; returns those that there is no line for."""
        names: dict[int, Sentence] = {}
        for task in (task for stage in self._stages for task in stage.tasks):
            line = self._lines.get(task.number)
            if line is None:
                names[task.number] = self._named(task)
            elif task.kind != COST and line.cell(SituationKey(task.kind)) is None:
                self._keep(task, ComparedCell(line.subject, SituationKey(task.kind), never_run=True))
        return tuple(name for _, name in sorted(names.items()))

    def _named(self, task: Task) -> Sentence:
        name = f"{task.strategy}/{task.variant}"
        if len(self._asked.operations) == len(self._asked.databases) == 1:
            return plain(name)
        database = task.database.partition("://")[0]
        return say(CompareCode.WHERE, name=name, operation=task.operation, database=database)

    # Costs

    def _measure_costs(self, group: Sequence[Task]) -> None:
        """Those of lines that share a baseline, on the first lab, with nothing beside it."""
        began = time.monotonic()
        try:
            self._first.prepare(group[0].database, [task.number for task in group])
            for task in group:
                self._begin(task, self._subject(task, self._first))
            subjects = [self._subject(task, self._first) for task in group]
            costs = CostRuns(self._first, self._look_around, quick=self._asked.quick).measure(subjects)
        except SubmitTwiceError as error:
            costs = [Cost(self._subject(task, self._first), failure=error.sentence) for task in group]
        seconds = (time.monotonic() - began) / len(group)
        for task, cost in zip(group, costs, strict=True):
            self._note(task, cost, seconds)

    # Situations

    def _measure_situations(self, stage: Stage) -> None:
        jobs = Jobs(stage.jobs)
        jobs.join()  # the first lab is there: whoever comes later must not find that nobody is
        helpers = [partial(self._help_out, stage.database, jobs)] * (self._labs(stage) - 1)
        side_by_side([partial(self._work, self._first, jobs), *helpers], self._cancelled)
        if self._cancelled.is_set():
            raise CancelledError

    def _help_out(self, database: str, jobs: Jobs[Task], tell: Tell) -> None:
        """On a further lab; where it cannot be started, the others do its share."""
        assert self._help  # noqa: S101  nobody calls for help that there is none of
        with ExitStack() as stack:
            try:
                lab, replies = stack.enter_context(self._help.start(database))
            except SubmitTwiceError:
                tell(self._one_lab_less)
                return
            jobs.join()
            self._work(LabInUse(lab, replies, self._cancelled), jobs, tell)

    def _one_lab_less(self) -> None:
        self._left.labs = max(1, self._left.labs - 1)

    def _work(self, in_use: LabInUse, jobs: Jobs[Task], tell: Tell) -> None:
        """Take jobs until there are none. If the lab is lost, others go on, where there are any."""
        cells = Cells(in_use.runs, quick=self._asked.quick)
        while job := jobs.take():
            for place, task in enumerate(job, 1):
                self._carry_out(in_use, cells, task, tell)
                if in_use.is_lost and jobs.leave(job[place:]):
                    tell(self._one_lab_less)
                    return

    def _carry_out(self, in_use: LabInUse, cells: Cells, task: Task, tell: Tell) -> None:
        began, key = time.monotonic(), SituationKey(task.kind)
        try:
            in_use.prepare(task.database, [task.number])
            subject = self._subject(task, in_use)
            tell(partial(self._begin, task, subject))
            cell = cells.measure(subject, key)
        except NotApplicableError as error:  # what cannot be had on the engines in use is no failure
            cell = ComparedCell(self._subject(task, in_use), key, exempt=error.sentence)
        except SubmitTwiceError as error:
            cell = ComparedCell(self._subject(task, in_use), key, failure=error.sentence)
            in_use.stop_the_rest(error)
        tell(partial(self._note, task, cell, time.monotonic() - began))

    def _subject(self, task: Task, in_use: LabInUse) -> Subject:
        return task.subject(in_use.kind, self._asked.replication)

    # What was found, in the calling thread

    def _begin(self, task: Task, subject: Subject) -> None:
        self._tell(task, self._lines.get(task.number) or Line(subject))

    def _note(self, task: Task, found: ComparedCell | Cost, seconds: float) -> None:
        line = self._keep(task, found)
        self._left.note(task.takes_as, seconds)
        self._tell(task, line)

    def _keep(self, task: Task, found: ComparedCell | Cost) -> Line:
        line = self._lines.get(task.number) or Line(found.subject)
        if isinstance(found, ComparedCell):
            cells = sorted((*line.cells, found), key=lambda cell: _ORDER.index(cell.situation))
            line = replace(line, cells=tuple(cells))
        else:
            line = replace(line, cost=found)
        self._lines[task.number] = line
        return line

    def _tell(self, task: Task, line: Line) -> None:
        left = self._left
        self._on_progress(ComparisonProgress(left.done, left.total, left.seconds, line, task.kind, task.number))


def _machine(load_before: float) -> Sentence:
    """The machine in one line, without its name."""
    machine = say(
        CompareCode.MACHINE,
        cores=processors(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )
    return say(CompareCode.MACHINE_LOAD, machine=machine, before=load_before, after=load_average())
