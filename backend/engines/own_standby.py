"""A standby for whoever has nothing but bare engines: made when it is first wanted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.engines.says import EngineCode
from backend.engines.standby import make_standby
from backend.model.errors import NotApplicableError
from backend.model.sentence import Sentence, say

if TYPE_CHECKING:
    from backend.engines.running import RunningEngine


class OwnStandby:
    """Of one database. The supervisor of that ends it.

    Args:
        of: the database.
    """

    def __init__(self, of: RunningEngine) -> None:
        self._of = of
        self._guard = threading.Lock()
        self._running: RunningEngine | None = None

    @property
    def missing(self) -> Sentence | None:
        """Why it cannot be had; None if it can."""
        return None if self._of.server else say(EngineCode.NO_STANDBY_OF, name=self._of.name)

    def require(self) -> str:
        """Have it running; its URL, with the password.

        Raises:
            NotApplicableError: the database can have none.
            EngineError: it could not be made.
        """
        with self._guard:
            if self._of.server is None:
                raise NotApplicableError(say(EngineCode.NO_STANDBY_OF, name=self._of.name))
            if self._running is None:
                self._running = make_standby(self._of.server, 1)
            return self._running.url
