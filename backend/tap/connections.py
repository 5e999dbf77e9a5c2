"""Dropping connections for real: the caller's by its port, a database's through its driver."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

_DESCRIPTORS = Path("/dev/fd")


def hang_up(port: int) -> bool:
    """Shut down the connection of this process whose peer has this port; whether there was one.

    The HTTP server keeps its sockets to itself, so they are found among the open descriptors of the process.
    """
    for path in _DESCRIPTORS.iterdir():
        with suppress(OSError, ValueError):
            descriptor = int(path.name)
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode) and _shut_down(descriptor, port):
                return True
    return False


def _shut_down(descriptor: int, port: int) -> bool:
    with socket.socket(fileno=os.dup(descriptor)) as sock:
        if sock.family != socket.AF_INET or sock.getpeername()[1] != port:
            return False
        sock.shutdown(socket.SHUT_RDWR)
        return True


def sever(connection: Any) -> None:  # noqa: ANN401  any driver's connection
    """Cut a database connection, so that what is not committed is rolled back and the next command fails."""
    if not hasattr(connection, "fileno"):
        connection.close()  # SQLite has no server: its file is closed
        return
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as sock:
        sock.shutdown(socket.SHUT_RDWR)
