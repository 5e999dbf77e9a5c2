"""Reading effects back from the database, while a run goes on and after it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC
from typing import Any, Protocol

import sqlalchemy as sa

from backend.model.observed import GoneRow, Row
from backend.shop.operations import OPERATIONS
from backend.shop.schema import PREPARED, messages, metadata, order_deletions, orders, payments, stock_changes
from backend.shop.seen_rows import SeenRows

_OVERLAP = 200
"""Rows with a lower id can become visible later than rows with a higher one; the last so many are looked at again."""

_PAGE = 10_000
"""Rows that are fetched at once."""
_WHOLE, _ORIGIN = 3, 1
"""So many of the columns below are read of a row, or of where it comes from."""
_nothing = sa.literal("")
_COLUMNS = {
    orders.name: (orders.c.order_no, orders.c.item, orders.c.quantity),
    payments.name: (payments.c.order_no, _nothing.label("item"), payments.c.amount),
    stock_changes.name: (stock_changes.c.request_no, stock_changes.c.item, stock_changes.c.quantity),
    messages.name: (messages.c.request_no, messages.c.item, messages.c.quantity),
    order_deletions.name: (order_deletions.c.order_no, order_deletions.c.item, order_deletions.c.quantity),
}

_IS_EFFECT = {
    orders.name: orders.c.submission_id != PREPARED,
    order_deletions.name: order_deletions.c.submission_id != "",
}
"""What of a table are effects. An order that is deleted by hand has a witness too, but nobody asked us for it."""

_OURS = tuple(operation.effects for operation in OPERATIONS.values() if operation.effects.metadata is metadata)


class EffectReader(Protocol):
    """Reads effects from where they happen."""

    def forget(self) -> None:
        """The tables were emptied."""

    def read_new(self) -> list[Row]:
        """Effects that became visible since the last reading, almost always all of them."""

    def read_all(self) -> list[Row]:
        """Effects that became visible since the last reading, certainly all of them."""

    def vanished(self) -> list[GoneRow]:
        """Effects that complete readings found to be gone, each once."""

    def differs(self) -> bool:
        """Whether other effects are there than those that were read: a quick look, much cheaper than reading all."""


class ChainReader:
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

    def vanished(self) -> list[GoneRow]:
        """Effects that complete readings found to be gone, each once."""
        return [entry for reader in self._readers for entry in reader.vanished()]

    def differs(self) -> bool:
        """Whether other effects are there than those that were read."""
        return any(reader.differs() for reader in self._readers)


class RowReader:
    """Reads each effect once.

    What is there counts, whoever made it, also by hand; only an order that was put there to be paid is left out. A
    number alone does not say which row it is: whoever empties a table by hand may let its numbers begin again.

    Args:
        engine: where they are.
        tables: which to read; by default those of a database of ours.
    """

    def __init__(self, engine: sa.Engine, tables: Sequence[sa.Table] = _OURS) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._tables = tables
        self._summary = sa.union_all(*map(_summary, tables))
        self._pages = {table: _page(table, _WHOLE) for table in tables}
        """Asked for several times a second: SQLAlchemy keeps with a statement what it has found out about it."""
        self._origins = {table: _page(table, _ORIGIN) for table in tables}
        self._clear()

    def _clear(self) -> None:
        self._seen = {table.name: SeenRows() for table in self._tables}
        self._highest: dict[str, int] = {table.name: 0 for table in self._tables}
        self._just_seen: list[tuple[str, int]] = []
        """What the reading under way has found, by table and id."""
        self._gone: list[GoneRow] = []
        self._untold: dict[str, set[int]] = {table.name: set() for table in self._tables}
        """Rows that are no effects of ours, and whose end is nobody's business either."""

    def forget(self) -> None:
        """The tables were emptied; what is in them all the same belongs to somebody else, and is not told."""
        with self._guard:
            self._clear()
        with suppress(sa.exc.SQLAlchemyError):
            if self.differs():
                self.read_all()
        with self._guard:
            self._untold = {table: set(seen.numbers) for table, seen in self._seen.items()}

    def read_new(self) -> list[Row]:
        """Effects that became visible since the last reading, almost always all of them."""
        with self._reading() as connection:
            return [row for table in self._tables for row in self._read(connection, table)]

    def read_all(self) -> list[Row]:
        """Effects that became visible since the last reading, certainly all of them."""
        with self._reading() as connection:
            return [row for table in self._tables for row in self._read_rest(connection, table)]

    def vanished(self) -> list[GoneRow]:
        """Effects that complete readings found to be gone, each once."""
        with self._guard:
            gone, self._gone = self._gone, []
        return gone

    def differs(self) -> bool:
        """Whether other effects are there than those that were read, by their number and the sum of their ids."""
        with self._guard, self._engine.connect() as connection:
            found = {name: (int(count), int(total)) for name, count, total in connection.execute(self._summary)}
            return found != {name: (len(seen), seen.total) for name, seen in self._seen.items()}

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        """A reading that breaks off half-way, because the database went away, has seen nothing."""
        with self._guard:
            self._just_seen = []
            try:
                with self._engine.connect() as connection:
                    yield connection
            except BaseException:
                for name in {table for table, _ in self._just_seen}:
                    seen = self._seen[name]
                    places = (seen.place_of(number) for table, number in self._just_seen if table == name)
                    seen.remove([place for place in places if place >= 0])
                    self._highest[name] = 0
                raise

    def _read_rest(self, connection: sa.Connection, table: sa.Table) -> list[Row]:
        rows = self._read(connection, table)
        seen = self._seen[table.name]
        gone, others = self._compared(connection, table, seen)
        for place in gone:
            self._note_gone(table, seen, place)
        seen.remove(gone)
        if others:
            self._highest[table.name] = 0
            rows += self._read(connection, table)
        return rows

    def _compared(self, connection: sa.Connection, table: sa.Table, seen: SeenRows) -> tuple[list[int], bool]:
        """The places of rows that are not there any more, and whether there are any that were not read."""
        gone: list[int] = []
        place, others = 0, False
        for number, *origin in _pages(connection, self._origins[table], -_OVERLAP):
            while place < len(seen) and seen.numbers[place] < number:
                gone.append(place)
                place += 1
            if place < len(seen) and seen.numbers[place] == number:
                if not seen.holds(place, tuple(origin)):
                    gone.append(place)
                    others = True
                place += 1
            else:
                others = True
        return [*gone, *range(place, len(seen))], others

    def _note_gone(self, table: sa.Table, seen: SeenRows, place: int) -> None:
        number = seen.numbers[place]
        if number in self._untold[table.name]:
            self._untold[table.name].remove(number)
        else:
            self._gone.append(GoneRow(table.name, number, seen.key(place), seen.submission(place)))

    def _read(self, connection: sa.Connection, table: sa.Table) -> list[Row]:
        seen, new = self._seen[table.name], []
        for row in _pages(connection, self._pages[table], self._highest[table.name] - _OVERLAP):
            origin = (row[1], row.submission_id, row.created_at)
            place = seen.place_of(row.id)
            if place >= 0:
                if seen.holds(place, origin):
                    continue
                self._note_gone(table, seen, place)  # its number was given away once more
            seen.put(row.id, origin)
            self._just_seen.append((table.name, row.id))
            new.append(to_row(table.name, row))
        if new:
            self._highest[table.name] = max(self._highest[table.name], new[-1].id)
        return new


def _page(table: sa.Table, described: int) -> sa.Select[Any]:
    """Effects with a higher number than `after`, in their order: number, origin, and so many columns that describe."""
    columns = (table.c.id, *_COLUMNS[table.name][:described], table.c.submission_id, table.c.created_at)
    above = table.c.id > sa.bindparam("after", type_=table.c.id.type)
    return sa.select(*columns).where(above, _is_effect(table)).order_by(table.c.id).limit(_PAGE)


def _pages(connection: sa.Connection, chosen: sa.Select[Any], after: int) -> Iterator[Any]:
    """What a page at a time has above this number, without having all of it in memory."""
    while True:
        page = connection.execute(chosen, {"after": after}).all()
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _is_effect(table: sa.Table) -> sa.ColumnElement[bool]:
    return _IS_EFFECT.get(table.name, sa.true())


def _summary(table: sa.Table) -> sa.Select[Any]:
    total = sa.func.coalesce(sa.func.sum(table.c.id), 0)
    return sa.select(sa.literal(table.name), sa.func.count(), total).where(_is_effect(table))


def to_row(table: str, found: Any) -> Row:  # noqa: ANN401  a row of six columns
    """A row of one of the effect tables in the words of the model. Its ordinal is not known yet."""
    id_, key, item, quantity, submission_id, created_at = found
    created = created_at if created_at.tzinfo else created_at.replace(tzinfo=UTC)
    return Row(table, id_, key, item, quantity, submission_id, created.timestamp(), ordinal=1)
