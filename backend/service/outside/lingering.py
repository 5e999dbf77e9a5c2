"""Callers that wait no longer, and whose requests the service still has: more may come of them.

A request of which nobody waits for the answer is carried out all the same. So its connection stays open, as the lab's
own sender does it: when the service answers, or hangs up, it has let go of the request. Who hangs up in mid-processing,
since that is what is to be tried, says so and goes on listening; many servers then hang up as well, and tell nothing.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from backend.lab.senders.http import MalformedResponseError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from backend.lab.senders.http import ResponseReader

_CHUNK = 1 << 16
_LOOK_S = 0.02

Keep: TypeAlias = "Callable[[Left], None]"
"""Gets the connection of a caller that waits no longer."""


class Left:
    """The connection of such a caller.

    Args:
        sock: of its own.
        is_answer: whether these further bytes of the service are the end of its answer.
    """

    def __init__(self, sock: socket.socket, is_answer: Callable[[bytes], bool]) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._is_answer = is_answer

    def hang_up(self) -> None:
        """Say that nobody is there any more, and hear nevertheless."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()

    def close(self) -> None:
        """Hear nothing more."""
        self._socket.close()

    @property
    def is_over(self) -> bool:
        """Whether the service has let go of it."""
        try:
            while self._socket.fileno() >= 0 and (data := self._socket.recv(_CHUNK)):
                if self._is_answer(data):
                    break
        except BlockingIOError:
            return False
        except OSError:
            pass
        self.close()
        return True


class Lingering:
    """All of them, by their intents. For one thread."""

    def __init__(self) -> None:
        self._left: defaultdict[str, list[Left]] = defaultdict(list)

    def keep(self, intent: str, left: Left) -> None:
        """One more waits no longer."""
        self._left[intent].append(left)

    def has(self, intent: str) -> bool:
        """Whether the service still has a request of this intent, as far as one can know."""
        still = [left for left in self._left.pop(intent, ()) if not left.is_over]
        if still:
            self._left[intent] = still
        return bool(still)

    def wait(self, intents: Collection[str], limit_s: float, cancelled: threading.Event) -> None:
        """Wait until the service has none of these intents' any more, so many seconds at most."""
        deadline = time.monotonic() + limit_s
        while any(map(self.has, intents)) and time.monotonic() < deadline and not cancelled.wait(_LOOK_S):
            pass

    def close(self) -> None:
        """Hang up everywhere."""
        for each in self._left.values():
            for left in each:
                left.close()
        self._left.clear()


def ends_response(reader: ResponseReader) -> Callable[[bytes], bool]:
    """Of HTTP/1.1 as it is."""

    def is_answer(data: bytes) -> bool:
        try:
            return reader.feed(data) is not None
        except MalformedResponseError:
            return True

    return is_answer


def anything(_data: bytes) -> bool:
    """Of what cannot be read, since it is encrypted."""
    return True


def nothing(_data: bytes) -> bool:
    """Of several requests on one connection: it is over when the service hangs up."""
    return False
