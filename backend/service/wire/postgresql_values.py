"""Values in messages of the PostgreSQL protocol, in text or binary form, as a person reads them."""

from __future__ import annotations

import re
import struct
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING

from backend.tap.wording import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BOOL, _INT8, _INT2, _INT4, _FLOAT4, _FLOAT8, _UUID, _JSONB = 16, 20, 21, 23, 700, 701, 2950, 3802
_TEXTS = frozenset({0, 18, 19, 25, 114, 705, 1042, 1043})
_NULL = 0xFFFFFFFF
_PLACEHOLDER = re.compile(r"\$(\d+)")
_KNOWN_STATEMENTS = 512
_number2, _number4 = struct.Struct("!H").unpack_from, struct.Struct("!I").unpack_from

_BINARY: dict[int, Callable[[bytes], object]] = {
    _BOOL: lambda raw: raw != b"\0",
    _INT2: lambda raw: int.from_bytes(raw, signed=True),
    _INT4: lambda raw: int.from_bytes(raw, signed=True),
    _INT8: lambda raw: int.from_bytes(raw, signed=True),
    _FLOAT4: lambda raw: struct.unpack("!f", raw)[0],
    _FLOAT8: lambda raw: struct.unpack("!d", raw)[0],
    _UUID: lambda raw: str(uuid.UUID(bytes=raw)),
    _JSONB: lambda raw: raw[1:].decode(),
}


def text_at(body: bytes) -> tuple[str, bytes]:
    """A string that ends with a zero, and what follows it."""
    text, _, rest = body.partition(b"\0")
    return text.decode("utf-8", "replace"), rest


def in_place(sql: str, values: tuple[object, ...]) -> str:
    """The statement with its parameters where their placeholders stand."""
    before, places = _taken_apart(sql)
    parts = [before]
    for number, spelt, after in places:
        parts += literal(values[number - 1]) if 0 < number <= len(values) else spelt, after
    return "".join(parts)


@lru_cache(_KNOWN_STATEMENTS)
def _taken_apart(sql: str) -> tuple[str, tuple[tuple[int, str, str], ...]]:
    """What stands before the first placeholder; then each of them, how it is spelt, and what stands behind it."""
    found = list(_PLACEHOLDER.finditer(sql))
    ends = [*(match.start() for match in found), len(sql)]
    places = [(int(match[1]), match[0], sql[match.end() : end]) for match, end in zip(found, ends[1:], strict=True)]
    return sql[: ends[0]], tuple(places)


def parameters_of(bind: bytes, oids: Sequence[int]) -> tuple[object, ...]:
    """The parameters of a Bind message, from behind the names.

    Raises:
        ValueError: the message ends too early within a value.
        struct.error: it ends too early elsewhere.
    """
    count = _number2(bind, 0)[0]
    formats = struct.unpack_from(f"!{count}H", bind, 2)
    place = 4 + 2 * count
    values: list[object] = []
    for n in range(_number2(bind, place - 2)[0]):
        raw, place = _value(bind, place)
        values.append(_readable(raw, _at(formats, n), oids[n] if n < len(oids) else 0))
    return tuple(values)


def rows_of(columns: bytes | None, rows: Sequence[bytes]) -> list[tuple[object, ...]]:
    """Rows of DataRow messages, by the RowDescription before them; without one, values are taken for text.

    Raises:
        ValueError: a message ends too early within a value.
        struct.error: it ends too early elsewhere.
    """
    types = _column_types(columns) if columns and rows else ()
    return [tuple(_row(row, types)) for row in rows]


def _row(row: bytes, types: Sequence[tuple[int, int]]) -> list[object]:
    place = 2
    values: list[object] = []
    for n in range(_number2(row)[0]):
        raw, place = _value(row, place)
        oid, form = types[n] if n < len(types) else (0, 0)
        values.append(_readable(raw, form, oid))
    return values


@lru_cache(_KNOWN_STATEMENTS)
def _column_types(columns: bytes) -> tuple[tuple[int, int], ...]:
    place = 2
    types = []
    for _ in range(_number2(columns)[0]):
        place = columns.index(b"\0", place) + 1
        types.append((_number4(columns, place + 6)[0], _number2(columns, place + 16)[0]))
        place += 18
    return tuple(types)


def _at(formats: Sequence[int], n: int) -> int:
    """No format stands for text everywhere, one for all values."""
    if len(formats) > 1:
        return formats[n] if n < len(formats) else 0
    return formats[0] if formats else 0


def _value(message: bytes, place: int) -> tuple[bytes | None, int]:
    length = _number4(message, place)[0]
    place += 4
    if length == _NULL:
        return None, place
    if place + length > len(message):
        raise ValueError("a message ends too early")
    return message[place : place + length], place + length


def _readable(raw: bytes | None, form: int, oid: int) -> object:
    if raw is None:
        return None
    read = _BINARY.get(oid) if form else None
    if read:
        try:
            return read(raw)
        except (ValueError, struct.error):
            return "\\x" + raw.hex()
    if form and oid not in _TEXTS:
        return "\\x" + raw.hex()
    return raw.decode("utf-8", "replace")
