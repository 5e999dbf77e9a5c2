"""The PostgreSQL protocol, version 3, as seen from between client and server.

Source: PostgreSQL documentation, "Frontend/Backend Protocol", "Message Formats".
"""

from __future__ import annotations

import struct
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from backend.service.wire.glue import is_glued
from backend.service.wire.postgresql_names import Names
from backend.service.wire.postgresql_replies import Gathered
from backend.service.wire.postgresql_values import in_place, text_at
from backend.service.wire.unit import MOST_BUFFERED, PART, Handling, Reply, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TLS_REQUEST, _GSS_REQUEST, _CANCEL_REQUEST = 80877103, 80877104, 80877102
_TLS_HELLO = 0x16
_HEAD = 5
_head = struct.Struct("!cI").unpack_from
"""A message's type, and its length without that."""
_LONGEST_GREETING = 1 << 20
_GROUPED = frozenset({b"P", b"B", b"D", b"E", b"C"})
"""Parse, Bind, Describe, Execute, Close: they wait for a Sync."""
_COPY_BEGINS = frozenset({b"G", b"H", b"W"})
"""Nothing goes on until the client knows."""
_LOOKED_AT = frozenset({b"K", b"G", b"W", b"Z", b"t"})
_TELLING = frozenset({b"n", b"T", b"D", b"C", b"s", b"E"})
"""Of which a person wants to know."""
_SKIPPED = "skipped, because a command before it failed"
_COMPLETIONS = frozenset({b"C", b"s", b"I", b"E"})
"""CommandComplete, PortalSuspended, EmptyQueryResponse, ErrorResponse."""


class PostgresqlDialect:
    """One connection."""

    engine = EngineKind.POSTGRESQL

    def __init__(self) -> None:
        self.server_pid = 0
        self.settings = ""
        self.wants_tls = False
        self._greeted = False
        """Whether the start-up message has come, after which messages have a type."""
        self.is_lost = False
        self._refused_tls = False
        self._input = bytearray()
        self._output = bytearray()
        self._group = bytearray()
        self._names = Names()
        self._copies_in = False
        """Whether the client was asked for the rows of a COPY; until its end the server ignores Sync."""
        self._awaited: deque[int] = deque()
        """For each unit that the server has: how many completions answer it; 0 for a ReadyForQuery."""
        self._reply = Gathered()

    # From the client

    def from_client(self, data: bytes) -> Sequence[Unit]:
        """Units that are whole now."""
        self._input += data
        units = list(self._take_units())
        if self._has_lost_its_way() and (self._input or self._group):
            units.append(Unit(self._take_group() + bytes(self._input), Handling.PASS))
            self._input.clear()
        return units

    def _has_lost_its_way(self) -> bool:
        self.is_lost = self.is_lost or len(self._input) + len(self._group) > MOST_BUFFERED
        return self.is_lost

    def client_ended(self) -> None:
        """The client has hung up."""
        self.wants_tls = self.wants_tls or (self._refused_tls and not self._greeted)

    def server_ended(self) -> Reply:
        """What has come of a reply that will never be whole, now that the server has hung up."""
        error = self._reply.finish(in_transaction=False).error
        return Reply(self._leftovers(), ends=False, error=error)

    def sent(self, unit: Unit) -> None:
        """This unit was passed on to the server."""
        if unit.handling in {Handling.STEP, Handling.GLUED}:
            self._awaited.append(unit.completions)

    def _take_units(self) -> Iterator[Unit]:
        while not self._greeted and not self.is_lost:
            unit = self._take_greeting()
            if unit is None:
                return
            yield unit
        for kind, message in self._messages(self._input):
            unit = self._take_message(kind, message)
            if unit is not None:
                yield unit

    def _messages(self, buffer: bytearray) -> Iterator[tuple[bytes, bytes]]:
        """Take the messages that are whole now off a buffer, each with its type."""
        if len(buffer) < _HEAD or len(buffer) <= _head(buffer)[1] < MOST_BUFFERED:
            return  # without a copy of what may be long
        data, place = bytes(buffer), 0
        buffer.clear()
        while not self.is_lost and place + _HEAD <= len(data):
            kind, length = _head(data, place)
            end = place + length + 1
            if not _HEAD <= length + 1 <= MOST_BUFFERED:
                self.is_lost = True
            elif end > len(data):
                break
            else:
                yield kind, data[place:end]
                place = end
        buffer += data[place:]

    def _take_greeting(self) -> Unit | None:
        if self._input[:1] and self._input[0] == _TLS_HELLO:
            self.is_lost = self.wants_tls = True
            return None
        if len(self._input) < 8:
            return None
        length, code = int.from_bytes(self._input[:4]), int.from_bytes(self._input[4:8])
        if not 8 <= length <= _LONGEST_GREETING:
            self.is_lost = True
            return None
        if len(self._input) < length:
            return None
        message = bytes(self._input[:length])
        del self._input[:length]
        if code in {_TLS_REQUEST, _GSS_REQUEST}:
            self._refused_tls = self._refused_tls or code == _TLS_REQUEST
            return Unit(b"N", Handling.ANSWER)
        self._greeted = True
        self.settings = message[8:].replace(b"\0", b" ").decode("utf-8", "replace")
        return Unit(message, Handling.PASS)

    def _take_message(self, kind: bytes, message: bytes) -> Unit | None:
        if kind in _GROUPED:
            self._names.note(kind, message[_HEAD:])
            self._group += message
            return None
        match kind:
            case b"Q":
                return self._simple(message, text_at(message[_HEAD:])[0])
            case b"S" if self._copies_in and not self._names.executed:
                return Unit(message, Handling.PASS)  # the one before it was ignored, since a COPY was under way
            case b"F":
                return Unit(self._take_group() + message, Handling.STEP, ("CALL function",), "CALL function")
            case b"S":
                return self._close_group(message)
            case b"H" if not self._names.executed:
                return Unit(self._take_group() + message, Handling.PASS, prepares=self._names.take_prepared())
            case b"H":
                return self._close_group(message)  # a cursor, or a pipeline that wants answers before its Sync
            case _:
                # passwords, rows of a COPY, the end; and whatever is not known
                return Unit(self._take_group() + message, Handling.PASS)

    def _simple(self, message: bytes, sql: str) -> Unit:
        handling = Handling.GLUED if is_glued(sql) else Handling.STEP
        return Unit(self._take_group() + message, handling, (sql,), sql)

    def _take_group(self) -> bytes:
        """Messages before this one that wait for a Sync; none is overtaken."""
        data = bytes(self._group)
        self._group.clear()
        return data

    def _close_group(self, sync: bytes) -> Unit:
        data, executed = self._take_group() + sync, self._names.take_executed()
        prepared = self._names.take_prepared()
        commands = tuple(sql for sql, _ in executed)
        telling = [pair for pair in executed if not is_glued(pair[0])] or executed
        handling = Handling.GLUED if all(map(is_glued, commands)) else Handling.STEP
        text = "; ".join(in_place(sql, values) for sql, values in telling)
        completions = len(executed) if sync[:1] == b"H" else 0
        return Unit(data, handling, commands, text, prepares="" if executed else prepared, completions=completions)

    # From the server

    def from_server(self, data: bytes) -> Sequence[Reply]:
        """Replies, or parts of them, that may be passed on now."""
        if self.is_lost:
            return [Reply(self._leftovers() + data, ends=False)]
        self._output += data
        return list(self._take_replies())

    def _leftovers(self) -> bytes:
        left = bytes(self._reply.data + self._output)
        self._reply.data.clear()
        self._output.clear()
        return left

    def _take_replies(self) -> Iterator[Reply]:
        for kind, message in self._messages(self._output):
            if kind in _LOOKED_AT:
                self._look(kind, message[_HEAD:])
            elif kind in _TELLING:
                with suppress(ValueError, LookupError, struct.error):
                    self._reply.look(kind, message[_HEAD:])
            self._reply.data += message
            if not self._awaited:
                continue
            if self._completes(kind):
                yield from self._finished(kind, in_transaction=kind != b"Z" or message[_HEAD:] != b"I")
            elif kind in _COPY_BEGINS or len(self._reply.data) > PART:
                yield Reply(self._reply.taken(), ends=False)
        if self.is_lost:
            yield Reply(self._leftovers(), ends=False)
        elif not self._awaited and self._reply.data:
            yield Reply(self._reply.taken(), ends=False)

    def _completes(self, kind: bytes) -> bool:
        """Whether this message is the last of the reply to the oldest unit."""
        left = self._awaited[0]
        if not left or kind == b"Z":
            return kind == b"Z"
        if kind not in _COMPLETIONS:
            return False
        self._awaited[0] = left - 1
        return left == 1 or kind == b"E"

    def _finished(self, kind: bytes, *, in_transaction: bool) -> Iterator[Reply]:
        """The reply to the oldest unit; after an error the server skips all up to the client's Sync."""
        reply = self._reply.finish(in_transaction=in_transaction)
        self._reply = Gathered()
        while kind == b"Z" and len(self._awaited) > 1 and self._awaited[0]:
            self._awaited.popleft()
            yield Reply(b"", error=_SKIPPED, in_transaction=in_transaction)
        self._awaited.popleft()
        yield reply

    def _look(self, kind: bytes, body: bytes) -> None:
        match kind:
            case b"K":
                self.server_pid = int.from_bytes(body[:4])
            case b"G" | b"W":
                self._copies_in = True
            case b"Z":
                self._copies_in = False
            case _:
                self._names.learn_types(body)
