"""Compares behind the scenes, on a lab of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gui.link.background_job import ReportingJob

if TYPE_CHECKING:
    import threading

    from PySide6.QtCore import QObject

    from backend.comparison.questions import ComparisonQuestion
    from backend.comparison.records import Comparison
    from backend.model.options import LabOptions


class Comparer(ReportingJob["ComparisonQuestion"]):
    """Progress comes as `ComparisonProgress`, before and after each cell; the result is a `Comparison`."""

    def __init__(self, options: LabOptions, parent: QObject | None = None) -> None:
        super().__init__("comparer", parent)
        self.options = options

    def carry_out(self, asked: ComparisonQuestion, cancelled: threading.Event) -> Comparison:
        """Compare; see `backend.comparison.on_a_lab.compare`."""
        from backend.comparison.on_a_lab import compare  # noqa: PLC0415, RUF100  (its import delays the first paint)

        return compare(asked, self.options, partial(self.say, self.progressed), cancelled)
