"""A job that the sender process was given, as whoever gave it sees it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence

from backend.lab.senders.messages import (
    Cancelled,
    Delivery,
    Finished,
    Flying,
    FromProcess,
    Job,
    LetGo,
    More,
    Outcome,
    Outcomes,
    Wanting,
)
from backend.model.errors import SubmitTwiceError
from backend.model.kept import MORE_AT_A_TIME
from backend.model.sentence import Code, say

OnOutcomes = Callable[[Sequence[Outcome]], None]


class SenderCode(Code):
    """What went wrong with the sender process."""

    CANCELLED = "sender.cancelled"
    CLOSED = "sender.closed"
    NOT_STARTED = "sender.not_started"
    NOT_TAKEN = "sender.not_taken"
    WENT_AWAY = "sender.went_away"
    WENT_AWAY_IN_MID_RUN = "sender.went_away_in_mid_run"


class SenderError(SubmitTwiceError):
    """The sender process could not be started, or went away."""


class CancelledError(SenderError):
    """Somebody cancelled what was to be fetched."""


class Sending:
    """A job under way.

    Args:
        job: with the first deliveries.
        on_outcomes: told what became of them.
        cancel: has the process cancel it.
        rest: the further deliveries.
        feed: hands those over.
    """

    def __init__(
        self,
        job: Job,
        on_outcomes: OnOutcomes,
        cancel: Callable[[], None],
        rest: Iterable[Delivery] = (),
        feed: Callable[[More], None] = lambda _more: None,
    ) -> None:
        self.job_id = job.job_id
        self._rest = iter(rest)
        self._feed = feed
        self._on_outcomes = on_outcomes
        self._cancel = cancel
        self._ended = threading.Event()
        self._over = threading.Event()
        self._finished: Finished | None = None
        self._left = self._failed = False
        self._guard = threading.Lock()
        self._flying: dict[str, Flying] = {}
        self.forsaken: tuple[Flying, ...] = ()
        """What the backend may have been handling when the sender process went away: nobody hears more of it."""
        self._failure = say(SenderCode.WENT_AWAY_IN_MID_RUN)

    def cancel(self) -> None:
        """Send no more; returns at once. What is in flight is awaited; what was not sent never happens."""
        self._rest = iter(())
        self._cancel()

    def wait(self, timeout: float | None) -> Finished:
        """Block until every delivery has ended; all outcomes have been told by then.

        Raises:
            TimeoutError: deliveries are under way for longer than `timeout` seconds.
            CancelledError: somebody had `leave` called before.
            SenderError: the sender process went away.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError
        if self._finished is None:
            raise CancelledError(say(SenderCode.CANCELLED)) if self._left else SenderError(self._failure)
        return self._finished

    def wait_until_over(self) -> bool:
        """Block until the backend has let go of every delivery, also of those that were given up.

        Returns:
            Whether it has; False if somebody had `leave` called before.

        Raises:
            SenderError: the sender process went away.
        """
        self._over.wait()
        if self._failed:
            raise SenderError(self._failure)
        return self.is_over

    def leave(self) -> None:
        """Let nobody wait any longer. Outcomes that come later are told all the same."""
        self._left = True
        self._ended.set()
        self._over.set()

    @property
    def is_over(self) -> bool:
        """Whether every delivery has ended and the backend has let go of it."""
        with self._guard:
            return self._finished is not None and not self._flying

    def flying(self) -> list[Flying]:
        """What lingers; after `cancel`, all that has left and that the backend has not let go of."""
        with self._guard:
            return list(self._flying.values())

    def take(self, message: FromProcess | None) -> None:
        """More has come from the process; None if it went away."""
        match message:
            case Outcomes(outcomes=outcomes):
                self._tell(outcomes)  # first: who is neither in flight nor answered is overlooked
                self._keep(outcomes)
            case LetGo(submission_ids=names):
                with self._guard:
                    for name in names:
                        self._flying.pop(name, None)
            case Cancelled(flying=flying):
                with self._guard:
                    self._flying = {one.submission_id: one for one in flying}
            case Wanting():
                self._guarded(self._feed_more)
            case Finished() if not self._failed:  # what has failed is not made good by the rest of it
                self._finished = message
                self._ended.set()
            case None:
                with self._guard:
                    self.forsaken, self._flying = tuple(self._flying.values()), {}
                self._fail()
        if self.is_over:
            self._over.set()

    def _keep(self, outcomes: Sequence[Outcome]) -> None:
        with self._guard:
            for outcome in outcomes:
                if outcome.lingers:
                    lingering = Flying(outcome.submission_id, outcome.intent_key, outcome.target, outcome.sent_ns)
                    self._flying[outcome.submission_id] = lingering
                else:
                    self._flying.pop(outcome.submission_id, None)

    def _feed_more(self) -> None:
        deliveries = tuple(itertools.islice(self._rest, MORE_AT_A_TIME))
        self._feed(More(self.job_id, deliveries, more=len(deliveries) == MORE_AT_A_TIME))

    def _tell(self, outcomes: Sequence[Outcome]) -> None:
        if not self._failed:
            self._guarded(lambda: self._on_outcomes(outcomes))

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001  whoever waits is told; the other jobs go on
            self._failure = say(SenderCode.NOT_TAKEN, kind=type(error).__name__, error=str(error))
            self._fail()
            self.cancel()

    def _fail(self) -> None:
        self._failed = True
        self._ended.set()
        self._over.set()
