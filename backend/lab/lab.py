"""The one door to the backend: engines, instances, runs, live rows and verdicts.

The window and the command line know nothing below this module. All methods may be called from any thread; those that
talk to an engine block, so a window calls them from a worker. Callbacks of the listener arrive on the lab's own
threads, in batches, and must return quickly.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from backend.engines.installed import available_databases, missing_sources
from backend.engines.says import ProcessCode
from backend.lab.asking import Asking
from backend.lab.bench import Bench
from backend.lab.listener import Listener, NullListener
from backend.lab.lock_watch import LockWatch
from backend.lab.machinery import Machinery
from backend.lab.row_watch import Watch
from backend.lab.run import ExperimentRun, RunListener
from backend.lab.runs_under_way import RunsUnderWay
from backend.model.business_keys import KeyMaker
from backend.model.errors import SubmitTwiceError
from backend.model.intents import NewIntents
from backend.model.judgement import Judgement, Report
from backend.model.observed import EngineStatus, Step
from backend.model.options import LabOptions
from backend.model.plan import Intent, Plan, Setup
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import OperationKey, RedisTopology, Source

_LAST_WAIT_SECONDS = 1.0
_LOOK_SECONDS = 0.05


class Run(Protocol):
    """A run under way."""

    @property
    def ended(self) -> bool:
        """Whether it is judged or has failed; what `wait` returns is there in a moment, once the listener was told."""

    def cancel(self) -> None:
        """Stop sending. What was sent is awaited, read back and reported; returns at once."""

    def wait(self, timeout: float | None = None) -> Report:
        """Block until the run is reported.

        Raises:
            TimeoutError: the run is still under way after `timeout` seconds.
            SubmitTwiceError: the run could not be carried out.
        """


class Lab(Asking):
    """Real engines, real backend processes and the rows that they make.

    Args:
        options: how to start.
        listener: told of everything that happens; None for nobody.
    """

    def __init__(self, options: LabOptions, listener: Listener | None = None) -> None:
        self._options = options
        self._listener: Listener = listener or NullListener()
        self._turns = threading.RLock()
        self._machinery: Machinery | None = None
        self._starting: Machinery | None = None
        self._watch: Watch | None = None
        self._locks: LockWatch | None = None
        self._runs = RunsUnderWay()
        self._keys = KeyMaker()

    def start(self, cancelled: threading.Event | None = None) -> None:
        """Start engines and instances; blocks until all are usable (about half a second).

        Args:
            cancelled: set it from anywhere: the start ends as soon as it can, as after `close`.

        Raises:
            SubmitTwiceError: one sentence why not. Nothing is left running then.
        """
        with self._closed_when(cancelled):
            self._start()

    @contextmanager
    def _closed_when(self, cancelled: threading.Event | None) -> Iterator[None]:
        """Close the lab if somebody cancels its start meanwhile."""
        if cancelled is None:
            yield
            return
        over = threading.Event()

        def watch(cancelled: threading.Event = cancelled) -> None:
            while not over.wait(_LOOK_SECONDS):
                if cancelled.is_set() and (starting := self._starting):
                    starting.close()
                    return

        watching = threading.Thread(target=watch, name="lab-start", daemon=True)
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()

    def _start(self) -> None:
        with self._turns:
            machinery = Machinery(self._options, self._engines_changed, self._steps_recorded, self._listener.incident)
            self._starting = machinery
            try:
                machinery.start()
            except BaseException:
                machinery.close()
                raise
            finally:
                self._starting = None
            self._machinery = machinery
            self._watch = Watch(machinery, self._listener, self._runs)
            self._watch.start()
            self._locks = LockWatch(machinery, self._listener.waits_seen, self._runs.any_active)
            self._locks.start()
        self._engines_changed()

    def close(self) -> None:
        """Stop everything and remove what is temporary; safe to call twice, and after a failed start."""
        starting = self._starting
        if starting:
            starting.close()  # `start` has the turn: what it waits for does not come any more
        self._runs.cancel()  # what is at work is reported as undecided
        self._runs.wait_until_told(_LAST_WAIT_SECONDS)
        machinery_or_none = self._machinery
        if machinery_or_none:
            machinery_or_none.give_up()  # whoever waits for a run has the turn: it must not wait for long
        with self._turns:
            self._runs.wait_until_told(_LAST_WAIT_SECONDS)
            watch, self._watch = self._watch, None
            locks, self._locks = self._locks, None
            machinery, self._machinery = self._machinery, None
            if machinery:
                machinery.close()  # before those who look at its engines: one that does not answer would keep them
            if locks:
                locks.close()
            if watch:
                watch.close()

    # What there is

    def engines(self) -> tuple[EngineStatus, ...]:
        """All engines that this lab knows, missing ones included."""
        machinery = self._machinery
        return machinery.board.statuses() if machinery else ()

    @property
    def lost(self) -> Sentence | None:
        """Why nothing of this lab works any more: its supervisor was killed. None while it does.

        The listener has heard the same sentence as an incident. `close`, then `start`, makes a lab of it again.
        """
        machinery = self._machinery
        return machinery.lost if machinery else None

    def databases(self) -> tuple[EngineStatus, ...]:
        """The databases that `use_database` can switch to; missing ones say what to install."""
        return available_databases()

    def missing_sources(self) -> Mapping[Source, Sentence]:
        """The sources of messages that cannot be had here, each with what to install."""
        return missing_sources()

    # Changing the set-up

    def use_database(self, database: str) -> None:
        """Switch to `postgresql`, `mariadb`, `sqlite` or a URL, without a restart. Blocks.

        Raises:
            EngineError: it cannot be used; the earlier database stays in use.
        """
        with self._turns:
            self._runs.stop()
            machinery, watch = self._running()
            with watch.paused():
                if machinery.changes.use_database(database):
                    watch.follow(machinery.effect_reader())
                    self._forget_locks()
                    self._listener.rows_cleared()
            watch.look()
        self._engines_changed()

    def set_instances(self, count: int) -> None:
        """Have `count` backend processes (1 to 4). Blocks."""
        with self._turns:
            self._runs.stop()
            self._running()[0].changes.set_instances(count)
        self._engines_changed()

    def reset(self, *, only_own: bool = False) -> None:
        """Empty the tables and the keys, forget all intents and replies. Blocks; cancels runs under way.

        On a database behind a URL, which other labs may use, only what this lab has made is removed; the rest is not
        shown any more.

        Args:
            only_own: do so on a database that was started here, too: what was kept in a data directory stays.

        Raises:
            EngineError: an engine did not answer, or a table is not ours any more.
        """
        with self._turns:
            self._runs.stop()
            machinery, watch = self._running()
            machinery.changes.put_to_rest(lambda: (flying.target + 1 for flying, _ in self._runs.flying()))
            with watch.paused():
                machinery.changes.reset(only_own=only_own)
                watch.forget()
                self._forget_locks()
                self._listener.rows_cleared()
            watch.look()

    # Running

    def new_intent(self, operation: OperationKey, item: str, quantity: int) -> Intent:
        """An intent with a fresh business key. Touches no engine."""
        return Intent(operation, self._keys.make(operation), item, quantity)

    def new_intents(self, operation: OperationKey, item: str, quantity: int, count: int) -> NewIntents:
        """So many of them, each about an item of its own where none is named."""
        return NewIntents(self._keys.make_several(operation, count), item, quantity)

    def start_run(self, setup: Setup, plan: Plan, *, judged: bool = True) -> Run:
        """Open the forms of the intents that are new (order to pay, token, version), send the submissions.

        A form is opened once an intent and strategy, as a page would be: submitting the same intent again reuses its
        token and its version. Returns as soon as the run is under way; its end is told to the listener. Several runs
        may be under way at once (each click is one).

        Args:
            setup: the backend's side.
            plan: the caller's side.
            judged: whether the rows are read back at its end. Where only answers and steps are wanted, its report
                comes sooner, and has no verdicts and no effects.

        Raises:
            UnknownKeyError, NotApplicableError: at once, before anything is sent.
        """
        with self._turns:
            machinery, watch = self._running()
            self._use_topology(machinery, setup.redis_topology)
            bench = Bench(machinery.parts, watch.read_back, watch.paused, lambda: machinery.lost)
            bench.require_setup(setup, plan.source)
            finished = self._run_finished if judged else self._listener.run_finished
            listener = self._listener
            told = RunListener(listener.replies_received, listener.run_counted, finished, self._run_failed)
            run = ExperimentRun(self._runs.next_number(), bench, setup, plan, told, judged=judged)
            self._runs.start(run)
            watch.wake()
            if locks := self._locks:
                locks.wake()
            return run

    def _use_topology(self, machinery: Machinery, asked: RedisTopology | None) -> None:
        """Have such Redis-protocol servers in use, or those of the start; runs under way end where they are others.

        Raises:
            NotApplicableError: the server in use was not started here.
            EngineError: a server could not be started; the earlier ones stay in use.
        """
        engines = machinery.parts.engines
        engines.require_topology(asked)
        topology = asked or engines.started_topology
        if topology is not engines.servers.topology:
            self._runs.stop()
            machinery.changes.use_topology(topology)
            self._engines_changed()

    # Looking

    def steps_of(self, submission_id: str) -> tuple[Step, ...]:
        """The steps that a submission ran, in order; last the one that it is at, if that takes long."""
        machinery = self._machinery
        if machinery is None:
            return ()
        at = machinery.steps.under_way(submission_id)
        ended = machinery.steps.of(submission_id)
        return (*ended, at) if at and machinery.works.handles(submission_id) else ended

    def judgement(self) -> Judgement:
        """The latest judgement."""
        watch = self._watch
        return watch.latest if watch else Judgement()

    def connection(self) -> Mapping[str, object]:
        """For `serve`: ``urls``, ``token``, ``database`` and ``redis``, as the command line prints them."""
        return self._running()[0].connection()

    # Inside

    def _running(self) -> tuple[Machinery, Watch]:
        if self._machinery is None or self._watch is None:
            raise SubmitTwiceError(say(ProcessCode.LAB_NOT_RUNNING))
        return self._machinery, self._watch

    def _forget_locks(self) -> None:
        if locks := self._locks:
            locks.clear()

    def _run_finished(self, report: Report) -> None:
        if watch := self._watch:
            watch.look()
        self._listener.run_finished(report)

    def _run_failed(self, sentence: Sentence) -> None:
        if watch := self._watch:
            watch.look()
        self._listener.run_failed(sentence)

    def _steps_recorded(self, steps: Sequence[Step]) -> None:
        ended = [step for step in steps if step.ended_ns]
        if under_way := [step for step in steps if not step.ended_ns]:
            self._listener.steps_under_way(under_way)
        if locks := self._locks:
            locks.add_steps(ended)
        if ended:
            self._listener.steps_recorded(ended)

    def _engines_changed(self) -> None:
        self._listener.engines_changed(self.engines())
