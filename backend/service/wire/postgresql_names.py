"""What the names of prepared statements and portals stand for on one connection of the PostgreSQL protocol."""

from __future__ import annotations

import struct
from collections import deque
from typing import TypeAlias

from backend.service.wire.postgresql_values import parameters_of, text_at

Executed: TypeAlias = tuple[str, tuple[object, ...]]
"""A statement and its parameters."""
_UNKNOWN: Executed = ("EXECUTE", ())


class Names:
    """Reads the messages with which a client prepares, binds and executes."""

    def __init__(self) -> None:
        self._statements: dict[str, tuple[str, tuple[int, ...]]] = {}
        """Text and types of parameters."""
        self._portals: dict[str, Executed] = {}
        self._described: deque[str] = deque()
        """Statements whose types the server will tell."""
        self.executed: list[Executed] = []
        """Since they were last taken."""
        self._prepared = ""
        """The text that was prepared last, if it was since then."""

    def note(self, kind: bytes, body: bytes) -> None:
        """Remember what a client's message says: Parse, Bind, Describe, Execute or Close."""
        try:
            self._read(kind, body)
        except (ValueError, LookupError, struct.error):
            if kind == b"B":
                self._portals[text_at(body)[0]] = _UNKNOWN

    def take_executed(self) -> list[Executed]:
        """What has been executed since this was last asked."""
        found, self.executed = self.executed, []
        return found

    def take_prepared(self) -> str:
        """The text that was prepared last, if it was since this was last asked."""
        found, self._prepared = self._prepared, ""
        return found

    def learn_types(self, body: bytes) -> None:
        """The server tells the types of parameters of the statement that was described first."""
        name = self._described.popleft() if self._described else None
        if name in self._statements:
            self._statements[name] = (self._statements[name][0], _types(body))

    def _read(self, kind: bytes, body: bytes) -> None:
        match kind:
            case b"P":
                name, rest = text_at(body)
                sql, rest = text_at(rest)
                self._statements[name] = (sql, _types(rest))
                self._prepared = sql
            case b"B":
                portal, rest = text_at(body)
                name, rest = text_at(rest)
                sql, oids = self._statements[name]
                self._portals[portal] = (sql, parameters_of(rest, oids))
            case b"D" if body[:1] == b"S":
                self._described.append(text_at(body[1:])[0])
            case b"E":
                self.executed.append(self._portals.get(text_at(body)[0], _UNKNOWN))
            case b"C":
                known = self._statements if body[:1] == b"S" else self._portals
                known.pop(text_at(body[1:])[0], None)
            case _:
                pass


def _types(message: bytes) -> tuple[int, ...]:
    """Object identifiers, behind their number."""
    count = int.from_bytes(message[:2])
    return tuple(int.from_bytes(message[2 + 4 * n : 6 + 4 * n]) for n in range(count))
