"""Who waits for whom in the service's database, as the server says."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

from backend.engines.blocking import ASK_EVERY_S, BLOCKERS_OF, WAITS_SINCE, blocked_sessions_now
from backend.explorer.circles import Circles
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import sqlalchemy as sa

_ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE pid = %(pid)s"
_NAMED_WAITS = "SELECT id, info FROM information_schema.processlist WHERE state = 'User lock'"
_NAMED_LOCK = re.compile(r"\bGET_LOCK\s*\(\s*('(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\")", re.IGNORECASE | re.DOTALL)
_LATE_TABLES = """
SELECT DISTINCT conrelid::regclass::text FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE condeferrable AND contype IN ('p', 'u', 'x') AND relkind = 'r'
"""
_MARIADB_ALIVE = "SELECT count(*) FROM information_schema.processlist WHERE id = %(pid)s"


class Locks(Protocol):
    """Answers on a connection of its own."""

    circles: Circles
    """Of requests that wait for each other; none where deadlocks are found whenever somebody begins to wait."""

    def blockers(self, pids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """For each server process, those that it waits for; none if it does not wait for a lock."""

    def look_for_circles(self) -> None:
        """See who waits for each other: the server will soon refuse one of them."""

    def begin_schedule(self) -> None:
        """Forget the one before, and have rows lie in the order in which they come, where that matters."""

    def is_gone(self, pid: int) -> bool:
        """Whether a server process has ended, and its transaction with it."""


class _QuickToRefuse:
    """Where nobody waits, or a deadlock is found whenever somebody begins to wait."""

    def __init__(self) -> None:
        self.circles = Circles()

    def look_for_circles(self) -> None:
        """There are none that last."""

    def begin_schedule(self) -> None:
        """Nothing: no key is checked at COMMIT."""


class NoLocks(_QuickToRefuse):
    """There is no database in which anybody could wait."""

    def blockers(self, pids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """Nobody waits."""
        return dict.fromkeys(pids, frozenset())

    def is_gone(self, _pid: int) -> bool:
        """Nobody is there."""
        return True


class PostgresqlLocks:
    """``pg_blocking_pids``.

    Args:
        connection: one of ours, which nobody else uses.
        may_alter: whether the database is ours, and its tables may get settings of ours.
    """

    def __init__(self, connection: sa.Connection, *, may_alter: bool) -> None:
        self._connection = connection
        self.circles = Circles()
        self._late_tables = connection.exec_driver_sql(_LATE_TABLES).scalars().all() if may_alter else ()

    def blockers(self, pids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """For each server process, those that it waits for; none if it does not wait for a lock."""
        rows = self._connection.exec_driver_sql(BLOCKERS_OF, (list(pids),))
        return {pid: frozenset(blocking) for pid, blocking in rows}

    def look_for_circles(self) -> None:
        """See who waits for each other: the server will soon refuse one of them."""
        self.circles.see(self._connection.exec_driver_sql(WAITS_SINCE).all())

    def begin_schedule(self) -> None:
        """Forget the one before, and have all connections insert into the last page of a table with deferrable keys.

        A COMMIT that checks such a key waits for the first other row with it that is not committed yet: in the order of
        the index, which for equal keys is that of their places (``_bt_check_unique``). But a connection goes on filling
        the page that it has begun, and whatever VACUUM sets free comes again. A change to the table has everybody
        forget that page (``smgr_targblock``) and look for room at the end.
        """
        self.circles.begin_schedule()
        for table in self._late_tables:
            with suppress(SQLAlchemyError):  # it is somebody else's, or gone
                self._connection.exec_driver_sql(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")

    def is_gone(self, pid: int) -> bool:
        """Whether a server process has ended, and its transaction with it."""
        return not self._connection.exec_driver_sql(_ALIVE, {"pid": pid}).scalar()


class MariadbLocks(_QuickToRefuse):
    """``information_schema.innodb_lock_waits``, and ``IS_USED_LOCK`` for a lock that a statement names.

    Args:
        connection: one of ours, which nobody else uses.
    """

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._asked = 0.0
        self._never = threading.Event()

    def blockers(self, pids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """For each connection, those that it waits for; none if it does not wait for a lock."""
        self._never.wait(max(0.0, self._asked + ASK_EVERY_S - time.monotonic()))
        found = {**blocked_sessions_now(self._connection), **self._waiting_by_name()}
        self._asked = time.monotonic()
        return {pid: found.get(pid, frozenset()) for pid in pids}

    def _waiting_by_name(self) -> Mapping[int, frozenset[int]]:
        """Who waits in ``GET_LOCK``, and for whom; who was given the lock meanwhile holds it, and waits no longer."""
        waits: dict[int, frozenset[int]] = {}
        for pid, statement in self._connection.exec_driver_sql(_NAMED_WAITS).all():
            if named := _NAMED_LOCK.search(statement or ""):
                literal = named[1].replace("%", "%%")
                holder = self._connection.exec_driver_sql(f"SELECT IS_USED_LOCK({literal})").scalar()
                waits[pid] = frozenset() if holder in {None, pid} else frozenset({int(holder)})
        return waits

    def is_gone(self, pid: int) -> bool:
        """Whether a connection has ended, and its transaction with it."""
        return not self._connection.exec_driver_sql(_MARIADB_ALIVE, {"pid": pid}).scalar()


@contextmanager
def open_locks(engine: sa.Engine | None, kind: EngineKind | None, *, may_alter: bool) -> Iterator[Locks]:
    """The right one for a service's database, on a connection of its own.

    Args:
        engine: connects to the database; None where there is none.
        kind: of the database.
        may_alter: whether the database is ours, and its tables may get settings of ours.
    """
    if engine is None:
        yield NoLocks()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_postgresql = kind is EngineKind.POSTGRESQL
        yield PostgresqlLocks(connection, may_alter=may_alter) if is_postgresql else MariadbLocks(connection)
