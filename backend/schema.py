"""The tables, as SQLAlchemy Core.

Two things are unusual, both so that sound and broken strategies can work on the same tables:

- A business key has a plain column with an ordinary index, in which duplicates are possible, and a second column
  ``..._unique`` under a unique index. A strategy that relies on the index writes the key there too; the others leave it
  NULL, and NULLs never collide.
- ``stock_changes`` is written by a trigger on ``goods`` and by nobody else. A stock change leaves no row of its own, so
  the trigger is the witness of how often it really happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.errors import EngineError
from backend.model import OrderStatus

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

KEY_LENGTH = 64
"""Longest business key and item name, in characters."""

metadata = sa.MetaData()

marker = sa.Table("submit_twice_lab", metadata, sa.Column("id", sa.Integer, primary_key=True))
"""Its presence says that the other tables are ours to empty."""

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_now = sa.func.current_timestamp()


def _key(name: str, *, index: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(KEY_LENGTH), nullable=False, index=index)


def _unique_key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(KEY_LENGTH), nullable=True, unique=True)


def _submission() -> sa.Column[str]:
    return sa.Column("submission_id", sa.String(KEY_LENGTH), nullable=False, server_default="")


def _created() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=_now)


orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("order_no"),
    _unique_key("order_no_unique"),
    sa.Column("item", sa.String(KEY_LENGTH), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer, nullable=False, server_default=str(OrderStatus.CREATED.value)),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    _submission(),
    _created(),
)

payments = sa.Table(
    "payments",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("order_no"),
    _unique_key("payment_no_unique"),
    sa.Column("amount", sa.Integer, nullable=False),
    _submission(),
    _created(),
)

goods = sa.Table(
    "goods",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("item", sa.String(KEY_LENGTH), nullable=False, unique=True),
    sa.Column("count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("last_request_no", sa.String(KEY_LENGTH), nullable=False, server_default=""),
    sa.Column("last_submission_id", sa.String(KEY_LENGTH), nullable=False, server_default=""),
)

stock_movements = sa.Table(
    "stock_movements",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("request_no"),
    _unique_key("request_no_unique"),
    sa.Column("item", sa.String(KEY_LENGTH), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    _created(),
)

stock_changes = sa.Table(
    "stock_changes",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("request_no"),
    sa.Column("item", sa.String(KEY_LENGTH), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    _submission(),
    _created(),
)

_WITNESS = (
    "INSERT INTO stock_changes (request_no, item, quantity, submission_id) "
    "VALUES (NEW.last_request_no, NEW.item, NEW.count - OLD.count, NEW.last_submission_id)"
)

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION witness_stock() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN {_WITNESS}; RETURN NULL; END $$
"""
_POSTGRESQL_TRIGGER = """
CREATE OR REPLACE TRIGGER witness_stock AFTER UPDATE OF count ON goods
FOR EACH ROW EXECUTE FUNCTION witness_stock()
"""
_SQLITE_TRIGGER = f"""
CREATE TRIGGER IF NOT EXISTS witness_stock AFTER UPDATE OF count ON goods BEGIN {_WITNESS}; END
"""
_MYSQL_TRIGGER = f"CREATE TRIGGER witness_stock AFTER UPDATE ON goods FOR EACH ROW {_WITNESS}"

_TRIGGERS = {
    "postgresql": (_POSTGRESQL_FUNCTION, _POSTGRESQL_TRIGGER),
    "sqlite": (_SQLITE_TRIGGER,),
    "mysql": ("DROP TRIGGER IF EXISTS witness_stock", _MYSQL_TRIGGER),
}


def create_tables(connection: Connection) -> None:
    """Create what is missing of tables, indexes and the trigger. The caller commits.

    Raises:
        EngineError: the database has tables of the same names that somebody else made. They are left alone.
    """
    present = set(sa.inspect(connection).get_table_names())
    foreign = sorted(present & metadata.tables.keys())
    if foreign and marker.name not in present:
        raise EngineError(
            f"The database already has a table named {foreign[0]} that is not ours; nothing was changed. "
            "Give a database of its own, an empty one."
        )
    metadata.create_all(connection)
    dialect = "mysql" if connection.dialect.name == "mariadb" else connection.dialect.name
    for statement in _TRIGGERS[dialect]:
        connection.exec_driver_sql(statement)


def empty_tables(connection: Connection) -> None:
    """Remove all rows of all tables. The caller commits."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        return
    for table in metadata.sorted_tables:
        connection.execute(table.delete())
