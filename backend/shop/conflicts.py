"""Which errors of the databases mean: somebody else was in the way, nothing was done, try again."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

_STATES = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE: serialization failure, deadlock (PostgreSQL documentation, "Serialization Failure Handling"), and a lock
that was not to be had in time."""
_NUMBERS = frozenset({1020, 1205, 1213, 1467})
"""MariaDB: the row is newer than the snapshot, waited too long for a lock, deadlock, and a deadlock at the lock on a
table's next number, which INSERT ... SELECT takes (measured with 10.11). Not all have a SQLSTATE."""
_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY = 0xFF
"""SQLite's extended codes have the primary one in their lowest byte."""


def is_conflict(error: Exception) -> bool:
    """Whether a transaction failed only because of a concurrent one."""
    if not isinstance(error, DBAPIError):
        return False
    state, number = getattr(error.orig, "sqlstate", None), error_number(error.orig)
    return state in _STATES or number in _NUMBERS or is_locked_file(error)


def is_locked_file(error: Exception) -> bool:
    """Whether SQLite waited too long for its file."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY in _SQLITE


def error_number(error: BaseException | None) -> int:
    """The server's number of an error of PyMySQL, which need not be imported for that; 0 for any other error."""
    ours = type(error).__module__.partition(".")[0] == "pymysql"
    number = error.args[0] if ours and error is not None and error.args else 0
    return number if isinstance(number, int) else 0
