"""Explores one question behind the scenes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend.model.options import LabOptions
from gui.link.background_job import BackgroundJob

if TYPE_CHECKING:
    import threading

    from PySide6.QtCore import QObject

    from backend.explorer.question import Exploration, Question


class Explorer(BackgroundJob["Question"]):
    """Progress comes as `Progress`, several times a second; the result is an `Exploration`."""

    def __init__(self, options: LabOptions, parent: QObject | None = None) -> None:
        super().__init__("explorer", parent)
        self._options = options

    def carry_out(self, asked: Question, cancelled: threading.Event) -> Exploration:
        """Explore; see `backend.explorer.on_own_engines.explore`."""
        from backend.explorer.on_own_engines import (  # noqa: PLC0415, RUF100  (longer than the first paint may)
            all_cores_but_one,
            explore,
        )

        options = LabOptions(niceness=self._options.niceness, zookeeper=self._options.zookeeper)
        tell = partial(self.say, self.progressed)
        return explore(asked, tell, cancelled, options=options, workers=all_cores_but_one())
