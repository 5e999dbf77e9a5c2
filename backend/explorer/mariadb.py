"""Exploring on MariaDB: a database of our own on the server, and the proof of who waits.

Who waits for whom stands in ``information_schema.INNODB_LOCK_WAITS``, which is renewed ten times a second at most.
On a private server there is a faster proof. Our tables are nobody else's, and all requests that are not waiting are at
rest; so a statement in LOCK WAIT waits for one of ours at rest, unless requests wait in a circle. InnoDB looks for
circles in ``lock_wait()`` just before it counts the wait in ``Innodb_row_lock_current_waits`` (lock0lock.cc, since
MariaDB 10.6; before, it looked when the wait began). So if that number is first seen to be that of our waiting
requests, and then all of them are in LOCK WAIT, there is no circle. Of a server that others use too, the number says
nothing.
"""

from __future__ import annotations

import re
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from backend.engines.blocking import ASK_EVERY_S, blocked_sessions_now
from backend.engines.mariadb import USER
from backend.engines.sql import create_sql_engine, sqlalchemy_url
from backend.explorer import mariadb_connection
from backend.explorer.circles import Circles
from backend.explorer.footprints import Isolation
from backend.explorer.mariadb_connection import CONNECT_ERRORS, ParkingMariadbConnection
from backend.explorer.quiescence import that_wait_for
from backend.explorer.says import ExplorerCode
from backend.explorer.spares import Spares
from backend.model.errors import NotApplicableError
from backend.model.sentence import say
from backend.shop.tables import create_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import ExitStack

    from backend.explorer.database_access import DatabaseAccess
    from backend.explorer.past_states import PastStates
    from backend.model.sentence import Sentence

_TRANSACTIONS = "\nLIST OF TRANSACTIONS FOR EACH SESSION:\n"
_EACH = "---TRANSACTION "
_LOCK_WAIT = re.compile(r"^LOCK WAIT ", re.MULTILINE)
_THREAD = re.compile(r"^\w+ thread id (\d+),", re.MULTILINE)
_NAMED_WAITS = "SELECT id, info FROM information_schema.processlist WHERE state = 'User lock'"
_NAME = re.compile(r"\bGET_LOCK\s*\((.+),[^,]+\)", re.IGNORECASE | re.DOTALL)
_WAITS = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"


class MariadbDatabase:
    """A database of our own on a MariaDB server."""

    def __init__(self, url: str, name: str, opened: ExitStack) -> None:
        self._server = create_sql_engine(url, pool_size=3)
        opened.callback(self._server.dispose)
        self._watch = self._server.connect().execution_options(isolation_level="AUTOCOMMIT")
        opened.callback(_close, self._watch)
        self._name = name
        self._level = str(self._watch.exec_driver_sql("SELECT @@global.tx_isolation").scalar()).replace("-", " ")
        self.notes: tuple[Sentence, ...] = (_note_on(self._level),)
        self.circles = Circles()
        self._watch.exec_driver_sql(f"CREATE DATABASE {name}")
        opened.callback(self._drop_database)
        here = sqlalchemy_url(url).set(database=name)
        self.own = create_sql_engine(here.render_as_string(hide_password=False), pool_size=1)
        opened.callback(self.own.dispose)
        self.reading = self.own
        with self.own.begin() as connection:
            create_tables(connection)
        self._keep_what_was_deleted(opened)
        self._is_private = self._find_out_whether_private(here)
        self._asked = -ASK_EVERY_S
        self._parameters = dict(self.own.dialect.create_connect_args(here)[1])
        self._spares: Spares[ParkingMariadbConnection] = Spares(self._connect, CONNECT_ERRORS)
        opened.callback(self._spares.close)
        self.expect_crashes = self._spares.stock_up

    def access(self) -> DatabaseAccess:
        """A connection for a submission."""
        return MariadbAccess(self._spares.take)

    def begin_schedule(self) -> None:
        """Nothing: no key is checked at COMMIT."""

    def blockers(self, pids: Sequence[int]) -> Mapping[int, frozenset[int]]:
        """For each connection, those that it waits for; none if it does not wait for a lock. Takes its time."""
        threading.Event().wait(self._asked + ASK_EVERY_S - time.monotonic())
        found = blocked_sessions_now(self._watch)
        self._asked = time.monotonic()
        return {pid: found.get(pid, frozenset()) for pid in pids}

    def held_up(self, waiting: Collection[int], at_rest: Collection[int]) -> frozenset[int]:
        """Those of `waiting` that wait for others of ours, and are not answered before one of these ends."""
        by_name = self._holders_of_named_locks(waiting)
        by_row = {pid for pid in waiting if pid not in by_name}
        if not self._is_private:
            proven = that_wait_for(self.blockers(list(by_row)), {*at_rest, *by_name}) & self._in_lock_wait()
        else:
            counted = len(by_row) == 1 or self._waits() == len(by_row)
            whole = bool(by_row) and counted and self._in_lock_wait().issuperset(by_row)
            proven = frozenset(by_row) if whole else frozenset()
        return proven | that_wait_for(by_name, {*at_rest, *proven})

    def _holders_of_named_locks(self, waiting: Collection[int]) -> Mapping[int, frozenset[int]]:
        """Of those that wait for a ``GET_LOCK``, who has it; nobody where it was granted meanwhile.

        The list of processes is late: a lock is handed over by whoever releases it, before the next one wakes up.
        """
        found: dict[int, frozenset[int]] = {}
        for row in self._watch.exec_driver_sql(_NAMED_WAITS):
            if row.id in waiting and (name := _NAME.search(row.info or "")):
                holder = self._watch.exec_driver_sql(f"SELECT IS_USED_LOCK({name[1]})".replace("%", "%%")).scalar()
                found[row.id] = frozenset() if holder in {None, row.id} else frozenset({int(holder)})
        return found

    def is_gone(self, pid: int) -> bool:
        """Whether a connection has ended. Its transaction is rolled back and its locks are free by then."""
        return all(row[0] != pid for row in self._watch.exec_driver_sql("SHOW PROCESSLIST"))

    def end(self, pids: Collection[int]) -> None:
        """Nothing: no standby of it is promoted here."""

    def past_states(self) -> PastStates:
        """It has no standby here."""
        raise NotApplicableError(say(ExplorerCode.NO_PROMOTION))

    def _waits(self) -> int:
        return int(self._watch.exec_driver_sql(_WAITS).one()[1])

    def _in_lock_wait(self) -> frozenset[int]:
        status = str(self._watch.exec_driver_sql("SHOW ENGINE INNODB STATUS").one()[2])
        listed = status.partition(_TRANSACTIONS)[2].split(_EACH)
        threads = (_THREAD.search(each) for each in listed if _LOCK_WAIT.search(each))
        return frozenset(int(thread[1]) for thread in threads if thread)

    def _keep_what_was_deleted(self, opened: ExitStack) -> None:
        """Hold a snapshot, so that nothing is purged: whether a deleted row may still be locked is no chance then."""
        keeper = self._server.connect()
        opened.callback(_close, keeper)
        keeper.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT")

    def _find_out_whether_private(self, url: sa.engine.URL) -> bool:
        """Whether the server is one that the project started: it has our account, and listens on no port."""
        alone = self._watch.exec_driver_sql("SELECT @@skip_networking").scalar()
        return bool(alone) and url.username == USER

    def _connect(self) -> ParkingMariadbConnection:
        return mariadb_connection.connect(self._level, **self._parameters)

    def _drop_database(self) -> None:
        with suppress(sa.exc.SQLAlchemyError):
            self._watch.exec_driver_sql(f"DROP DATABASE {self._name}")


def _note_on(level: str) -> Sentence:
    if level == mariadb_connection.REPEATABLE_READ:
        return say(ExplorerCode.MARIADB_SNAPSHOT)
    return say(ExplorerCode.MARIADB_LEVEL, level=level)


def _close(connection: sa.Connection) -> None:
    with suppress(sa.exc.SQLAlchemyError):  # the server may be gone
        connection.close()


class MariadbAccess:
    """A `ParkingMariadbConnection`.

    Args:
        connect: opens one.
    """

    def __init__(self, connect: Callable[[], ParkingMariadbConnection]) -> None:
        self._connect = connect
        self._connection: ParkingMariadbConnection | None = None
        self.engine = sa.create_engine(
            "mariadb+pymysql://",
            creator=self._create,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_reset_on_return=None,  # a transaction is rolled back by whoever began it, never behind the tap
        )

    @property
    def pid(self) -> int:
        """The server's thread behind it."""
        return self._open().thread

    @property
    def fd(self) -> int:
        """Its socket."""
        return self._open().fileno()

    def isolation(self) -> Isolation:
        """How a statement that ran now would see other transactions: from the first plain read on, a snapshot."""
        connection = self._open()
        match connection.level:
            case mariadb_connection.REPEATABLE_READ:
                return _SNAPSHOT_TAKEN if connection.has_snapshot else _SNAPSHOT_DUE
            case "READ COMMITTED":
                return _SNAPSHOT_TAKEN
            case _:
                return _UNKNOWN

    def listen(self, on_silence: Callable[[], bool], meanwhile: Callable[[], object]) -> None:  # noqa: ARG002
        """Call this whenever a statement takes its time."""
        self._open().on_silence = on_silence

    def renew(self) -> None:
        """Open another one."""
        self.engine.dispose()

    def drop(self, *, holds_lock: bool = False) -> int | None:
        """Close the socket; the server notices and rolls back."""
        connection = self._connection
        if connection is None or not connection.open:
            return None
        thread = connection.thread if connection.in_transaction or holds_lock else None
        connection.drop()
        return thread

    def _open(self) -> ParkingMariadbConnection:
        if self._connection is None or not self._connection.open:
            with self.engine.connect():
                pass
        return cast("ParkingMariadbConnection", self._connection)

    def _create(self) -> Any:  # noqa: ANN401  SQLAlchemy's name for any driver's connection
        self._connection = self._connect()
        return self._connection


_SNAPSHOT_TAKEN = Isolation()
_SNAPSHOT_DUE = Isolation(takes_snapshot=True)
_UNKNOWN = Isolation(is_unknown=True)
