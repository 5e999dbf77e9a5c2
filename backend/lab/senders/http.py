"""Just enough HTTP/1.1: requests are built once, responses are read as they come (RFC 9112)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from backend.lab.senders.chunks import ChunkReader
from backend.lab.senders.says import MalformedCode, MalformedResponseError

__all__ = ["MalformedResponseError", "Response", "ResponseReader", "build_request"]

_END_OF_HEAD = b"\r\n\r\n"
_LARGEST_HEAD = 32 * 1024
_LARGEST_BODY = 64 * 1024 * 1024
_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2})(?: |\r\n|$)")
_WITHOUT_BODY = {204, 304}
_FIRST_FINAL_STATUS = 200


def build_request(
    method: str,
    path: str,
    *,
    host: str,
    port: int,
    token: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> bytes:
    """The bytes of a request that keeps the connection open. A body is sent as JSON.

    Raises:
        ValueError: a line would contain a line break, and so smuggle a header in.
    """
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", f"Authorization: Bearer {token}"]
    if body is not None:
        lines.append("Content-Type: application/json")
    if body is not None or method == "POST":
        lines.append(f"Content-Length: {len(body or b'')}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line of a request must not contain a line break")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response."""

    status: int
    body: bytes
    keep_alive: bool
    """Whether the connection may carry another request."""
    replayed: bool
    """Whether ``Idempotent-Replayed: true`` was among the headers."""


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    length: int | None
    """Bytes of the body; None where it is chunked or ends with the connection."""
    chunked: bool
    keep_alive: bool
    replayed: bool


class ResponseReader:
    """Takes bytes as they arrive, for one response after the other on one connection.

    It is meant for requests whose responses may have a body, that is, not for HEAD.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._chunks: ChunkReader | None = None

    @property
    def is_between_responses(self) -> bool:
        """Whether nothing of a response has arrived yet."""
        return not self._buffer and self._head is None

    def feed(self, data: bytes) -> Response | None:
        """Take more bytes; the response, once it is whole.

        Raises:
            MalformedResponseError: this will never become a response.
        """
        self._buffer += data
        while self._head is None:
            if not self._read_head():
                return None
        head = self._head
        if self._chunks:
            body = self._chunks.read(self._buffer, _LARGEST_BODY)
        elif head.length is None:
            if len(self._buffer) > _LARGEST_BODY:
                raise MalformedResponseError(MalformedCode.BODY_TOO_LARGE)
            return None
        else:
            body = self._read_length(head.length)
        return None if body is None else self._finish(head, body)

    def end(self) -> Response | None:
        """The peer has closed; the response, if the end of the connection is its end.

        Such a response keeps no connection alive.
        """
        head = self._head
        if head is None or head.chunked or head.length is not None:
            return None
        body = bytes(self._buffer)
        self._buffer.clear()
        return self._finish(head, body)

    def _finish(self, head: _Head, body: bytes) -> Response:
        self._head = self._chunks = None
        in_step = not self._buffer  # whatever follows was not asked for, and would answer the next request
        return Response(head.status, body, head.keep_alive and in_step, head.replayed)

    def _read_length(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _read_head(self) -> bool:
        """Read a head, if it is whole. Heads of interim responses (1xx) are passed over."""
        end = self._buffer.find(_END_OF_HEAD, 0, _LARGEST_HEAD)
        if end < 0:
            if len(self._buffer) >= _LARGEST_HEAD:
                raise MalformedResponseError(MalformedCode.HEAD_TOO_LARGE)
            return False
        head = _parse_head(bytes(self._buffer[:end]))
        del self._buffer[: end + len(_END_OF_HEAD)]
        if head.status >= _FIRST_FINAL_STATUS:
            self._head = head
            self._chunks = ChunkReader() if head.chunked else None
        return True


@lru_cache(maxsize=64)  # thousands of responses have one and the same head, but for its date
def _parse_head(raw: bytes) -> _Head:
    found = _STATUS_LINE.match(raw)
    if not found:
        raise MalformedResponseError(MalformedCode.NO_STATUS_LINE)
    status = int(found[1])
    values: dict[bytes, bytes] = {}
    for line in raw.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise MalformedResponseError(MalformedCode.NO_HEADER)
        name, value = name.lower(), value.strip().lower()
        if values.setdefault(name, value) != value and name in {b"content-length", b"transfer-encoding"}:
            raise MalformedResponseError(MalformedCode.CONTRADICTION)
    chunked = _is_chunked(values)
    length = None if chunked else _length(values, status)
    close = b"close" in {word.strip() for word in values.get(b"connection", b"").split(b",")}
    keep_alive = not close and (chunked or length is not None)
    return _Head(status, length, chunked, keep_alive, values.get(b"idempotent-replayed") == b"true")


def _is_chunked(values: Mapping[bytes, bytes]) -> bool:
    coding = values.get(b"transfer-encoding")
    if coding is None:
        return False
    if coding != b"chunked" or b"content-length" in values:
        raise MalformedResponseError(MalformedCode.NO_LENGTH)
    return True


def _length(values: Mapping[bytes, bytes], status: int) -> int | None:
    if status < _FIRST_FINAL_STATUS or status in _WITHOUT_BODY:
        return 0
    given = values.get(b"content-length")
    if given is None:
        return None
    if not given.isdigit():
        raise MalformedResponseError(MalformedCode.LENGTH_NO_NUMBER)
    if len(given) > len(str(_LARGEST_BODY)) or int(given) > _LARGEST_BODY:
        raise MalformedResponseError(MalformedCode.BODY_TOO_LARGE)
    return int(given)
