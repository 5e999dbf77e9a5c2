"""A question that is being explored in parts: what is left to do, and what was found.

The parts lie in the order of their schedules. Whoever explores them, in whatever order and however they are divided,
the answer is the same, since schedules are counted, and of equally simple examples the one that comes first is taken.
Only a limit asks for the first schedules: then parts are added up from the front, and the one that exceeds the limit is
explored again as far as it is needed.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.explorer.job import Again, Job, Part
from backend.explorer.question import Exploration, Progress, Question
from backend.explorer.says import ExplorerCode
from backend.explorer.search import WHOLE_TREE, Branch
from backend.explorer.tally import Tally
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backend.explorer.question import Counterexample
    from backend.model.sentence import Code, Sentence

SLICE_S = 0.25
"""How long a job takes: so often progress is told, and others may be given what is left."""
SHORT_SLICE_S = 0.03
"""The same while somebody has nothing to do."""
MOST_TRIALS = 4
_MOST_FAILURES = 5
_MOST_DEATHS = 3


@dataclass(eq=False, slots=True)
class Segment:
    """A branch that nobody has explored yet, that somebody explores, or of which the first limit is not known yet."""

    branch: Branch
    job: Job | None = None
    """What somebody is at; None while nobody is."""
    part: Part | None = None
    """What was found, where that is to be added up later."""
    deaths: int = 0
    """How often somebody has died who was at it."""


class Effort:
    """One question while it is being explored.

    Args:
        question: what is asked, its variant named.
        limit: most schedules; None for all.
    """

    def __init__(self, question: Question, limit: int | None = None) -> None:
        self.question = question
        self._limit = limit
        self._started: float | None = None
        self._trusting = True
        self._trial = 0
        self._notes: dict[Sentence, None] = {}
        self._counts: Counter[Code] = Counter()
        self._begin()

    def _begin(self) -> None:
        self._segments = [Segment(WHOLE_TREE)]
        self._found = Tally()
        self._is_enough = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self._is_enough or not self._segments

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is at a part of it."""
        return any(segment.job for segment in self._segments)

    @property
    def seconds(self) -> float:
        """How long it has been explored."""
        return 0.0 if self._started is None else time.monotonic() - self._started

    def next_job(self, *, alone: bool = True) -> Job | None:
        """The first part that nobody is at; None if there is none.

        Args:
            alone: whether nobody else has nothing to do.
        """
        self._started = self._started or time.monotonic()
        for segment in self._segments if not self.is_over else ():
            if segment.job is None and segment.part is None:
                left = None if self._limit is None else self._limit - self._found.schedules
                seconds = SLICE_S if alone else SHORT_SLICE_S
                segment.job = Job(self.question, segment.branch, seconds, left, self._trusting, self._trial)
                return segment.job
        return None

    def give_back(self, job: Job) -> None:
        """Whoever was at it has died; nothing of it was done.

        Raises:
            SubmitTwiceError: it has happened too often to be an accident.
        """
        for segment in self._segments:
            if segment.job is job:
                segment.job = None
                segment.deaths += 1
                if segment.deaths == _MOST_DEATHS:
                    raise SubmitTwiceError(say(ExplorerCode.WORKERS_DIE, times=_MOST_DEATHS))

    def take(self, job: Job, part: Part, wanted: int = 1) -> None:
        """Add what became of a job.

        Args:
            job: from `next_job`.
            part: what was found.
            wanted: into how many what is left of it should be divided.

        Raises:
            SubmitTwiceError: it has begun again too often.
        """
        index = next((n for n, segment in enumerate(self._segments) if segment.job is job), None)
        if index is None:
            return  # of an exploration that has begun again since, or that has enough
        self._counts.update(dict(part.counts))
        if part.again is not None:
            self._begin_again(part.again, part.why)
            return
        self._notes |= dict.fromkeys(part.notes)
        done = Segment(job.branch, part=part)
        left = [Segment(branch) for branch in divided(part.rest, wanted)]
        self._segments[index : index + 1] = [done, *left]
        self._add_up()

    def _begin_again(self, reason: Again, why: Sentence | None) -> None:
        if reason is Again.UNFORESEEN:
            self._trusting = False
        else:
            self._trial += 1
        if self._trial == MOST_TRIALS:
            raise SubmitTwiceError(why or say(ExplorerCode.DIVERGED))
        self._begin()

    def _add_up(self) -> None:
        """Count what was found; with a limit, only what follows directly upon what is counted already."""
        if self._limit is None:
            for segment in [segment for segment in self._segments if segment.part]:
                self._count(segment)
            return
        while not self._is_enough and self._segments and (part := self._segments[0].part):
            left = self._limit - self._found.schedules
            if part.found.schedules > left:  # whoever explored it did not know how many come before
                self._segments[0].job = self._segments[0].part = None
                return
            self._count(self._segments[0])
            self._is_enough = self._found.schedules == self._limit

    def _count(self, segment: Segment) -> None:
        if segment.part is not None:
            self._found.merge(segment.part.found)
        self._segments.remove(segment)

    def progress(self) -> Progress:
        """How far it is."""
        outcomes = self._found.outcomes.copy()
        for segment in self._segments:
            if segment.part is not None:
                outcomes.update(segment.part.found.outcomes)
        return Progress(outcomes.total(), dict(outcomes), self.seconds)

    @property
    def worst_example(self) -> Counterexample | None:
        """The simplest schedule of the worst verdict, before the engines were recorded; None if there is no bad one."""
        return self._found.examples[self._found.worst].schedule if self._found.worst else None

    def found(self, worst_example: Counterexample | None) -> Exploration:
        """What was found so far.

        Args:
            worst_example: what `worst_example` was, perhaps recorded.
        """
        outcomes, worst = self._found.outcomes, self._found.worst
        examples = {verdict: example.schedule for verdict, example in self._found.examples.items()}
        if worst and worst_example:
            examples[worst] = worst_example
        return Exploration(
            question=self.question,
            exhaustive=not self._segments,
            schedules=self._found.schedules,
            classes=len(self._found.classes),
            outcomes={verdict: outcomes[verdict] for verdict in sorted(outcomes, key=lambda v: v.severity)},
            counterexample=examples[worst] if worst else None,
            examples=examples,
            seconds=self.seconds,
            notes=(*self._notes, *(say(code, count=count) for code, count in (+self._counts).items()), *self._failed()),
        )

    def _failed(self) -> Iterator[Sentence]:
        """The commonest failures of the strategy itself, as far as there were any."""
        for why, count in self._found.common_failures(_MOST_FAILURES):
            yield say(ExplorerCode.STRATEGY_FAILED, count=count, why=why)


def divided(branch: Branch | None, wanted: int) -> list[Branch]:
    """A branch in so many parts at most, in their order; nothing where there is none."""
    parts = [branch] if branch else []
    while len(parts) < wanted:
        for index, one in enumerate(parts):
            if two := one.split():
                parts[index : index + 1] = two
                break
        else:
            break
    return parts


def recorded(found: Counterexample, replay: Callable[[Counterexample], Counterexample]) -> Counterexample:
    """The same schedule with what the engines held, which a second playing tells."""
    try:
        played = replay(found)
    except SubmitTwiceError:
        return found
    return played if played.verdict is found.verdict else found
