"""SQL that each database spells in its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import mysql, postgresql, sqlite

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Connection


def insert_or_ignore(connection: Connection, table: sa.Table) -> Any:  # noqa: ANN401  three dialects, three classes
    """INSERT that skips a row whose unique key is taken."""
    match connection.dialect.name:
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        case _:
            return mysql.insert(table).prefix_with("IGNORE")
