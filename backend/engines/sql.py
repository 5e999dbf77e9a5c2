"""SQLAlchemy engines for the databases of the lab."""

from __future__ import annotations

import select
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

from backend.engines.sentences import one_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.pool import ConnectionPoolEntry

__all__ = ["create_sql_engine", "disturb_nobody", "has_hung_up", "notice_hang_ups", "one_sentence", "retire"]

CONNECT_TIMEOUT_S = 5
"""How long a database may take to accept a connection."""
SOCKET_TIMEOUT_S = 60
"""The same where it is reached by a Unix socket: it is on this machine, and slow if anything, not away."""
BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another writer before it reports that the database is locked."""
_POOL_TIMEOUT_S = 30
_READS_LOCK_NOTHING = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "mariadb": "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "mysql": "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
}
_CANCEL_S = 2.0
_WAITS_A_MINUTE = {
    "postgresql": "SET lock_timeout = '60s'",
    "mariadb": "SET SESSION lock_wait_timeout = 60",
    "mysql": "SET SESSION lock_wait_timeout = 60",
}


def create_sql_engine(url: str, *, pool_size: int = 16) -> sa.Engine:
    """An engine with a pool that adds no round trip of its own to a transaction.

    There is no ping before use: a look at the socket, one system call, tells whether the server has hung up since the
    last one, so that a server that was restarted costs nobody an error. No ROLLBACK goes to a connection that is idle
    already: psycopg leaves it out, and so does our connection to MariaDB. At most `pool_size` connections are open; a
    further thread waits.

    On SQLite a transaction begins with its first statement, as part of that statement's execution: with ``BEGIN
    IMMEDIATE`` if the statement is a ``select()`` with ``with_for_update()``, which SQLite has no words for, so that
    such transactions exclude each other as they do elsewhere; with ``BEGIN`` otherwise.

    Args:
        url: as in SQLAlchemy; ``postgresql://`` and ``postgres://`` mean psycopg 3.
        pool_size: most connections at a time.
    """
    parsed = sqlalchemy_url(url)
    backend = parsed.get_backend_name()
    options: dict[str, Any] = {"connect_timeout": SOCKET_TIMEOUT_S if _is_by_socket(parsed) else CONNECT_TIMEOUT_S}
    if backend == "sqlite":
        options = {"factory": _Connection, "check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
    extra = {"use_native_hstore": False} if backend == "postgresql" else {}
    engine = sa.create_engine(
        parsed,
        connect_args=options,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_use_lifo=True,
        **extra,
    )
    if backend == "sqlite":
        _adapt_sqlite(engine)
    else:
        notice_hang_ups(engine)
    if backend in {"mysql", "mariadb"}:
        _adapt_mariadb(engine)
    return engine


def _is_by_socket(url: URL) -> bool:
    host = url.host or url.query.get("host") or ""
    return "unix_socket" in url.query or str(host).startswith("/")


def retire(engine: sa.Engine) -> None:
    """Close all connections for good.

    A connection that somebody has borrowed is closed when it is given back, and nobody gets another one: whoever comes
    too late has an `sqlalchemy.exc.InvalidRequestError`. Disposing alone would leave both open, in a pool that nobody
    knows.
    """
    sa.event.listen(engine, "do_connect", _refuse)
    sa.event.listen(engine.pool, "checkin", _close_returned)
    engine.dispose()


def _refuse(*_: object) -> None:
    raise sa.exc.InvalidRequestError("this engine is not used any more")


def _close_returned(_connection: object, record: ConnectionPoolEntry) -> None:
    record.close()


def sqlalchemy_url(url: str) -> URL:
    """The URL with the driver that we have for its database.

    Raises:
        sqlalchemy.exc.ArgumentError: it is no URL.
    """
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in {"mysql", "mariadb"}:
        return parsed.set(drivername=f"{parsed.drivername}+pymysql")
    return parsed


class _Cursor(sqlite3.Cursor):
    """Begins the transaction that is due inside the execution of its first statement."""

    def execute(self, sql: str, parameters: Any = (), /) -> _Cursor:  # noqa: ANN401 - as sqlite3 declares it
        self._begin_if_due()
        super().execute(sql, parameters)
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> _Cursor:
        self._begin_if_due()
        super().executemany(sql, parameters)
        return self

    def _begin_if_due(self) -> None:
        connection = cast("_Connection", self.connection)
        if connection.transaction_wanted and not connection.in_transaction:
            super().execute("BEGIN IMMEDIATE" if connection.for_update else "BEGIN")


class _Connection(sqlite3.Connection):
    """Knows whether SQLAlchemy believes to be in a transaction, and whether its next statement wants to lock."""

    transaction_wanted = False
    for_update = False

    def cursor(self, factory: Any = None) -> Any:  # noqa: ANN401 - stricter than sqlite3
        return super().cursor(factory or _Cursor)

    def commit(self) -> None:
        super().commit()
        self.transaction_wanted = False

    def rollback(self) -> None:
        super().rollback()
        self.transaction_wanted = False


def _adapt_sqlite(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: _Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        _driver(connection).transaction_wanted = options.get("isolation_level") != "AUTOCOMMIT"

    @event.listens_for(engine, "before_execute")
    def executed(connection: sa.Connection, statement: object, *_: object) -> None:
        # SQLAlchemy keeps with_for_update() of a select in this attribute; its SQLite compiler leaves it out.
        _driver(connection).for_update = getattr(statement, "_for_update_arg", None) is not None


def _adapt_mariadb(engine: sa.Engine) -> None:
    from backend.engines import mariadb_connection  # its driver is wanted by nobody else

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, _by_position: object, parameters: dict[str, Any]) -> object:
        return mariadb_connection.connect(**parameters)


def notice_hang_ups(engine: sa.Engine) -> None:
    """Look whether the server has hung up before a connection is used again, and have a new one then."""

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401  any driver's connection
        if has_hung_up(connection):
            raise sa.exc.DisconnectionError


def disturb_nobody(engine: sa.Engine) -> None:
    """Have what these connections read take part in nobody's transactions, whatever level the server is set to.

    Where that is SERIALIZABLE, PostgreSQL would count a reader among those of which one has to fail (its read-only
    anomaly), and MariaDB would lock each row that is read. Below that level, readers lock nothing on either.
    """
    if (words := _READS_LOCK_NOTHING.get(engine.dialect.name)) is not None:
        _say_first(engine, words)


def bound_waits(engine: sa.Engine) -> None:
    """Have these connections wait a minute for somebody's lock on a table, and no day or for ever."""
    if (words := _WAITS_A_MINUTE.get(engine.dialect.name)) is not None:
        _say_first(engine, words)


def _say_first(engine: sa.Engine, words: str) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401  any driver's connection
        with closing(connection.cursor()) as cursor:
            cursor.execute(words)
        connection.commit()


def end_query(connection: sa.Connection) -> None:
    """Have the server end what a connection is at, which then fails with an error; call it from another thread.

    Raises:
        Exception: whatever the driver raises where the server cannot be asked.
    """
    driver: Any = connection.connection.dbapi_connection
    if hasattr(driver, "cancel_safe"):
        driver.cancel_safe(timeout=_CANCEL_S)
    elif hasattr(driver, "thread_id"):
        with connection.engine.connect() as another:
            another.exec_driver_sql(f"KILL QUERY {int(driver.thread_id())}")


def has_hung_up(connection: Any) -> bool:  # noqa: ANN401  any driver's connection
    """Whether the server has hung up on a connection that is idle, or its driver has closed it."""
    if not hasattr(connection, "fileno"):
        return False
    socket = select.poll()
    try:
        socket.register(connection.fileno(), select.POLLIN)
    except (OSError, connection.Error):  # as each driver says that there is no socket any more
        return True
    return bool(socket.poll(0))  # nobody asked for anything, so this is a farewell


def _driver(connection: sa.Connection) -> _Connection:
    return cast("_Connection", connection.connection.dbapi_connection)
