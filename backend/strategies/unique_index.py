"""A unique index: the database refuses the second row.

The index decides at the moment of the INSERT, and makes the second INSERT wait until the first transaction has ended:
there is no gap, no lease and no second system. Effect and memory are one row, so a crash loses or keeps both.

In PostgreSQL the violation aborts the whole transaction: until ROLLBACK (or to a savepoint) every statement fails
with SQLSTATE 25P02 (PostgreSQL documentation, Appendix A). ``ON CONFLICT DO NOTHING`` keeps the transaction alive and
returns no row.

MariaDB has no such clause. ``INSERT IGNORE ... RETURNING`` does the same for a key that is taken, and hides other
errors as well, such as a value that is cut to fit: check values before. ``ON DUPLICATE KEY UPDATE id = id`` hides
nothing, but returns a row to everybody, so that nobody knows who was first (measured with 10.11).

For an effect outside the database the row is only a marker, in a transaction that the call does not belong to. A crash
between the call and COMMIT takes the marker back, and the retry calls again; a marker that is committed first loses the
call instead. Only the other side can close that gap, by honouring a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import insert, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from backend.model import Answer, OperationKey, OrderStatus
from backend.operations import MissingRowError, Request
from backend.schema import cancellations, messages_sent, orders, payments, stock_movements
from backend.strategies.base import Services, Strategy, Variant

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def catch_violation(request: Request, services: Services) -> Answer:
    """Insert the row that must be unique; a violation means that somebody else was first."""
    table, row = unique_row(request)
    try:
        with services.database.begin() as connection:
            connection.execute(insert(table).values(row))
            return do_what_it_stands_for(connection, request)
    except IntegrityError:
        return Answer.DUPLICATE


def on_conflict(request: Request, services: Services) -> Answer:
    """Insert the row unless it is there; a row comes back only to whoever inserted it."""
    table, row = unique_row(request)
    with services.database.begin() as connection:
        inserted = connection.execute(insert_or_ignore(connection, table).values(row).returning(table.c.id)).first()
        if inserted is None:
            return Answer.DUPLICATE
        return do_what_it_stands_for(connection, request)


def unique_row(request: Request) -> tuple[sa.Table, dict[str, object]]:
    """The row that must exist once for the intent: the order, the payment, a movement, a cancellation, a marker."""
    key, quantity, submission = request.key, request.quantity, request.submission_id
    match request.operation.key:
        case OperationKey.PLACE_ORDER:
            return orders, {
                "order_no": key,
                "order_no_unique": key,
                "item": request.item,
                "quantity": quantity,
                "submission_id": submission,
            }
        case OperationKey.PAY_ORDER:
            return payments, {
                "order_no": key,
                "payment_no_unique": key,
                "amount": quantity,
                "submission_id": submission,
            }
        case OperationKey.ADD_STOCK:
            return stock_movements, {
                "request_no": key,
                "request_no_unique": key,
                "item": request.item,
                "quantity": quantity,
            }
        case OperationKey.CANCEL_ORDER:
            return cancellations, {"order_no": key, "order_no_unique": key}
        case OperationKey.SEND_MESSAGE:
            return messages_sent, {"request_no": key, "request_no_unique": key}


def do_what_it_stands_for(connection: Connection, request: Request) -> Answer:
    """Do what the unique row is about before its transaction ends. A message is out when that transaction fails."""
    match request.operation.key:
        case OperationKey.PLACE_ORDER:
            return Answer.CREATED
        case OperationKey.PAY_ORDER:
            paid = connection.execute(
                update(orders).where(orders.c.order_no == request.key).values(status=OrderStatus.PAID.value)
            )
            if paid.rowcount == 0:
                raise MissingRowError(request)
            return Answer.CREATED
        case OperationKey.ADD_STOCK | OperationKey.CANCEL_ORDER | OperationKey.SEND_MESSAGE:
            return request.operation.act(connection, request)


def insert_or_ignore(connection: Connection, table: sa.Table) -> Any:  # noqa: ANN401  three dialects, three classes
    """INSERT that skips a row whose unique key is taken, as the database spells it."""
    match connection.dialect.name:
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        case _:
            return mysql.insert(table).prefix_with("IGNORE")


STRATEGY = Strategy(
    key="unique-index",
    title="Unique index",
    position=3,
    variants=(
        Variant(
            key="catch-violation",
            title="Catch the violation",
            handle=catch_violation,
            sound=True,
            summary="INSERT under a unique index; the violation is the answer “duplicate”.",
            guarantees="One row for each key, whatever races, crashes or comes back days later.",
            breaks="A submission without a natural key. A crash between a call to an outside party and COMMIT: the "
            "retry calls again. In PostgreSQL, statements after the violation in the same transaction: all fail with "
            "25P02 until ROLLBACK.",
            choose_when="There is a natural key and the effect is in this database. The first choice.",
        ),
        Variant(
            key="on-conflict",
            title="On conflict do nothing",
            handle=on_conflict,
            sound=True,
            summary="INSERT … ON CONFLICT DO NOTHING RETURNING: no row comes back to the second one.",
            guarantees="One row for each key; the transaction stays usable after a conflict.",
            breaks="Reading a missing RETURNING row as an error. A conflict on some other index is silent too.",
            choose_when="The insert is part of a larger transaction that must go on after a duplicate.",
        ),
    ),
)
