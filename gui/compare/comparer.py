"""Compares behind the scenes, on a lab of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from backend.model.errors import SubmitTwiceError
from gui.link.background_job import BackgroundJob
from gui.wording.speech import speak

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from backend.comparison.questions import ComparisonQuestion
    from backend.comparison.records import Comparison
    from backend.model.options import LabOptions


class Comparer(BackgroundJob["ComparisonQuestion"]):
    """Progress comes as `ComparisonProgress`, before and after each cell; the result is a `Comparison`.

    Signals:
        written: one sentence about a report that was written, or why it was not.
    """

    written = Signal(str)

    def __init__(self, options: LabOptions, parent: QObject | None = None) -> None:
        super().__init__("comparer", parent)
        self._options = options

    def carry_out(self, asked: ComparisonQuestion, cancelled: threading.Event) -> Comparison:
        """Compare; see `backend.comparison.on_a_lab.compare`."""
        from backend.comparison.on_a_lab import compare  # noqa: PLC0415, RUF100  (its import delays the first paint)

        return compare(asked, self._options, partial(self.say, self.progressed), cancelled)

    def write(self, job: Callable[[], str]) -> None:
        """Write a report behind the scenes; its sentence arrives with `written`."""
        self.submit_beside(partial(self._write, job))

    def _write(self, job: Callable[[], str]) -> None:
        try:
            sentence = job()
        except SubmitTwiceError as error:
            sentence = speak(error.sentence)
        if not self.closing:
            self.written.emit(sentence)
