"""The tables, as SQLAlchemy Core.

Three things are unusual, so that sound and broken strategies can work on the same tables:

- A business key has a plain column with an ordinary index, in which duplicates are possible, and a second column
  ``..._unique`` under a unique index. A strategy that relies on the index writes the key there too; the others leave it
  NULL, and NULLs never collide.
- A column ``..._unindexed`` always has the value of the key beside it, and no index: for the strategy that locks by
  such a column.
- ``stock_changes`` and ``order_deletions`` are written by triggers and by no strategy. A stock change leaves no row of
  its own, and a DELETE leaves even less, so a trigger is the witness of how often it really happened.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.ext.compiler import compiles

from backend.model.vocabulary import OrderStatus
from backend.shop.ownership.mark import MARKER

KEY_LENGTH = 64
"""Longest business key and item name, in characters."""

metadata = sa.MetaData()

marker = sa.Table(MARKER, metadata, sa.Column("id", sa.Integer, primary_key=True))
"""Has no rows; see `backend.shop.ownership.mark`."""

_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class _Now(sa.FunctionElement[object]):
    """The database's clock, to the microsecond where the database can."""

    inherit_cache = True


@compiles(_Now)
def _now(*_: object, **__: object) -> str:
    return "CURRENT_TIMESTAMP"


@compiles(_Now, "postgresql")
def _now_on_postgresql(*_: object, **__: object) -> str:
    """CURRENT_TIMESTAMP is when the transaction began: whoever waited for a lock would seem to have been first."""
    return "clock_timestamp()"


@compiles(_Now, "sqlite")
def _now_on_sqlite(*_: object, **__: object) -> str:
    """CURRENT_TIMESTAMP has whole seconds."""
    return "(strftime('%Y-%m-%d %H:%M:%f', 'now'))"


@compiles(_Now, "mysql", "mariadb")
def _now_on_mariadb(*_: object, **__: object) -> str:
    return "CURRENT_TIMESTAMP(6)"


PREPARED = "form"
"""Stands where a submission does in an order that was put there for a form to be about: it is nobody's effect."""


def _key(name: str, *, index: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(KEY_LENGTH), nullable=False, index=index)


def _unique_key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(KEY_LENGTH), nullable=True, unique=True)


def _submission() -> sa.Column[str]:
    return sa.Column("submission_id", sa.String(KEY_LENGTH), nullable=False, server_default="")


def _created() -> sa.Column[object]:
    moment = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    return sa.Column("created_at", moment, nullable=False, server_default=_Now())


class _LateUnique(sa.UniqueConstraint):
    """Is checked at COMMIT by PostgreSQL, and with each INSERT by databases that cannot put it off."""


@compiles(_LateUnique, "mysql", "mariadb", "sqlite")
def _at_once(element: _LateUnique, compiler: Any, **_: object) -> str:  # noqa: ANN401  as SQLAlchemy calls it
    return f"UNIQUE ({', '.join(compiler.preparer.format_column(column) for column in element.columns)})"


def _unindexed(key: str) -> sa.Column[str]:
    return sa.Column(f"{key}_unindexed", sa.String(KEY_LENGTH), sa.Computed(key, persisted=True))


orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("order_no"),
    _unique_key("order_no_unique"),
    _unindexed("order_no"),
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
    _unindexed("item"),
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

cancellations = sa.Table(
    "cancellations",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("order_no"),
    _unique_key("order_no_unique"),
    _created(),
)
"""What an application remembers of an order that is gone; written by the strategies that look before they act."""

order_deletions = sa.Table(
    "order_deletions",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("order_no"),
    sa.Column("item", sa.String(KEY_LENGTH), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    _submission(),
    _created(),
)


messages_sent = sa.Table(
    "messages_sent",
    metadata,
    sa.Column("id", _id, primary_key=True),
    _key("request_no"),
    _unique_key("request_no_unique"),
    _created(),
)
"""What our database believes of the messages that the gateway was asked to send. The effect is in its ledger."""

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("message_key", sa.String(2 * KEY_LENGTH), nullable=False, unique=True),
    _created(),
)
"""Keys of what was handled."""

late_keys = sa.Table(
    "late_keys",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("intent_key", sa.String(2 * KEY_LENGTH), nullable=False),
    _LateUnique("intent_key", deferrable=True, initially="DEFERRED"),
    _created(),
)
"""Keys that are checked for being unique only at COMMIT, where the database can wait that long."""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("request_no", sa.String(KEY_LENGTH), nullable=False, unique=True),
    sa.Column("sent", sa.Boolean, nullable=False),
    _created(),
)
"""Messages that are to be sent, written in the transaction of whatever they tell of."""

fences = sa.Table(
    "fences",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("resource", sa.String(2 * KEY_LENGTH), nullable=False, unique=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
)
"""The highest fencing token that each resource has seen."""

idempotency_records = sa.Table(
    "idempotency_records",
    metadata,
    sa.Column("id", _id, primary_key=True),
    sa.Column("idempotency_key", sa.String(255), nullable=False, unique=True),
    sa.Column("fingerprint", sa.String(KEY_LENGTH), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer, nullable=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("locked_until", sa.Double, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False, index=True),
)
"""What was answered under which key. `attempt` is the fence: it grows with each takeover. `status` is NULL in
flight."""

messages = sa.Table(
    "messages",
    sa.MetaData(),  # in no database of ours: see backend.engines.gateway.ledger, which makes it
    sa.Column("id", _id, primary_key=True),
    _key("request_no", index=False),
    sa.Column("item", sa.String(KEY_LENGTH), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    _submission(),
    _created(),
)

_ADDED = "added"


def add_table(table: sa.Table) -> bool:
    """Count a table of somebody's own strategy among ours; False if one of ours has its name.

    Like ours it is made with our mark, emptied and shown. What is written there is memory, and no effect.
    """
    if table.name in metadata.tables:
        return False
    table.to_metadata(metadata).info[_ADDED] = True
    return True


def forget_added_tables() -> None:
    """Count only our own tables among ours."""
    for table in added_tables():
        metadata.remove(table)


def added_tables() -> list[sa.Table]:
    """Those of somebody's own strategies."""
    return [table for table in metadata.tables.values() if table.info.get(_ADDED)]


def claim_tables() -> frozenset[str]:
    """Names of the tables where a strategy or an operation notes that an intent is being handled, or was."""
    return frozenset(table.name for table in (*CLAIMS, *added_tables()))


CLAIMS = frozenset({idempotency_records, inbox, late_keys, outbox, stock_movements, cancellations, messages_sent})
"""Where a strategy or an operation notes that an intent is being handled, or was: memory, and no effect. `fences` is
none of them: the resource looks at it when the effect is written."""
