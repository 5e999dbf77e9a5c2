"""Long work on a thread of its own, of which the window hears how far it is and what was found."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, SignalInstance, Slot

from backend.model.errors import SubmitTwiceError
from gui.link.worker import Worker
from gui.wording.live import Words, filled
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

Asked = TypeVar("Asked")


class BackgroundJob(QObject, Generic[Asked]):
    """One piece of work at a time; what it is, a subclass says in `carry_out`.

    Args:
        name: of the thread.

    Signals:
        progressed: how far it is.
        found: the result, also of work that was cancelled.
        failed: one sentence why there is no result.
        closed: nothing of it is running any more.
    """

    progressed = Signal(object)
    found = Signal(object)
    failed = Signal(object)
    closed = Signal()

    _told = Signal(object, object)
    _ended = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._worker = Worker(name)
        self._cancelled = threading.Event()
        self._busy = self.closing = False
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def carry_out(self, asked: Asked, cancelled: threading.Event) -> object:
        """Do the work, on the job's thread; `say` tells how far it is.

        Args:
            asked: what `start` was given.
            cancelled: set when somebody has lost interest: return soon, with what is there.

        Raises:
            SubmitTwiceError: the work cannot be done; the sentence says why.
        """
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._busy

    def start(self, asked: Asked) -> None:
        """Begin; ends in `found` or `failed`. Ignored while other work is under way."""
        if self._busy or self.closing:
            return
        self._busy = True
        self._cancelled = threading.Event()
        self._worker.submit(partial(self._work, asked, self._cancelled))

    def cancel(self) -> None:
        """Stop soon; what was found so far arrives with `found`."""
        self._cancelled.set()

    def close(self) -> None:
        """Cancel and end; `closed` is emitted when nothing is left. Returns at once."""
        if self.closing:
            return
        self.closing = True
        self._cancelled.set()
        self._worker.stop(last=self._say_closed)

    def wait_until_closed(self, seconds: float) -> bool:
        """Wait for the end without an event loop; False if it takes longer."""
        return self._worker.join(seconds)

    # On the job's thread

    def say(self, signal: SignalInstance, news: object) -> None:
        """Have `signal` emitted on the GUI thread."""
        if not self.closing:
            self._told.emit(signal, news)

    def submit_beside(self, job: Callable[[], object]) -> None:
        """Have a small job done on the job's thread, after the work that is under way."""
        self._worker.submit(job)

    def _work(self, asked: Asked, cancelled: threading.Event) -> None:
        found: object = None
        failure: Words = ""
        try:
            found = self.carry_out(asked, cancelled)
        except SubmitTwiceError as error:
            failure = partial(speak, error.sentence)
        except Exception as error:
            log.exception("The %s broke off", self.objectName())
            failure = filled(
                lambda: QCoreApplication.translate("BackgroundJob", "Something unexpected happened (%1)."),
                type(error).__name__,
            )
        if not self.closing:
            self._ended.emit(found, failure)

    def _say_closed(self) -> None:
        with suppress(RuntimeError):  # a window that lost its patience is gone already
            self.closed.emit()

    # On the GUI thread

    @Slot(object, object)
    def _pass_on(self, signal: Any, news: object) -> None:  # noqa: ANN401  what Qt hands over
        if self._busy:
            signal.emit(news)

    @Slot(object, object)
    def _end(self, found: object, failure: Words) -> None:
        self._busy = False
        if found is None:
            self.failed.emit(failure)
        else:
            self.found.emit(found)


class ReportingJob(BackgroundJob[Asked]):
    """Work whose result can be written to a file.

    Signals:
        written: one sentence about a report that was written, or why it was not.
    """

    written = Signal(object)

    def write(self, job: Callable[[], Words]) -> None:
        """Write a report behind the scenes; its sentence arrives with `written`."""
        self.submit_beside(partial(self._write, job))

    def _write(self, job: Callable[[], Words]) -> None:
        try:
            sentence = job()
        except SubmitTwiceError as error:
            sentence = partial(speak, error.sentence)
        if not self.closing:
            self.written.emit(sentence)
