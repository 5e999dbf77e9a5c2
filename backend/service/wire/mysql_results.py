"""A server's answer to one command of the MySQL protocol, packet by packet."""

from __future__ import annotations

from enum import Enum, auto

from backend.service.wire.mysql_values import Column, Cursor, binary_row, column_of, text_row
from backend.service.wire.unit import Reply

_OK, _LOCAL_FILE, _EOF, _ERROR = 0x00, 0xFB, 0xFE, 0xFF
_QUERY, _FIELD_LIST, _STATISTICS, _PREPARE, _EXECUTE, _FETCH = 0x03, 0x04, 0x09, 0x16, 0x17, 0x1C
_IN_TRANSACTION, _MORE_RESULTS, _CURSOR = 0x1, 0x8, 0x40
_SHORT = 9
_LONGEST = 0xFFFFFF
_SHOWN_ROWS = 5


class _Stage(Enum):
    FIRST = auto()
    COLUMNS = auto()
    COLUMNS_END = auto()
    ROWS = auto()
    DEFINITIONS = auto()
    """Of a prepared statement's parameters and columns."""


class Result:
    """What has come of an answer so far.

    Args:
        command: the byte that names what was asked.
        deprecates_eof: whether the client wants no packet between columns and rows.
    """

    def __init__(self, command: int, *, deprecates_eof: bool) -> None:
        self.command = command
        self.wants_file = False
        """Whether the server has just asked for a file; then the client sends it."""
        self.statement: tuple[int, int] | None = None
        """Number and parameters of what was prepared."""
        self._deprecates_eof = deprecates_eof
        self._data = bytearray()
        self._stage = _Stage.ROWS if command == _FETCH else _Stage.FIRST
        self._columns: list[Column] = []
        self._expected = 0
        self._rows: list[tuple[object, ...]] | None = None
        self._count: int | None = None
        self._error = ""
        self._in_transaction = False

    def take(self, raw: bytes, payload: bytes) -> bool:
        """Take a packet; whether the answer is complete."""
        self._data += raw
        self.wants_file = False
        try:
            return self._take(payload)
        except (ValueError, IndexError):
            return True  # what is not understood is passed on

    @property
    def size(self) -> int:
        """Bytes that have come and were not taken."""
        return len(self._data)

    def taken(self) -> bytes:
        """What has come so far, to be passed on before the rest."""
        data, self._data = bytes(self._data), bytearray()
        return data

    def reply(self) -> Reply:
        """The whole answer."""
        answer = self._rows if self._rows is not None else self._count
        return Reply(bytes(self._data), answer=answer, error=self._error, in_transaction=self._in_transaction)

    def _take(self, payload: bytes) -> bool:
        if payload[:1] == bytes([_ERROR]) and self._stage is not _Stage.COLUMNS:
            self._error = _complaint(payload)
            return True
        match self._stage:
            case _Stage.FIRST:
                return self._first(payload)
            case _Stage.COLUMNS:
                self._columns.append(column_of(payload))
                if len(self._columns) == self._expected:
                    self._stage = _Stage.ROWS if self._deprecates_eof else _Stage.COLUMNS_END
                return False
            case _Stage.COLUMNS_END:
                self._stage = _Stage.ROWS
                return bool(_eof_status(payload) & _CURSOR)
            case _Stage.ROWS:
                return self._row(payload)
            case _Stage.DEFINITIONS:
                self._expected -= 1
                return self._expected == 0

    def _first(self, payload: bytes) -> bool:
        if self.command == _STATISTICS:
            return True
        if self.command == _PREPARE and payload[0] == _OK:
            return self._prepared(payload)
        if payload[0] == _OK or (payload[0] == _EOF and len(payload) < _SHORT):
            return self._ok(payload)
        if payload[0] == _LOCAL_FILE:
            self.wants_file = True
            return False
        if self.command == _FIELD_LIST:
            return False
        self._expected = Cursor(payload).length() or 0
        self._columns, self._rows, self._stage = [], [], _Stage.COLUMNS
        return False

    def _prepared(self, payload: bytes) -> bool:
        cursor = Cursor(payload, 1)
        number, columns, parameters = cursor.number(4), cursor.number(2), cursor.number(2)
        self.statement = (number, parameters)
        ends = 0 if self._deprecates_eof else (columns > 0) + (parameters > 0)
        self._expected = columns + parameters + ends
        self._stage = _Stage.DEFINITIONS
        return not self._expected

    def _row(self, payload: bytes) -> bool:
        if payload[0] == _EOF and len(payload) < (_LONGEST if self._deprecates_eof else _SHORT):
            return self._ended(_ok_status(payload) if self._deprecates_eof else _eof_status(payload))
        if self._rows is not None and len(self._rows) < _SHOWN_ROWS:
            binary = self.command == _EXECUTE
            row = binary_row(payload, self._columns) if binary else text_row(payload, len(self._columns))
            self._rows.append(row)
        return False

    def _ok(self, payload: bytes) -> bool:
        if payload[0] == _EOF:
            return self._ended(_eof_status(payload))
        cursor = Cursor(payload, 1)
        self._count = cursor.length()
        return self._ended(_ok_status(payload))

    def _ended(self, status: int) -> bool:
        self._in_transaction = bool(status & _IN_TRANSACTION)
        if status & _MORE_RESULTS:
            self._stage = _Stage.FIRST
            return False
        return True


def _ok_status(payload: bytes) -> int:
    cursor = Cursor(payload, 1)
    cursor.length()
    cursor.length()
    return cursor.number(2)


def _eof_status(payload: bytes) -> int:
    return Cursor(payload, 3).number(2)


def _complaint(payload: bytes) -> str:
    number = int.from_bytes(payload[1:3], "little")
    text = payload[3:].decode("utf-8", "replace")
    return f"{number} {text[6:] if text.startswith('#') else text}"
