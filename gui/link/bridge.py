"""Between the lab's threads and the window: callbacks in, signals out, commands on a worker.

Everything that the lab or a worker has to say goes through one relay, in its order.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Signal, SignalInstance, Slot

from backend.model.errors import SubmitTwiceError
from gui.link.listener import LabListener
from gui.link.pending_run import PendingRun
from gui.link.relay import Relay
from gui.link.worker import Worker
from gui.wording.live import filled
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.lab.lab import Lab
    from backend.lab.listener import Listener
    from backend.model.options import LabOptions
    from backend.model.plan import Intent, Plan, Setup
    from backend.model.vocabulary import OperationKey

log = logging.getLogger(__name__)

RECORDED_SECONDS = 10.0
"""A run that has ended is recorded at once after its end was told; so long is waited for that at most."""


class LabBridge(QObject):
    """Implements `backend.lab.listener.Listener` for the window and carries its commands to the lab.

    Signals:
        catalogue_ready: the strategies, a tuple of StrategyInfo.
        databases_ready: what can be switched to, a tuple of EngineStatus.
        sources_missing: the sources of messages that cannot be had, a mapping of Source to Sentence.
        started: engines and instances are usable.
        start_failed: one sentence why not.
        engines_changed, rows_added, rows_gone, rows_cleared, replies_received, judged, run_finished: as the lab says.
        steps_added: steps of any submissions, in pieces; long ones before they have ended, too.
        waits_seen: waits of submissions for locks, in pieces.
        run_asked: the PendingRun of a run that is about to begin, and its setup.
        run_over: the PendingRun of a run that has ended, failed or was cancelled before it began, with its report.
        runs_changed: how many runs are under way, those that wait for their turn included.
        watched_steps_changed: the submission that is looked at ran more steps.
        steps_ready: a submission's id and its steps.
        source_ready: the SourceCode asked for.
        working_changed: whether a command such as a switch of the database is being carried out.
        lost: one sentence why the lab has to be started again; `start` does so.
        incident: one sentence about something that was killed, stopped or started again.
        failed: one sentence about a command or a run that could not be carried out.
        closed: nothing of the lab is running any more.

    Args:
        options: how the lab is started.
        parent: as for any QObject.
        make_lab: makes it; None for a lab of the bridge's own.
    """

    catalogue_ready = Signal(object)
    started = Signal()
    start_failed = Signal(object)
    engines_changed = Signal(object)
    databases_ready = Signal(object)
    sources_missing = Signal(object)
    rows_added = Signal(object)
    rows_gone = Signal(object)
    rows_cleared = Signal()
    replies_received = Signal(object)
    judged = Signal(object)
    run_finished = Signal(object)
    steps_added = Signal(object)
    waits_seen = Signal(object)
    run_asked = Signal(object, object)
    run_over = Signal(object)
    runs_changed = Signal(int)
    watched_steps_changed = Signal(str)
    steps_ready = Signal(str, object)
    source_ready = Signal(object)
    working_changed = Signal(bool)
    lost = Signal(object)
    incident = Signal(object)
    failed = Signal(object)
    closed = Signal()

    _run_over = Signal(object)
    _work_done = Signal()

    def __init__(
        self,
        options: LabOptions,
        parent: QObject | None = None,
        make_lab: Callable[[LabOptions, Listener], Lab] | None = None,
    ) -> None:
        super().__init__(parent)
        self._options = options
        self._make_lab = make_lab
        self._lab: Lab | None = None
        self._listener = LabListener(self)
        self._relay = Relay(
            (self.rows_added, self.replies_received, self.steps_added, self.waits_seen),
            (self.judged, self.incident),
            self,
        )
        self._closing = False
        self._commands = Worker("lab-commands")
        self._reader = Worker("lab-reader")
        self._canceller = Worker("lab-cancel")
        self._waiting_work = 0
        self._runs: list[PendingRun] = []
        self.watched = ""
        self._run_over.connect(self._forget_run)
        self._work_done.connect(self._finish_work)

    @property
    def options(self) -> LabOptions:
        """How the lab is started."""
        return self._options

    def post(self, signal: SignalInstance, *arguments: Any) -> None:  # noqa: ANN401
        """Have `signal` emitted on the GUI thread, after everything posted before it; from any thread."""
        if not self._closing or signal == self.closed:
            self._relay.post(signal, *arguments)

    @Slot(object)
    def _forget_run(self, pending: PendingRun) -> None:
        if pending in self._runs:
            self._runs.remove(pending)
            self.run_over.emit(pending)
            self.runs_changed.emit(len(self._runs))

    @Slot()
    def _finish_work(self) -> None:
        self._waiting_work -= 1
        if self._waiting_work == 0:
            self.working_changed.emit(False)

    # Commands

    def start(self) -> None:
        """Load the catalogue and start the lab, anew if there was one; ends in `started` or `start_failed`."""
        self._commands.submit(lambda: self._attempt(self._start, self.start_failed))

    def _start(self) -> None:
        from backend.lab.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        earlier, self._lab = self._lab, None
        if earlier is not None:
            earlier.close()
            self.post(self.rows_cleared)
            self.runs_may_have_ended()
        self.post(self.catalogue_ready, Lab.strategies(self._options.zookeeper))
        lab = (self._make_lab or Lab)(self._options, self._listener)
        try:
            lab.start()
        except BaseException:
            lab.close()
            raise
        self._lab = lab
        self.post(self.databases_ready, lab.databases())
        self.post(self.sources_missing, lab.missing_sources())
        self.post(self.engines_changed, lab.engines())
        self.post(self.started)

    def new_intent(self, operation: OperationKey, item: str, quantity: int) -> Intent | None:
        """An intent with a fresh key; None while there is no lab."""
        return self._lab.new_intent(operation, item, quantity) if self._lab else None

    def connection(self) -> Mapping[str, object]:
        """Where the engines are, with their passwords, as ``serve`` prints it; nothing while there is no lab."""
        return self._lab.connection() if self._lab else {}

    def start_run(self, setup: Setup, plan: Plan) -> PendingRun:
        """Send the submissions of a plan; its end is told by `run_over`, `runs_changed` and `failed`."""
        pending = PendingRun(plan)
        self._runs.append(pending)
        self.run_asked.emit(pending, setup)
        self.runs_changed.emit(len(self._runs))
        self._commands.submit(lambda: self._start_run(pending, setup, plan))
        return pending

    def _start_run(self, pending: PendingRun, setup: Setup, plan: Plan) -> None:
        if not self._attempt(lambda: self._begin(pending, setup, plan), self.failed):
            self.post(self._run_over, pending)

    def _begin(self, pending: PendingRun, setup: Setup, plan: Plan) -> None:
        if pending.cancelled:
            self.post(self._run_over, pending)
            return
        pending.begin(self._need_lab().start_run(setup, plan))
        self.runs_may_have_ended()  # it may have been over before it was known here

    def runs_may_have_ended(self) -> None:
        """Look which runs are over; called on a lab's thread when it reports the end of one."""
        self._reader.submit(self._sweep)

    def _sweep(self) -> None:
        for pending in tuple(self._runs):
            if pending.take_end(RECORDED_SECONDS):
                self.post(self._run_over, pending)

    def cancel_runs(self) -> None:
        """Stop sending, in all runs. Returns at once: a sender with much to write takes its time."""
        if stops := self._mark_cancelled():
            self._canceller.submit(lambda: _stop_all(stops))

    def _mark_cancelled(self) -> tuple[PendingRun, ...]:
        for pending in self._runs:
            pending.mark_cancelled()
        return tuple(self._runs)

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
        self.post(self.sources_missing, lab.missing_sources())
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
            from backend.lab.lab import Lab  # noqa: PLC0415, RUF100  (see _start)

            self.post(self.source_ready, Lab.source_code(strategy, variant))

        self._reader.submit(lambda: self._attempt(fetch, self.failed))

    # The end

    def close(self) -> None:
        """Cancel, stop the lab, emit `closed`. Returns at once; nothing else is emitted from here on."""
        if self._closing:
            return
        self._closing = True
        stops = self._mark_cancelled()
        self._relay.discard()
        self._canceller.stop(last=lambda: _stop_all(stops))
        self._reader.stop()
        self._commands.stop(last=self._close_lab)

    def wait_until_closed(self, seconds: float) -> bool:
        """Wait for the lab's end without an event loop; False if it takes longer."""
        return all(worker.join(seconds) for worker in (self._commands, self._reader, self._canceller))

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
            self.post(failure, partial(speak, error.sentence))
        except Exception as error:
            if not self._closing:
                log.exception("A command of the window failed")
                self.post(failure, filled(_unexpected, type(error).__name__))
        else:
            return True
        return False


def _stop_all(pending_runs: tuple[PendingRun, ...]) -> None:
    for pending in pending_runs:
        pending.stop_sending()


def _unexpected() -> str:
    return QCoreApplication.translate("LabBridge", "Something unexpected happened (%1).")
