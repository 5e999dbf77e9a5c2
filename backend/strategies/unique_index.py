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

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services, Strategy, Variant
from backend.strategies.sql import insert_or_ignore


def catch_violation(request: Request, services: Services) -> Answer:
    """Insert the row that must be unique; a violation means that somebody else was first."""
    row = request.operation.unique_row(request)
    try:
        with services.database.begin() as connection:
            connection.execute(insert(row.table).values(row.values))
            return request.operation.act_beside_unique_row(connection, request)
    except IntegrityError:
        return Answer.DUPLICATE


def on_conflict(request: Request, services: Services) -> Answer:
    """Insert the row unless it is there; a row comes back only to whoever inserted it."""
    row = request.operation.unique_row(request)
    with services.database.begin() as connection:
        unless_there = insert_or_ignore(connection, row.table).values(row.values)
        if connection.execute(unless_there.returning(row.table.c.id)).first() is None:
            return Answer.DUPLICATE
        return request.operation.act_beside_unique_row(connection, request)


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
