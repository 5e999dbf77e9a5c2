"""The runs of a comparison on one lab: begun again where they could not begin, and only counted when they were over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from backend.comparison.evidence import Attempt, attempts_of
from backend.comparison.says import CompareCode
from backend.model.errors import NotApplicableError, SubmitTwiceError
from backend.model.judgement import Report
from backend.model.observed import EngineStatus, Reply, Step
from backend.model.plan import Intent, Plan, Setup
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import Health, OperationKey

_LOOK_SECONDS = 0.05
_RECOVERY_SECONDS = 20.0
_ATTEMPTS = 3
_PAUSE_SECONDS = 1.0


class ComparedRun(Protocol):
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

    @property
    def lost(self) -> Sentence | None:
        """Why nothing of it works any more; None while it does."""

    def reset(self, *, only_own: bool = False) -> None:
        """Empty tables and keys, or remove what this lab made."""

    def new_intent(self, operation: OperationKey, item: str, quantity: int) -> Intent:
        """An intent with a fresh key."""

    def start_run(self, setup: Setup, plan: Plan, *, judged: bool = True) -> ComparedRun:
        """Begin a run, of which the rows are read back at its end or not."""

    def steps_of(self, submission_id: str) -> tuple[Step, ...]:
        """The steps that a submission ran."""


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
    """Something of a run was still at work when its time was over: nothing can be said of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run that was over."""

    report: Report
    replies: tuple[Reply, ...]
    intents: Mapping[str, Sequence[Attempt]]
    """What happened to each intent, by its key; nothing of a run that was not judged."""

    @property
    def contradictions(self) -> tuple[Sentence, ...]:
        """Answers that do not fit the rows."""
        return self.report.contradictions


class Runs:
    """Carries out runs, one at a time.

    Args:
        lab: started.
        replies: fed by its listener.
        cancelled: set from anywhere.
        clock: seconds.
    """

    def __init__(
        self,
        lab: Laboratory,
        replies: Replies,
        cancelled: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lab = lab
        self._replies = replies
        self._cancelled = cancelled
        self._clock = clock
        self.wait_in_vain = False
        """Whether something that is down has not come back for as long as anybody waits."""

    def carry_out(
        self, setup: Setup, plan: Plan, operation: OperationKey, intents: int, *, judged: bool = True
    ) -> Outcome:
        """A run; tried again where it could not begin: an instance may still be on its way back.

        Args:
            setup: the backend's side.
            plan: the caller's side, without intents.
            operation: what they ask for.
            intents: how many there are.
            judged: whether anybody wants to know what came of each of them.

        Raises:
            CancelledError: the comparison was cancelled.
            NotOverError: the run was not over in time.
            NotApplicableError: the engines in use cannot do what it asks for.
            SubmitTwiceError: the run cannot be carried out.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._once(setup, self._with_intents(plan, operation, intents), judged=judged)
            except (NotOverError, NotApplicableError):
                raise
            except SubmitTwiceError:
                self.pause(_PAUSE_SECONDS)
                self.recover()
        return self._once(setup, self._with_intents(plan, operation, intents), judged=judged)

    def recover(self) -> None:
        """Wait until every engine and instance that a run has killed is back; but only once for what stays away.

        Raises:
            CancelledError: the comparison was cancelled.
            SubmitTwiceError: an engine or an instance does not come back.
        """
        until = self._clock() + (0 if self.wait_in_vain else _RECOVERY_SECONDS)
        if lost := self._lab.lost:
            raise SubmitTwiceError(lost)
        while down := [engine for engine in self._lab.engines() if engine.health is Health.DOWN]:
            self.pause(_LOOK_SECONDS)
            if self._clock() > until:
                self.wait_in_vain = True
                why = down[0].note or say(CompareCode.IS_DOWN, engine=down[0].name)
                raise SubmitTwiceError(say(CompareCode.STAYS_AWAY, seconds=_RECOVERY_SECONDS, why=why))
        self.wait_in_vain = False

    def pause(self, seconds: float) -> None:
        """Let some time pass.

        Raises:
            CancelledError: the comparison was cancelled.
        """
        if self._cancelled.wait(seconds):
            raise CancelledError

    def _with_intents(self, plan: Plan, operation: OperationKey, count: int) -> Plan:
        """Each intent about an item of its own, so that they do not meet on one row of stock."""
        intents = tuple(self._lab.new_intent(operation, f"item {number}", 1) for number in range(1, count + 1))
        return replace(plan, intents=intents)

    def _once(self, setup: Setup, plan: Plan, *, judged: bool) -> Outcome:
        self.pause(0)
        self._replies.take()
        run = self._lab.start_run(setup, plan, judged=judged)
        while True:
            try:
                report = run.wait(_LOOK_SECONDS)
            except TimeoutError:
                if self._cancelled.is_set():
                    run.cancel()
                    raise CancelledError from None
            else:
                return self._outcome(report, plan, judged=judged)

    def _outcome(self, report: Report, plan: Plan, *, judged: bool) -> Outcome:
        if report.broken_off:
            raise SubmitTwiceError(report.broken_off)
        if report.out_of_time or report.cancelled or report.working:
            raise NotOverError(_why_not_over(report, plan))
        wanted = {intent.key for intent in plan.intents}
        replies = tuple(reply for reply in self._replies.take() if reply.intent_key in wanted)
        return Outcome(report, replies, attempts_of(replies if judged else (), self._lab.steps_of))


def _why_not_over(report: Report, plan: Plan) -> Sentence:
    if not report.out_of_time:
        return say(CompareCode.BROKE_OFF)
    still = tuple(
        say(CompareCode.AT_WORK, submission=each.submission_id, instance=each.instance) for each in report.at_work
    )
    return say(CompareCode.NOT_OVER, seconds=(plan.limit_ms or 0) / 1000, still=still)
