"""What a lab and its workers have to say, as signals on the GUI thread."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Signal, SignalInstance

from backend.model.errors import SubmitTwiceError
from gui.link.relay import Relay
from gui.wording.live import filled
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


class LabEvents(QObject):
    """Signals, emitted in the order in which they were posted, from whatever thread.

    Signals:
        catalogue_ready: the strategies, a tuple of StrategyInfo.
        databases_ready: what can be switched to, a tuple of EngineStatus.
        sources_missing: the sources of messages that cannot be had, a mapping of Source to Sentence.
        started: engines and instances are usable.
        start_failed: one sentence why not.
        engines_changed, rows_added, rows_gone, rows_renumbered, rows_cleared: as the lab says.
        replies_received, judged, run_finished: as the lab says, too.
        steps_added: steps of any submissions, in pieces; long ones before they have ended, too.
        waits_seen: waits of submissions for locks, in pieces.
        run_asked: the PendingRun of a run that is about to begin, and its setup.
        run_over: the PendingRun of a run that has ended, failed or was cancelled before it began, with its report.
        runs_changed: how many runs are under way, those that wait for their turn included.
        watched_steps_changed: the submission that is looked at ran more steps.
        steps_ready: a submission's id and its steps.
        source_ready: the SourceCode asked for.
        working_changed: whether a command such as a switch of the database is being carried out.
        lost: one sentence why the lab has to be started again.
        incident: one sentence about something that was killed, stopped or started again.
        failed: one sentence about a command or a run that could not be carried out.
        closed: nothing of the lab is running any more.
    """

    catalogue_ready = Signal(object)
    started = Signal()
    start_failed = Signal(object)
    engines_changed = Signal(object)
    databases_ready = Signal(object)
    sources_missing = Signal(object)
    rows_added = Signal(object)
    rows_gone = Signal(object)
    rows_renumbered = Signal(object)
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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.relay = Relay(
            (self.rows_added, self.replies_received, self.steps_added, self.waits_seen),
            (self.judged, self.incident),
            self,
        )
        self._muted = False

    def post(self, signal: SignalInstance, *arguments: Any) -> None:  # noqa: ANN401
        """Have `signal` emitted on the GUI thread, after everything posted before it; from any thread."""
        if not self._muted or signal == self.closed:
            self.relay.post(signal, *arguments)

    def mute(self) -> None:
        """Forget what waits; from now on only `closed` is told."""
        self._muted = True
        self.relay.discard()

    def attempt(self, job: Callable[[], None], failure: SignalInstance) -> bool:
        """Do `job`, on any thread; where it fails, `failure` says so in a sentence. Whether it was done."""
        try:
            job()
        except SubmitTwiceError as error:
            self.post(failure, partial(speak, error.sentence))
        except Exception as error:
            if not self._muted:
                log.exception("A command of the window failed")
                self.post(failure, filled(_unexpected, type(error).__name__))
        else:
            return True
        return False


def _unexpected() -> str:
    return QCoreApplication.translate("LabBridge", "Something unexpected happened (%1).")
