"""Answering a question about a service: all schedules, or one again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.explorer.counterexample import Candidate, to_counterexample
from backend.explorer.errors import DivergedError, HarnessError, UnforeseenError, UnsteadyError
from backend.explorer.question import Exploration, Progress, Question, Snapshot
from backend.explorer.search import Search
from backend.explorer.tally import Tally
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Verdict
from backend.service.explored.execution import ServiceExecution
from backend.service.explored.floor import LateStepError
from backend.service.explored.rig import Rig, StartCancelledError
from backend.service.explored.warm_up import look_again, patience
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from backend.explorer.footprints import Footprint
    from backend.explorer.question import Choice, Counterexample
    from backend.model.sentence import Sentence
    from backend.service.description import Description

_PROGRESS_S = 0.25
_FULL_ENUMERATION = 2
_PATIENCE_GROWS = 4
_MOST_RESTARTS = 4
SPARES = 3
"""Instances beyond those of a schedule with a crash: those that were cut off are let in again several at a time."""


class ServiceExploration:
    """Explores one service. Use it in one thread.

    Args:
        rig: the service with everything around it, opened for as many instances as the question needs.
        question: what to explore.
        reduce: whether to leave out orders that make no difference, where there are more than two requests.
    """

    def __init__(self, rig: Rig, question: Question, *, reduce: bool = True) -> None:
        self._rig = rig
        self._question = question
        self._reduce = reduce and question.requests > _FULL_ENUMERATION
        self._tally = Tally(question)
        self._trusting = True
        """Whether a step touches no more than its command says; then schedules that cannot differ are left out."""
        self._begin()

    def _begin(self) -> None:
        self._tally.forget()
        self._previous: tuple[tuple[Choice, ...], list[object]] = ((), [])
        """The last schedule, and what was seen at each of its points."""

    def explore(
        self, on_progress: Callable[[Progress], None], cancelled: threading.Event, limit: int | None = None
    ) -> Exploration:
        """Play schedules until there is none left, `limit` are played, or `cancelled` is set.

        Args:
            on_progress: told how far it is, several times a second, in this thread.
            cancelled: set it from anywhere; what was found so far is returned.
            limit: most schedules; None for all.

        Raises:
            SubmitTwiceError: the service or an engine is away, or does not do the same on the same choices.
        """
        reason = say(ServiceCode.DIVERGED)
        for trial in range(_MOST_RESTARTS):
            self._begin()
            try:
                return self._explore(on_progress, cancelled, limit)
            except UnforeseenError:
                self._trusting = False
            except (LateStepError, UnsteadyError) as error:
                reason = error.sentence if isinstance(error, LateStepError) else say(ServiceCode.DIVERGED)
                if trial + 1 < _MOST_RESTARTS:
                    look_again(self._rig, trial)
                    self._rig.quiet_s = max(_PATIENCE_GROWS * self._rig.quiet_s, patience(self._rig))
            except DivergedError:
                raise SubmitTwiceError(say(ServiceCode.DIVERGED)) from None
        raise SubmitTwiceError(reason)

    def _explore(
        self, on_progress: Callable[[Progress], None], cancelled: threading.Event, limit: int | None
    ) -> Exploration:
        search = Search(
            self._open_execution,
            reduce=self._reduce,
            may_differ=lambda execution: execution.has_waited,  # then the server has picked who goes on
        )
        exhaustive, told = True, self._tally.started
        for played, execution in enumerate(search.schedules(), 1):
            self._compare(execution, search.path)
            self._tally.add(self._verdict(execution), execution, search.path)
            if time.monotonic() > told + _PROGRESS_S:
                on_progress(self._tally.progress())
                told = time.monotonic()
            if cancelled.is_set() or played == limit:
                exhaustive = not search.has_more
                break
        on_progress(self._tally.progress())
        return self._tally.found(self._recorded, self._notes(), exhaustive=exhaustive)

    def _open_execution(self, _first: Footprint | None) -> ServiceExecution:
        return ServiceExecution(self._rig, self._question, trusting=self._trusting)

    def _compare(self, execution: ServiceExecution, path: tuple[Choice, ...]) -> None:
        """As long as the same was chosen as in the schedule before, the same must have been seen.

        Raises:
            LateStepError: it was not: some of it came late, or the service is not deterministic.
        """
        previous, seen = self._previous
        self._previous = (path, list(execution.seen))
        if not seen:
            return
        same = next((n for n, pair in enumerate(zip(previous, path, strict=False)) if pair[0] != pair[1]), len(path))
        if execution.seen[: same + 1] != seen[: same + 1]:
            raise LateStepError(say(ServiceCode.DIVERGED))

    def _verdict(self, execution: ServiceExecution) -> Verdict:
        effects = self._rig.intents.effects(execution.intent)
        if effects:
            return judge(Facts(effects, execution.answers))
        self._rig.ageing.pass_time(execution.intent, execution.lease_keys)
        last = self._rig.answer_of(self._rig.ask_once_more(execution.intent, len(execution.actors) + 1))
        refused = not last.claims_done and not self._rig.intents.effects(execution.intent)
        return judge(Facts(0, execution.answers, barred=refused))

    def replay(self, example: Counterexample) -> Counterexample:
        """Play exactly this schedule again.

        Raises:
            DivergedError: it cannot be played: the service does something else now.
            SubmitTwiceError: as for `explore`.
        """
        execution = ServiceExecution(self._rig, self._question)
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
            effects = self._rig.intents.effects(execution.intent) if self._rig.intents.reads_by_itself else 0
            snapshots.extend([Snapshot(effects)] * missing)

    def _recorded(self, candidate: Candidate) -> Counterexample:
        """The same schedule with what there was after each event, which a second playing tells."""
        found = to_counterexample(self._question, candidate)
        try:
            played = self.replay(found)
        except (HarnessError, DivergedError):
            return found
        return played if played.verdict is found.verdict else found

    def _notes(self) -> tuple[Sentence, ...]:
        passed = self._rig.background.count
        return (say(ServiceCode.BACKGROUND, count=passed),) if passed else ()


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
) -> Exploration:
    """Start a service with all it needs, explore it, and stop everything; see `ServiceExploration.explore`."""
    instances = question.requests + question.crashes + (SPARES if question.crashes else 0)
    try:
        with (
            Rig(description, folder, instances, niceness=niceness, redis_url=redis_url, cancelled=cancelled) as rig,
            rig.engines.named_if_away(),
        ):
            return ServiceExploration(rig, question).explore(on_progress, cancelled, limit)
    except StartCancelledError:
        return Exploration(question, exhaustive=False, schedules=0, classes=0, outcomes={}, counterexample=None)


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
        Rig(description, folder, count, niceness=niceness, redis_url=redis_url) as rig,
        rig.engines.named_if_away(),
    ):
        return ServiceExploration(rig, question).replay(example)
