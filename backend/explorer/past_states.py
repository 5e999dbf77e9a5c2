"""What PostgreSQL held after each commit of a schedule, and having it hold that again.

A standby has some of the primary's log, from its beginning, so what it holds when it is promoted is what the primary
held after one of its commits. Each of these states is kept by a transaction that looks at it: as long as it does, the
server keeps every version of a row that it sees (PostgreSQL documentation, "Transaction Isolation", Repeatable Read).
To go back, versions that came later are deleted, and those that have gone since are copied from where they can still
be seen. Triggers do not fire meanwhile, as on a standby. Numbers that a sequence has given away stay so.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg import IsolationLevel, sql

from backend.shop.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
"""The first statement of a transaction decides what it sees. Returns the oldest number that it may not see."""
_WITH_TRIGGERS = """
    SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace
    AND EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
"""
_THEN = sql.SQL("SELECT ctid::text, xmin::text FROM {} WHERE age(xmin) <= age(%s::xid) OR xmax <> 0")
"""Versions that may be younger than a state, or gone since: what nobody has touched has no `xmax`."""
_NOW = sql.SQL("SELECT ctid::text, xmin::text FROM {} WHERE age(xmin) <= age(%s::xid) OR ctid = ANY(%s::tid[])")
_DELETE = sql.SQL("DELETE FROM {} WHERE ctid = ANY(%s::tid[])")
_COPY_FROM = sql.SQL("COPY (SELECT {} FROM {} WHERE ctid = ANY({}::tid[])) TO STDOUT")
_COPY_TO = sql.SQL("COPY {} ({}) FROM STDIN")

_Versions = set[tuple[str, str]]
"""Place and maker of each."""


class PastStates:
    """Those of one schedule after the other.

    Args:
        url: one that libpq understands.
        schema: where the tables are.
    """

    def __init__(self, url: str, schema: str) -> None:
        self._url = url
        self._schema = schema
        self._own = self._connect()
        rows = self._own.execute(_WITH_TRIGGERS, (schema,)).fetchall()
        self._own.commit()
        self._with_triggers = frozenset(str(row[0]) for row in rows)
        self._idle: list[psycopg.Connection] = []
        self._looking: list[tuple[psycopg.Connection, str]] = []
        """Who sees the state before the first commit, and after each; with the oldest number that it may not see."""

    def begin(self) -> None:
        """A schedule begins."""
        self.let_go()
        self._look()

    def committed(self) -> None:
        """A request has committed."""
        self._look()

    @property
    def commits(self) -> int:
        """How many there were in this schedule, without those that were lost."""
        return len(self._looking) - 1

    def go_back(self, commits: int) -> None:
        """Hold what was there so many commits ago. No transaction of the schedule may be open."""
        if not commits:
            return
        (then, oldest), later = self._looking[-1 - commits], self._looking[-commits:]
        tables = [str(table.name) for table in metadata.sorted_tables]
        changes = {table: self._changes(table, then, oldest) for table in tables}
        changed = [table for table in tables if any(changes[table])]
        fires = [table for table in changed if table in self._with_triggers]
        self._alter(fires, sql.SQL("DISABLE TRIGGER USER"))
        for table in reversed(changed):
            self._own.execute(_DELETE.format(sql.Identifier(table)), (changes[table][0],))
        for table in changed:
            self._copy(table, then, changes[table][1])
        self._alter(fires, sql.SQL("ENABLE TRIGGER USER"))
        self._own.commit()
        del self._looking[-commits:]
        self._release(connection for connection, _ in later)

    def let_go(self) -> None:
        """The schedule is over: nobody looks back any more."""
        self._release(connection for connection, _ in self._looking)
        self._looking = []

    def close(self) -> None:
        """Hang up."""
        for connection in (*(connection for connection, _ in self._looking), *self._idle, self._own):
            with suppress(psycopg.Error):
                connection.close()

    def _changes(self, table: str, then: psycopg.Connection, oldest: str) -> tuple[list[str], list[str]]:
        """Places of the versions that are there now only, and of those that were there only then."""
        name = sql.Identifier(table)
        old: _Versions = set(then.execute(_THEN.format(name), (oldest,)).fetchall())
        places = [place for place, _ in old]
        new: _Versions = set(self._own.execute(_NOW.format(name), (oldest, places)).fetchall())
        return [place for place, _ in new - old], [place for place, _ in old - new]

    def _copy(self, table: str, then: psycopg.Connection, places: list[str]) -> None:
        if not places:
            return
        name = sql.Identifier(table)
        written = [column for column in metadata.tables[table].columns if column.computed is None]
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in written)
        source = _COPY_FROM.format(columns, name, sql.Literal(places))
        with (
            then.cursor().copy(source) as rows,
            self._own.cursor().copy(_COPY_TO.format(name, columns)) as copied,
        ):
            for row in rows:
                copied.write(row)

    def _alter(self, tables: Iterable[str], how: sql.SQL) -> None:
        for table in tables:
            self._own.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), how))

    def _look(self) -> None:
        connection = self._idle.pop() if self._idle else self._connect()
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        row = connection.execute(_LOOK).fetchone()
        self._looking.append((connection, str(row[0]) if row else ""))

    def _release(self, connections: Iterable[psycopg.Connection]) -> None:
        for connection in connections:
            connection.rollback()
            self._idle.append(connection)

    def _connect(self) -> psycopg.Connection:
        options = f"-c search_path={self._schema} -c synchronous_commit=off -c jit=off"
        return psycopg.connect(self._url, prepare_threshold=0, options=options)
