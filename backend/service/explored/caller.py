"""A caller of one instance: one request at a time, on a connection that is kept where the service keeps it."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from backend.lab.senders.http import MalformedResponseError, ResponseReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.lab.senders.http import Response
    from backend.service.exchange import Host
    from backend.service.wire.hub import Hub

_CONNECT_S = 5.0
_CHUNK = 1 << 16
_OLD, _NEW = b"HTTP/1.0", b"HTTP/1.1"


class Caller:
    """Sends to one instance.

    Args:
        host: where it listens.
        hub: moves the socket.
        on_response: called with the response, or with None where the connection ended without one.
    """

    def __init__(self, host: Host, hub: Hub, on_response: Callable[[Response | None], None]) -> None:
        self._host = host
        self._hub = hub
        self._on_response = on_response
        self._socket: socket.socket | None = None
        self._reader = ResponseReader()
        self._is_old = False
        self._sent = b""
        self._was_kept = False
        self.is_busy = False
        """Whether a response is awaited."""
        self.is_taken = False
        """Whether the service has been at work since the request was sent, so that it certainly has it."""

    def send(self, request: bytes) -> None:
        """Send a request.

        Raises:
            OSError: the instance accepts no connection.
        """
        self._was_kept = self._socket is not None
        if self._socket is not None and self._has_ended(self._socket):
            self.hang_up()
        if self._socket is None:
            self._connect()
        self.is_busy, self.is_taken, self._sent = True, False, request
        self._write(request)

    def hang_up(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._hub.unwatch(self._socket)
            self._socket.close()
        self._socket = None
        self._reader = ResponseReader()
        self.is_busy = False

    def can_read(self) -> None:
        """Bytes of the response have come, or its end."""
        if self._socket is None:
            return
        try:
            data = self._socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        _acknowledge(self._socket)
        try:
            self._take(data)
        except MalformedResponseError:
            self._end(None)

    def _take(self, data: bytes) -> None:
        if not data:
            self._ended()
            return
        if self._reader.is_between_responses:
            self._is_old = data.startswith(_OLD)
            data = data.replace(_OLD, _NEW, 1) if self._is_old else data
        if (response := self._reader.feed(data)) is not None:
            self._end(response, hang_up=self._is_old or not response.keep_alive)

    def _ended(self) -> None:
        """A kept connection that ends before anything came was closed while it was idle: the request is sent again.

        Not so where the service has begun with it: then it was hung up on.
        """
        if self.is_busy and self._was_kept and not self.is_taken and self._reader.is_between_responses:
            request = self._sent
            self.hang_up()
            with suppress(OSError):
                self._connect()
                self._was_kept, self.is_busy = False, True
                self._write(request)
                return
        response = self._reader.end() if self.is_busy else None
        self._end(response)

    def _end(self, response: Response | None, *, hang_up: bool = True) -> None:
        was_busy = self.is_busy
        if hang_up:
            self.hang_up()
        self.is_busy = False
        if was_busy:
            self._on_response(response)

    def _connect(self) -> None:
        connection = socket.create_connection((self._host.name, self._host.port), _CONNECT_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _acknowledge(connection)
        self._socket, self._reader = connection, ResponseReader()
        self._hub.watch(connection, self)

    def _write(self, request: bytes) -> None:
        assert self._socket is not None  # noqa: S101  connected just now
        self._socket.settimeout(_CONNECT_S)
        with suppress(OSError):
            self._socket.sendall(request)
        with suppress(OSError):
            self._socket.setblocking(False)

    @staticmethod
    def _has_ended(connection: socket.socket) -> bool:
        """Whether the service has closed an idle connection."""
        try:
            return not connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True


def _acknowledge(connection: socket.socket) -> None:
    """Acknowledge what has come at once: a service that writes head and body one by one waits for that, 40 ms long."""
    if hasattr(socket, "TCP_QUICKACK"):
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
