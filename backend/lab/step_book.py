"""The book of steps, which the trace channel fills."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from backend.lab.name_set import NameSet
from backend.model.kept import FIRST_ONES, MOST_REMARKABLE, MOST_TRACED
from backend.model.observed import Step
from backend.model.submission_ids import run_of
from backend.model.vocabulary import EngineKind


@dataclass(slots=True)
class _Counted:
    """What is counted of the steps of one run while they come, since not all of them are kept."""

    names: NameSet = field(default_factory=NameSet)
    """Its submissions that left steps."""
    steps: Counter[EngineKind] = field(default_factory=Counter)
    marks: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Committed:
    """Submissions that are not kept any more and had committed."""

    ever: NameSet = field(default_factory=NameSet)
    before: NameSet = field(default_factory=NameSet)
    """Of those, what had begun to do so before the latest promotion."""


class StepBook:
    """The steps of submissions: of the latest, and of some that never make room (see `backend.model.kept`).

    Args:
        capacity: submissions to keep.
        remarkable: of those, how many may stay for good.
        first: of those, how many stay because they were the first.
        promoted_ns: tells when a standby has taken the database's place last; 0 if none has.
    """

    def __init__(
        self,
        capacity: int = MOST_TRACED,
        remarkable: int = MOST_REMARKABLE,
        first: int = FIRST_ONES,
        promoted_ns: Callable[[], int] = lambda: 0,
    ) -> None:
        self._capacity, self._remarkable, self._first = capacity, remarkable, first
        self._promoted_ns = promoted_ns
        self._guard = threading.Lock()
        self._runs: dict[str, _Counted] = {}
        self._empty()

    def _empty(self) -> None:
        self._steps: OrderedDict[str, list[Step]] = OrderedDict()
        """Of what makes room, the oldest first."""
        self._staying: dict[str, list[Step]] = {}
        self._under_way: dict[str, Step] = {}
        self._gone = NameSet()
        self._committed: defaultdict[int, _Committed] = defaultdict(_Committed)
        """By when a standby had taken the database's place, when they made room."""

    def count(self, run: str) -> None:
        """Count the steps of a run from now on."""
        with self._guard:
            self._runs[run] = _Counted()

    def end_count(self, run: str) -> None:
        """Nobody wants to know any more."""
        with self._guard:
            self._runs.pop(run, None)

    def add(self, steps: Sequence[Step]) -> None:
        """Keep steps. One that is under way is kept until it, or a later one of its submission, has ended."""
        with self._guard:
            for step in steps:
                if not step.ended_ns:
                    self._under_way[step.submission_id] = step
                    continue
                known = self._of(step.submission_id)
                self._note(step, is_first=not known)
                known.append(step)
                if (begun := self._under_way.get(step.submission_id)) and step.number >= begun.number:
                    del self._under_way[step.submission_id]
            while len(self._steps) + len(self._staying) > self._capacity:
                self._make_room()

    def keep(self, submissions: Iterable[str]) -> None:
        """Let these stay, as far as there is room for what is remarkable."""
        with self._guard:
            for name in submissions:
                if len(self._staying) >= self._remarkable:
                    return
                if steps := self._steps.pop(name, None):
                    self._staying[name] = steps

    def _of(self, name: str) -> list[Step]:
        known = self._steps.get(name) or self._staying.get(name)
        if known is None:
            stays = len(self._staying) < self._first
            known = (self._staying if stays else self._steps)[name] = []
        return known

    def _note(self, step: Step, *, is_first: bool) -> None:
        counted = self._runs.get(run_of(step.submission_id))
        if counted is None:
            return
        if is_first:
            counted.names.add(step.submission_id)
        if step.engine is EngineKind.HTTP:
            counted.marks.add(step.command)
        else:
            counted.steps[step.engine] += 1

    def _make_room(self) -> None:
        name, steps = self._steps.popitem(last=False)
        self._gone.add(name)
        commits = [step.started_ns for step in steps if _has_committed(step)]
        if commits:
            promoted = self._promoted_ns()
            committed = self._committed[promoted]
            committed.ever.add(name)
            if min(commits) < promoted:
                committed.before.add(name)

    @property
    def gone(self) -> int:
        """Submissions whose steps, or some of them, are not kept any more."""
        return len(self._gone)

    def under_way(self, submission_id: str) -> Step | None:
        """The step that a submission is at, as far as is known. One whose process died is not told from others."""
        with self._guard:
            return self._under_way.get(submission_id)

    def clear(self) -> None:
        """Forget all steps."""
        with self._guard:
            self._empty()

    def of(self, submission_id: str) -> tuple[Step, ...]:
        """The steps of a submission, in order."""
        with self._guard:
            return self._kept_of(submission_id)

    def _kept_of(self, submission_id: str) -> tuple[Step, ...]:
        known = self._steps.get(submission_id) or self._staying.get(submission_id) or ()
        return tuple(sorted(known, key=lambda step: step.number))

    def committed_before(self, submission_id: str, promoted_ns: int) -> bool:
        """Whether a submission had begun, before the latest promotion, to commit what it then has committed."""
        with self._guard:
            if any(_has_committed(step) and step.started_ns < promoted_ns for step in self._kept_of(submission_id)):
                return True
            return any(
                submission_id in (committed.ever if promoted_ns > promoted else committed.before)
                for promoted, committed in self._committed.items()
            )

    def marks(self, run: str) -> set[str]:
        """The marks that faults have left in the submissions of a run that is counted."""
        with self._guard:
            return set(self._runs[run].marks) if run in self._runs else set()

    def traced(self, run: str) -> set[str]:
        """The submissions of a run that is counted which have left steps."""
        with self._guard:
            return set(self._runs[run].names) if run in self._runs else set()

    def mean_per_submission(self, run: str, without: Iterable[str] = ()) -> dict[EngineKind, float]:
        """Mean number of steps per submission, by engine, over those of a counted run that left steps.

        Args:
            run: which.
            without: submissions that do not count, as far as their steps are kept: they are still at work.
        """
        with self._guard:
            counted = self._runs.get(run)
            if counted is None:
                return {}
            named = [name for name in set(without) if name in counted.names]
            left_out = [kept for name in named if (kept := self._kept_of(name))]
            traced = len(counted.names) - len(left_out)
            counts = counted.steps - Counter(step.engine for steps in left_out for step in steps)
        return {engine: round(count / traced, 3) for engine, count in sorted(counts.items())} if traced else {}

    def gone_of(self, run: str) -> int:
        """How many submissions of a counted run have made room."""
        with self._guard:
            counted = self._runs.get(run)
            return sum(1 for _ in counted.names.which(self._gone, are_in=True)) if counted else 0


def _has_committed(step: Step) -> bool:
    return step.command == "COMMIT" and not step.error
