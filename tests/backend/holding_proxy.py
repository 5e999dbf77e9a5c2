"""A network in front of a server, in which what somebody has sent may be on its way for as long as a test wants it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_CHUNK = 1 << 16


class HoldingProxy:
    """Passes on what clients and a server send to each other.

    Args:
        connect: opens a connection to the server.
        word: whatever a client sends with this in it, and what he sends behind it, waits for `let_go`.
    """

    def __init__(self, connect: Callable[[], socket.socket], word: bytes) -> None:
        self._connect = connect
        self._word = word
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.holds = threading.Event()
        """Whether something waits."""
        self._let_go = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def let_go(self) -> None:
        """It arrives, and nothing waits any more."""
        self._let_go.set()

    def close(self) -> None:
        """Accept nobody any more."""
        self.let_go()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client, self._connect()), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        with client, server:
            back = threading.Thread(target=self._pass_on, args=(server, client, b""), daemon=True)
            back.start()
            self._pass_on(client, server, self._word)
            back.join()

    def _pass_on(self, source: socket.socket, sink: socket.socket, word: bytes) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if word and word in chunk:
                    self.holds.set()
                    self._let_go.wait(60)
                sink.sendall(chunk)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def holding_proxy(connect: Callable[[], socket.socket], word: bytes) -> Iterator[HoldingProxy]:
    proxy = HoldingProxy(connect, word)
    try:
        yield proxy
    finally:
        proxy.close()
