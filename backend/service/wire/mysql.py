"""The MySQL protocol, as MariaDB and MySQL speak it, as seen from between client and server.

TLS and compression are taken out of what the server offers, since nobody can look into either.
Source: MariaDB documentation, "Clients & Utilities: client/server protocol".
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from backend.service.wire.glue import is_glued
from backend.service.wire.mysql_results import Result
from backend.service.wire.mysql_values import Column, Cursor, parameters_of
from backend.service.wire.unit import MOST_BUFFERED, PART, Handling, Reply, Unit
from backend.tap.wording import literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = 4
_LONGEST = 0xFFFFFF
_TLS, _COMPRESS, _ZSTD, _DEPRECATE_EOF = 0x800, 0x20, 0x4000000, 0x1000000
_TLS_REQUEST_BYTES = 32
_GREETING, _ERROR, _OK = 0x0A, 0xFF, 0x00
_QUIT, _INIT_DB, _QUERY, _CHANGE_USER = 0x01, 0x02, 0x03, 0x11
_PREPARE, _EXECUTE, _LONG_DATA, _CLOSE = 0x16, 0x17, 0x18, 0x19
_STREAMING = frozenset({0x12, 0x1E})
"""Replication: the server sends as long as it likes."""
_UNANSWERED = frozenset({_QUIT, _LONG_DATA, _CLOSE})
_LATEST = 0xFFFFFFFF
_PLACEHOLDER = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|(\?)")


class MysqlDialect:
    """One connection."""

    engine = EngineKind.MARIADB
    settings = ""

    def __init__(self) -> None:
        self.server_pid = 0
        self.wants_tls = False
        self.is_lost = False
        self._is_in = False
        """Whether the server has let the client in, so that commands follow."""
        self._has_login = False
        self._deprecates_eof = False
        self._input = bytearray()
        self._output = bytearray()
        self._results: deque[Result] = deque()
        """What the server still has to answer, oldest first."""
        self._preparing: deque[str] = deque()
        self._statements: dict[int, tuple[str, int]] = {}
        """Text and number of parameters of each prepared statement."""
        self._types: dict[int, list[Column]] = {}
        self._latest = ""
        """Text of the statement that the client had prepared last; it need not wait for the number to execute it."""
        self._sends_file = False

    # From the client

    def from_client(self, data: bytes) -> Sequence[Unit]:
        """Units that are whole now."""
        self._input += data
        units = [] if self.is_lost else [self._unit(raw, payload) for raw, payload in _packets(self._input)]
        return [*units, *self._unread()]

    def _unread(self) -> Iterator[Unit]:
        self.is_lost = self.is_lost or len(self._input) > MOST_BUFFERED
        if self.is_lost and self._input:
            yield Unit(bytes(self._input), Handling.PASS)
            self._input.clear()

    def client_ended(self) -> None:
        """The client has hung up."""

    def server_ended(self) -> Reply:
        """What has come of a reply that will never be whole, now that the server has hung up."""
        return Reply(self._leftovers(), ends=False)

    def sent(self, unit: Unit) -> None:
        """This unit was passed on to the server."""
        if unit.handling in {Handling.STEP, Handling.GLUED}:
            command = unit.data[_HEAD]
            self._results.append(Result(command, deprecates_eof=self._deprecates_eof))
            if command == _PREPARE:
                self._preparing.append(unit.text)

    def _unit(self, raw: bytes, payload: bytes) -> Unit:
        if not self._is_in:
            self._look_at_login(payload)
            return Unit(raw, Handling.PASS)
        if self._sends_file or not payload:
            self._sends_file = bool(payload)
            return Unit(raw, Handling.PASS)
        command = payload[0]
        if command in _UNANSWERED:
            return Unit(raw, Handling.PASS)
        if command in _STREAMING:
            self.is_lost = True
            return Unit(raw, Handling.PASS)
        if command == _CHANGE_USER:
            self._is_in = False
            return Unit(raw, Handling.PASS)
        if command == _QUERY:
            sql = payload[1:].decode("utf-8", "backslashreplace")
            return Unit(raw, Handling.GLUED if is_glued(sql) else Handling.STEP, (sql,), sql)
        if command == _PREPARE:
            self._latest = payload[1:].decode("utf-8", "backslashreplace")
            return Unit(raw, Handling.GLUED, (), self._latest)
        if command == _EXECUTE:
            return self._execution(raw, payload)
        return Unit(raw, Handling.GLUED, (), f"COM {command:#04x}")

    def _execution(self, raw: bytes, payload: bytes) -> Unit:
        try:
            number = int.from_bytes(payload[1:5], "little")
            if number == _LATEST:
                sql, count = self._latest, sum(map(bool, _PLACEHOLDER.findall(self._latest)))
            else:
                sql, count = self._statements[number]
            values, self._types[number] = parameters_of(payload, 10, count, self._types.get(number, []))
        except (KeyError, ValueError, IndexError):
            return Unit(raw, Handling.STEP, ("EXECUTE",), "EXECUTE")
        handling = Handling.GLUED if is_glued(sql) else Handling.STEP
        return Unit(raw, handling, (sql,), _in_place(sql, values))

    def _look_at_login(self, payload: bytes) -> None:
        """The first packet of a client says what it can do."""
        if self._has_login or len(payload) < 4:
            return
        self._has_login = True
        capabilities = int.from_bytes(payload[:4], "little")
        self._deprecates_eof = bool(capabilities & _DEPRECATE_EOF)
        if capabilities & _TLS and len(payload) == _TLS_REQUEST_BYTES:
            self.wants_tls = self.is_lost = True

    # From the server

    def from_server(self, data: bytes) -> Sequence[Reply]:
        """Replies, or parts of them, that may be passed on now."""
        self._output += data
        replies = [] if self.is_lost else list(self._replies())
        self.is_lost = self.is_lost or len(self._output) > MOST_BUFFERED
        if self.is_lost:
            replies.append(Reply(self._leftovers(), ends=False))
            self._results.clear()
        return replies

    def _leftovers(self) -> bytes:
        held = self._results[0].taken() if self._results else b""
        left = held + bytes(self._output)
        self._output.clear()
        return left

    def _replies(self) -> Iterator[Reply]:
        for raw, payload in _packets(self._output):
            if not self._is_in:
                yield Reply(self._enter(raw, payload), ends=False)
            elif not self._results:
                yield Reply(raw, ends=False)
            else:
                yield from self._answer(raw, payload)

    def _answer(self, raw: bytes, payload: bytes) -> Iterator[Reply]:
        result = self._results[0]
        is_over = result.take(raw, payload)
        if result.wants_file:
            self._sends_file = True
        if result.wants_file or (result.size > PART and not is_over):
            yield Reply(result.taken(), ends=False)
        if is_over:
            self._results.popleft()
            if result.command == _PREPARE:
                self._note_prepared(result)
            yield result.reply()

    def _note_prepared(self, result: Result) -> None:
        sql = self._preparing.popleft() if self._preparing else ""
        if result.statement is not None:
            number, parameters = result.statement
            self._statements[number] = (sql, parameters)

    def _enter(self, raw: bytes, payload: bytes) -> bytes:
        """The greeting, without what nobody could look into; and the end of the login."""
        if payload[:1] == bytes([_GREETING]) and not self._has_login:
            return self._greet(raw, payload)
        if payload[:1] == bytes([_OK]):
            self._is_in = True
        return raw

    def _greet(self, raw: bytes, payload: bytes) -> bytes:
        try:
            cursor = Cursor(payload, 1)
            cursor.until_zero()
            self.server_pid = cursor.number(4)
        except ValueError:
            self.is_lost = True
            return raw
        cursor.place += 9
        changed = bytearray(payload)
        _clear(changed, cursor.place, _TLS | _COMPRESS)
        _clear(changed, cursor.place + 5, _ZSTD >> 16)
        place = cursor.place + 2 + 1 + 2 + 2 + 1 + 6
        if len(changed) >= place + 4:
            changed[place : place + 4] = bytes(4)  # MariaDB's own extensions, such as metadata that is left out
        return raw[:_HEAD] + bytes(changed)


def _clear(payload: bytearray, place: int, bits: int) -> None:
    if len(payload) >= place + 2:
        value = int.from_bytes(payload[place : place + 2], "little") & ~bits
        payload[place : place + 2] = value.to_bytes(2, "little")


def _packets(buffer: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Whole packets off the buffer, as they came and without their heads; long ones put together."""
    start = place = 0
    payload = bytearray()
    taken = 0
    while len(buffer) - place >= _HEAD:
        length = int.from_bytes(buffer[place : place + 3], "little")
        end = place + _HEAD + length
        if end > len(buffer):
            break
        payload += buffer[place + _HEAD : end]
        place = end
        if length < _LONGEST:
            yield bytes(buffer[start:place]), bytes(payload)
            start, payload, taken = place, bytearray(), place
    del buffer[:taken]


def _in_place(sql: str, values: Sequence[object]) -> str:
    rest = iter(values)
    return _PLACEHOLDER.sub(lambda found: literal(next(rest, None)) if found[1] else found[0], sql)
