"""Compares on a thread and a lab of its own, and tells the window how far it is."""

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
    from collections.abc import Callable

    from backend.comparison.records import Comparison, ComparisonProgress, ComparisonQuestion
    from backend.options import LabOptions

log = logging.getLogger(__name__)


class Comparer(QObject):
    """One comparison at a time.

    Signals:
        progressed: a ComparisonProgress, before and after each cell.
        found: the Comparison, also of one that was cancelled.
        written: one sentence about a report that was written, or why it was not.
        failed: one sentence why it could not be compared.
        closed: nothing of it is running any more.
    """

    progressed = Signal(object)
    found = Signal(object)
    written = Signal(str)
    failed = Signal(str)
    closed = Signal()

    _told = Signal(object)
    _ended = Signal(object, str)

    def __init__(self, options: LabOptions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._options = options
        self._worker = Worker("comparer")
        self._cancelled = threading.Event()
        self._busy = self._closing = False
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a comparison is under way."""
        return self._busy

    def start(self, asked: ComparisonQuestion) -> None:
        """Compare; ends in `found` or `failed`. Ignored while another comparison is under way."""
        if self._busy or self._closing:
            return
        self._busy = True
        self._cancelled = threading.Event()
        self._worker.submit(partial(self._compare, asked, self._cancelled))

    def cancel(self) -> None:
        """Stop soon; what was measured so far arrives with `found`."""
        self._cancelled.set()

    def write(self, job: Callable[[], str]) -> None:
        """Write a report behind the scenes; its sentence arrives with `written`."""
        self._worker.submit(partial(self._write, job))

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

    def _compare(self, asked: ComparisonQuestion, cancelled: threading.Event) -> None:
        from backend.comparison.on_a_lab import compare  # noqa: PLC0415, RUF100  (its import delays the first paint)

        found, failure = None, ""
        try:
            found = compare(asked, self._options, self._tell, cancelled)
        except SubmitTwiceError as error:
            failure = str(error)
        except Exception as error:
            log.exception("A comparison broke off")
            text = QCoreApplication.translate("Comparer", "Something unexpected happened (%1).")
            failure = text.replace("%1", type(error).__name__)
        if not self._closing:
            self._ended.emit(found, failure)

    def _tell(self, progress: ComparisonProgress) -> None:
        if not self._closing:
            self._told.emit(progress)

    def _write(self, job: Callable[[], str]) -> None:
        try:
            sentence = job()
        except OSError as error:
            text = QCoreApplication.translate("Comparer", "The report could not be written: %1.")
            sentence = text.replace("%1", error.strerror or type(error).__name__)
        if not self._closing:
            self.written.emit(sentence)

    def _say_closed(self) -> None:
        with suppress(RuntimeError):  # a window that lost its patience is gone already
            self.closed.emit()

    # On the GUI thread

    @Slot(object)
    def _pass_on(self, progress: ComparisonProgress) -> None:
        if self._busy:
            self.progressed.emit(progress)

    @Slot(object, str)
    def _end(self, found: Comparison | None, failure: str) -> None:
        self._busy = False
        if found is None:
            self.failed.emit(failure)
        else:
            self.found.emit(found)
