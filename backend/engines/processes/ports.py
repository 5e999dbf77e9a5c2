"""Loopback ports."""

from __future__ import annotations

import secrets
import socket
import sys
from contextlib import suppress

from backend.engines.says import ProcessCode
from backend.model.errors import InstanceError
from backend.model.sentence import Sentence, plain, say

_HOST = "127.0.0.1"
_QUIET = (10_000, 32_768)
"""Below what Linux (32768 to 60999) and the others (from 49152, RFC 6335) give to outgoing connections."""
_TRIALS = 20


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def quiet_port() -> int:
    """As `free_port`, and none that the system gives to outgoing connections: for a server that is slow to take it."""
    for _ in range(_TRIALS):
        port = _QUIET[0] + secrets.randbelow(_QUIET[1] - _QUIET[0])
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, suppress(OSError):
            probe.bind((_HOST, port))
            return port
    return free_port()


class HeldPorts:
    """Ports that are ours from the moment of their choice, for processes that bind them with SO_REUSEPORT.

    Granian does, so that two of them would share a port without a word, and half of the callers would reach the other
    lab. A socket that is bound here and does not listen keeps everybody out who does not ask to share, as this class
    does not; it lets in the process that it is held for.
    """

    def __init__(self) -> None:
        self._held: dict[int, socket.socket] = {}

    def take(self, port: int | None) -> int:
        """Hold this port, or one that is free. One that is held already, for a process that was replaced, stays so.

        Raises:
            InstanceError: somebody else has the port, or there is no such port.
        """
        if port is not None and port in self._held:
            return port
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if port is None:
                holder.bind((_HOST, 0))
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            else:
                _claim(holder, port)
        except (OSError, OverflowError) as error:
            holder.close()
            raise InstanceError(say(ProcessCode.PORT_UNUSABLE, port=port or 0, reason=_reason(error))) from None
        taken: int = holder.getsockname()[1]
        if sys.platform == "linux":
            self._held[taken] = holder
        else:  # other systems share a port only among those that asked for it before they were bound
            holder.close()
        return taken

    def close(self) -> None:
        """Let all of them go."""
        while self._held:
            with suppress(OSError):
                self._held.popitem()[1].close()


def _reason(error: OSError | OverflowError) -> Sentence:
    return plain(error.strerror or str(error)) if isinstance(error, OSError) else say(ProcessCode.NO_SUCH_PORT)


def _claim(holder: socket.socket, port: int) -> None:
    """Bind this port as a server does, past connections that linger; only one of several that try at once can listen.

    Raises:
        OSError: somebody else has the port.
    """
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((_HOST, port))
    holder.listen()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    with suppress(OSError):
        holder.shutdown(socket.SHUT_RDWR)  # it stays bound, and no caller gets into its queue
