"""What callers were told is handed on as it comes, and waits while a report is made: its numbers are of one moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Hearing:
    """Thread-safe. What is heard is handed on in its order, one at a time."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: list[Callable[[], None]] | None = None

    def take(self, hand_on: Callable[[], None]) -> None:
        """More was heard: hand it on, now or when it is the time."""
        with self._guard:
            if self._waiting is None:
                hand_on()
            else:
                self._waiting.append(hand_on)

    def pause(self) -> None:
        """What was heard by now is handed on; what comes from now on waits."""
        with self._guard:
            self._hand_on()
            self._waiting = []

    def go_on(self) -> None:
        """Nothing waits any longer."""
        with self._guard:
            self._hand_on()

    def _hand_on(self) -> None:
        waiting, self._waiting = self._waiting or (), None
        for hand_on in waiting:
            hand_on()
