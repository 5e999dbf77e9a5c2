"""A small HTTP server on real sockets that answers in whatever way a test asks for."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from backend.lab.senders.messages import Target

OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
LIMIT = 20.0


@dataclass(frozen=True)
class Exchange:
    """One request, from the server's side."""

    connection: int
    """Number of the connection, from 1."""
    number: int
    """Number of the request on its connection, from 1."""
    body: bytes
    socket: socket.socket = field(repr=False)

    def gone(self) -> bool:
        """Wait until the client hangs up; False if it sends something instead, or neither happens in time."""
        self.socket.settimeout(LIMIT)
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False


Answer = Callable[[Exchange], bytes | Iterable[bytes] | None]
"""The bytes to send, or pieces of them; None to close the connection."""


class SmallServer:
    """Serves each connection on a thread of its own, until `close`.

    Args:
        answer: answers one request.
        port: where to listen; 0 for any free port.
    """

    def __init__(self, answer: Answer = lambda _exchange: OK, port: int = 0) -> None:
        self.seen: list[Exchange] = []
        self.connections = 0
        self.most_at_once = 0
        self._answer = answer
        self._at_once = 0
        self._changed = threading.Condition()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.target = Target("127.0.0.1", self._listener.getsockname()[1])
        self._start(self._accept)

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        """Whether the condition, about what this server has seen, comes true in time."""
        with self._changed:
            return self._changed.wait_for(condition, LIMIT)

    def hang_up(self) -> None:
        """Close all connections; go on listening."""
        with self._changed:
            sockets, self._sockets = self._sockets, []
        for connection in sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening, close all connections and wait for the threads."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(LIMIT)
        self.hang_up()
        for thread in self._threads:
            thread.join(LIMIT)
            assert not thread.is_alive()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self.connections += 1
                self._sockets.append(connection)
                number = self.connections
            self._start(lambda connection=connection, number=number: self._serve(connection, number))  # type: ignore[misc]

    def _serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connection:
            stream = connection.makefile("rb")
            count = 0
            while (body := _read_request(stream.readline, stream.read)) is not None:
                count += 1
                exchange = Exchange(number, count, body, connection)
                self._arrived(exchange)
                try:
                    pieces = self._answer(exchange)
                finally:
                    self._left()
                if pieces is None:
                    return
                for piece in [pieces] if isinstance(pieces, bytes) else pieces:
                    connection.sendall(piece)

    def _arrived(self, exchange: Exchange) -> None:
        with self._changed:
            self.seen.append(exchange)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self._changed.notify_all()

    def _left(self) -> None:
        with self._changed:
            self._at_once -= 1
            self._changed.notify_all()


def _read_request(readline: Callable[[], bytes], read: Callable[[int], bytes]) -> bytes | None:
    length = 0
    line = readline()
    if not line:
        return None
    while line not in {b"\r\n", b""}:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        line = readline()
    return read(length)
