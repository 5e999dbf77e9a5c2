"""Carries the window's commands to the lab; what the lab says comes back as events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from backend.model.errors import SubmitTwiceError
from gui.link.events import LabEvents
from gui.link.listener import LabListener
from gui.link.runs import PendingRuns
from gui.link.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend.lab.lab import Lab
    from backend.lab.listener import Listener
    from backend.model.options import LabOptions
    from backend.model.plan import Intent
    from backend.model.vocabulary import OperationKey


class LabBridge(QObject):
    """The lab as the window sees it: nothing here blocks, what comes of it is told by `events`.

    Args:
        options: how the lab is started.
        parent: as for any QObject.
        make_lab: makes it; None for a lab of the bridge's own.
    """

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
        self._closing = False
        self._commands = Worker("lab-commands")
        self._reader = Worker("lab-reader")
        self.events = LabEvents(self)
        self.runs = PendingRuns(self.events, self._commands, self._reader, self._need_lab)
        self._listener = LabListener(self.events, self.runs.look_for_ends)
        self._waiting_work = 0
        self._work_done.connect(self._finish_work)

    @property
    def options(self) -> LabOptions:
        """How the lab is started."""
        return self._options

    # Commands

    def start(self) -> None:
        """Load the catalogue and start the lab, anew if there was one; ends in `started` or `start_failed`."""
        self._commands.submit(lambda: self.events.attempt(self._start, self.events.start_failed))

    def _start(self) -> None:
        from backend.lab.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        events = self.events
        earlier, self._lab = self._lab, None
        if earlier is not None:
            earlier.close()
            events.post(events.rows_cleared)
            self.runs.look_for_ends()
        events.post(events.catalogue_ready, Lab.strategies(self._options.zookeeper))
        lab = (self._make_lab or Lab)(self._options, self._listener)
        try:
            lab.start()
        except BaseException:
            lab.close()
            raise
        self._lab = lab
        self._tell_engines()
        events.post(events.started)

    def new_intent(self, operation: OperationKey, item: str, quantity: int) -> Intent | None:
        """An intent with a fresh key; None while there is no lab."""
        return self._lab.new_intent(operation, item, quantity) if self._lab else None

    def connection(self) -> Mapping[str, object]:
        """Where the engines are, with their passwords, as ``serve`` prints it; nothing while there is no lab."""
        return self._lab.connection() if self._lab else {}

    def reset(self) -> None:
        """Empty tables and keys."""
        self.runs.cancel()
        self._work(lambda: self._need_lab().reset())

    def use_database(self, database: str) -> None:
        """Switch to another database; what happens next happens there."""
        self.runs.cancel()
        self._work(lambda: self._need_lab().use_database(database), self._tell_engines)

    def set_instances(self, count: int) -> None:
        """Have this many backend processes."""
        self._work(lambda: self._need_lab().set_instances(count))

    def _tell_engines(self) -> None:
        lab, events = self._need_lab(), self.events
        events.post(events.databases_ready, lab.databases())
        events.post(events.sources_missing, lab.missing_sources())
        events.post(events.engines_changed, lab.engines())

    def _work(self, job: Callable[[], None], afterwards: Callable[[], None] | None = None) -> None:
        self._waiting_work += 1
        if self._waiting_work == 1:
            self.events.working_changed.emit(True)

        def carry_out() -> None:
            self.events.attempt(job, self.events.failed)
            if afterwards is not None:
                self.events.attempt(afterwards, self.events.failed)
            self.runs.look_for_ends()
            self.events.post(self._work_done)

        self._commands.submit(carry_out)

    @Slot()
    def _finish_work(self) -> None:
        self._waiting_work -= 1
        if self._waiting_work == 0:
            self.events.working_changed.emit(False)

    # Looking

    def watch(self, submission_id: str) -> None:
        """Tell of the steps of this submission from now on; an empty id for none."""
        self._listener.watched = submission_id

    def ask_steps(self, submission_id: str) -> None:
        """Fetch a submission's steps; they arrive with `steps_ready`."""

        def fetch() -> None:
            self.events.post(self.events.steps_ready, submission_id, self._need_lab().steps_of(submission_id))

        self._reader.submit(lambda: self.events.attempt(fetch, self.events.failed))

    def ask_source(self, strategy: str, variant: str) -> None:
        """Fetch the code of a variant; it arrives with `source_ready`."""

        def fetch() -> None:
            from backend.lab.lab import Lab  # noqa: PLC0415, RUF100  (see _start)

            self.events.post(self.events.source_ready, Lab.source_code(strategy, variant))

        self._reader.submit(lambda: self.events.attempt(fetch, self.events.failed))

    # The end

    def close(self) -> None:
        """Cancel, stop the lab, tell `closed`. Returns at once; nothing else is told from here on."""
        if self._closing:
            return
        self._closing = True
        self.events.mute()
        self.runs.close()
        self._reader.stop()
        self._commands.stop(last=self._close_lab)

    def wait_until_closed(self, seconds: float) -> bool:
        """Wait for the lab's end without an event loop; False if it takes longer."""
        return all(joined(seconds) for joined in (self._commands.join, self._reader.join, self.runs.join))

    def _close_lab(self) -> None:
        lab, self._lab = self._lab, None
        if lab is not None:
            self.events.attempt(lab.close, self.events.failed)
        self.events.post(self.events.closed)

    def _need_lab(self) -> Lab:
        if self._lab is None:
            raise SubmitTwiceError(QCoreApplication.translate("LabBridge", "The lab is not running."))
        return self._lab
