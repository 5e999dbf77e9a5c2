"""Answering a question about a service: all schedules, or one again."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.explorer.circles import in_time
from backend.explorer.counterexample import Candidate, to_counterexample
from backend.explorer.crew.explore import explore_together
from backend.explorer.crew.local import LocalCrew
from backend.explorer.effort import Effort
from backend.explorer.errors import DivergedError, PlayAgainError, UnforeseenError, UnsteadyError
from backend.explorer.explore import explore_alone
from backend.explorer.job import Again, Job, Part
from backend.explorer.question import Exploration, Progress, Question, Snapshot
from backend.explorer.says import ExplorerCode
from backend.explorer.search import Search
from backend.explorer.tally import Tally
from backend.model.errors import NotApplicableError, SubmitTwiceError
from backend.model.sentence import say
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Verdict
from backend.service.description import Description
from backend.service.explored.deployment import Deployment, StartCancelledError
from backend.service.explored.execution import ServiceExecution
from backend.service.explored.quiescence import LateStepError
from backend.service.explored.warm_up import look_again, patience
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from backend.explorer.footprints import Footprint
    from backend.explorer.job import Player
    from backend.explorer.question import Choice, Counterexample
    from backend.model.sentence import Code, Sentence

_FULL_ENUMERATION = 2
_PATIENCE_GROWS = 4
SPARES = 3
"""Instances beyond those of a schedule with a crash: those that were cut off are let in again several at a time."""


class ServiceExploration:
    """Explores one service. Use it in one thread.

    Args:
        deployment: the service with everything around it, opened for as many instances as the question needs.
        question: what to explore.
        reduce: whether to leave out orders that make no difference, where there are more than two requests.
    """

    def __init__(self, deployment: Deployment, question: Question, *, reduce: bool = True) -> None:
        self._deployment = deployment
        self._question = question
        self._reduce = reduce and question.requests > _FULL_ENUMERATION
        self._trusting = True
        self._trial = 0
        self._told_of = 0
        """Steps in the background of which a part has told."""
        self._forget()

    def _forget(self) -> None:
        self._previous: tuple[tuple[Choice, ...], list[object]] = ((), [])
        """The last schedule, and what was seen at each of its points."""

    def explore(
        self, on_progress: Callable[[Progress], None], cancelled: threading.Event, limit: int | None = None
    ) -> Exploration:
        """Play schedules until there is none left, `limit` are played, or `cancelled` is set.

        Args:
            on_progress: told several times a second, in this thread.
            cancelled: set it from anywhere; what was found so far is returned.
            limit: most schedules; None for all.

        Raises:
            SubmitTwiceError: the service or an engine does not answer, or the service is not deterministic.
        """
        effort = Effort(self._question, limit)
        return explore_alone(effort, lambda job: self.play(job, cancelled), self.replay, on_progress, cancelled)

    def play(self, job: Job, cancelled: threading.Event) -> Part:
        """Explore a part; see `backend.explorer.job.Player`."""
        if (self._trusting, self._trial) != (job.trusting, job.trial):
            self._trusting = job.trusting
            self._grow_patient(job.trial)
            self._forget()
        try:
            with self._deployment.engines.named_if_away():
                return self._play(job, cancelled)
        except UnforeseenError as error:
            return Part(Tally(), again=Again.UNFORESEEN, why=error.sentence)
        except LateStepError as error:
            return Part(Tally(), again=Again.LATE, why=error.sentence)
        except UnsteadyError:
            return Part(Tally(), again=Again.LATE, why=say(ServiceCode.DIVERGED))
        except PlayAgainError as error:
            raise SubmitTwiceError(error.sentence) from None
        except DivergedError:
            raise SubmitTwiceError(say(ServiceCode.DIVERGED)) from None

    def _grow_patient(self, trial: int) -> None:
        for earlier in range(self._trial, trial):
            look_again(self._deployment, earlier)
            self._deployment.falls_silent = False
            self._deployment.quiet_s = max(_PATIENCE_GROWS * self._deployment.quiet_s, patience(self._deployment))
        self._trial = trial

    def _play(self, job: Job, cancelled: threading.Event) -> Part:
        search = Search(
            self._open_execution,
            reduce=self._reduce,
            may_differ=lambda execution: execution.has_waited,  # then the server has picked who goes on
            branch=job.branch,
        )
        tally, rest = Tally(), None
        notes: tuple[Sentence, ...] = ()
        until = None if job.seconds is None else time.monotonic() + job.seconds
        for played, execution in enumerate(search.schedules(), 1):
            self._compare(execution, search.path)
            notes = (say(ExplorerCode.SERVER_CHOSE),) if execution.server_chose else notes
            tally.add(self._question, self._verdict(execution), execution, search.path, search.place)
            if cancelled.is_set() or played == job.limit or (until is not None and time.monotonic() > until):
                rest = search.rest()
                break
        return Part(tally, rest, notes, counts=self._counts())

    def _counts(self) -> tuple[tuple[Code, int], ...]:
        before, self._told_of = self._told_of, self._deployment.background.count
        return ((ServiceCode.BACKGROUND, self._told_of - before),)

    def _open_execution(self, _first: Footprint | None) -> ServiceExecution:
        silent = self._deployment.falls_silent
        return ServiceExecution(self._deployment, self._question, trusting=self._trusting, presumes_silence=silent)

    def _compare(self, execution: ServiceExecution, path: tuple[Choice, ...]) -> None:
        """As long as the same was chosen as in the schedule before, the same must have been seen.

        Raises:
            LateStepError: something else was seen: a step came late, or the service is not deterministic.
        """
        previous, seen = self._previous
        self._previous = (path, list(execution.seen))
        if not seen:
            return
        same = next((n for n, pair in enumerate(zip(previous, path, strict=False)) if pair[0] != pair[1]), len(path))
        if execution.seen[: same + 1] != seen[: same + 1]:
            raise LateStepError(say(ServiceCode.DIVERGED))

    def _verdict(self, execution: ServiceExecution) -> Verdict:
        effects = self._deployment.intents.effects(execution.intent)
        if effects:
            return judge(Facts(effects, execution.answers))
        self._deployment.ageing.pass_time(execution.intent, execution.lease_keys)
        last = self._deployment.answer_of(self._deployment.ask_once_more(execution.intent, len(execution.actors) + 1))
        refused = not last.claims_done and not self._deployment.intents.effects(execution.intent)
        return judge(Facts(0, execution.answers, barred=refused))

    def replay(self, example: Counterexample) -> Counterexample:
        """Play exactly this schedule again.

        Raises:
            DivergedError: a choice of the schedule is not to be had: the service does something else now.
            SubmitTwiceError: as for `explore`.
        """
        return in_time(lambda: self._replay_once(example))

    def _replay_once(self, example: Counterexample) -> Counterexample:
        execution = ServiceExecution(self._deployment, self._question)
        snapshots: list[Snapshot] = []
        try:
            self._look(execution, snapshots)
            for choice in example.choices:
                if choice not in execution.choices():
                    raise DivergedError(say(ServiceCode.NOT_REPRODUCED))
                execution.take(choice)
                self._look(execution, snapshots)
            if execution.choices():
                raise DivergedError(say(ServiceCode.NOT_REPRODUCED))
        finally:
            execution.end()
        return to_counterexample(
            self._question, Candidate(self._verdict(execution), execution, example.choices), snapshots
        )

    def _look(self, execution: ServiceExecution, snapshots: list[Snapshot]) -> None:
        """All that a choice brought about is told with the same snapshot; reading by request would disturb it."""
        missing = len(execution.events) - len(snapshots)
        if missing > 0:
            effects = (
                self._deployment.intents.effects(execution.intent) if self._deployment.intents.reads_by_itself else 0
            )
            snapshots.extend([Snapshot(effects)] * missing)


@dataclass(frozen=True, slots=True)
class ServiceOpening:
    """Starts a service with all it needs, in this process or in another one, and explores it there."""

    description: Description
    folder: Path
    question: Question
    niceness: int = 0
    redis_url: str | None = None

    def __call__(self) -> AbstractContextManager[Player]:
        """See `backend.explorer.crew.members.Opening`."""
        return self.open(None)

    @contextmanager
    def open(self, cancelled: threading.Event | None) -> Iterator[Player]:
        """The same; who sets `cancelled` ends the start.

        Raises:
            SubmitTwiceError: the service or an engine cannot be started, or the start was cancelled.
        """
        asked = self.question
        instances = asked.requests + asked.crashes + (SPARES if asked.crashes else 0)
        deployment = Deployment(
            self.description,
            self.folder,
            instances,
            niceness=self.niceness,
            redis_url=self.redis_url,
            cancelled=cancelled,
        )
        try:
            with deployment:
                yield ServiceExploration(deployment, asked)
        except StartCancelledError:
            raise SubmitTwiceError(say(ServiceCode.START_CANCELLED)) from None


def explore_service(
    description: Description,
    folder: Path,
    question: Question,
    *,
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    limit: int | None = None,
    niceness: int = 0,
    redis_url: str | None = None,
    workers: int = 1,
) -> Exploration:
    """Start a service with all it needs, explore it, and stop everything; see `ServiceExploration.explore`.

    Args:
        description: of the service.
        folder: that of its file.
        question: what to explore.
        on_progress: told several times a second, in this thread.
        cancelled: set it from anywhere; what was found so far is returned.
        limit: most schedules; None for all.
        niceness: how much everything that is started steps back for others.
        redis_url: a running Redis-protocol server, where the file names none.
        workers: how many explore together, each with a service and engines of its own; the answer is the same.

    Raises:
        NotApplicableError: there are several workers, and the file names a server that they would have to share.
        SubmitTwiceError: as for `ServiceExploration.explore`.
    """
    opening = ServiceOpening(description, folder, question, niceness, redis_url)
    if workers > 1:
        _require_own_engines(description, redis_url)
    with LocalCrew(lambda: opening.open(cancelled), opening, workers, cancelled, niceness) as crew:
        return explore_together(crew, question, on_progress, cancelled, limit)


def _require_own_engines(description: Description, redis_url: str | None) -> None:
    if redis_url or description.redis or (description.database and description.database.reset):
        raise NotApplicableError(say(ServiceCode.SHARED_ENGINES))


def replay_service(
    description: Description,
    folder: Path,
    example: Counterexample,
    *,
    niceness: int = 0,
    redis_url: str | None = None,
) -> Counterexample:
    """Start a service with all it needs, play one schedule again, and stop everything."""
    question = example.question
    count = question.requests + question.crashes
    with (
        Deployment(description, folder, count, niceness=niceness, redis_url=redis_url) as deployment,
        deployment.engines.named_if_away(),
    ):
        return ServiceExploration(deployment, question).replay(example)
