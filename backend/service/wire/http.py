"""HTTP/1.1 as seen from between a service and the gateway that it calls: a request with its body is a step."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from backend.service.wire.unit import MOST_BUFFERED, Handling, Reply, Unit
from backend.tap.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD_END = b"\r\n\r\n"
_LONGEST_HEAD = 64 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[^\r\n]*", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_LONGEST_CHUNK_LINE = 4096
_REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n")
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_TLS_HELLO = 0x16
_FIRST_FAILURE = 400
_INTERIM = range(100, 200)
_UPGRADED = 101
_WITHOUT_BODY = frozenset({204, 304})


class HttpDialect:
    """One connection."""

    engine = EngineKind.GATEWAY
    settings = ""

    def __init__(self) -> None:
        self.server_pid = 0
        self.wants_tls = False
        self.is_lost = False
        self._input = bytearray()
        self._output = bytearray()
        self._awaited: deque[bool] = deque()
        """For each request that the server has: whether its response has no body, as one to HEAD."""

    def from_client(self, data: bytes) -> Sequence[Unit]:
        """Units that are whole now."""
        self._input += data
        return [*self._requests(), *self._unread()]

    def from_server(self, data: bytes) -> Sequence[Reply]:
        """Replies, or parts of them, that may be passed on now."""
        self._output += data
        replies = list(self._responses())
        if self.is_lost and self._output:
            replies.append(Reply(bytes(self._output), ends=False))
            self._output.clear()
        return replies

    def sent(self, unit: Unit) -> None:
        """This unit was passed on to the server."""
        if unit.handling is Handling.STEP:
            self._awaited.append(unit.data.startswith(b"HEAD "))

    def client_ended(self) -> None:
        """The client has hung up."""

    def server_ended(self) -> Reply:
        """What has come of a reply that will never be whole, now that the server has hung up."""
        return Reply(_off(self._output, len(self._output)), ends=False)

    def _responses(self) -> Iterator[Reply]:
        while not self.is_lost and (head_end := self._head_end(self._output)) >= 0:
            head = bytes(self._output[: head_end + 2])
            line = head.split(b"\r\n")[0].decode("latin-1")
            status = int(line[9:12]) if line[9:12].isdecimal() else 0
            if status in _INTERIM:
                self.is_lost = status == _UPGRADED
                yield Reply(_off(self._output, head_end + len(_HEAD_END)), ends=False)
                continue
            is_bare = status in _WITHOUT_BODY or (bool(self._awaited) and self._awaited[0])
            ends_with_connection = not (is_bare or _CHUNKED.search(head) or _LENGTH.search(head))
            if is_bare or ends_with_connection:
                whole: bytes | None = _off(self._output, head_end + len(_HEAD_END))
            else:
                whole = self._take(self._output)
            if whole is None:
                return
            self.is_lost = ends_with_connection  # its body is whatever comes until then
            ends = bool(self._awaited)
            if ends:
                self._awaited.popleft()
            answer = whole.partition(_HEAD_END)[2].decode("utf-8", "replace")
            yield Reply(whole, ends=ends, answer=answer, error=line if status >= _FIRST_FAILURE else "")

    def _requests(self) -> Iterator[Unit]:
        if self._input[:1] and self._input[0] == _TLS_HELLO:
            self.is_lost = self.wants_tls = True
        while not self.is_lost and self._input:
            head_end = self._input.find(_HEAD_END)
            if head_end >= 0 and (expects := _EXPECTS.search(self._input, 0, head_end + 2)):
                del self._input[expects.start() : expects.end()]
                yield Unit(_GO_ON, Handling.ANSWER)
            whole = self._take(self._input)
            if whole is None:
                return
            found = _REQUEST.match(whole)
            if found is None:
                self.is_lost = True
                yield Unit(whole, Handling.PASS)
                return
            command = f"{found[1].decode()} {found[2].decode('utf-8', 'replace')}"
            body = whole.partition(_HEAD_END)[2].decode("utf-8", "replace")
            yield Unit(whole, Handling.STEP, (command,), shorten(f"{command} {body}".strip()))

    def _unread(self) -> Iterator[Unit]:
        if self.is_lost and self._input:
            yield Unit(bytes(self._input), Handling.PASS)
            self._input.clear()

    def _take(self, buffer: bytearray) -> bytes | None:
        """A whole message off the buffer."""
        head_end = self._head_end(buffer)
        if head_end < 0:
            return None
        try:
            end = _end_of_body(buffer, head_end)
        except ValueError:
            self.is_lost = True
            return None
        if end is None or end > len(buffer):
            self.is_lost = len(buffer) > MOST_BUFFERED or (end or 0) > MOST_BUFFERED
            return None
        return _off(buffer, end)

    def _head_end(self, buffer: bytearray) -> int:
        """Where the head ends; -1 while that cannot be said."""
        head_end = buffer.find(_HEAD_END, 0, _LONGEST_HEAD)
        self.is_lost = self.is_lost or (head_end < 0 and len(buffer) >= _LONGEST_HEAD)
        return head_end


def _off(buffer: bytearray, end: int) -> bytes:
    whole = bytes(buffer[:end])
    del buffer[:end]
    return whole


def _end_of_body(buffer: bytearray, head_end: int) -> int | None:
    """Where a message ends whose head ends here; None while that cannot be said.

    Raises:
        ValueError: no chunk begins where one must begin.
    """
    head = bytes(buffer[: head_end + 2])
    place = head_end + len(_HEAD_END)
    if not _CHUNKED.search(head):
        found = _LENGTH.search(head)
        return place + int(found[1]) if found else place
    while chunk := _CHUNK.match(buffer, place):
        size = int(chunk[1], 16)
        place = chunk.end() + size + 2
        if not size:
            end = buffer.find(_HEAD_END, chunk.end() - 2)  # behind the trailers, if there are any
            return end + len(_HEAD_END) if end >= 0 else None
    line_end = buffer.find(b"\r\n", place)
    if line_end >= 0 or len(buffer) - place > _LONGEST_CHUNK_LINE:
        raise ValueError("no chunk begins here")
    return None
