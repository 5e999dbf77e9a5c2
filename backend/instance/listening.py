"""When a backend process counts as ready: once its port accepts connections, a little after its code has loaded."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_POLL_SECONDS = 0.01
_CONNECT_SECONDS = 3.0


def when_it_listens(port: int, do: Callable[[], None]) -> None:
    """Do something as soon as this port of our own accepts connections; returns at once."""
    threading.Thread(target=_wait, args=(port, do), name="readiness", daemon=True).start()


def _wait(port: int, do: Callable[[], None]) -> None:
    pause = threading.Event()
    while True:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), _CONNECT_SECONDS).close()
            break
        pause.wait(_POLL_SECONDS)
    with suppress(OSError):  # the lab has gone meanwhile, and so shall we
        do()
