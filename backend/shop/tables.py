"""Our tables in a database: made, emptied and cleared of what one lab made; never before all of them proved to be ours.

Each of these looks at the catalogue first, and again once nobody can exchange a table any more; then it names exactly
what it has looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.shop.creation import make_missing
from backend.shop.ownership.check import Owned, owned
from backend.shop.ownership.inspection import Names
from backend.shop.ownership.mark import new_lab
from backend.shop.ownership.says import OwnershipCode
from backend.shop.schema import (
    added_tables,
    cancellations,
    fences,
    idempotency_records,
    inbox,
    late_keys,
    messages_sent,
    metadata,
    order_deletions,
    orders,
    outbox,
    payments,
    stock_changes,
    stock_movements,
)
from backend.shop.witnesses import WITNESSES

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_MARIADB_LOCK = "CONCAT('submit-twice ', MD5(COALESCE(DATABASE(), '')))"
_LOCK_SECONDS = 10
_BATCH = 500
_BEGIN_WRITING = sa.select(sa.literal(1)).with_for_update()
"""On SQLite, as the first statement: BEGIN IMMEDIATE (`backend.engines.sql`), so that nobody else changes the file."""
_FILLED = sa.text(
    "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE pg_relation_size(CAST(name AS regclass)) > 0"
)
"""On PostgreSQL, those of these tables whose files hold anything, dead rows included, whatever a snapshot shows."""


def names() -> Names:
    """The names that our objects have."""
    return Names(
        tables=frozenset(metadata.tables),
        indexes=frozenset(str(index.name) for table in metadata.tables.values() for index in table.indexes),
        witnesses={witness.name: witness.insert() for witness in WITNESSES},
    )


def _digest(tables: Iterable[sa.Table]) -> str:
    """A short digest of everything that tells these tables from those of another version of us."""
    columns = [(table.name, column) for table in tables for column in table.columns]
    told = [
        (name, c.name, repr(c.type), c.nullable, c.unique, c.index, str(c.computed.sqltext) if c.computed else "")
        for name, c in columns
    ]
    return hashlib.sha256(repr((told, WITNESSES)).encode()).hexdigest()[:8]


LAYOUT = _digest(table for table in metadata.sorted_tables if table not in added_tables())


def layout_of(name: str) -> str:
    """The layout in the mark of one of our objects. A table of somebody's own strategy has one for itself."""
    added = [table for table in added_tables() if table.name == name]
    return _digest(added) if added else LAYOUT


def check_tables(connection: Connection, *, with_triggers: bool = False) -> Owned:
    """Find out what of ours is in this database. Reads the catalogue and nothing else.

    Raises:
        EngineError: something with one of our names is not ours.
    """
    return owned(connection, names(), layout_of, with_triggers=with_triggers)


def require_tables(connection: Connection, *, with_triggers: bool = False) -> str:
    """The number of the lab that our tables bear. Reads the catalogue and nothing else.

    Args:
        connection: to the database.
        with_triggers: whether somebody else's triggers on our tables are all right: they are no reason not to insert,
            and one not to empty anything.

    Raises:
        EngineError: our tables are not there, or something with one of our names is not ours.
    """
    found = check_tables(connection, with_triggers=with_triggers)
    missing = metadata.tables.keys() - found.present
    if missing:
        raise EngineError(say(OwnershipCode.UNMARKED, name=min(missing)))
    return found.lab


def create_tables(connection: Connection) -> str:
    """Create what is missing of tables, indexes and triggers. The caller commits.

    Returns:
        The number of the lab that they are marked with.

    Raises:
        EngineError: something with one of our names is not ours; nothing was changed.
    """
    with _alone(connection):
        found = check_tables(connection)
        lab = found.lab or new_lab()
        place = _place(connection)
        make_missing(connection, found.present, lab, place, layout_of)
    return lab


def empty_tables(connection: Connection) -> None:
    """Remove all rows of all tables. Their numbers go on where they were. The caller commits.

    Raises:
        EngineError: something with one of our names is not ours; nothing was changed.
    """
    with _held(connection, "ACCESS EXCLUSIVE") as names:
        if connection.dialect.name == "postgresql":
            if filled := connection.scalars(_FILLED, {"names": list(names.values())}).all():
                connection.exec_driver_sql(f"TRUNCATE {', '.join(f'ONLY {name}' for name in filled)}")
            return
        for table in [*metadata.sorted_tables, order_deletions]:  # deleting orders fills it
            connection.execute(table.delete())


@dataclass(frozen=True, slots=True)
class Made:
    """What one lab has put into the tables, by the keys that its rows bear."""

    business_keys: Sequence[str] = ()
    resources: Sequence[str] = ()
    """``operation:key``, as the inbox and the fences name an intent."""
    idempotency_keys: Sequence[str] = ()


_KEYED = (
    (orders.c.order_no, "business_keys"),
    (payments.c.order_no, "business_keys"),
    (cancellations.c.order_no, "business_keys"),
    (order_deletions.c.order_no, "business_keys"),  # after the orders, whose deletion it records
    (stock_movements.c.request_no, "business_keys"),
    (stock_changes.c.request_no, "business_keys"),
    (messages_sent.c.request_no, "business_keys"),
    (outbox.c.request_no, "business_keys"),
    (inbox.c.message_key, "resources"),
    (late_keys.c.intent_key, "resources"),
    (fences.c.resource, "resources"),
    (idempotency_records.c.idempotency_key, "idempotency_keys"),
)
"""Goods are left out: their rows are shared by all who count the same item."""


def remove_rows(connection: Connection, made: Made) -> None:
    """Remove what one lab made and leave everything else. The caller commits.

    Raises:
        EngineError: something with one of our names is not ours; nothing was changed.
    """
    with _held(connection, "ROW EXCLUSIVE"):
        options = {"schema_translate_map": {None: _schema(connection)}}
        for column, keys in _keyed(made):
            for start in range(0, len(keys), _BATCH):
                table = column.table
                assert isinstance(table, sa.Table)  # noqa: S101  for the type checker
                chosen = column.in_(keys[start : start + _BATCH])
                connection.execute(table.delete().where(chosen), execution_options=options)


def _keyed(made: Made) -> Iterator[tuple[sa.Column[Any], Sequence[str]]]:
    """Columns with the keys by which rows of one lab are known; a strategy of somebody's own may use any of them."""
    for column, which in _KEYED:
        yield column, getattr(made, which)
    every = (*made.business_keys, *made.resources, *made.idempotency_keys)
    for table in added_tables():
        yield from ((column, every) for column in table.columns if isinstance(column.type, sa.String))


def _schema(connection: Connection) -> str | None:
    """The schema that our tables are in, where a database has such a thing."""
    return connection.scalar(sa.text("SELECT current_schema()")) if connection.dialect.name == "postgresql" else None


def _place(connection: Connection) -> str:
    schema = _schema(connection)
    return f"{connection.dialect.identifier_preparer.quote(schema)}." if schema else ""


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """No other lab makes tables here meanwhile."""
    match connection.dialect.name:
        case "postgresql":
            connection.exec_driver_sql(
                "SELECT pg_advisory_xact_lock(hashtext('submit-twice'), coalesce(hashtext(current_schema()), 0))"
            )
            yield
        case "sqlite":
            connection.execute(_BEGIN_WRITING)
            yield
        case _:
            connection.exec_driver_sql(f"SELECT GET_LOCK({_MARIADB_LOCK}, {_LOCK_SECONDS})")
            try:
                yield
            finally:
                connection.exec_driver_sql(f"SELECT RELEASE_LOCK({_MARIADB_LOCK})")


@contextmanager
def _held(connection: Connection, mode: str) -> Iterator[Mapping[str, str]]:
    """The qualified names of our tables, none of which can be exchanged for something else until the transaction ends.

    Args:
        connection: in a transaction.
        mode: what PostgreSQL calls the lock that is wanted.

    Raises:
        EngineError: something with one of our names is not ours.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(_BEGIN_WRITING)
    require_tables(connection)
    place = _place(connection)
    names = {name: place + name for name in metadata.tables}
    match connection.dialect.name:
        case "postgresql":
            locked = ", ".join(f"ONLY {name}" for name in names.values())
            connection.exec_driver_sql(f"LOCK TABLE {locked} IN {mode} MODE")
        case "sqlite":
            pass
        case _:
            for table in metadata.sorted_tables:
                connection.execute(sa.select(table).limit(0))  # the lock on its definition lasts
    require_tables(connection)
    yield names
