"""A PostgreSQL server's reply to one unit, message by message."""

from __future__ import annotations

import re

from backend.service.wire.postgresql_values import rows_of, text_at
from backend.service.wire.unit import Reply

_SHOWN_ROWS = 5
_COUNT = re.compile(r"(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY|SELECT) (\d+)")


class Gathered:
    """What has come of a reply so far."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._columns: bytes | None = None
        self._rows: list[bytes] = []
        self._answer: object = None
        self._error = ""

    def look(self, kind: bytes, body: bytes) -> None:
        """Keep what a person wants to know of a message."""
        match kind:
            case b"T":
                self._columns, self._rows = body, []
            case b"D":
                if len(self._rows) < _SHOWN_ROWS:
                    self._rows.append(body)
            case b"C":
                self._answer = self._told(text_at(body)[0])
            case b"s":  # PortalSuspended: the client asked for so many rows and no more
                self._answer = rows_of(self._columns, self._rows)
            case b"E" if not self._error:
                self._error = _complaint(body)
            case _:
                pass

    def taken(self) -> bytes:
        """What has come so far, to be passed on before the rest."""
        data = bytes(self.data)
        self.data.clear()
        return data

    def finish(self, *, in_transaction: bool) -> Reply:
        """The whole reply."""
        return Reply(bytes(self.data), answer=self._answer, error=self._error, in_transaction=in_transaction)

    def _told(self, tag: str) -> object:
        if self._columns is not None or self._rows or tag.startswith("SELECT"):
            return rows_of(self._columns, self._rows)
        counted = _COUNT.fullmatch(tag)
        return int(counted[1]) if counted else None


def _complaint(body: bytes) -> str:
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    return f"{fields.get(b'C', '')} {fields.get(b'M', '')}".strip()
