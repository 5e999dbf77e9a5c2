"""Measuring costs on a lab: the rounds of several variants and of the baseline that they share, in turns."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from backend.comparison.cost import Round, cost_of, in_turns
from backend.comparison.cost_records import Cost, OtherLoad
from backend.comparison.machine_load import processors, taken_by_others
from backend.comparison.questions import BASELINE
from backend.comparison.situations import LIMIT_MS, setup_of
from backend.model.errors import NotApplicableError, SubmitTwiceError
from backend.model.plan import Plan, Setup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.comparison.lab_in_use import LabInUse
    from backend.comparison.machine_load import Snapshot
    from backend.comparison.questions import Subject

_LOOK_AROUND_SECONDS = 0.2
_AT_ONCE, _AT_ONCE_QUICK = 160, 60
"""Several for each thread of the instances: with fewer, a round is over with the slowest answer, and is noise."""
_ROUNDS, _ROUNDS_QUICK = 12, 6
_PLAN = Plan((), 1, limit_ms=LIMIT_MS)


class CostRuns:
    """Measures costs.

    Args:
        in_use: the lab, with nothing else beside it.
        look_around: what the processors did so far.
        quick: whether fewer and smaller rounds will do.
    """

    def __init__(self, in_use: LabInUse, look_around: Callable[[], Snapshot | None], *, quick: bool) -> None:
        self._in_use = in_use
        self._look_around = look_around
        self._at_once, self._rounds = (_AT_ONCE_QUICK, _ROUNDS_QUICK) if quick else (_AT_ONCE, _ROUNDS)
        self._seen: Snapshot | None = None
        """What the processors had done when the last round was over."""

    def measure(self, subjects: Sequence[Subject]) -> list[Cost]:
        """Measure them in turns with one baseline, which must be the same for all of them.

        One that cannot be measured says why, and the others go on without it. Where the baseline fails, which takes
        them all, each is measured by itself.

        Raises:
            CancelledError: the comparison was cancelled; nothing of it counts.
        """
        try:
            return self._in_turns(subjects)
        except NotApplicableError as error:
            return [Cost(subject, failure=error.sentence) for subject in subjects]
        except SubmitTwiceError as error:
            self._in_use.stop_the_rest(error)
            if len(subjects) == 1:
                return [Cost(subjects[0], failure=error.sentence)]
            return [cost for subject in subjects for cost in self.measure([subject])]

    def _in_turns(self, subjects: Sequence[Subject]) -> list[Cost]:
        first = self._look_around()
        self._in_use.runs.pause(_LOOK_AROUND_SECONDS)
        self._seen = self._look_around()
        before = taken_by_others(first, self._seen)
        failed: dict[str, Cost] = {}
        turns = in_turns(
            partial(self._round, replace(subjects[0], strategy=BASELINE.strategy, variant=BASELINE.variant)),
            [partial(self._round_unless_it_fails, subject, failed) for subject in subjects],
            self._rounds,
        )
        costs = []
        for subject, each in zip(subjects, turns, strict=True):
            load = None if before is None else OtherLoad(processors(), before, each.others)
            costs.append(failed.get(subject.name) or cost_of(subject, each, load))
        return costs

    def _round_unless_it_fails(self, subject: Subject, failed: dict[str, Cost]) -> Round | None:
        try:
            return self._round(subject)
        except SubmitTwiceError as error:
            self._in_use.stop_the_rest(error)
            failed[subject.name] = Cost(subject, failure=error.sentence)
            return None

    def _round(self, subject: Subject) -> Round:
        setup = setup_of(subject, Setup(subject.strategy, subject.variant))
        outcome = self._in_use.runs.carry_out(setup, _PLAN, subject.operation, self._at_once, judged=False)
        before, self._seen = self._seen, self._look_around()
        return Round(outcome.replies, outcome.report.steps_per_submission, taken_by_others(before, self._seen))
