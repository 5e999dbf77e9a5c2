"""What a lab has opened, and how it comes to its end from any thread: first everybody wakes, then everything closes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Ending:
    """Collects what is to be called at the end. Nothing that fails there keeps the rest from ending."""

    def __init__(self) -> None:
        self._wake: list[Callable[[], None]] = []
        self._close: list[Callable[[], None]] = []

    def add(self, close: Callable[[], None], wake: Callable[[], None] | None = None) -> None:
        """Something was opened.

        Args:
            close: closes it, and may wait for it.
            wake: wakes whoever waits for it, and returns at once.
        """
        self._close.append(close)
        if wake:
            self._wake.append(wake)

    def wake_all(self) -> None:
        """Let nobody wait any longer for what does not come any more."""
        for wake in list(self._wake):
            with suppress(Exception):
                wake()

    def close_all(self) -> None:
        """Close what is open, the latest first; safe to call twice."""
        while self._close:
            with suppress(Exception):
                self._close.pop()()
