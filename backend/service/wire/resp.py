"""The Redis protocol, RESP2 and RESP3, as seen from between client and server.

Source: the protocol's specification (redis.io, "Redis serialization protocol specification").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from backend.service.wire.leases import makes_lease
from backend.service.wire.resp_values import Frame, RespError, line_at, value_of, words_of
from backend.service.wire.unit import Handling, Reply, Unit
from backend.tap.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ARRAY, _TLS_HELLO = ord("*"), 0x16
_READABLE = 1 << 20
"""Bytes of a longer reply are not read."""
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
    settings = ""
    server_pid = 0

    def __init__(self) -> None:
        self.wants_tls = False
        self._input = bytearray()
        self._output = bytearray()
        self.is_lost = False
        self._coming = Frame()
        """What the client is sending."""
        self._returning = Frame()
        """What the server is sending."""
        self._queued: list[Unit] = []
        self._in_multi = False
        self._awaited = 0

    def from_client(self, data: bytes) -> Sequence[Unit]:
        """Units that are whole now."""
        self._input += data
        units = []
        while (found := self._take_command()) is not None:
            units.append(self._unit(*found))
        return [*units, *self._unread()]

    def _unread(self) -> Iterator[Unit]:
        if self.is_lost and self._input:
            yield Unit(bytes(self._input), Handling.PASS)
            self._input.clear()

    def client_ended(self) -> None:
        """The client has hung up."""

    def server_ended(self) -> Reply:
        """What has come of a reply that will never be whole, now that the server has hung up."""
        return Reply(bytes(self._output), ends=False)

    def sent(self, unit: Unit) -> None:
        """This unit was passed on to the server."""
        self._awaited += unit.waits or unit.handling in {Handling.STEP, Handling.GLUED}

    def from_server(self, data: bytes) -> Sequence[Reply]:
        """Replies, or parts of them, that may be passed on now."""
        self._output += data
        replies = list(self._take_replies())
        if self.is_lost and self._output:
            replies.append(Reply(bytes(self._output), ends=False))
            self._output.clear()
        return replies

    def _take_replies(self) -> Iterator[Reply]:
        while self._output and not self.is_lost:
            try:
                end = self._returning.end(self._output)
            except ValueError:
                self.is_lost = True
                return
            if end is None:
                return
            data = bytes(self._output[:end])
            del self._output[:end]
            self._returning = Frame()
            yield self._reply(data)

    def _reply(self, data: bytes) -> Reply:
        ends = bool(self._awaited) and data[:1] != b">"  # which the server says unasked
        self._awaited -= ends
        try:
            value = value_of(data) if len(data) <= _READABLE else f"({len(data)} bytes)"
        except ValueError:
            value = None
        error = str(value) if isinstance(value, RespError) else ""
        return Reply(data, ends=ends, answer=None if error else value, error=error)

    def _take_command(self) -> tuple[bytes, list[bytes]] | None:
        """The bytes of the next command and its words."""
        if self.is_lost or not self._input:
            return None
        if self._input[0] == _TLS_HELLO:
            self.is_lost = self.wants_tls = True
            return None
        try:
            end = self._end_of_command()
            if end is None:
                return None
            data = bytes(self._input[:end])
            words = words_of(data)
        except ValueError:
            self.is_lost = True
            return None
        del self._input[:end]
        self._coming = Frame()
        return data, words

    def _end_of_command(self) -> int | None:
        if self._input[0] == _ARRAY:
            return self._coming.end(self._input)
        found = line_at(self._input, 0)
        return None if found is None else found[1]

    def _unit(self, data: bytes, words: list[bytes]) -> Unit:
        if not words:
            return Unit(data, Handling.PASS)
        texts = [word.decode("utf-8", "backslashreplace") for word in words]
        name = texts[0].upper()
        unit = Unit(data, self._handling(name, texts), (name,), shorten(" ".join([name, *texts[1:]])), keys_of(texts))
        unit.waits = unit.handling is Handling.PASS and not self.is_lost
        unit.makes_lease = makes_lease(texts)
        if name == "EXEC":
            unit.keys = tuple(dict.fromkeys(key for queued in self._queued for key in queued.keys))
            unit.commands = ("EXEC", *(queued.commands[0] for queued in self._queued))
            unit.makes_lease = any(queued.makes_lease for queued in self._queued)
            unit.text = shorten("MULTI; " + "; ".join([*(queued.text for queued in self._queued), "EXEC"]))
        self._note_transaction(name, unit)
        return unit

    def _handling(self, name: str, texts: Sequence[str]) -> Handling:
        if name in _STREAMING or (name == "CLIENT" and texts[1:2] and texts[1].upper() == "REPLY"):
            self.is_lost = True
            return Handling.PASS
        is_load = name == "SCRIPT" and texts[1:2] and texts[1].upper() == "LOAD"
        if name in _GLUED or is_load or name == "DISCARD" or (self._in_multi and name != "EXEC"):
            return Handling.GLUED
        return Handling.PASS if _blocks(name, texts) else Handling.STEP

    def _note_transaction(self, name: str, unit: Unit) -> None:
        if name == "MULTI":
            self._in_multi, self._queued = True, []
        elif name in {"EXEC", "DISCARD", "RESET"}:
            self._in_multi, self._queued = False, []
        elif self._in_multi:
            self._queued.append(unit)


def _blocks(name: str, texts: Sequence[str]) -> bool:
    """Whether a command may wait until somebody else does something; nobody schedules that."""
    return name in _BLOCKING or (name in {"XREAD", "XREADGROUP"} and "BLOCK" in map(str.upper, texts))


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
