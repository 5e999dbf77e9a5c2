"""One run: open the forms, send, wait until nothing is at work any more, read back, judge."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import sqlalchemy as sa

from backend.lab.asking import require_replica
from backend.lab.bench import Bench
from backend.lab.cancellation import LAST_ANSWERS_SECONDS, Cancellation
from backend.lab.entries import Entry
from backend.lab.fault_timer import ServerFaults
from backend.lab.form_book import OpenForms
from backend.lab.forms import Fetch
from backend.lab.hearing import Hearing
from backend.lab.left_behind import NOTHING, Leftovers, left_behind
from backend.lab.reply_count import ReplyCount
from backend.lab.run_intents import RunIntents
from backend.lab.run_says import RunCode, in_a_sentence
from backend.lab.senders.messages import Flying, Outcome
from backend.lab.senders.redelivery import Redelivery
from backend.lab.senders.sending import CancelledError, Sending
from backend.lab.submissions import Submissions, to_reply
from backend.lab.tally import Tally
from backend.lab.work_book import Quiet, Work
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.faults import to_servers
from backend.model.intents import operations
from backend.model.judgement import Report
from backend.model.observed import Reply
from backend.model.plan import Intent, Plan, Setup
from backend.model.sentence import Sentence, plain, say
from backend.model.submission_ids import run_of
from backend.model.vocabulary import EngineKind, OperationKey, Source, Verdict
from backend.strategies import find, require_guard

_MOST_NAMED = 8
_LOOK_SECONDS = 0.05
_SERVERS_BACK_SECONDS = 2.0
"""A server of ours that was killed is back within so long, unless much else is going on."""


@dataclass(frozen=True, slots=True)
class RunListener:
    """Who is told of a run."""

    replies: Callable[[Sequence[Reply]], None]
    counted: Callable[[Sequence[Intent]], None]
    finished: Callable[[Report], None]
    failed: Callable[[Sentence], None]


class ExperimentRun:
    """A run on a thread of its own.

    Args:
        number: of the run in its lab.
        bench: engines, instances and books.
        setup: the backend's side.
        plan: the caller's side.
        listener: told of answers and of the end.
        judged: whether the rows are read back at the end, for verdicts.

    Raises:
        UnknownKeyError, NotApplicableError: the strategy is unknown, or does not guard an operation of the plan.
    """

    def __init__(
        self, number: int, bench: Bench, setup: Setup, plan: Plan, listener: RunListener, *, judged: bool = True
    ) -> None:
        self._strategy, self._variant = find(setup.strategy, setup.variant)
        for operation in operations(plan.intents):
            require_guard(self._variant, operation)
        require_replica(self._variant, setup)
        self._name = f"{bench.name}-{number}"
        self._bench = bench
        self._setup = setup
        self._plan = plan
        self._intents = RunIntents(plan.intents)
        self._listener = listener
        self._judged = judged
        self._submissions = Submissions(number, self._name, setup, plan, self._strategy, self._variant, bench)
        self._tally: Tally | None = None
        self._replies, self._hearing = ReplyCount(all_end=plan.source.is_queue), Hearing()
        self._at_work: Sequence[Work] = ()
        self._under_way: Sequence[tuple[Flying, Entry]] = ()
        asked_for = len(plan.intents) * plan.submissions
        self._server_faults = ServerFaults(to_servers(setup.faults), bench.disturb, asked_for)
        self._cancellation = Cancellation(bench.works.wake)
        self._untold: frozenset[Entry] = frozenset()
        self._all_told = threading.Event()
        self._report: Report | None = None
        self._failure: SubmitTwiceError | None = None
        self._ended = threading.Event()
        self._told = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"run-{number}", daemon=True)

    # The end, as others ask for it

    def cancel(self, patience_s: float = LAST_ANSWERS_SECONDS) -> None:
        """Stop sending. What is at work after `patience_s` seconds is reported as undecided."""
        self._cancellation.cancel(patience_s)

    def wait(self, timeout: float | None = None) -> Report:
        """Block until the run is reported.

        Raises:
            TimeoutError: the run is still under way after `timeout` seconds.
            SubmitTwiceError: the run could not be carried out. Where it broke off, its report says why.
        """
        if not self._told.wait(timeout):
            raise TimeoutError
        if self._report:
            return self._report
        assert self._failure is not None  # noqa: S101  one of the two is there
        raise self._failure

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
        return 0 if self._ended.is_set() else len(self._plan.intents) * self._plan.submissions - self._replies.settled

    def flying(self) -> list[tuple[Flying, Entry]]:
        """What has left for a backend process that has not let go of it, as far as one knows, with its intent."""
        return [(flying, self._intents.entry(flying.intent_key)) for flying in self._cancellation.flying()]

    @property
    def is_awaited(self) -> bool:
        """Whether something may still come of it although it is over."""
        return bool(self._untold or self.flying())

    def untold(self, at_rest: Callable[[], bool]) -> frozenset[Entry]:
        """The intents of which it was not known, when nobody waited any longer, whether anything is at work.

        Args:
            at_rest: whether servers have ended what they were asked for; none is left as soon as all have told.
        """
        if self._untold and self._all_told.is_set() and at_rest():
            self._untold = frozenset()
        return self._untold

    # The run

    def _run(self) -> None:
        if self._plan.limit_ms is not None:
            self._cancellation.limit(self._plan.limit_ms / 1000)
        started = time.monotonic()
        try:
            self._report = self._carry_out(started)
        except Exception as error:  # noqa: BLE001  the last resort on this thread: told, not swallowed
            self._failure = EngineError(lost) if (lost := self._bench.lost()) else in_a_sentence(error)
            if self._tally is not None:
                with suppress(Exception):  # that it could not be carried out is told in any case
                    self._report = self._what_was_heard(started, self._failure.sentence)
        with suppress(Exception):  # whoever cannot take them has the report all the same
            self._hearing.go_on()
        self._cancellation.end()
        self._bench.steps.end_count(self._name)
        self._ended.set()
        try:
            if self._report:
                self._listener.finished(self._report)
            if self._failure:
                self._listener.failed(self._failure.sentence)
        finally:
            self._told.set()

    def _carry_out(self, started: float) -> Report:
        self._require_what_it_needs()
        forms = self._open_forms()
        self._tally = self._bench.ledger.announce(self._plan.intents)
        self._bench.steps.count(self._name)
        quiet = Quiet.OVER
        if forms is not None:
            try:
                quiet = self._send_and_wait(forms)
            finally:
                if self._server_faults.any:
                    self._bench.restore()
        self._stop_counting()
        unknown = quiet is Quiet.UNTOLD and not self._cancellation.asked
        why = say(RunCode.NOBODY_TELLS, server=self._bench.redis_name) if unknown else None
        leftovers = self._left_behind(quiet)
        with self._bench.unwatched():
            if self._judged:
                self._bench.read_back()
            report = self._counted(started, leftovers, why)
        self._tell_lost(report)
        return report

    def _what_was_heard(self, started: float, why: Sentence) -> Report:
        """The report of a run that broke off. Whatever was not heard, or cannot be read back, stays open for good."""
        bench, cancellation = self._bench, self._cancellation
        cancellation.break_off()
        quiet = bench.works.wait_until_over(self._intents.entries, lambda: cancellation.left)
        cancellation.cancel(_SERVERS_BACK_SECONDS)
        if not self._read_back_if_possible() and quiet is Quiet.OVER:
            quiet = Quiet.UNTOLD
        keys: Iterable[str] = (key for _, key in self._intents.entries)
        if quiet is Quiet.OVER and not self._plan.source.is_queue:
            keys = self._replies.unsettled(keys, self._plan.submissions)
        forsaken = (flying.intent_key for flying in cancellation.forsaken())
        bench.ledger.leave_open(map(self._intents.entry, {*keys, *forsaken}))
        leftovers = self._left_behind(quiet)
        with bench.unwatched():
            return self._counted(started, leftovers, why)

    def _read_back_if_possible(self) -> bool:
        """Whether servers have ended what they were asked for, and all was read; one may be on its way back."""
        while True:
            try:
                over = self._bench.wait_for_servers(self._name, self._plan, lambda: self._cancellation.left)
                self._stop_counting()
                self._bench.read_back()
            except (SubmitTwiceError, sa.exc.SQLAlchemyError):
                if self._bench.lost() or self._cancellation.wait_until_left(_LOOK_SECONDS):
                    self._stop_counting()
                    return False
            else:
                return over

    def _stop_counting(self) -> None:
        """From here on no answer is in the report. Rows are read later, so that each one that was told of is there.

        What is at work is looked at before: whatever ends meanwhile is in one of the two, or in both.
        """
        self._at_work, self._under_way = self._bench.works.at_work(self._intents.entries), self.flying()
        self._hearing.pause()

    def _counted(self, started: float, leftovers: Leftovers, why: Sentence | None) -> Report:
        report = self._summary(time.monotonic() - started, leftovers, why)
        self._listener.counted(self._plan.intents)
        return report

    def _tell_lost(self, report: Report) -> None:
        """Name what a failover has lost: its callers believe that it is done."""
        if report.lost and self._server_faults.failed_over:
            field = report.operation.key_field
            named = tuple(plain(f"{field} {key}") for key in report.lost[:_MOST_NAMED])
            left = len(report.lost) - len(named)
            code = RunCode.LOST_AND_MORE if left else RunCode.LOST
            self._bench.tell(say(code, lost=named, more=left))

    def _send_and_wait(self, forms: Sequence[OpenForms]) -> Quiet:
        """Send, disturb, and wait until nothing is at work any more."""
        self._bench.prepare(to_servers(self._setup.faults), self._server_faults.at_once)
        sending = self._send(forms)
        try:
            self._cancellation.hold(sending)
            if isinstance(sending, Redelivery):
                sending.put()  # a server that is killed so long after the beginning of the run has all messages
            self._server_faults.begin()
            sending.wait_until_over()
        finally:
            self._server_faults.end()
        cancellation = self._cancellation
        quiet = self._bench.works.wait_until_over(self._intents.entries, lambda: cancellation.left)
        if quiet is Quiet.OVER and not self._bench.wait_for_servers(self._name, self._plan, lambda: cancellation.left):
            quiet = Quiet.UNTOLD
        if isinstance(sending, Redelivery):
            sending.close()
        return quiet

    def _require_what_it_needs(self) -> None:
        """Before anything is announced: a run that cannot start leaves nothing behind."""
        bench, plan = self._bench, self._plan
        self._setup = bench.require_engines(self._setup)
        bench.require_instances(lambda: self._cancellation.asked)
        if OperationKey.SEND_MESSAGE in operations(plan.intents):
            bench.require_gateway()
        if EngineKind.ZOOKEEPER in self._variant.engines:
            bench.require_zookeeper(self._setup.zookeeper_servers)
        if plan.source.is_queue:
            bench.require_broker(plan.source)
            bench.require_consumers()
        else:
            bench.sender.start()

    def _send(self, forms: Sequence[OpenForms]) -> Sending | Redelivery:
        if self._plan.source.is_queue:
            found = list(self._submissions.messages(forms))
            return self._bench.deliver(self._name, self._plan.source, self._setup, found, self._take_deliveries)
        job, rest = self._submissions.job(forms)
        return self._bench.sender.submit(job, self._take, rest)

    def _open_forms(self) -> list[OpenForms] | None:
        """The form of each intent, once for each of its submissions; the same one unless the page is reloaded.

        Returns:
            None where the run was cancelled before all were open: nothing is to be sent.
        """
        bench, plan = self._bench, self._plan
        try:
            loaded = bench.forms.open_each(plan, self._variant.needs, bench.database, self._fetch())
        except CancelledError:
            return None
        return None if self._cancellation.asked else loaded

    def _fetch(self) -> Fetch:
        def fetch(method: str, paths: Sequence[str]) -> Sequence[Outcome]:
            return self._bench.sender.fetch(
                self._submissions.fetches(method, paths), self._bench.targets, self._cancellation.hold
            )

        return fetch

    def _take(self, outcomes: Sequence[Outcome]) -> None:
        self._hearing.take(partial(self._hear, outcomes))

    def _take_deliveries(self, replies: Sequence[Reply]) -> None:
        self._hearing.take(partial(self._hear_deliveries, replies))

    def _hear(self, outcomes: Sequence[Outcome]) -> None:
        self._replies.settle(outcome.intent_key for outcome in outcomes if not outcome.retried)
        self._take_replies([to_reply(outcome) for outcome in outcomes])

    def _hear_deliveries(self, replies: Sequence[Reply]) -> None:
        self._replies.settle(reply.intent_key for reply in replies if not reply.retry_of)
        self._take_replies(replies)

    def _take_replies(self, replies: Sequence[Reply]) -> None:
        if self._tally is None:
            return
        self._bench.ledger.add_replies(replies, self._intents.entry, self._tally)
        self._server_faults.answers_came(self._replies.add(replies))
        self._listener.replies(replies)

    def _left_behind(self, quiet: Quiet) -> Leftovers:
        """What is still at work. Where a process, or a server, has not told, all that got no answer may be."""
        if quiet is Quiet.OVER:
            return NOTHING  # of its intents others may have begun something since, as they may a minute later
        if quiet is Quiet.UNTOLD:
            self._untold = frozenset(map(self._intents.entry, self._replies.silent()))
            self._bench.works.ask(self._all_told.set)
        steps, is_over = self._bench.steps, self._replies.has_ended
        return left_behind(self._at_work, self._under_way, steps, self._untold, is_over)

    def _summary(self, seconds: float, leftovers: Leftovers, broken_off: Sentence | None = None) -> Report:
        plan, ledger = self._plan, self._bench.ledger
        entries: Set[Entry] = self._intents.entries if self._judged else frozenset()
        steps, answers = self._bench.steps, self._replies.answers
        own = (name for name in leftovers.names if run_of(name) == self._name)
        at_work = self._replies.missing(own)
        traced = () if plan.source.is_queue and not broken_off else steps.traced(self._name)
        unanswered = at_work | self._replies.missing(traced)
        p50, p99 = self._replies.percentiles()
        is_over = not (leftovers.count or broken_off)
        marks = steps.marks(self._name) if is_over else None  # one at work has yet to be made
        verdicts = ledger.verdicts_of(entries, leftovers.entries)
        contradicting, examples = ledger.contradictions(self._name)
        return Report(
            operation=plan.intents[0].operation,
            setup=replace(self._setup, strategy=self._strategy.key, variant=self._variant.key),
            source=plan.source,
            intents=len(self._intents),
            submissions=plan.submissions,
            sent=sum(answers.values()) + len(unanswered),
            instances=len(self._bench.targets),
            effects=ledger.effects_of(entries),
            verdicts=dict(verdicts),
            lost=ledger.lost_of(entries, leftovers.entries) if verdicts[Verdict.LOST] else (),
            answers=answers,
            p50_ms=p50,
            p99_ms=p99,
            steps_per_submission=steps.mean_per_submission(self._name, at_work),
            untraced=steps.gone_of(self._name),
            contradictions=examples,
            contradicting=contradicting,
            seconds=seconds,
            cancelled=self._cancellation.by_hand,
            out_of_time=self._cancellation.out_of_time,
            at_work=leftovers.examples,
            working=leftovers.count,
            missed_faults=self._server_faults.missed(self._setup.faults, marks),
            ended_ns=time.monotonic_ns(),
            promoted_ns=self._bench.promoted_ns if self._server_faults.failed_over else 0,
            retry_on=plan.retry_on if plan.source is Source.RETRY else frozenset(),
            broken_off=broken_off,
        )
