"""The Redis protocol, RESP2 and RESP3, as seen from between client and server.

Source: the protocol's specification (redis.io, "Redis serialization protocol specification").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model import EngineKind
from backend.service.wire.unit import Handling, Reply, Unit
from backend.tap.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_END = b"\r\n"
_LONGEST_LINE = 64 * 1024
_LARGEST = 512 << 20
_DEEPEST = 32
_GLUED = frozenset({"HELLO", "CLIENT", "INFO", "PING", "SELECT", "AUTH", "COMMAND", "READONLY", "QUIT", "MULTI"})
_STREAMING = frozenset({"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC"})
_BLOCKING = frozenset({"BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT"})
_SCRIPTS = frozenset({"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO"})
_ALL_KEYS = frozenset({"DEL", "UNLINK", "MGET", "EXISTS", "TOUCH", "WATCH", "SINTER", "SUNION", "SDIFF", "PFCOUNT"})
_PAIRS = frozenset({"MSET", "MSETNX"})
_NO_KEYS = frozenset({"KEYS", "SCAN", "FLUSHDB", "FLUSHALL", "RANDOMKEY", "DBSIZE", "TIME", "EVAL", "EXEC"})


class RespDialect:
    """One connection."""

    engine = EngineKind.REDIS
    server_pid = 0
    wants_tls = False

    def __init__(self) -> None:
        self._input = bytearray()
        self._output = bytearray()
        self._passes = False
        """From now on everything is passed on: the connection streams, or speaks something else."""
        self._queued: list[Unit] = []
        self._in_multi = False
        self._awaited = 0

    def from_client(self, data: bytes) -> Sequence[Unit]:
        """Units that are whole now."""
        if self._passes:
            return [Unit(data, Handling.PASS)]
        self._input += data
        units = []
        while (found := self._take_command()) is not None:
            units.append(self._unit(*found))
        if self._gave_up() and self._input:
            units.append(Unit(bytes(self._input), Handling.PASS))
            self._input.clear()
        return units

    def _gave_up(self) -> bool:
        return self._passes

    def client_ended(self) -> None:
        """The client has hung up."""

    def sent(self, unit: Unit) -> None:
        """This unit was passed on to the server."""
        if unit.handling in {Handling.STEP, Handling.GLUED}:
            self._awaited += 1

    def from_server(self, data: bytes) -> Sequence[Reply]:
        """Replies, or parts of them, that may be passed on now."""
        if self._passes:
            return [Reply(data, ends=False)]
        self._output += data
        return list(self._take_replies())

    def _take_replies(self) -> Iterator[Reply]:
        place = 0
        while place < len(self._output):
            try:
                value, end = read_value(self._output, place)
            except IncompleteError:
                break
            except ValueError:
                self._passes = True
                yield Reply(bytes(self._output[place:]), ends=False)
                place = len(self._output)
                break
            pushed = self._output[place : place + 1] == b">"
            error = str(value) if isinstance(value, RespError) else ""
            answer = None if error else value
            ends = bool(self._awaited) and not pushed
            self._awaited -= ends
            yield Reply(bytes(self._output[place:end]), ends=ends, answer=answer, error=error)
            place = end
        del self._output[:place]

    def _take_command(self) -> tuple[bytes, list[bytes]] | None:
        """The bytes of the next command and its words."""
        if self._passes or not self._input:
            return None
        try:
            words, end = _read_command(self._input)
        except IncompleteError:
            return None
        except ValueError:
            self._passes = True
            return None
        data = bytes(self._input[:end])
        del self._input[:end]
        return data, words

    def _unit(self, data: bytes, words: list[bytes]) -> Unit:
        if not words:
            return Unit(data, Handling.PASS)
        texts = [word.decode("utf-8", "backslashreplace") for word in words]
        name = texts[0].upper()
        unit = Unit(data, self._handling(name, texts), (name,), shorten(" ".join([name, *texts[1:]])), keys_of(texts))
        if name == "EXEC":
            unit.keys = tuple(dict.fromkeys(key for queued in self._queued for key in queued.keys))
            unit.commands = ("EXEC", *(queued.commands[0] for queued in self._queued))
            unit.text = shorten("MULTI; " + "; ".join([*(queued.text for queued in self._queued), "EXEC"]))
        self._note_transaction(name, unit)
        return unit

    def _handling(self, name: str, texts: Sequence[str]) -> Handling:
        if name in _STREAMING:
            self._passes = True
            return Handling.PASS
        is_load = name == "SCRIPT" and texts[1:2] and texts[1].upper() == "LOAD"
        if name in _GLUED or is_load or name == "DISCARD" or (self._in_multi and name != "EXEC"):
            return Handling.GLUED
        blocks = name in _BLOCKING or (name in {"XREAD", "XREADGROUP"} and "BLOCK" in map(str.upper, texts))
        return Handling.GLUED if blocks else Handling.STEP

    def _note_transaction(self, name: str, unit: Unit) -> None:
        if name == "MULTI":
            self._in_multi, self._queued = True, []
        elif name in {"EXEC", "DISCARD", "RESET"}:
            self._in_multi, self._queued = False, []
        elif self._in_multi:
            self._queued.append(unit)


class IncompleteError(Exception):
    """More has to come."""


class RespError(str):
    """An error that the server answered."""

    __slots__ = ()


def keys_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The keys that a command names; empty where that is not known."""
    name = texts[0].upper()
    if name in _SCRIPTS:
        count = int(texts[2]) if len(texts) > 2 and texts[2].isdecimal() else 0
        return tuple(texts[3 : 3 + count])
    if name in _ALL_KEYS:
        return tuple(texts[1:])
    if name in _PAIRS:
        return tuple(texts[1::2])
    return () if name in _NO_KEYS else tuple(texts[1:2])


def _read_command(buffer: bytearray) -> tuple[list[bytes], int]:
    if buffer[:1] != b"*":
        line, end = _line(buffer, 0)
        return line.split(), end  # an inline command, as typed into a terminal
    count, place = _count(buffer, 0)
    words = []
    for _ in range(max(count, 0)):
        if place >= len(buffer):
            raise IncompleteError
        if buffer[place : place + 1] != b"$":
            raise ValueError("a command is an array of strings")
        word, place = _bulk(buffer, place)
        words.append(word or b"")
    return words, place


def read_value(buffer: bytearray, place: int, depth: int = 0) -> tuple[object, int]:
    """The value at this place, and where it ends.

    Raises:
        IncompleteError: more has to come.
        ValueError: it is none.
    """
    if depth > _DEEPEST:
        raise ValueError("values are nested too deeply")
    if place >= len(buffer):
        raise IncompleteError
    match chr(buffer[place]):
        case "$" | "=":
            raw, end = _bulk(buffer, place)
            return None if raw is None else raw.decode("utf-8", "backslashreplace"), end
        case "!":
            raw, end = _bulk(buffer, place)
            return RespError((raw or b"").decode("utf-8", "replace")), end
        case "*" | "~" | ">":
            return _several(buffer, place, 1, depth)
        case "%":
            return _several(buffer, place, 2, depth)
        case "|":
            _, end = _several(buffer, place, 2, depth)
            return read_value(buffer, end, depth + 1)
        case kind if kind in "+-:_#,(":
            line, end = _line(buffer, place)
            return _simple(kind, line[1:].decode("utf-8", "replace")), end
        case _:
            raise ValueError("no such type")


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


def _several(buffer: bytearray, place: int, factor: int, depth: int) -> tuple[object, int]:
    count, place = _count(buffer, place)
    if count < 0:
        return None, place
    values = []
    for _ in range(count * factor):
        value, place = read_value(buffer, place, depth + 1)
        values.append(value)
    return values, place


def _bulk(buffer: bytearray, place: int) -> tuple[bytes | None, int]:
    length, start = _count(buffer, place)
    if length < 0:
        return None, start
    end = start + length + len(_END)
    if len(buffer) < end:
        raise IncompleteError
    return bytes(buffer[start : start + length]), end


def _count(buffer: bytearray, place: int) -> tuple[int, int]:
    line, end = _line(buffer, place)
    count = int(line[1:])
    if count > _LARGEST:
        raise ValueError("too large")
    return count, end


def _line(buffer: bytearray, place: int) -> tuple[bytes, int]:
    end = buffer.find(_END, place, place + _LONGEST_LINE)
    if end < 0:
        if len(buffer) - place >= _LONGEST_LINE:
            raise ValueError("a line is too long")
        raise IncompleteError
    return bytes(buffer[place:end]), end + len(_END)
