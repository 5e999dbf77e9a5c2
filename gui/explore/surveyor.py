"""Explores everything on a thread of its own, and tells the window each finding as it comes."""

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
    from collections.abc import Collection

    from backend.explorer.survey import Cell, Pair, Scope, Survey, SurveyProgress

log = logging.getLogger(__name__)


class Surveyor(QObject):
    """One survey at a time.

    Args:
        niceness: how much the survey's servers step back for others.
        pairs: ask about these only; None for all.

    Signals:
        progressed: a SurveyProgress, several times a second.
        cell_found: a Cell, as soon as it is known.
        found: the Survey, also of one that was cancelled.
        failed: one sentence why there is no survey.
        closed: nothing of it is running any more.
    """

    progressed = Signal(object)
    cell_found = Signal(object)
    found = Signal(object)
    failed = Signal(str)
    closed = Signal()

    _told = Signal(object)
    _cell_told = Signal(object)
    _ended = Signal(object, str)

    def __init__(self, niceness: int, parent: QObject | None = None, pairs: Collection[Pair] | None = None) -> None:
        super().__init__(parent)
        self._niceness = niceness
        self._pairs = pairs
        self._worker = Worker("surveyor")
        self._cancelled = threading.Event()
        self._busy = self._closing = False
        queued = Qt.ConnectionType.QueuedConnection
        self._told.connect(self._pass_progress, queued)
        self._cell_told.connect(self._pass_cell, queued)
        self._ended.connect(self._end, queued)

    @property
    def busy(self) -> bool:
        """Whether a survey is under way."""
        return self._busy

    def start(self, scope: Scope) -> None:
        """Ask everything; ends in `found` or `failed`. Ignored while another survey is under way."""
        if self._busy or self._closing:
            return
        self._busy = True
        self._cancelled = threading.Event()
        self._worker.submit(partial(self._survey, scope, self._cancelled))

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

    def _survey(self, scope: Scope, cancelled: threading.Event) -> None:
        from backend.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        found, failure = None, ""
        try:
            found = Lab.survey(
                scope, self._tell, self._tell_cell, cancelled, niceness=self._niceness, pairs=self._pairs
            )
        except SubmitTwiceError as error:
            failure = str(error)
        except Exception as error:
            log.exception("A survey broke off")
            text = QCoreApplication.translate("Surveyor", "Something unexpected happened (%1).")
            failure = text.replace("%1", type(error).__name__)
        if not self._closing:
            self._ended.emit(found, failure)

    def _tell(self, progress: SurveyProgress) -> None:
        if not self._closing:
            self._told.emit(progress)

    def _tell_cell(self, cell: Cell) -> None:
        if not self._closing:
            self._cell_told.emit(cell)

    def _say_closed(self) -> None:
        with suppress(RuntimeError):  # a window that lost its patience is gone already
            self.closed.emit()

    # On the GUI thread

    @Slot(object)
    def _pass_progress(self, progress: SurveyProgress) -> None:
        if self._busy:
            self.progressed.emit(progress)

    @Slot(object)
    def _pass_cell(self, cell: Cell) -> None:
        if self._busy:
            self.cell_found.emit(cell)

    @Slot(object, str)
    def _end(self, found: Survey | None, failure: str) -> None:
        self._busy = False
        if found is None:
            self.failed.emit(failure)
        else:
            self.found.emit(found)
