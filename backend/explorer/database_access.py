"""A submission's connection to the database, one class a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

import sqlalchemy as sa
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from sqlalchemy.pool import QueuePool

from backend.engines.sql import create_sql_engine
from backend.explorer.footprints import Isolation

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from backend.explorer.connection import ParkingConnection


_READ_COMMITTED = Isolation()


class DatabaseAccess(Protocol):
    """One connection, behind an engine that has no other."""

    engine: sa.Engine

    @property
    def pid(self) -> int:
        """The server process behind it."""

    @property
    def fd(self) -> int:
        """Its socket."""

    def isolation(self) -> Isolation:
        """How a statement that ran now would see other transactions."""

    def listen(self, on_silence: Callable[[], bool]) -> None:
        """Call this whenever a statement takes its time."""

    def drop(self, *, holds_lock: bool = False) -> int | None:
        """Drop the connection, as the death of a process does.

        Args:
            holds_lock: whether it may hold a lock outside of a transaction.

        Returns:
            The server process that has something to give up; None if that is over or there is none.
        """


class PostgresqlAccess:
    """A `ParkingConnection`.

    Args:
        connect: opens one.
    """

    def __init__(self, connect: Callable[[], ParkingConnection]) -> None:
        self._connect = connect
        self._connection: ParkingConnection | None = None
        self.engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=self._create,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_reset_on_return=None,  # a transaction is rolled back by whoever began it, never behind the tap
            use_native_hstore=False,
        )

    @property
    def pid(self) -> int:
        """The server process behind it."""
        return self._open().pgconn.backend_pid

    @property
    def fd(self) -> int:
        """Its socket."""
        return self._open().pgconn.socket

    def isolation(self) -> Isolation:
        """How a statement that ran now would see other transactions: a snapshot from REPEATABLE READ on."""
        connection = self._open()
        level = connection.isolation_level
        if level is None or level < IsolationLevel.REPEATABLE_READ:
            return _READ_COMMITTED
        idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
        return Isolation(takes_snapshot=idle, is_serializable=level >= IsolationLevel.SERIALIZABLE)

    def listen(self, on_silence: Callable[[], bool]) -> None:
        """Call this whenever a statement takes its time."""
        self._open().on_silence = on_silence

    def drop(self, *, holds_lock: bool = False) -> int | None:
        """Close the socket; the server notices and rolls back."""
        connection = self._connection
        if connection is None or connection.closed:
            return None
        pid, idle = connection.pgconn.backend_pid, connection.pgconn.transaction_status == TransactionStatus.IDLE
        connection.close()
        return None if idle and not holds_lock else pid

    def _open(self) -> ParkingConnection:
        if self._connection is None or self._connection.closed:
            with self.engine.connect():
                pass
        return cast("ParkingConnection", self._connection)

    def _create(self) -> Any:  # noqa: ANN401  SQLAlchemy's name for any driver's connection
        self._connection = self._connect()
        return self._connection


class SqliteAccess:
    """A connection that is refused at once where it would have to wait: SQLite waits inside the thread.

    Args:
        url: of the file.
    """

    pid = 0
    fd = -1

    def __init__(self, url: str) -> None:
        self._connection: sqlite3.Connection | None = None
        self.engine = create_sql_engine(url, pool_size=1)
        sa.event.listen(self.engine, "connect", self._connected)

    def isolation(self) -> Isolation:
        """Every transaction sees the file as it was at its first statement."""
        return Isolation(takes_snapshot=self._connection is None or not self._connection.in_transaction)

    def listen(self, on_silence: Callable[[], bool]) -> None:
        """Nothing: a statement never waits."""

    def drop(self, *, holds_lock: bool = False) -> int | None:  # noqa: ARG002
        """Close the file, which rolls back at once."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return None

    def _connected(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 0")
        self._connection = connection
