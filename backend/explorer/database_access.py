"""A submission's connection to the database, one class a database."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, cast

import psycopg
import sqlalchemy as sa
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from sqlalchemy.pool import QueuePool

from backend.engines.sql import create_sql_engine
from backend.explorer.errors import Crashed
from backend.explorer.footprints import Isolation

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

    from backend.explorer.connection import ParkingConnection


_READ_COMMITTED = Isolation()
_BETWEEN_STATEMENTS = frozenset({TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR})


class OneConnection(QueuePool):
    """A pool of one, which takes no lock where nobody has it: only one submission ever asks."""

    _kept: ConnectionPoolEntry | None = None

    @property
    def is_home(self) -> bool:
        """Whether nobody has the connection."""
        return self._kept is not None

    def _do_get(self) -> ConnectionPoolEntry:
        kept, self._kept = self._kept, None
        return super()._do_get() if kept is None else kept

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        if self._kept is None:
            self._kept = record
        else:
            super()._do_return_conn(record)

    def dispose(self) -> None:
        """Close it."""
        kept, self._kept = self._kept, None
        if kept is not None:
            super()._do_return_conn(kept)
        super().dispose()


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

    def listen(self, on_silence: Callable[[], bool], meanwhile: Callable[[], object]) -> None:
        """Call the first whenever a statement takes its time, and the other whenever one was sent."""

    def renew(self) -> None:
        """Whoever comes next finds a connection that works."""

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
        self._on_silence: Callable[[], bool] | None = None
        self._meanwhile: Callable[[], object] | None = None
        self.engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=self._create,
            poolclass=OneConnection,
            pool_size=1,
            max_overflow=0,
            pool_reset_on_return=None,  # a transaction is rolled back by whoever began it, never behind the tap
            use_native_hstore=False,
        )
        sa.event.listen(self.engine, "checkout", self._refuse_broken)
        sa.event.listen(self.engine, "handle_error", _keep_after_crash)
        self._is_cut = False

    def _refuse_broken(self, connection: ParkingConnection, _record: object, _proxy: object) -> None:
        """As every pool of ours (`backend.engines.sql.notice_hang_ups`), without a look: nobody else cuts it."""
        if self._is_cut or connection.closed:
            raise sa.exc.DisconnectionError

    @property
    def pid(self) -> int:
        """The server process behind it; 0 while it is broken."""
        connection = self._connection
        return 0 if connection is None or connection.closed else connection.pgconn.backend_pid

    @property
    def fd(self) -> int:
        """Its socket."""
        return self._open().pgconn.socket

    def isolation(self) -> Isolation:
        """How a statement that ran now would see other transactions: a snapshot from REPEATABLE READ on."""
        connection = self._connection
        level = connection.level if connection else IsolationLevel.READ_COMMITTED
        if connection is None or level < IsolationLevel.REPEATABLE_READ:
            return _READ_COMMITTED
        idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
        return Isolation(takes_snapshot=idle, is_serializable=level >= IsolationLevel.SERIALIZABLE)

    def listen(self, on_silence: Callable[[], bool], meanwhile: Callable[[], object]) -> None:
        """Call the first whenever a statement takes its time, and the other whenever one was sent."""
        self._on_silence, self._meanwhile = on_silence, meanwhile
        connection = self._open()
        connection.on_silence, connection.meanwhile = on_silence, meanwhile

    @property
    def commits_at_once(self) -> bool:
        """Whether each statement is a transaction of its own."""
        return self._connection is not None and self._connection.autocommit

    @property
    def has_lost_answer(self) -> bool:
        """Whether it has committed and got no answer."""
        return self._connection is not None and self._connection.has_lost_answer

    def lose_answer(self) -> None:
        """Have the server die when it has carried out the next COMMIT, before it can say so."""
        if self._connection is not None:
            self._connection.loses_answer = True

    def cut(self) -> int | None:
        """Cut the connection, as the death of the server does: whoever uses it next is told.

        Returns:
            The server process behind it; None if there is none.
        """
        connection = self._connection
        if connection is None or connection.closed:
            return None
        self._is_cut = True
        with socket.socket(fileno=os.dup(connection.fileno())) as ours, suppress(OSError):  # cut before
            ours.shutdown(socket.SHUT_RDWR)
        return connection.pgconn.backend_pid

    def renew(self) -> None:
        """Open another one, unless nobody has this one and nothing is left of whoever had it."""
        connection, pool = self._connection, self.engine.pool
        is_home = isinstance(pool, OneConnection) and pool.is_home
        if connection is None or connection.closed or self._is_cut or not is_home or not _is_idle(connection):
            self.engine.dispose()

    def drop(self, *, holds_lock: bool = False) -> int | None:
        """Close the socket; the server notices and rolls back.

        Where the session has nothing but its transaction, that is rolled back and nothing is closed: nobody can tell
        the two apart, and to open another one costs the server ten times as much as a schedule.
        """
        connection = self._connection
        if connection is None or connection.closed:
            return None
        if not holds_lock and not self._is_cut and _is_undone(connection):
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
        self._connection, self._is_cut = self._connect(), False
        self._connection.on_silence, self._connection.meanwhile = self._on_silence, self._meanwhile
        return self._connection


def _is_idle(connection: ParkingConnection) -> bool:
    return connection.pgconn.transaction_status == TransactionStatus.IDLE


def _is_undone(connection: ParkingConnection) -> bool:
    """Roll back all that a session has, if that can be; whether it was done."""
    if connection.may_leave_something or connection.pgconn.transaction_status not in _BETWEEN_STATEMENTS:
        return False
    connection.on_silence = None  # it holds what others wait for, and waits for nobody
    with suppress(psycopg.Error):
        connection.rollback()
    return _is_idle(connection)


def _keep_after_crash(context: ExceptionContext) -> None:
    """SQLAlchemy closes the connection of whoever is ended from outside, as it may be in the middle of something."""
    if isinstance(context.original_exception, Crashed):
        context.is_disconnect = False


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

    def listen(self, on_silence: Callable[[], bool], meanwhile: Callable[[], object]) -> None:
        """Nothing: a statement never waits."""

    def renew(self) -> None:
        """Open the file again."""
        self.engine.dispose()

    def drop(self, *, holds_lock: bool = False) -> int | None:  # noqa: ARG002
        """Close the file, which rolls back at once."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return None

    def _connected(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 0")
        self._connection = connection
