"""What is the same in every table of steps: whose step it is, which engine ran it, and whether it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.observed import Step
from gui.widgets.records import RecordModel, Tone
from gui.wording.terms import milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject

    from backend.model.vocabulary import EngineKind, Verdict
    from gui.widgets.records import Column


class StepTableModel(RecordModel[Step]):
    """Steps, with times that count from an instant of the monotonic clock."""

    def __init__(self, columns: Sequence[Column[Step]], parent: QObject | None = None) -> None:
        self._origin_ns = 0
        super().__init__(columns, parent)

    def show_from(self, origin_ns: int, steps: Sequence[Step]) -> None:
        """Replace everything; times count from the origin."""
        self.clear()
        self._origin_ns = origin_ns
        self.append(steps)

    def submission_of(self, record: Step) -> str:
        """The submission that ran the step."""
        return record.submission_id

    def highlight(self, record: Step) -> Verdict | Tone | None:
        """Failed steps stand out."""
        return Tone.ALARM if record.error else None

    def engine(self, record: Step) -> EngineKind | None:
        """The engine that ran the step."""
        return record.engine

    def offset_text(self, step: Step) -> str:
        """When it began."""
        return milliseconds((step.started_ns - self._origin_ns) / 1e6, 2)
