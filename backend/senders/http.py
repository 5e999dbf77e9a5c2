"""Just enough HTTP/1.1: requests are built once, responses are read as they come (RFC 9112)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_END_OF_HEAD = b"\r\n\r\n"
_LARGEST_HEAD = 32 * 1024


class MalformedResponseError(Exception):
    """The peer does not speak HTTP/1.1 as we understand it."""


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
    """The bytes of a request that keeps the connection open. A body is sent as JSON."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", f"Authorization: Bearer {token}"]
    if body is not None:
        lines.append("Content-Type: application/json")
    if body is not None or method == "POST":
        lines.append(f"Content-Length: {len(body or b'')}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response."""

    status: int
    body: bytes
    keep_alive: bool
    replayed: bool


class ResponseReader:
    """Takes bytes as they arrive, for one response after the other on one connection."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Response | None:
        """Take more bytes; the response, once it is whole.

        Raises:
            MalformedResponseError: this will never become a response.
        """
        self._buffer += data
        head_end = self._buffer.find(_END_OF_HEAD)
        if head_end < 0:
            if len(self._buffer) > _LARGEST_HEAD:
                raise MalformedResponseError("the head of the response is too large")
            return None
        status, headers = _parse_head(bytes(self._buffer[:head_end]))
        start = head_end + len(_END_OF_HEAD)
        if headers.get("transfer-encoding", "").lower() == "chunked":
            found = _read_chunks(self._buffer, start)
        else:
            found = _read_length(self._buffer, start, headers)
        if found is None:
            return None
        body, end = found
        del self._buffer[:end]
        keep_alive = headers.get("connection", "").lower() != "close"
        return Response(status, body, keep_alive, headers.get("idempotent-replayed", "").lower() == "true")


def _parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if version != "HTTP/1.1" or not rest[:3].isdigit():
        raise MalformedResponseError("the response does not begin with an HTTP/1.1 status line")
    pairs = (line.partition(":") for line in lines)
    return int(rest[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}


def _read_length(buffer: bytearray, start: int, headers: Mapping[str, str]) -> tuple[bytes, int] | None:
    given = headers.get("content-length", "0")
    if not given.isdecimal():
        raise MalformedResponseError("the Content-Length of the response is not a number")
    end = start + int(given)
    return (bytes(buffer[start:end]), end) if len(buffer) >= end else None


def _read_chunks(buffer: bytearray, start: int) -> tuple[bytes, int] | None:
    body = bytearray()
    while True:
        line_end = buffer.find(b"\r\n", start)
        if line_end < 0:
            return None
        try:
            size = int(bytes(buffer[start:line_end]).partition(b";")[0], 16)
        except ValueError:
            raise MalformedResponseError("a chunk of the response has no size") from None
        end = line_end + 2 + size + 2
        if len(buffer) < end:
            return None
        body += buffer[line_end + 2 : end - 2]
        if size == 0:
            return bytes(body), end
        start = end
