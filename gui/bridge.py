"""Between the lab's threads and the window: callbacks in, signals out, commands on a worker.

Everything that the lab or a worker has to say goes through one queue in its order, and is emitted on the GUI thread
in slices short enough to keep the window at its 60 frames a second.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, SignalInstance, Slot

from backend.errors import SubmitTwiceError
from gui.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.lab import Lab, LabOptions, Run
    from backend.model import EngineStatus, Intent, Judgement, OperationKey, Plan, Reply, Report, Row, Setup, Step

log = logging.getLogger(__name__)

TICK_MS = 16
SLICE_SECONDS = 0.008
"""Time a tick may spend on emitting; what is left waits for the next."""
PIECE = 400
"""Rows or replies handed to the models at once."""


class LabBridge(QObject):
    """Implements `backend.lab.Listener` for the window and carries its commands to the lab.

    Signals:
        catalogue_ready: the strategies, a tuple of StrategyInfo.
        started: engines and instances are usable.
        start_failed: one sentence why not.
        engines_changed, rows_added, rows_cleared, replies_received, judged, run_finished: as the lab says.
        runs_changed: how many runs are under way, those that wait for their turn included.
        watched_steps_changed: the submission that is looked at ran more steps.
        steps_ready: a submission's id and its steps.
        source_ready: the SourceCode asked for.
        working_changed: whether a command such as a switch of the database is being carried out.
        failed: one sentence about a command or a run that could not be carried out.
        closed: nothing of the lab is running any more.
    """

    catalogue_ready = Signal(object)
    started = Signal()
    start_failed = Signal(str)
    engines_changed = Signal(object)
    databases_ready = Signal(object)
    rows_added = Signal(object)
    rows_cleared = Signal()
    replies_received = Signal(object)
    judged = Signal(object)
    run_finished = Signal(object)
    runs_changed = Signal(int)
    watched_steps_changed = Signal(str)
    steps_ready = Signal(str, object)
    source_ready = Signal(object)
    working_changed = Signal(bool)
    failed = Signal(str)
    closed = Signal()

    _woken = Signal()
    _run_over = Signal(object)
    _work_done = Signal()

    def __init__(self, options: LabOptions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._lab: Lab | None = None
        self._listener = LabListener(self)
        self._events: deque[tuple[SignalInstance, tuple[Any, ...]]] = deque()
        self._scheduled = False
        self._closing = False
        self._commands = Worker("lab-commands")
        self._reader = Worker("lab-reader")
        self._waiting_work = 0
        self._runs: list[Ticket] = []
        self.watched = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._flush)
        self._woken.connect(self._schedule, Qt.ConnectionType.QueuedConnection)
        self._run_over.connect(self._forget_run)
        self._work_done.connect(self._finish_work)

    @property
    def options(self) -> LabOptions:
        """How the lab is started."""
        return self._options

    @property
    def ready(self) -> bool:
        """Whether commands can be carried out."""
        return self._lab is not None and not self._closing

    # From other threads

    def post(self, signal: SignalInstance, *arguments: Any) -> None:  # noqa: ANN401
        """Have `signal` emitted on the GUI thread, after everything posted before it."""
        if self._closing and signal != self.closed:
            return
        self._events.append((signal, arguments))
        if not self._scheduled:
            self._scheduled = True
            self._woken.emit()

    # On the GUI thread

    @Slot()
    def _schedule(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _flush(self) -> None:
        self._scheduled = False
        until = perf_counter() + SLICE_SECONDS
        while self._events:
            self._emit_next()
            if perf_counter() > until:
                break
        if self._events:
            self._scheduled = True
            self._timer.start()

    def _emit_next(self) -> None:
        signal, arguments = self._events.popleft()
        if signal in (self.rows_added, self.replies_received) and len(arguments[0]) > PIECE:
            self._events.appendleft((signal, (arguments[0][PIECE:],)))
            arguments = (arguments[0][:PIECE],)
        elif signal == self.judged and self._events and self._events[0][0] == self.judged:
            return
        signal.emit(*arguments)

    @Slot(object)
    def _forget_run(self, ticket: Ticket) -> None:
        if ticket in self._runs:
            self._runs.remove(ticket)
            self.runs_changed.emit(len(self._runs))

    @Slot()
    def _finish_work(self) -> None:
        self._waiting_work -= 1
        if self._waiting_work == 0:
            self.working_changed.emit(False)

    # Commands

    def start(self) -> None:
        """Load the catalogue and start the lab; ends in `started` or `start_failed`."""
        self._commands.submit(lambda: self._attempt(self._start, self.start_failed))

    def _start(self) -> None:
        from backend.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        self.post(self.catalogue_ready, Lab.strategies())
        lab = Lab(self._options, self._listener)
        try:
            lab.start()
        except BaseException:
            lab.close()
            raise
        self._lab = lab
        self.post(self.databases_ready, lab.databases())
        self.post(self.engines_changed, lab.engines())
        self.post(self.started)

    def new_intent(self, operation: OperationKey, item: str, quantity: int) -> Intent | None:
        """An intent with a fresh key; None while there is no lab."""
        return self._lab.new_intent(operation, item, quantity) if self._lab else None

    def start_run(self, setup: Setup, plan: Plan) -> None:
        """Send the submissions of a plan; its end is told by `runs_changed`, `run_finished` and `failed`."""
        ticket = Ticket()
        self._runs.append(ticket)
        self.runs_changed.emit(len(self._runs))
        self._commands.submit(lambda: self._start_run(ticket, setup, plan))

    def _start_run(self, ticket: Ticket, setup: Setup, plan: Plan) -> None:
        if not self._attempt(lambda: self._begin(ticket, setup, plan), self.failed):
            self.post(self._run_over, ticket)

    def _begin(self, ticket: Ticket, setup: Setup, plan: Plan) -> None:
        if ticket.cancelled.is_set():
            self.post(self._run_over, ticket)
            return
        ticket.run = self._need_lab().start_run(setup, plan)
        if ticket.cancelled.is_set():
            ticket.run.cancel()
        self.runs_may_have_ended()  # it may have been over before it was known here

    def runs_may_have_ended(self) -> None:
        """Look which runs are over; called on a lab's thread when it reports the end of one."""
        self._reader.submit(self._sweep)

    def _sweep(self) -> None:
        for ticket in tuple(self._runs):
            if ticket.run is not None and _is_over(ticket.run):
                self.post(self._run_over, ticket)

    def cancel_runs(self) -> None:
        """Stop sending, in all runs."""
        for ticket in self._runs:
            ticket.cancelled.set()
            if ticket.run is not None:
                ticket.run.cancel()

    def reset(self) -> None:
        """Empty tables and keys."""
        self.cancel_runs()
        self._work(lambda: self._need_lab().reset())

    def use_database(self, database: str) -> None:
        """Switch to another database; what happens next happens there."""
        self.cancel_runs()
        self._work(lambda: self._need_lab().use_database(database), self._tell_engines)

    def set_instances(self, count: int) -> None:
        """Have this many backend processes."""
        self._work(lambda: self._need_lab().set_instances(count))

    def _tell_engines(self) -> None:
        lab = self._need_lab()
        self.post(self.databases_ready, lab.databases())
        self.post(self.engines_changed, lab.engines())

    def _work(self, job: Callable[[], None], afterwards: Callable[[], None] | None = None) -> None:
        self._waiting_work += 1
        if self._waiting_work == 1:
            self.working_changed.emit(True)

        def carry_out() -> None:
            self._attempt(job, self.failed)
            if afterwards is not None:
                self._attempt(afterwards, self.failed)
            self.runs_may_have_ended()
            self.post(self._work_done)

        self._commands.submit(carry_out)

    # Looking

    def ask_steps(self, submission_id: str) -> None:
        """Fetch a submission's steps; they arrive with `steps_ready`."""

        def fetch() -> None:
            self.post(self.steps_ready, submission_id, self._need_lab().steps_of(submission_id))

        self._reader.submit(lambda: self._attempt(fetch, self.failed))

    def ask_source(self, strategy: str, variant: str) -> None:
        """Fetch the code of a variant; it arrives with `source_ready`."""

        def fetch() -> None:
            from backend.lab import Lab  # noqa: PLC0415, RUF100  (see _start)

            self.post(self.source_ready, Lab.source_code(strategy, variant))

        self._reader.submit(lambda: self._attempt(fetch, self.failed))

    # The end

    def close(self) -> None:
        """Cancel, stop the lab, emit `closed`. Returns at once; nothing else is emitted from here on."""
        if self._closing:
            return
        self.cancel_runs()
        self._closing = True
        self._events.clear()
        self._reader.stop()
        self._commands.stop(last=self._close_lab)

    def wait_until_closed(self, seconds: float) -> bool:
        """Wait for the lab's end without an event loop; False if it takes longer."""
        return self._commands.join(seconds) and self._reader.join(seconds)

    def _close_lab(self) -> None:
        lab, self._lab = self._lab, None
        if lab is not None:
            self._attempt(lab.close, self.failed)
        self.post(self.closed)

    def _need_lab(self) -> Lab:
        if self._lab is None:
            raise SubmitTwiceError(QCoreApplication.translate("LabBridge", "The lab is not running."))
        return self._lab

    def _attempt(self, job: Callable[[], None], failure: SignalInstance) -> bool:
        try:
            job()
        except SubmitTwiceError as error:
            self.post(failure, str(error))
        except Exception as error:
            if not self._closing:
                log.exception("A command of the window failed")
                text = QCoreApplication.translate("LabBridge", "Something unexpected happened (%1).")
                self.post(failure, text.replace("%1", type(error).__name__))
        else:
            return True
        return False


class Ticket:
    """A run that was asked for, and the run once it is under way."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self.cancelled = threading.Event()


def _is_over(run: Run) -> bool:
    try:
        run.wait(0)
    except TimeoutError:
        return False
    except SubmitTwiceError:
        return True
    return True


class LabListener:
    """Takes the lab's callbacks on its threads and posts them; a class of its own, as their names are signals too."""

    def __init__(self, bridge: LabBridge) -> None:
        self._bridge = bridge

    def engines_changed(self, engines: Sequence[EngineStatus]) -> None:
        """See `backend.lab.Listener`, also for the following."""
        self._bridge.post(self._bridge.engines_changed, tuple(engines))

    def rows_added(self, rows: Sequence[Row]) -> None:
        """Rows for the table."""
        self._bridge.post(self._bridge.rows_added, rows)

    def rows_cleared(self) -> None:
        """The tables are empty."""
        self._bridge.post(self._bridge.rows_cleared)

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Replies for the table."""
        self._bridge.post(self._bridge.replies_received, replies)

    def steps_recorded(self, steps: Sequence[Step]) -> None:
        """Only those of the submission that somebody is looking at matter here."""
        watched = self._bridge.watched
        if watched and any(step.submission_id == watched for step in steps):
            self._bridge.post(self._bridge.watched_steps_changed, watched)

    def judged(self, judgement: Judgement) -> None:
        """A new judgement."""
        self._bridge.post(self._bridge.judged, judgement)

    def run_finished(self, report: Report) -> None:
        """A run ended."""
        self._bridge.post(self._bridge.run_finished, report)
        self._bridge.runs_may_have_ended()

    def run_failed(self, sentence: str) -> None:
        """A run could not be carried out."""
        self._bridge.post(self._bridge.failed, sentence)
        self._bridge.runs_may_have_ended()
