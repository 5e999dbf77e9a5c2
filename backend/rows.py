"""Reading effects back from the database, while a run goes on and after it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any, Protocol

import sqlalchemy as sa

from backend.model import Row
from backend.operations import OPERATIONS
from backend.schema import messages, metadata, order_deletions, orders, payments, stock_changes

_OVERLAP = 200
"""Rows with a lower id can become visible later than rows with a higher one; the last so many are looked at again."""

_nothing = sa.literal("")
_COLUMNS = {
    orders.name: (orders.c.order_no, orders.c.item, orders.c.quantity),
    payments.name: (payments.c.order_no, _nothing.label("item"), payments.c.amount),
    stock_changes.name: (stock_changes.c.request_no, stock_changes.c.item, stock_changes.c.quantity),
    messages.name: (messages.c.request_no, messages.c.item, messages.c.quantity),
    order_deletions.name: (order_deletions.c.order_no, order_deletions.c.item, order_deletions.c.quantity),
}

_OURS = tuple(operation.effects for operation in OPERATIONS.values() if operation.effects.metadata is metadata)


class EffectReader(Protocol):
    """Reads effects from where they happen."""

    def forget(self) -> None:
        """The tables were emptied."""

    def read_new(self) -> list[Row]:
        """Effects that became visible since the last reading, almost always all of them."""

    def read_all(self) -> list[Row]:
        """Effects that became visible since the last reading, certainly all of them."""


class EveryReader:
    """Reads from several places.

    Args:
        readers: one for each.
    """

    def __init__(self, *readers: EffectReader) -> None:
        self._readers = readers

    def forget(self) -> None:
        """The tables were emptied."""
        for reader in self._readers:
            reader.forget()

    def read_new(self) -> list[Row]:
        """Effects that became visible since the last reading, almost always all of them."""
        return [row for reader in self._readers for row in reader.read_new()]

    def read_all(self) -> list[Row]:
        """Effects that became visible since the last reading, certainly all of them."""
        return [row for reader in self._readers for row in reader.read_all()]


class RowReader:
    """Reads each effect once.

    An order that was put there to be paid is no effect: it names no submission, and is left out.

    Args:
        engine: where they are.
        tables: which to read; by default those of a database of ours.
    """

    def __init__(self, engine: sa.Engine, tables: Sequence[sa.Table] = _OURS) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._tables = tables
        self._seen: dict[str, set[int]] = {table.name: set() for table in self._tables}
        self._highest: dict[str, int] = {table.name: 0 for table in self._tables}
        self._just_seen: list[tuple[str, int]] = []
        """What the reading under way has found, by table and id."""

    def forget(self) -> None:
        """The tables were emptied."""
        with self._guard:
            self._seen = {table.name: set() for table in self._tables}
            self._highest = {table.name: 0 for table in self._tables}

    def read_new(self) -> list[Row]:
        """Effects that became visible since the last reading, almost always all of them."""
        with self._reading() as connection:
            return [row for table in self._tables for row in self._read(connection, table)]

    def read_all(self) -> list[Row]:
        """Effects that became visible since the last reading, certainly all of them."""
        with self._reading() as connection:
            return [row for table in self._tables for row in self._read_rest(connection, table)]

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        """A reading that breaks off half-way, because the database went away, has seen nothing."""
        with self._guard:
            self._just_seen = []
            try:
                with self._engine.connect() as connection:
                    yield connection
            except BaseException:
                for table, number in self._just_seen:
                    self._seen[table].discard(number)
                    self._highest[table] = 0
                raise

    def _read_rest(self, connection: sa.Connection, table: sa.Table) -> list[Row]:
        rows = self._read(connection, table)
        there = connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.submission_id != ""))
        if there != len(self._seen[table.name]):
            self._highest[table.name] = 0
            rows += self._read(connection, table)
            self._forget_deleted(connection, table)
        return rows

    def _forget_deleted(self, connection: sa.Connection, table: sa.Table) -> None:
        """An order that was placed and cancelled happened, and is not there."""
        there = connection.scalars(sa.select(table.c.id).where(table.c.submission_id != ""))
        self._seen[table.name].intersection_update(there)

    def _read(self, connection: sa.Connection, table: sa.Table) -> list[Row]:
        after = self._highest[table.name] - _OVERLAP
        found = connection.execute(
            sa.select(table.c.id, *_COLUMNS[table.name], table.c.submission_id, table.c.created_at)
            .where(table.c.id > after, table.c.submission_id != "")
            .order_by(table.c.id)
        )
        seen = self._seen[table.name]
        rows = [to_row(table.name, row) for row in found if row[0] not in seen]
        seen.update(row.id for row in rows)
        self._just_seen += ((table.name, row.id) for row in rows)
        if rows:
            self._highest[table.name] = max(self._highest[table.name], rows[-1].id)
        return rows


def to_row(table: str, found: Any) -> Row:  # noqa: ANN401  a row of six columns
    """A row of one of the effect tables in the words of the model. Its ordinal is not known yet."""
    id_, key, item, quantity, submission_id, created_at = found
    created = created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC)
    return Row(table, id_, key, item, quantity, submission_id, created.timestamp(), ordinal=1)
