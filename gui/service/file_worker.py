"""Reads, writes and proofreads a service's file behind the scenes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from backend.files.output import write_document
from backend.model.errors import SubmitTwiceError
from gui.link.worker import Worker
from gui.wording.live import filled
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.service.asked import ServiceFile
    from backend.service.new import Answers

MOST_BYTES = 1_000_000
"""A description is a page long; nothing larger is one."""


class FileWorker(QObject):
    """Jobs run one after the other on a thread of its own; their results arrive as signals.

    Signals:
        opened: a ServiceFile that was read.
        saved: a ServiceFile that was written.
        drafted: the text of a new file.
        proofread: a ServiceFile, and one sentence for each thing that is wrong with it.
        failed: one sentence why a file could not be read, written or drafted.
    """

    opened = Signal(object)
    saved = Signal(object)
    drafted = Signal(str)
    proofread = Signal(object, object)
    failed = Signal(object)

    _told = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker("service-file")
        self._closing = False
        self._latest: ServiceFile | None = None
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def open(self, path: Path) -> None:
        """Read a file; ends in `opened` or `failed`."""
        self._worker.submit(lambda: self._attempt(lambda: self._read(path)))

    def save(self, file: ServiceFile) -> None:
        """Write a text to its path; ends in `saved` or `failed`."""
        self._worker.submit(lambda: self._attempt(lambda: self._write(file)))

    def draft(self, answers: Answers) -> None:
        """Make a text from what is known; ends in `drafted` or `failed`."""
        self._worker.submit(lambda: self._attempt(lambda: self._draft(answers)))

    def proofread_soon(self, file: ServiceFile) -> None:
        """Look for mistakes; where another text comes before its turn, only that is looked at."""
        self._latest = file
        self._worker.submit(lambda: self._attempt(lambda: self._proofread(file)))

    def close(self) -> None:
        """End after the job under way; nothing is told any more. Returns at once."""
        self._closing = True
        self._worker.stop()

    # On the worker's thread

    def _read(self, path: Path) -> None:
        from backend.service.asked import ServiceFile  # noqa: PLC0415, RUF100  (as the door)

        if path.is_file() and path.stat().st_size > MOST_BYTES:
            self._tell(self.failed, (filled(_too_large, path.name),))
            return
        self._tell(self.opened, (ServiceFile(path.read_text(encoding="utf-8"), path),))

    def _write(self, file: ServiceFile) -> None:
        assert file.path is not None  # noqa: S101  asked for before
        write_document(file.path, file.text)
        self._tell(self.saved, (file,))

    def _draft(self, answers: Answers) -> None:
        from backend.service import door  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        self._tell(self.drafted, (door.draft(answers),))

    def _proofread(self, file: ServiceFile) -> None:
        from backend.service import door  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        if file is self._latest:
            self._tell(self.proofread, (file, tuple(partial(speak, problem) for problem in door.problems(file))))

    def _attempt(self, job: Callable[[], None]) -> None:
        try:
            job()
        except SubmitTwiceError as error:
            self._tell(self.failed, (partial(speak, error.sentence),))
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self._tell(self.failed, (filled(_unreadable, reason),))

    def _tell(self, signal: object, news: tuple[object, ...]) -> None:
        if not self._closing:
            self._told.emit(signal, news)

    # On the GUI thread

    @Slot(object, object)
    def _pass_on(self, signal: object, news: tuple[object, ...]) -> None:
        if not self._closing:
            signal.emit(*news)  # type: ignore[attr-defined]


def _too_large() -> str:
    return QCoreApplication.translate("FileWorker", "%1 is too large to be the description of a service.")


def _unreadable() -> str:
    return QCoreApplication.translate("FileWorker", "The file cannot be read: %1.")
