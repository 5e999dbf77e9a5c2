"""Locks by name, as each database spells them; SQLite has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

PATIENCE_S = 50
"""How long MariaDB waits for such a lock; as long as for one of a row."""


def lock_transaction(connection: Connection, name: str) -> bool:
    """Wait for a lock that ends with COMMIT (PostgreSQL, SQLite) or when it is released (MariaDB); False if in vain."""
    match connection.dialect.name:
        case "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
            return True
        case "sqlite":
            connection.execute(select(literal(1)).with_for_update())  # BEGIN IMMEDIATE: the whole file
            return True
        case _:
            return connection.scalar(select(func.get_lock(func.sha2(name, 256), PATIENCE_S))) == 1


def unlock_after_commit(connection: Connection, name: str) -> None:
    """Give back what COMMIT does not."""
    if connection.dialect.name not in {"postgresql", "sqlite"}:
        connection.execute(select(func.release_lock(func.sha2(name, 256))))


def try_lock_session(connection: Connection, name: str) -> bool:
    """Take a lock of the session, if it is free or this session's own."""
    match connection.dialect.name:
        case "postgresql":
            return bool(connection.scalar(select(func.pg_try_advisory_lock(func.hashtextextended(name, 0)))))
        case "sqlite":
            return True
        case _:
            return connection.scalar(select(func.get_lock(func.sha2(name, 256), 0))) == 1


def unlock_session(connection: Connection, name: str) -> None:
    """Release a lock of this session; of another one's there is only a warning."""
    match connection.dialect.name:
        case "postgresql":
            connection.execute(select(func.pg_advisory_unlock(func.hashtextextended(name, 0))))
        case "sqlite":
            pass
        case _:
            connection.execute(select(func.release_lock(func.sha2(name, 256))))
