"""Explores one question behind the scenes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gui.errand import Errand

if TYPE_CHECKING:
    import threading

    from PySide6.QtCore import QObject

    from backend.explorer.question import Exploration, Question


class Explorer(Errand["Question"]):
    """Progress comes as `Progress`, several times a second; the result is an `Exploration`."""

    def __init__(self, niceness: int, parent: QObject | None = None) -> None:
        super().__init__("explorer", parent)
        self._niceness = niceness

    def carry_out(self, asked: Question, cancelled: threading.Event) -> Exploration:
        """Explore; see `Lab.explore`."""
        from backend.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

        return Lab.explore(asked, partial(self.say, self.progressed), cancelled, niceness=self._niceness)
