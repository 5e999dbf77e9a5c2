"""Connections of the sender: raw sockets, opened beforehand and kept."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import defaultdict
from collections.abc import Callable

from backend.senders.http import MalformedResponseError, Response, ResponseReader
from backend.senders.messages import Target

_CHUNK = 1 << 16


class Connection:
    """One connection, carrying at most one request at a time.

    Args:
        loop: the event loop.
        target: where it leads.
        sock: connected and non-blocking.
        on_idle_end: called when the peer closes while no request is under way.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        target: Target,
        sock: socket.socket,
        on_idle_end: Callable[[Connection], None],
    ) -> None:
        self.target = target
        self._loop = loop
        self._socket = sock
        self._on_idle_end = on_idle_end
        self._reader = ResponseReader()
        self._on_end: Callable[[Connection, Response | None, str], None] | None = None
        self._unsent = b""
        loop.add_reader(sock, self._readable)

    @property
    def usable(self) -> bool:
        """Whether the peer still listens, as far as one can know before writing."""
        if self._socket.fileno() < 0:
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False  # an end, or bytes that nobody asked for

    def send(self, request: bytes, on_end: Callable[[Connection, Response | None, str], None]) -> int:
        """Write a request; returns when, in nanoseconds. `on_end` gets the response, or None and the reason."""
        self._on_end = on_end
        try:
            written = self._socket.send(request)
        except BlockingIOError:
            written = 0
        except OSError as error:
            self._loop.call_soon(self._end, None, _reason(error))
            return time.monotonic_ns()
        if written < len(request):
            self._unsent = request[written:]
            self._loop.add_writer(self._socket, self._writable)
        return time.monotonic_ns()

    def abandon(self) -> None:
        """Close, and forget the request under way."""
        self._on_end = None
        self.close()

    def close(self) -> None:
        """Close the socket."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()

    def _writable(self) -> None:
        try:
            written = self._socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(None, _reason(error))
            return
        self._unsent = self._unsent[written:]
        if not self._unsent:
            self._loop.remove_writer(self._socket)

    def _readable(self) -> None:
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(None, _reason(error))
            return
        if not data:
            self._end(None, "The server closed the connection before it answered.")
            return
        try:
            response = self._reader.feed(data)
        except MalformedResponseError as error:
            self._end(None, f"Not understood: {error}.")
            return
        if response:
            self._end(response, "")

    def _end(self, response: Response | None, reason: str) -> None:
        on_end, self._on_end = self._on_end, None
        if response is None or not response.keep_alive:
            self.close()
        if on_end:
            on_end(self, response, reason)
        else:
            self.close()
            self._on_idle_end(self)


class ConnectionPool:
    """Idle connections by target, and new ones."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._idle: defaultdict[Target, list[Connection]] = defaultdict(list)

    def take(self, target: Target) -> Connection | None:
        """An idle connection that still seems to be open."""
        idle = self._idle[target]
        while idle:
            connection = idle.pop()
            if connection.usable:
                return connection
            connection.close()
        return None

    async def open(self, target: Target) -> Connection:
        """A new connection.

        Raises:
            OSError: the target does not accept it.
        """
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self._loop.sock_connect(sock, (target.host, target.port))
        except OSError:
            sock.close()
            raise
        return Connection(self._loop, target, sock, self._forget)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for later, if it is still open."""
        if connection.usable:
            self._idle[connection.target].append(connection)
        else:
            connection.close()

    def _forget(self, connection: Connection) -> None:
        idle = self._idle[connection.target]
        if connection in idle:
            idle.remove(connection)


def _reason(error: OSError) -> str:
    return f"{error.strerror or type(error).__name__}."
