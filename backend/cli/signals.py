"""Signals as bytes that something can wait for, instead of handlers that run in the middle of something."""

from __future__ import annotations

import signal
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from backend.cli.early import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def signals_as_bytes() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Where the numbers of signals are read as they come, and where something else can be written to be read there.

    A handler in Python would run between any two byte codes of the main thread, and could take no lock there; and while
    that thread sits in somebody else's event loop, it would not run at all.
    """
    signals, wake = socket.socketpair()
    signals.setblocking(False)
    wake.setblocking(False)
    woken_before = signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, _read_as_a_byte)
        yield signals, wake
    finally:
        for number, handler in before.items():
            with suppress(TypeError):  # None is a handler that was not set from Python
                signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        signals.close()
        wake.close()


def _read_as_a_byte(_number: int, _frame: FrameType | None) -> None:
    """Nothing: `signal.set_wakeup_fd` has written the number."""
