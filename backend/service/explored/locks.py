"""Who waits for whom in the service's database, as the server says."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from backend.engines.blocking import ASK_EVERY_S, BLOCKERS_OF, blocked_sessions
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import sqlalchemy as sa

_ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE pid = %(pid)s"
_NAMED_WAITS = "SELECT id, info FROM information_schema.processlist WHERE state = 'User lock'"
_NAMED_LOCK = re.compile(r"\bGET_LOCK\s*\(\s*('(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\")", re.IGNORECASE | re.DOTALL)
_MARIADB_ALIVE = "SELECT count(*) FROM information_schema.processlist WHERE id = %(pid)s"


class Locks(Protocol):
    """Answers on a connection of its own."""

    def blockers(self, pids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """For each server process, those that it waits for; none if it does not wait for a lock."""

    def is_gone(self, pid: int) -> bool:
        """Whether a server process has ended, and its transaction with it."""


class NoLocks:
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
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def blockers(self, pids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """For each server process, those that it waits for; none if it does not wait for a lock."""
        rows = self._connection.exec_driver_sql(BLOCKERS_OF, (list(pids),))
        return {pid: frozenset(blocking) for pid, blocking in rows}

    def is_gone(self, pid: int) -> bool:
        """Whether a server process has ended, and its transaction with it."""
        return not self._connection.exec_driver_sql(_ALIVE, {"pid": pid}).scalar()


class MariadbLocks:
    """``information_schema.innodb_lock_waits``, and ``IS_USED_LOCK`` for a lock that a statement names.

    Args:
        connection: one of ours, which nobody else uses.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._asked = 0.0
        self._never = threading.Event()

    def blockers(self, pids: Iterable[int]) -> Mapping[int, frozenset[int]]:
        """For each connection, those that it waits for; none if it does not wait for a lock."""
        self._never.wait(max(0.0, self._asked + ASK_EVERY_S - time.monotonic()))
        found = {**blocked_sessions(self._connection), **self._waiting_by_name()}
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
def open_locks(engine: sa.Engine | None, kind: EngineKind | None) -> Iterator[Locks]:
    """The right one for a service's database, on a connection of its own."""
    if engine is None:
        yield NoLocks()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield PostgresqlLocks(connection) if kind is EngineKind.POSTGRESQL else MariadbLocks(connection)
