"""The lab that all tests of a worker share, lent to one window after the other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.lab.listener import NullListener

if TYPE_CHECKING:
    from backend.lab.lab import Lab
    from backend.lab.listener import Listener
    from tests.backend.conftest import Laboratory


class LentLab:
    """Starts by being emptied, and ends by being given back at rest; all else is the lab's.

    Args:
        shared: the lab, running.
        listener: the window's, which hears of it from start to end.
        may_start: its start waits for this; None where it waits for nothing.
    """

    def __init__(self, shared: Laboratory, listener: Listener, may_start: threading.Event | None = None) -> None:
        self._shared = shared
        self._listener = listener
        self._may_start = may_start

    def start(self, _cancelled: threading.Event | None = None) -> None:
        assert self._may_start is None or self._may_start.wait(60)
        lab = self._shared.lab
        lab.use_database("postgresql")
        lab.set_instances(1)
        lab.reset()
        assert self._shared.wait_until_up()
        self._shared.told.also = self._listener
        self._listener.engines_changed(lab.engines())

    def close(self) -> None:
        self._shared.told.also = NullListener()
        self._shared.lab.reset()

    def __getattr__(self, name: str) -> object:
        return getattr(self._shared.lab, name)


def lend(shared: Laboratory, listener: Listener, may_start: threading.Event | None = None) -> Lab:
    """What a window takes for a lab of its own."""
    return LentLab(shared, listener, may_start)  # type: ignore[return-value]
