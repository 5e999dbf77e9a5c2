"""Values in packets of the MySQL protocol, in text or binary form, as a person reads them.

Source: MariaDB documentation, "Clients & Utilities: client/server protocol"; MySQL internals, "Binary Protocol".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NULL, _TWO, _THREE, _EIGHT = 0xFB, 0xFC, 0xFD, 0xFE
_INTEGERS = {1: 1, 2: 2, 3: 4, 8: 8, 9: 4, 13: 2}
"""Bytes of a TINY, SHORT, LONG, LONGLONG, INT24 and YEAR."""
_FLOAT, _DOUBLE, _NULL_TYPE = 4, 5, 6
_TIMES = frozenset({7, 10, 11, 12})
_UNSIGNED = 0x20
_UNSIGNED_PARAMETER = 0x80


@dataclass(frozen=True, slots=True)
class Column:
    """What is needed of a column to read it."""

    type: int
    is_unsigned: bool = False


class Cursor:
    """Reads a packet from front to back.

    Args:
        data: without the packet's head.
        place: where to begin.
    """

    def __init__(self, data: bytes, place: int = 0) -> None:
        self._data = data
        self.place = place

    def take(self, count: int) -> bytes:
        """The next bytes.

        Raises:
            ValueError: fewer bytes than that are left.
        """
        end = self.place + count
        if end > len(self._data):
            raise ValueError("a packet ends too early")
        found, self.place = self._data[self.place : end], end
        return found

    def number(self, size: int, *, signed: bool = False) -> int:
        """A number of so many bytes."""
        return int.from_bytes(self.take(size), "little", signed=signed)

    def length(self) -> int | None:
        """A length-encoded number; None for NULL."""
        first = self.number(1)
        match first:
            case value if value < _NULL:
                return first
            case value if value == _TWO:
                return self.number(2)
            case value if value == _THREE:
                return self.number(3)
            case value if value == _EIGHT:
                return self.number(8)
            case _:
                return None

    def text(self) -> str | None:
        """A length-encoded string; None for NULL."""
        length = self.length()
        return None if length is None else self.take(length).decode("utf-8", "backslashreplace")

    def until_zero(self) -> bytes:
        """A string that ends with a zero."""
        end = self._data.index(b"\0", self.place)
        found, self.place = self._data[self.place : end], end + 1
        return found

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.place >= len(self._data)


def column_of(packet: bytes) -> Column:
    """Of a column definition.

    Raises:
        ValueError: the packet is no column definition.
    """
    cursor = Cursor(packet)
    for _ in range(6):
        cursor.text()
    if cursor.length() is None:
        raise ValueError("no column definition")
    cursor.take(6)
    kind, flags = cursor.number(1), cursor.number(2)
    return Column(kind, bool(flags & _UNSIGNED))


def text_row(packet: bytes, columns: int) -> tuple[object, ...]:
    """A row of a query's result."""
    cursor = Cursor(packet)
    return tuple(cursor.text() for _ in range(columns))


def binary_row(packet: bytes, columns: Sequence[Column]) -> tuple[object, ...]:
    """A row of a prepared statement's result."""
    cursor = Cursor(packet, 1)
    nulls = int.from_bytes(cursor.take((len(columns) + 9) // 8), "little") >> 2
    return tuple(None if nulls >> n & 1 else binary_value(cursor, column) for n, column in enumerate(columns))


def binary_value(cursor: Cursor, column: Column) -> object:
    """A value that is not NULL."""
    kind = column.type
    if kind in _INTEGERS:
        return cursor.number(_INTEGERS[kind], signed=not column.is_unsigned)
    if kind == _FLOAT:
        return struct.unpack("<f", cursor.take(4))[0]
    if kind == _DOUBLE:
        return struct.unpack("<d", cursor.take(8))[0]
    if kind == _NULL_TYPE:
        return None
    if kind in _TIMES:
        return _moment(cursor.take(cursor.number(1)), is_duration=kind == 11)
    return cursor.text()


def parameters_of(packet: bytes, place: int, count: int, known: Sequence[Column]) -> tuple[list[object], list[Column]]:
    """The parameters of an execution, and their types.

    Args:
        packet: without its head.
        place: where the parameters begin.
        count: how many there are.
        known: their types in the execution before, where this one does not say them again.

    Raises:
        ValueError: the packet ends too early.
    """
    if not count:
        return [], []
    cursor = Cursor(packet, place)
    nulls = int.from_bytes(cursor.take((count + 7) // 8), "little")
    types = list(known)
    if cursor.number(1):
        types = [Column(cursor.number(1), bool(cursor.number(1) & _UNSIGNED_PARAMETER)) for _ in range(count)]
    if len(types) < count:
        raise ValueError("types of parameters are not known")
    return [None if nulls >> n & 1 else binary_value(cursor, types[n]) for n in range(count)], types


def _moment(raw: bytes, *, is_duration: bool) -> str:
    if is_duration or not raw:
        return raw.hex() or "0"
    cursor = Cursor(raw)
    text = f"{cursor.number(2):04}-{cursor.number(1):02}-{cursor.number(1):02}"
    if not cursor.is_at_end:
        text += f" {cursor.number(1):02}:{cursor.number(1):02}:{cursor.number(1):02}"
    if not cursor.is_at_end:
        text += f".{cursor.number(4):06}"
    return text
