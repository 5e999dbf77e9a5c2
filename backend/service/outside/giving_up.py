"""The end of a check that was cancelled: it keeps what it has judged, and waits for nothing that takes long."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend.model.errors import SubmitTwiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_S = 0.1
_MOMENT_S = 3.0
"""For so long it goes on after it was cancelled, with what is soon over; it is ended by force after 15 seconds."""


class GivingUp:
    """A context manager, around the check.

    Args:
        cancelled: set it from anywhere.
        stop_reading: has a query of ours ended, which then fails; called again and again.
    """

    def __init__(self, cancelled: threading.Event, stop_reading: Callable[[], None]) -> None:
        self._cancelled = cancelled
        self._stop_reading = stop_reading
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="giving-up", daemon=True)
        self.now = threading.Event()
        """Set when whatever is under way is given up."""

    def __enter__(self) -> None:
        self._watching.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watching.join()

    @contextmanager
    def leaves_off(self) -> Iterator[None]:
        """What fails since it is given up is no failure, and is left off there."""
        try:
            yield
        except SubmitTwiceError:
            if not self.now.is_set():
                raise

    def _watch(self) -> None:
        while not self._cancelled.is_set():
            if self._over.wait(_LOOK_S):
                return
        if self._over.wait(_MOMENT_S):
            return
        self.now.set()
        while not self._over.wait(_LOOK_S):
            self._stop_reading()
