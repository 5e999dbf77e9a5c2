"""The database side of a sandbox: tables of its own, connections for submissions, and who waits for whom."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

import psycopg
import sqlalchemy as sa
from psycopg import IsolationLevel

from backend.engines.processes.old_folders import marked_folder
from backend.engines.sql import create_sql_engine, sqlalchemy_url
from backend.explorer.circles import Circles
from backend.explorer.connection import LockObserver, ParkingConnection, connect, level_name
from backend.explorer.database_access import DatabaseAccess, PostgresqlAccess, SqliteAccess
from backend.explorer.past_states import PastStates
from backend.explorer.quiescence import that_wait_for
from backend.explorer.says import ExplorerCode
from backend.explorer.spares import Spares
from backend.model.errors import NotApplicableError
from backend.model.sentence import Sentence, say
from backend.shop.schema import late_keys
from backend.shop.tables import create_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import ExitStack

_SCHEDULES_A_PAGE = 10
"""A page of PostgreSQL has room for about a hundred of our keys, and a schedule inserts one for each request."""


class Database(Protocol):
    """What a sandbox needs of a database."""

    own: sa.Engine
    """For preparing, and for reading in transactions."""
    reading: sa.Engine
    """For single statements, each with no round trip but its own where the driver can do that."""
    notes: tuple[Sentence, ...]
    """What cannot be shown on it."""
    circles: Circles
    """Of requests that wait for each other; none where deadlocks are found whenever somebody begins to wait."""

    def access(self) -> DatabaseAccess:
        """A connection for a submission."""

    def blockers(self, pids: Sequence[int]) -> Mapping[int, frozenset[int]]:
        """For each server process, those that it waits for; none if it does not wait for a lock."""

    def held_up(self, waiting: Collection[int], at_rest: Collection[int]) -> frozenset[int]:
        """Those of `waiting` that are proven to wait for others of ours.

        Args:
            waiting: the server processes of all requests that have no answer yet.
            at_rest: those of requests that do nothing just now.
        """

    def is_gone(self, pid: int) -> bool:
        """Whether a server process has ended, and its transaction with it."""

    def end(self, pids: Collection[int]) -> None:
        """Have server processes of ours end."""

    def past_states(self) -> PastStates:
        """What it held after each commit of a schedule.

        Raises:
            NotApplicableError: it cannot tell.
        """

    def expect_crashes(self) -> None:
        """Open connections ahead of time from now on."""

    def begin_schedule(self) -> None:
        """Forget the one before, and have rows lie in the order in which they come, where that may matter."""


def open_database(url: str, name: str, opened: ExitStack) -> Database:
    """Make tables that nobody else uses.

    Args:
        url: as in SQLAlchemy.
        name: for a schema of our own.
        opened: closes and removes everything.

    Raises:
        NotApplicableError: the explorer cannot use this database.
    """
    match sqlalchemy_url(url).get_backend_name():
        case "postgresql":
            return PostgresqlDatabase(url, name, opened)
        case "sqlite":
            return SqliteDatabase(opened)
        case "mariadb" | "mysql":
            from backend.explorer.mariadb import MariadbDatabase  # its driver is wanted by nobody else

            return MariadbDatabase(url, name, opened)
        case _:
            raise NotApplicableError(say(ExplorerCode.DATABASES))


class PostgresqlDatabase:
    """A schema of our own in a PostgreSQL database."""

    def __init__(self, url: str, schema: str, opened: ExitStack) -> None:
        self._url = sqlalchemy_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._schema = schema
        self.own = create_sql_engine(self._url, pool_size=1)
        opened.callback(self.own.dispose)
        sa.event.listen(self.own, "connect", self._use_schema)
        self.reading: sa.Engine = self.own.execution_options(isolation_level="AUTOCOMMIT")
        with self.own.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
            opened.callback(self._drop_schema)
            create_tables(connection)
            self._level = _level_of(connection)
        self.notes: tuple[Sentence, ...] = _notes_on(self._level)
        self._locks = LockObserver(self._url)
        opened.callback(self._locks.close)
        self._quick_deadlocks = self._locks.may_quicken_deadlocks()
        self.blockers = self._locks.blockers
        self.is_gone = self._locks.is_gone
        self.end = self._locks.end
        self.circles = self._locks.circles
        self._spares: Spares[ParkingConnection] = Spares(self._connect, (psycopg.Error,))
        opened.callback(self._spares.close)
        self.expect_crashes = self._spares.stock_up
        self._schedules = 0

    def access(self) -> DatabaseAccess:
        """A connection for a submission."""
        return PostgresqlAccess(self._spares.take)

    def held_up(self, waiting: Collection[int], at_rest: Collection[int]) -> frozenset[int]:
        """Those that the server names nobody in the way of but requests at rest, or that wait themselves for such."""
        proven = that_wait_for(self._locks.blockers(waiting), at_rest)
        if not proven.issuperset(waiting):
            self._locks.look_for_circles()
        return proven

    def begin_schedule(self) -> None:
        """Forget the one before, and empty the table of late keys before its first page is full.

        A COMMIT that checks a deferred key waits for the first other row with this key that is not committed yet: in
        the order of the index, which for equal keys is that of their places in the table (``_bt_check_unique``). On one
        page that is the order in which they were inserted; beyond it, a place that became free comes again, and a
        schedule would come along another way when it is played again.
        """
        self.circles.begin_schedule()
        self._schedules += 1
        if self._schedules % _SCHEDULES_A_PAGE:
            return
        if self._locks.has_rows(f"{self._schema}.{late_keys.name}"):
            with self.own.begin() as connection:
                connection.exec_driver_sql(f"TRUNCATE {late_keys.name}")

    def past_states(self) -> PastStates:
        """What it held after each commit of a schedule."""
        return PastStates(self._url, self._schema)

    def _connect(self) -> ParkingConnection:
        return connect(self._url, self._schema, self._level, quick_deadlocks=self._quick_deadlocks)

    def _use_schema(self, connection: psycopg.Connection, _record: object) -> None:
        connection.execute(f"SET search_path = {self._schema}")
        connection.execute("SET synchronous_commit = off")
        connection.commit()

    def _drop_schema(self) -> None:
        with suppress(sa.exc.SQLAlchemyError), self.own.begin() as connection:
            connection.exec_driver_sql("SET client_min_messages = warning")
            connection.exec_driver_sql(f"DROP SCHEMA {self._schema} CASCADE")


def _level_of(connection: sa.Connection) -> IsolationLevel:
    """What transactions have on this server, in this database and for this user that ask for no level."""
    name = str(connection.exec_driver_sql("SHOW default_transaction_isolation").scalar())
    return max(IsolationLevel.READ_COMMITTED, IsolationLevel[name.upper().replace(" ", "_")])


def _notes_on(level: IsolationLevel) -> tuple[Sentence, ...]:
    if level is IsolationLevel.READ_COMMITTED:
        return ()
    return (say(ExplorerCode.POSTGRESQL_LEVEL, level=level_name(level).upper()),)


class SqliteDatabase:
    """A file of our own."""

    notes: tuple[Sentence, ...] = (say(ExplorerCode.SQLITE_REFUSES),)

    def __init__(self, opened: ExitStack) -> None:
        self._url = f"sqlite:///{opened.enter_context(marked_folder()) / 'explorer.sqlite'}"
        self.circles = Circles()
        self.own = create_sql_engine(self._url, pool_size=1)
        opened.callback(self.own.dispose)
        self.reading = self.own
        with self.own.begin() as connection:
            create_tables(connection)

    def access(self) -> DatabaseAccess:
        """A connection for a submission."""
        return SqliteAccess(self._url)

    def blockers(self, pids: Sequence[int]) -> Mapping[int, frozenset[int]]:
        """Nobody ever waits."""
        return {pid: frozenset() for pid in pids}

    def held_up(self, waiting: Collection[int], at_rest: Collection[int]) -> frozenset[int]:
        """Nobody ever waits."""
        return that_wait_for(self.blockers(list(waiting)), at_rest)

    def is_gone(self, pid: int) -> bool:
        """There is no server."""
        return pid == 0

    def end(self, pids: Collection[int]) -> None:
        """There is no server."""

    def past_states(self) -> PastStates:
        """A file has no standby."""
        raise NotApplicableError(say(ExplorerCode.NO_PROMOTION))

    def begin_schedule(self) -> None:
        """Nothing: no request waits at its COMMIT."""

    def expect_crashes(self) -> None:
        """Nothing: opening a file is quick."""
