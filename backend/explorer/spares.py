"""Connections opened ahead of time, by a thread, where crashes use them up."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_AHEAD = 4
_LOOK_AGAIN_S = 0.05


class _Closable(Protocol):
    def close(self) -> None:
        """Hang up."""


Connection = TypeVar("Connection", bound=_Closable)


class Spares(Generic[Connection]):
    """A small stock of open connections.

    Args:
        connect: opens one.
        errors: what it raises when it cannot.
    """

    def __init__(self, connect: Callable[[], Connection], errors: tuple[type[Exception], ...]) -> None:
        self._connect = connect
        self._errors = errors
        self._ready: queue.Queue[Connection] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_wanted = False

    def take(self) -> Connection:
        """A connection, from the stock if there is one."""
        if self._is_wanted and self._thread is None:
            self._thread = threading.Thread(target=self._fill, name="explorer-connections", daemon=True)
            self._thread.start()
        try:
            return self._ready.get_nowait()
        except queue.Empty:
            return self._connect()

    def stock_up(self) -> None:
        """Open connections ahead of time, from the next that is taken on."""
        self._is_wanted = True

    def close(self) -> None:
        """Close what was not used."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        while not self._ready.empty():
            self._ready.get_nowait().close()

    def _fill(self) -> None:
        while not self._stopped.is_set():
            try:
                connection = self._connect()
            except self._errors:
                return  # whoever takes one opens it himself, and hears why it does not work
            while not self._stopped.is_set():
                try:
                    self._ready.put(connection, timeout=_LOOK_AGAIN_S)
                except queue.Full:
                    continue
                break
            else:
                connection.close()
