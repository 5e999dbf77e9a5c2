"""Connections of the sender: raw sockets, opened beforehand and kept."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from backend.lab.senders.http import MalformedResponseError, Response, ResponseReader
from backend.lab.senders.messages import Target
from backend.lab.senders.says import SendingCode
from backend.model.sentence import Sentence, say

_CHUNK = 1 << 16
_HELD_BYTES = 1_200
"""So much fits into one segment everywhere (RFC 8200: 1,280 bytes with its headers); of more a part would leave."""

Written = int | OSError
"""Number of bytes that the system took, or its error instead."""
OnEnd = Callable[[Response | None, Sentence | None], None]
"""Gets the response, or None and the reason."""


class Connection:
    """One connection, carrying at most one request at a time.

    A request is written by calling what `prepare` gives and handing what came of that to `await_response`: two steps,
    so that many requests can leave in one go.

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
        self._on_end: OnEnd | None = None
        self._unsent = b""
        loop.add_reader(sock, self._readable)

    @property
    def port(self) -> int:
        """The port at this end."""
        return int(self._socket.getsockname()[1]) if self.is_open else 0

    @property
    def is_open(self) -> bool:
        """Whether this side has not closed it."""
        return self._socket.fileno() >= 0

    @property
    def usable(self) -> bool:
        """Whether the peer still listens, as far as one can know before writing."""
        if not self.is_open:
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False  # an end, or bytes that nobody asked for

    def prepare(self, request: bytes, *, hold: bool) -> tuple[Callable[[], int | None], Written | None]:
        """Get a request ready to go.

        The system keeps what it holds for 200 ms at most (tcp(7), TCP_CORK), and then it leaves in one segment. What
        is too long for a segment is not held, and nothing is on other systems than Linux.

        Args:
            request: what shall be written.
            hold: whether the system takes it now and keeps it until it is let go, which takes less time then.

        Returns:
            What lets it go, to be called in any case, and what came of writing; None if only that call writes: it
            returns the number of bytes or raises the system's error.
        """
        if not hold or sys.platform != "linux" or len(request) > _HELD_BYTES:
            return partial(self._socket.send, request), None
        cork = partial(self._socket.setsockopt, socket.IPPROTO_TCP, socket.TCP_CORK)
        try:
            cork(1)
            return partial(cork, 0), self._socket.send(request)
        except OSError as error:
            return partial(cork, 0), error

    def await_response(self, request: bytes, written: Written, on_end: OnEnd) -> None:
        """A request was written, perhaps in part; `on_end` is called later, exactly once, unless it is abandoned.

        Args:
            request: what should have been written.
            written: number of bytes that were, or the error instead.
            on_end: gets the response.
        """
        self._on_end = on_end
        if not self.is_open:
            self._loop.call_soon(self._end, None, say(SendingCode.CLOSED_BEFORE))
            return
        if isinstance(written, BlockingIOError):
            written = 0
        if isinstance(written, OSError):  # of a request that is written in part the number is told instead
            self._loop.call_soon(self._end, None, say(SendingCode.NOT_SENT, reason=sentence_of(written)))
        elif written < len(request):
            self._unsent = request[written:]
            self._loop.add_writer(self._socket, self._writable)

    def linger(self, on_let_go: Callable[[], None]) -> None:
        """Nobody waits for the answer any more. The connection stays open until the peer has let go of it.

        The peer may not have begun with the request, and a request whose connection is closed is handled all the same:
        only a connection that is still open shows that something may come of it.

        Args:
            on_let_go: called, not at once, when the peer has answered or hung up: by then it has handled the request,
                or never will, unless it hangs up while it works.
        """

        def end(_response: Response | None, _reason: Sentence | None) -> None:
            self.close()
            on_let_go()

        if self._unsent or not self.is_open:
            self._on_end = None
            self.close()  # what has come of half a request is refused
            self._loop.call_soon(on_let_go)
        else:
            self._on_end = end

    def close(self) -> None:
        """Close the socket."""
        if self.is_open:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()

    def _writable(self) -> None:
        try:
            written = self._socket.send(self._unsent)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(None, say(SendingCode.NOT_SENT_WHOLE, reason=sentence_of(error)))
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
            self._end(None, say(SendingCode.BROKE, reason=sentence_of(error)))
            return
        if self._on_end is None:
            self._end(None, None)  # an end, or bytes that nobody asked for
        elif data:
            self._feed(data)
        else:
            self._peer_closed()

    def _feed(self, data: bytes) -> None:
        try:
            response = self._reader.feed(data)
        except MalformedResponseError as error:
            self._end(None, say(SendingCode.NOT_UNDERSTOOD, reason=error.sentence))
            return
        if response:
            self._end(response, None)

    def _peer_closed(self) -> None:
        response = self._reader.end()
        if response:
            self._end(response, None)
        elif self._reader.is_between_responses:
            self._end(None, say(SendingCode.CLOSED_UNANSWERED))
        else:
            self._end(None, say(SendingCode.CLOSED_HALFWAY))

    def _end(self, response: Response | None, reason: Sentence | None) -> None:
        if response is None or not response.keep_alive or self._unsent:
            self.close()
        on_end, self._on_end = self._on_end, None
        if on_end:
            on_end(response, reason)
        else:
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

    async def open(self, target: Target, seconds: float) -> Connection:
        """A new connection.

        Raises:
            OSError: the target does not accept it; TimeoutError, a kind of OSError: not within `seconds`.
        """
        sock = socket.socket()
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(seconds):
                await self._loop.sock_connect(sock, (target.host, target.port))
        except BaseException:
            sock.close()
            raise
        return Connection(self._loop, target, sock, self._forget)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for later. Whether it is still open is asked when it is taken again."""
        self._idle[connection.target].append(connection)

    def close(self) -> None:
        """Close the idle connections; those under way belong to their jobs."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()

    def _forget(self, connection: Connection) -> None:
        idle = self._idle[connection.target]
        if connection in idle:
            idle.remove(connection)


def sentence_of(error: OSError) -> Sentence:
    """The operating system's words for an error, without the addresses that Python adds."""
    if isinstance(error, TimeoutError) and error.errno is None:
        return say(SendingCode.NO_ANSWER_IN_TIME)
    words = os.strerror(error.errno) if error.errno else type(error).__name__
    return say(SendingCode.SYSTEM, words=f"{words[0].lower()}{words[1:]}")
