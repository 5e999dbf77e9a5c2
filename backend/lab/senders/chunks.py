"""Reading a chunked body (RFC 9112, section 7.1)."""

from __future__ import annotations

import re

from backend.lab.senders.says import MalformedCode, MalformedResponseError

_END_OF_LINE = b"\r\n"
_LONGEST_LINE = 4096
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?")


class ChunkReader:
    """Takes chunks off a buffer, each as soon as it is whole."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._last_seen = False

    def read(self, buffer: bytearray, largest: int) -> bytes | None:
        """Take what is whole off the buffer; the body, once all of it has come.

        Raises:
            MalformedResponseError: these are not chunks, or the body is longer than `largest` bytes.
        """
        while not self._last_seen:
            if not self._take_chunk(buffer, largest):
                return None
        while (line := _take_line(buffer)) is not None:
            if not line:
                return bytes(self._body)
        return None  # a trailer or the empty line at the end is still to come

    def _take_chunk(self, buffer: bytearray, largest: int) -> bool:
        line_end = _find_line_end(buffer)
        if line_end < 0:
            return False
        found = _SIZE.fullmatch(bytes(buffer[:line_end]))
        if not found:
            raise MalformedResponseError(MalformedCode.CHUNK_WITHOUT_SIZE)
        size = int(found[1], 16)
        if len(self._body) + size > largest:
            raise MalformedResponseError(MalformedCode.BODY_TOO_LARGE)
        start = line_end + len(_END_OF_LINE)
        if size == 0:
            self._last_seen = True
            del buffer[:start]
            return True
        end = start + size
        if len(buffer) < end + len(_END_OF_LINE):
            return False
        if buffer[end : end + len(_END_OF_LINE)] != _END_OF_LINE:
            raise MalformedResponseError(MalformedCode.CHUNK_TOO_LONG)
        self._body += buffer[start:end]
        del buffer[: end + len(_END_OF_LINE)]
        return True


def _find_line_end(buffer: bytearray) -> int:
    end = buffer.find(_END_OF_LINE, 0, _LONGEST_LINE)
    if end < 0 and len(buffer) >= _LONGEST_LINE:
        raise MalformedResponseError(MalformedCode.LINE_TOO_LONG)
    return end


def _take_line(buffer: bytearray) -> bytes | None:
    end = _find_line_end(buffer)
    if end < 0:
        return None
    line = bytes(buffer[:end])
    del buffer[: end + len(_END_OF_LINE)]
    return line
