"""Giving the parts of questions to all who explore, and putting together what they find."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Protocol

from backend.explorer.crew.members import Tidings
from backend.explorer.job import Job
from backend.explorer.question import Counterexample
from backend.explorer.says import ExplorerCode
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.sentence import Sentence, say

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from backend.explorer.crew.members import Crew, Member, News, Report, Task
    from backend.explorer.effort import Effort
    from backend.explorer.job import Part
    from backend.explorer.question import Exploration

_LOOK_S = 0.1
_MOST_DEATHS = 3


class Told(Protocol):
    """Who hears of it, in the calling thread."""

    def progressed(self, effort: Effort) -> None:
        """Something more was found of a question."""

    def ended(self, effort: Effort, found: Exploration) -> None:
        """A question is answered, or was given up."""

    def failed(self, effort: Effort, error: SubmitTwiceError) -> None:
        """A question cannot be answered. What it raises ends everything."""


class Together:
    """Carries out efforts with a crew.

    Args:
        crew: who explores.
        efforts: what is to be found out; those that come first are begun first.
        told: hears of it.
        cancelled: set it from anywhere; what was found so far is told.
        seconds: when a question is given up; None for never.
    """

    def __init__(
        self,
        crew: Crew,
        efforts: Sequence[Effort],
        told: Told,
        cancelled: threading.Event,
        seconds: float | None = None,
    ) -> None:
        self._crew = crew
        self._told = told
        self._cancelled = cancelled
        self._seconds = seconds
        self._open = list(efforts)
        self._idle: list[Member] = []
        self._tasks: dict[int, tuple[Member, Task, Effort]] = {}
        """By the identity of the member."""
        self._to_record: dict[Effort, Counterexample] = {}
        """Worst examples of questions that are over, which are to be played again."""
        self._deaths = 0
        """Of those who played one again."""

    def carry_out(self) -> None:
        """Return when all questions are answered, or given up.

        Raises:
            EngineError: nobody is left who could explore.
            SubmitTwiceError: what `Told.failed` raises.
        """
        while self._open:
            self._crew.tend()
            self._end_what_is_over()
            self._hand_out()
            try:
                news = self._crew.news.get(timeout=_LOOK_S) if self._open else None
            except queue.Empty:
                continue
            if news is not None:
                self._hear(news)

    # Giving

    def _hand_out(self) -> None:
        while self._idle and (next_one := self._next_task(alone=len(self._idle) == 1)):
            task, effort = next_one
            member = self._idle.pop()
            self._tasks[id(member)] = (member, task, effort)
            member.give(task)

    def _next_task(self, *, alone: bool) -> tuple[Task, Effort] | None:
        busy = {id(effort) for _, _, effort in self._tasks.values()}
        for effort, example in self._to_record.items():
            if id(effort) not in busy:
                return example, effort
        for effort in self._open if not self._cancelled.is_set() else ():
            if not self._is_over(effort) and (job := effort.next_job(alone=alone)):
                return job, effort
        return None

    def _is_over(self, effort: Effort) -> bool:
        return effort.is_over or (self._seconds is not None and effort.seconds >= self._seconds)

    def _end_what_is_over(self) -> None:
        for effort in list(self._open):
            is_over = self._is_over(effort) or self._cancelled.is_set()
            if not is_over or effort in self._to_record or self._is_busy(effort):
                continue
            if example := effort.worst_example:
                self._to_record[effort] = example
            else:
                self._end(effort, None)

    def _is_busy(self, effort: Effort) -> bool:
        """Whether somebody is at a part that counts: what comes after a limit does not."""
        return not effort.is_over and any(of is effort for _, _, of in self._tasks.values())

    # Hearing

    def _hear(self, news: News) -> None:
        _, task, effort = self._tasks.pop(id(news.member), (None, None, None))
        if news.tidings is Tidings.GONE:
            self._idle = [member for member in self._idle if member is not news.member]
            self._crew.lose(news.member)
            if task is not None and effort is not None:
                self._give_back(task, effort)
            if not self._crew.members:
                self._do_without(news.value)
            return
        self._idle.append(news.member)
        if task is None or effort is None or effort not in self._open:
            return
        if isinstance(news.value, Sentence):
            self._fail(effort, SubmitTwiceError(news.value))
        elif isinstance(news.value, Counterexample):
            self._end(effort, news.value)
        elif isinstance(task, Job) and news.value is not None:
            self._take(effort, task, news.value)

    def _do_without(self, why: Report) -> None:
        """Nobody is left, perhaps because somebody has lost interest while engines were still starting."""
        if self._cancelled.is_set():
            for effort in list(self._open):
                self._end(effort, self._to_record.get(effort))
        elif not self._crew.may_grow:
            raise EngineError(why if isinstance(why, Sentence) else say(ExplorerCode.NO_WORKERS))

    def _take(self, effort: Effort, job: Job, part: Part) -> None:
        try:
            effort.take(job, part, wanted=len(self._idle))
        except SubmitTwiceError as error:
            self._fail(effort, error)
            return
        self._told.progressed(effort)

    def _give_back(self, task: Task, effort: Effort) -> None:
        if not isinstance(task, Job):
            self._deaths += 1
            if self._deaths >= _MOST_DEATHS:
                self._end(effort, task)
            return
        try:
            effort.give_back(task)
        except SubmitTwiceError as error:
            self._fail(effort, error)

    def _end(self, effort: Effort, example: Counterexample | None) -> None:
        known = self._to_record.pop(effort, None)
        if example is not None and known is not None and example.verdict is not known.verdict:
            example = known
        self._open.remove(effort)
        self._told.ended(effort, effort.found(example))

    def _fail(self, effort: Effort, error: SubmitTwiceError) -> None:
        if known := self._to_record.get(effort):  # it could not be played again; that it was played once still holds
            self._end(effort, known)
            return
        self._open.remove(effort)
        self._told.failed(effort, error)
