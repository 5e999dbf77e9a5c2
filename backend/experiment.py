"""One run: open the forms, send, wait until quiet, read back, judge."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import sqlalchemy as sa

from backend.engines.sql import one_sentence
from backend.errors import EngineError, SubmitTwiceError
from backend.faults import to_servers
from backend.forms import Fetch, Form, FormDesk
from backend.ledger import Ledger, percentiles
from backend.model import Answer, EngineKind, Fault, OperationKey, Plan, Reply, Report, Setup, Source
from backend.senders.client import CancelledError, Sender, Sending
from backend.senders.messages import Outcome, Target
from backend.senders.redelivery import Redelivery
from backend.server_faults import ServerFaults
from backend.strategies import find, require_guard
from backend.stream import Message
from backend.submissions import Submissions, to_reply
from backend.trace_server import StepBook

_GRACE_SECONDS = 10.0
"""How long the backend may take, beyond the processing delay, to finish what its caller no longer waits for."""
_LAST_STEPS_SECONDS = 1.0
_BROKEN_SECONDS = 2.0
"""The same for one whose connection broke: most likely nothing more is to come of it."""


class Bench(Protocol):
    """What a run needs of the lab."""

    ledger: Ledger
    steps: StepBook
    forms: FormDesk
    sender: Sender

    @property
    def targets(self) -> tuple[Target, ...]:
        """The instances."""

    @property
    def token(self) -> str:
        """Bearer token of the instances."""

    @property
    def database(self) -> sa.Engine:
        """The lab's own, untapped connections."""

    def require_zookeeper(self) -> None:
        """Have ZooKeeper running.

        Raises:
            EngineError: it is not installed, or could not be started.
        """

    def require_gateway(self) -> None:
        """Have the gateway running.

        Raises:
            EngineError: it could not be started.
        """

    def deliver(
        self, messages: Sequence[Message], on_replies: Callable[[Sequence[Reply]], None], patience_s: float
    ) -> Redelivery:
        """Put messages onto the queue."""

    def disturb(self, fault: Fault) -> None:
        """Kill, restart or pause a server; returns when it answers again."""

    def read_back(self) -> None:
        """Read all effects and all bars into the ledger."""


@dataclass(frozen=True, slots=True)
class RunListener:
    """Who is told of a run."""

    replies: Callable[[Sequence[Reply]], None]
    finished: Callable[[Report], None]
    failed: Callable[[str], None]


class ExperimentRun:
    """A run on a thread of its own.

    Args:
        number: names its submissions.
        bench: engines, instances and books.
        setup: the backend's side.
        plan: the caller's side.
        listener: told of answers and of the end.

    Raises:
        UnknownKeyError, NotApplicableError: the strategy is unknown, or does not guard an operation of the plan.
    """

    def __init__(self, number: int, bench: Bench, setup: Setup, plan: Plan, listener: RunListener) -> None:
        self._strategy, self._variant = find(setup.strategy, setup.variant)
        for operation in {intent.operation for intent in plan.intents}:
            require_guard(self._variant, operation)
        self._number = number
        self._bench = bench
        self._setup = setup
        self._plan = plan
        self._intents = {intent.key: intent for intent in plan.intents}
        self._listener = listener
        self._submissions = Submissions(number, setup, plan, self._strategy, self._variant, bench)
        self._replies: list[Reply] = []
        self._settled = 0
        """Submissions that have their last answer."""
        self._went_to: dict[str, int] = {}
        """The instances of those that got no answer, by submission."""
        asked_for = len(plan.intents) * plan.submissions
        self._server_faults = ServerFaults(to_servers(setup.faults), bench.disturb, asked_for)
        self._cancelled = threading.Event()
        self._sending: Sending | Redelivery | None = None
        self._report: Report | None = None
        self._failure: SubmitTwiceError | None = None
        self._ended = threading.Event()
        self._told = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"run-{number}", daemon=True)

    def cancel(self) -> None:
        """Stop sending; what was sent is awaited and reported."""
        self._cancelled.set()
        if sending := self._sending:
            sending.cancel()

    def wait(self, timeout: float | None = None) -> Report:
        """Block until the run is reported.

        Raises:
            TimeoutError: it is still under way.
            SubmitTwiceError: it could not be carried out.
        """
        if not self._told.wait(timeout):
            raise TimeoutError
        if self._failure:
            raise self._failure
        assert self._report is not None  # noqa: S101  one of the two is there
        return self._report

    def wait_until_told(self, timeout: float | None = None) -> bool:
        """Block until it is over and the listener was told; whether it is so after `timeout` seconds."""
        return self._told.wait(timeout)

    @property
    def ended(self) -> bool:
        """Whether it is reported or has failed."""
        return self._ended.is_set()

    @property
    def told(self) -> bool:
        """Whether the listener knows of the end."""
        return self._told.is_set()

    @property
    def in_flight(self) -> int:
        """Submissions that are not answered yet."""
        return 0 if self._ended.is_set() else len(self._plan.intents) * self._plan.submissions - self._settled

    def _run(self) -> None:
        try:
            self._report = self._carry_out()
        except SubmitTwiceError as error:
            self._failure = error
        except sa.exc.SQLAlchemyError as error:
            self._failure = EngineError(f"{one_sentence(error, 'The database')}; what was sent may be in the tables.")
        except Exception as error:  # noqa: BLE001  the last resort on this thread: told, not swallowed
            self._failure = SubmitTwiceError(f"The run failed with {type(error).__name__}: {error}")
        self._ended.set()
        try:
            if self._report:
                self._listener.finished(self._report)
            else:
                self._listener.failed(str(self._failure))
        finally:
            self._told.set()

    def _carry_out(self) -> Report:
        started = time.monotonic()
        bench, plan = self._bench, self._plan
        bench.ledger.announce(plan.intents)
        if any(intent.operation is OperationKey.SEND_MESSAGE for intent in plan.intents):
            bench.require_gateway()
        if EngineKind.ZOOKEEPER in self._variant.engines:
            bench.require_zookeeper()
        try:
            forms = self._open_forms()
            if not self._cancelled.is_set():
                self._server_faults.begin()
                sending = self._send(forms)
                self._hold(sending)
                sending.wait(None)
        except CancelledError:
            pass  # the forms are not all open, so nothing was sent
        finally:
            self._server_faults.end()
        self._wait_until_quiet()
        bench.read_back()
        return self._summary(time.monotonic() - started)

    def _send(self, forms: Sequence[Mapping[str, Form]]) -> Sending | Redelivery:
        if self._plan.source is Source.REDELIVERY:
            patience = self._setup.processing_delay_ms / 1000 + _GRACE_SECONDS
            return self._bench.deliver(list(self._submissions.messages(forms)), self._take_deliveries, patience)
        return self._bench.sender.submit(self._submissions.job(forms), self._take)

    def _hold(self, sending: Sending | Redelivery) -> None:
        """From now on this is what `cancel` cancels."""
        self._sending = sending
        if self._cancelled.is_set():
            sending.cancel()

    def _open_forms(self) -> list[dict[str, Form]]:
        """The form of each intent, once for each of its submissions; the same one unless the page is reloaded."""
        desk, plan = self._bench.forms, self._plan

        def load() -> dict[str, Form]:
            return desk.open(plan.intents, self._variant.needs, self._bench.database, self._fetch())

        if not plan.reload:
            return [load()] * plan.submissions
        loaded = []
        for _ in range(plan.submissions):
            desk.reload(plan.intents)
            loaded.append(load())
        return loaded

    def _fetch(self) -> Fetch:
        def fetch(method: str, paths: Sequence[str]) -> Sequence[Outcome]:
            wanted = self._submissions.fetches(method, paths)
            return self._bench.sender.fetch(wanted, self._bench.targets, self._hold)

        return fetch

    def _take(self, outcomes: Sequence[Outcome]) -> None:
        self._settled += sum(not outcome.retried for outcome in outcomes)
        self._went_to.update(
            (outcome.submission_id, outcome.target + 1)
            for outcome in outcomes
            if outcome.was_sent and not outcome.status and not outcome.held_back
        )
        self._take_replies([to_reply(outcome) for outcome in outcomes])

    def _take_deliveries(self, replies: Sequence[Reply]) -> None:
        self._settled += sum(not reply.retry_of for reply in replies)
        self._take_replies(replies)

    def _take_replies(self, replies: Sequence[Reply]) -> None:
        self._bench.ledger.add_replies(replies, self._intents)
        self._replies += replies
        self._server_faults.answers_came(len(self._replies))
        self._listener.replies(replies)

    def _wait_until_quiet(self) -> None:
        """A response does not mean that the trace has arrived; no response does not mean that the work has ended."""
        answered = [r.submission_id for r in self._replies if r.status and _reached_a_strategy(r)]
        self._bench.steps.wait_until_answered(answered, _LAST_STEPS_SECONDS)
        delay = self._setup.processing_delay_ms / 1000
        self._wait_for(Answer.ERROR, delay + _BROKEN_SECONDS)
        self._wait_for(Answer.TIMEOUT, delay + _GRACE_SECONDS)

    def _wait_for(self, answer: Answer, patience: float) -> None:
        """Wait for the backend to be done with those whose callers got this for an answer, as long as it gets on."""
        waiting = {
            reply.submission_id: (self._went_to[reply.submission_id], reply.sent_ns)
            for reply in self._replies
            if reply.answer is answer and reply.submission_id in self._went_to
        }
        while waiting:
            left = self._bench.steps.wait_until_over(waiting, patience)
            if len(left) == len(waiting):
                break
            waiting = {name: waiting[name] for name in left}

    def _summary(self, seconds: float) -> Report:
        plan, ledger = self._plan, self._bench.ledger
        sent = [reply for reply in self._replies if not reply.held_back]
        p50, p99 = percentiles(sorted(reply.latency_ms for reply in sent))
        return Report(
            operation=plan.intents[0].operation,
            setup=replace(self._setup, strategy=self._strategy.key, variant=self._variant.key),
            source=plan.source,
            intents=len(self._intents),
            submissions=plan.submissions,
            sent=len(sent),
            instances=len(self._bench.targets),
            effects=ledger.effects_of(plan.intents),
            verdicts=dict(ledger.verdicts_of(plan.intents)),
            answers=dict(Counter(reply.answer for reply in sent)),
            p50_ms=p50,
            p99_ms=p99,
            steps_per_submission=self._bench.steps.mean_per_submission([reply.submission_id for reply in sent]),
            contradictions=ledger.contradictions({reply.submission_id for reply in sent}),
            seconds=seconds,
            cancelled=self._cancelled.is_set(),
        )


def _reached_a_strategy(reply: Reply) -> bool:
    return reply.answer is not Answer.ERROR
