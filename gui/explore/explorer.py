"""Explores on a thread of its own, and tells the window how far it is."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from backend.errors import SubmitTwiceError
from gui.worker import Worker

if TYPE_CHECKING:
    from backend.explorer.question import Exploration, Progress, Question

log = logging.getLogger(__name__)


class Explorer(QObject):
    """One exploration at a time.

    Signals:
        progressed: a Progress, several times a second.
        found: the Exploration, also of one that was cancelled.
        failed: one sentence why it could not be explored.
        closed: nothing of it is running any more.
    """

    progressed = Signal(object)
    found = Signal(object)
    failed = Signal(str)
    closed = Signal()

    _told = Signal(object)
    _ended = Signal(object, str)

    def __init__(self, niceness: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._niceness = niceness
        self._worker = Worker("explorer")
        self._cancelled = threading.Event()
        self._busy = self._closing = False
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether an exploration is under way."""
        return self._busy

    def start(self, question: Question) -> None:
        """Explore; ends in `found` or `failed`. Ignored while another exploration is under way."""
        if self._busy or self._closing:
            return
        self._busy = True
        self._cancelled = threading.Event()
        self._worker.submit(partial(self._explore, question, self._cancelled))

    def cancel(self) -> None:
        """Stop soon; what was found so far arrives with `found`."""
        self._cancelled.set()

    def close(self) -> None:
        """Cancel and end; `closed` is emitted when nothing is left. Returns at once."""
        if self._closing:
            return
        self._closing = True
        self._cancelled.set()
        self._worker.stop(last=self._say_closed)

    def wait_until_closed(self, seconds: float) -> bool:
        """Wait for the end without an event loop; False if it takes longer."""
        return self._worker.join(seconds)

    # On the worker's thread

    def _explore(self, question: Question, cancelled: threading.Event) -> None:
        from backend.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        found, failure = None, ""
        try:
            found = Lab.explore(question, self._tell, cancelled, niceness=self._niceness)
        except SubmitTwiceError as error:
            failure = str(error)
        except Exception as error:
            log.exception("An exploration broke off")
            text = QCoreApplication.translate("Explorer", "Something unexpected happened (%1).")
            failure = text.replace("%1", type(error).__name__)
        if not self._closing:
            self._ended.emit(found, failure)

    def _tell(self, progress: Progress) -> None:
        if not self._closing:
            self._told.emit(progress)

    def _say_closed(self) -> None:
        with suppress(RuntimeError):  # a window that lost its patience is gone already
            self.closed.emit()

    # On the GUI thread

    @Slot(object)
    def _pass_on(self, progress: Progress) -> None:
        if self._busy:
            self.progressed.emit(progress)

    @Slot(object, str)
    def _end(self, found: Exploration | None, failure: str) -> None:
        self._busy = False
        if found is None:
            self.failed.emit(failure)
        else:
            self.found.emit(found)
