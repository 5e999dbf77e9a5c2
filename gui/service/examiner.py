"""Checks and explores somebody's service behind the scenes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend.service.asked import CheckAsked, Checked, ExploreAsked
from gui.link.background_job import ReportingJob

if TYPE_CHECKING:
    import threading

    from PySide6.QtCore import QObject

    from backend.explorer.question import Exploration
    from backend.model.options import LabOptions


class Examiner(ReportingJob["CheckAsked | ExploreAsked"]):
    """Progress comes as `CheckProgress` or as `Progress`; the result is a `Checked` or an `Exploration`."""

    def __init__(self, options: LabOptions, parent: QObject | None = None) -> None:
        super().__init__("examiner", parent)
        self._options = options

    def carry_out(self, asked: CheckAsked | ExploreAsked, cancelled: threading.Event) -> Checked | Exploration:
        """Check or explore; see `backend.service.door`."""
        from backend.service import door  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        tell = partial(self.say, self.progressed)
        if isinstance(asked, CheckAsked):
            return door.check(asked, self._options, tell, cancelled)
        return door.explore(asked, self._options, tell, cancelled)
