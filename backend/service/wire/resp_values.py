"""Values of the Redis protocol, RESP2 and RESP3: where they end, and what they are.

Source: the protocol's specification (redis.io, "Redis serialization protocol specification").
"""

from __future__ import annotations

from backend.service.wire.unit import MOST_BUFFERED

_END = b"\r\n"
_LONGEST_LINE = 64 * 1024
_DEEPEST = 32
_BULKS, _LINES = b"$=!", b"+-:_#,("
_SEVERAL = {ord("*"): 1, ord("~"): 1, ord(">"): 1, ord("%"): 2}
_ATTRIBUTES = ord("|")


class RespError(str):
    """An error that the server answered."""

    __slots__ = ()


class Frame:
    """Finds where a value ends while its bytes come in; it looks at nothing twice."""

    def __init__(self) -> None:
        self._place = 0
        self._missing = 1
        """Values that have to come before the whole is complete."""

    def end(self, buffer: bytearray) -> int | None:
        """Where the value at the buffer's beginning ends; None while some of it is missing.

        Args:
            buffer: what it held when it was last asked, and perhaps more.

        Raises:
            ValueError: the bytes are no value, or the value is longer than `MOST_BUFFERED`.
        """
        while self._missing:
            if not self._skip(buffer):
                if len(buffer) > MOST_BUFFERED:
                    raise ValueError("a value is too long")
                return None
        return self._place

    def _skip(self, buffer: bytearray) -> bool:
        """Go over one value, or over the beginning of several; whether it is there."""
        found = line_at(buffer, self._place)
        if found is None:
            return False
        line, place = found
        kind = line[0] if line else 0
        if kind in _LINES:
            self._place, self._missing = place, self._missing - 1
            return True
        count = int(line[1:])
        if count > MOST_BUFFERED:
            raise ValueError("a value is too long")
        if kind in _BULKS:
            end = place if count < 0 else place + count + len(_END)
            if len(buffer) < end:
                return False
            self._place, self._missing = end, self._missing - 1
            return True
        if kind == _ATTRIBUTES:
            self._missing += 2 * count  # and the value that they are about
        elif kind in _SEVERAL:
            self._missing += _SEVERAL[kind] * max(count, 0) - 1
        else:
            raise ValueError("no such type")
        self._place = place
        return True


def line_at(buffer: bytearray, place: int) -> tuple[bytes, int] | None:
    """The line at a place and where it ends; None while it is not complete.

    Raises:
        ValueError: the line is too long.
    """
    end = buffer.find(_END, place, place + _LONGEST_LINE)
    if end >= 0:
        return bytes(buffer[place:end]), end + len(_END)
    if len(buffer) - place >= _LONGEST_LINE:
        raise ValueError("a line is too long")
    return None


def words_of(command: bytes) -> list[bytes]:
    """The words of a whole command.

    Raises:
        ValueError: the command is no array of strings.
    """
    if command[:1] != b"*":
        return command.split()  # an inline command, as typed into a terminal
    found, _ = _value(command, 0, 0, raw=True)
    if not isinstance(found, list) or not all(isinstance(word, bytes) for word in found):
        raise ValueError("a command is an array of strings")
    return found


def value_of(whole: bytes) -> object:
    """A whole value.

    Raises:
        ValueError: the bytes are no value, or values are nested too deeply.
    """
    return _value(whole, 0, 0, raw=False)[0]


def _value(data: bytes, place: int, depth: int, *, raw: bool) -> tuple[object, int]:
    if depth > _DEEPEST:
        raise ValueError("values are nested too deeply")
    end = data.index(_END, place)
    kind, line, place = data[place], data[place + 1 : end], end + len(_END)
    if kind in _BULKS:
        length = int(line)
        if length < 0:
            return None, place
        word = data[place : place + length]
        return _string(kind, word, raw=raw), place + length + len(_END)
    if kind in _LINES:
        return _simple(chr(kind), line.decode("utf-8", "replace")), place
    count = int(line)
    if count < 0:
        return None, place
    values = []
    for _ in range(count * (2 if kind == _ATTRIBUTES else _SEVERAL[kind])):
        value, place = _value(data, place, depth + 1, raw=raw)
        values.append(value)
    return _value(data, place, depth + 1, raw=raw) if kind == _ATTRIBUTES else (values, place)


def _string(kind: int, word: bytes, *, raw: bool) -> object:
    if raw:
        return word
    text = word.decode("utf-8", "backslashreplace")
    return RespError(text) if chr(kind) == "!" else text


def _simple(kind: str, text: str) -> object:
    match kind:
        case "-":
            return RespError(text)
        case ":":
            return int(text)
        case "_":
            return None
        case "#":
            return text == "t"
        case _:
            return text
