"""How long after its answer a service works on: as learned from steps that name their intent."""

from __future__ import annotations

import time
from collections import OrderedDict

from backend.service.wire.attribution import MARK

_REMEMBERED = 1000
"""Intents; whatever comes later than so many others is too late to be waited for."""


class Lateness:
    """Sees answers and steps."""

    def __init__(self) -> None:
        self._asked: dict[int, str] = {}
        self._answered: OrderedDict[str, float] = OrderedDict()
        self.longest_s = 0.0
        """Between an answer and the latest step for its intent."""

    def asked(self, instance: int, key: str) -> None:
        """An instance was sent a submission of this intent; what comes for it now may be about that."""
        self._asked[instance] = key
        self._answered.pop(key, None)

    def answered(self, instance: int) -> None:
        """It has answered, or hung up."""
        if key := self._asked.pop(instance, ""):
            self._answered[key] = time.monotonic()
            if len(self._answered) > _REMEMBERED:
                self._answered.popitem(last=False)

    def acted(self, text: str) -> None:
        """A step has come that nobody holds."""
        for key in MARK.findall(text) if self._answered else ():
            if (since := self._answered.get(key)) is not None:
                self.longest_s = max(self.longest_s, time.monotonic() - since)
