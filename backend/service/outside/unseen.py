"""Work of a service that no step on the wire tells of, and that is there all the same."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.engines.processes.process_tree import any_paused
from backend.model.sentence import say
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.sentence import Sentence
    from backend.service.prepared import PreparedTransactions
    from backend.service.wire.recorder import Recorder

_LOOK_S = 0.2


class Unseen:
    """Processes that somebody has stopped, and transactions that are prepared and wait for their end.

    Args:
        recorder: that knows whether the service prepares transactions at all.
        prepared: those of its database; None where it has none.
        pids: of its instances.
    """

    def __init__(
        self, recorder: Recorder, prepared: PreparedTransactions | None, pids: Callable[[], Sequence[int]]
    ) -> None:
        self._recorder = recorder
        self._prepared = prepared
        self._pids = pids
        self._looked = float("-inf")
        self.found: tuple[Sentence, ...] = ()
        """What there was when it was last looked for."""
        self.last_ns = 0
        """When there last was something."""

    def is_there(self) -> bool:
        """Whether there is something of that kind now; looked for a few times a second at most."""
        now = time.monotonic()
        if now > self._looked + _LOOK_S:
            self.found = tuple(say(code) for code, is_so in self._look().items() if is_so)
            self._looked = time.monotonic()
        if self.found:
            self.last_ns = time.monotonic_ns()
        return bool(self.found)

    def _look(self) -> dict[ServiceCode, bool]:
        pids = self._pids()
        return {
            ServiceCode.STOPPED: bool(pids) and any_paused(*pids),
            ServiceCode.PREPARED: self._prepared is not None
            and self._recorder.has_prepared
            and self._prepared.is_any_left,
        }
