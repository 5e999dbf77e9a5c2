"""A lab that measures, and what it was made ready for last."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from backend.comparison.runs import NotOverError, Runs
from backend.model.errors import SubmitTwiceError
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from backend.comparison.runs import Laboratory, Replies


class LabInUse:
    """For one thread at a time.

    Args:
        lab: started.
        replies: fed by its listener.
        cancelled: set from anywhere.
        only_own: whether what was there before is to stay when the tables are emptied.
    """

    def __init__(
        self, lab: Laboratory, replies: Replies, cancelled: threading.Event, *, only_own: bool = False
    ) -> None:
        self._lab = lab
        self._only_own = only_own
        self.runs = Runs(lab, replies, cancelled)
        self.kind = EngineKind.POSTGRESQL
        """The database in use."""
        self.engines: dict[str, None] = {}
        """All that were in use, with their versions."""
        self._database = ""
        self._lines: Sequence[int] = ()
        """The lines that the tables were emptied for."""

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be measured on it, at least for now: who has others leaves its work to them."""
        return self._lab.lost is not None or self.runs.wait_in_vain

    def prepare(self, database: str, lines: Sequence[int]) -> None:
        """Have everything in place for these lines: the database, empty tables, every instance.

        Raises:
            CancelledError: the comparison was cancelled.
            SubmitTwiceError: something of it cannot be had.
        """
        self.runs.pause(0)
        if database != self._database:
            self._database, self._lines = "", ()
            self.kind = next((kind for kind in EngineKind if database.startswith(kind)), self.kind)
            self._lab.use_database(database)
            self._database, self.runs.wait_in_vain = database, False
            self._note_engines()
        self.runs.recover()
        if lines != self._lines:
            self._lab.reset(only_own=self._only_own)
            self._lines = lines

    def stop_the_rest(self, error: SubmitTwiceError) -> None:
        """What is still at work, after this, shall not be beside the next run."""
        if isinstance(error, NotOverError):
            with suppress(SubmitTwiceError):  # what cannot be used any more is told by the next task
                self._lab.reset(only_own=self._only_own)

    def _note_engines(self) -> None:
        for engine in self._lab.engines():
            if engine.kind.is_database and engine.kind is not EngineKind.STANDBY:
                self.kind = engine.kind
            if engine.kind is not EngineKind.HTTP:
                self.engines[f"{engine.name} {engine.version}".strip()] = None
