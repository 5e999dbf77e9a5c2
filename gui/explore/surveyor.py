"""Explores everything behind the scenes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from backend.model.options import LabOptions
from gui.link.background_job import BackgroundJob

if TYPE_CHECKING:
    import threading
    from collections.abc import Collection

    from PySide6.QtCore import QObject

    from backend.explorer.survey import Combination, Scope, Survey


class Surveyor(BackgroundJob["Scope"]):
    """Progress comes as `SurveyProgress`, several times a second; the result is a `Survey`.

    Args:
        options: of the lab; the survey's own servers step back as much for others.
        pairs: ask about these only; None for all.

    Signals:
        cell_found: a Cell, as soon as it is known.
    """

    cell_found = Signal(object)

    def __init__(
        self, options: LabOptions, parent: QObject | None = None, pairs: Collection[Combination] | None = None
    ) -> None:
        super().__init__("surveyor", parent)
        self._options = options
        self._pairs = pairs

    def carry_out(self, asked: Scope, cancelled: threading.Event) -> Survey:
        """Ask everything; see `backend.explorer.on_own_engines.survey`."""
        from backend.explorer.on_own_engines import (  # noqa: PLC0415, RUF100  (longer than the first paint may)
            all_cores_but_one,
            survey,
        )

        tell, tell_cell = partial(self.say, self.progressed), partial(self.say, self.cell_found)
        options = LabOptions(niceness=self._options.niceness, zookeeper=self._options.zookeeper)
        workers = all_cores_but_one()
        return survey(asked, tell, tell_cell, cancelled, options=options, workers=workers, pairs=self._pairs)
