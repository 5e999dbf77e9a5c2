"""MariaDB connections on which a statement without an answer hands control back instead of blocking the thread."""

from __future__ import annotations

import re
import select
import socket
from typing import TYPE_CHECKING, Any

import pymysql

from backend.engines.mariadb_connection import SESSION, MariadbConnection, settled
from backend.explorer.sql_words import is_plain_read

if TYPE_CHECKING:
    from collections.abc import Callable

REPEATABLE_READ = "REPEATABLE READ"
_SETTINGS = f"{SESSION}, innodb_lock_wait_timeout = 3600"
"""Nobody waits longer than the schedule wants."""
_LEVEL = re.compile(r"SET SESSION TRANSACTION ISOLATION LEVEL ([A-Z ]+)", re.IGNORECASE)
_KEEPS_SNAPSHOT = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE"})
_AT_ONCE = 1 << 16
_SILENCE_S = 0.0003
"""An answer that takes longer may be waiting for somebody. To ask the server costs more than on PostgreSQL."""


class ParkingMariadbConnection(MariadbConnection):
    """A connection that calls `on_silence` whenever the server takes its time."""

    on_silence: Callable[[], bool] | None = None
    """Returns when it is worth looking again; False if nobody is there to hand control to."""
    level = REPEATABLE_READ
    """The isolation level of the session."""
    has_snapshot = False
    """Whether the transaction certainly sees nothing any more that is committed from now on."""

    def connect(self, sock: socket.socket | None = None) -> None:
        """Connect, and read answers our way from then on.

        Raises:
            pymysql.Error: it cannot be had.
        """
        super().connect(sock)
        self._rfile.close()  # type: ignore[has-type]
        self._rfile = _Answers(self, self._sock)  # type: ignore[attr-defined]
        self.rollback()

    def query(self, sql: Any, unbuffered: bool = False) -> Any:  # noqa: ANN401  as PyMySQL declares it
        """Send a statement and read its answer."""
        had, self.has_snapshot = self.has_snapshot, False  # an error may have rolled everything back
        rows = super().query(sql, unbuffered)
        text = str(sql)
        if text.split(None, 1)[0].upper() in _KEEPS_SNAPSHOT:
            self.has_snapshot = had or is_plain_read(text)
        elif level := _LEVEL.match(text):
            self.level = level[1].strip().upper()
        return rows

    def commit(self) -> None:
        """End the transaction, if there is one."""
        self.has_snapshot = False
        super().commit()

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        self.has_snapshot = False
        super().rollback()

    @property
    def thread(self) -> int:
        """The server's thread that serves it."""
        return int(self.thread_id())  # type: ignore[no-untyped-call]

    def drop(self) -> None:
        """Close the socket without a word, as the death of a process does."""
        self._force_close()  # type: ignore[attr-defined]


class _Answers:
    """What the server says, read as PyMySQL reads it from a file."""

    def __init__(self, connection: ParkingMariadbConnection, sock: socket.socket) -> None:
        self._connection = connection
        self._socket = sock
        self._read = bytearray()

    def read(self, size: int) -> bytes:
        """So many bytes; fewer at the end of the connection."""
        while len(self._read) < size:
            self._wait()
            received = self._socket.recv(_AT_ONCE)
            if not received:
                break
            self._read += received
        found = bytes(self._read[:size])
        del self._read[:size]
        return found

    def close(self) -> None:
        """Nothing: PyMySQL closes the socket itself."""

    def _wait(self) -> None:
        silence = self._connection.on_silence
        if silence is None:
            return
        while not select.select((self._socket,), (), (), _SILENCE_S)[0]:
            if not silence():
                return


def connect(level: str, **parameters: Any) -> ParkingMariadbConnection:  # noqa: ANN401  whatever PyMySQL takes
    """A connection for a request.

    Args:
        level: the server's own, which sessions have that ask for no other.
        parameters: of PyMySQL.

    Raises:
        pymysql.Error: it cannot be had.
    """
    settings = f"{_SETTINGS}, tx_isolation = '{level.replace(' ', '-')}'"
    connection = ParkingMariadbConnection(**settled({**parameters, "init_command": settings}))
    connection.level = level
    return connection


CONNECT_ERRORS = (pymysql.Error, OSError)
"""What `connect` raises."""
