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

``deferred`` has its key under a constraint that is DEFERRABLE INITIALLY DEFERRED: it is checked at COMMIT (PostgreSQL
documentation, SET CONSTRAINTS). An ORM that flushes late comes to the same. Each INSERT succeeds, and nobody waits
there, so whatever the code does before COMMIT is done twice, and the violation comes where nobody looks for it
(alphagov pay-connector #4460). Whoever inserted second is checked again at COMMIT: it waits there until the first has
committed, and is refused then (23505; measured with PostgreSQL 18). ``deferred-caught`` catches the violation around
the whole transaction. MariaDB and SQLite cannot defer: there both are ``catch-violation``.
"""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.shop.schema import late_keys
from backend.strategies.base import Services
from backend.strategies.sql import insert_or_ignore


def catch_violation(request: Request, services: Services) -> Answer:
    """Insert the row that must be unique; a violation means that somebody else was first."""
    row = request.operation.unique_row(request)
    try:
        with services.database.begin() as connection:
            connection.execute(insert(row.table), row.values)
            return request.operation.act_beside_unique_row(connection, request)
    except IntegrityError:
        return Answer.DUPLICATE


def on_conflict(request: Request, services: Services) -> Answer:
    """Insert the row unless it is there; a row comes back only to whoever inserted it."""
    row = request.operation.unique_row(request)
    with services.database.begin() as connection:
        unless_there = insert_or_ignore(connection, row.table)
        if connection.execute(unless_there.returning(row.table.c.id), row.values).first() is None:
            return Answer.DUPLICATE
        return request.operation.act_beside_unique_row(connection, request)


def deferred(request: Request, services: Services) -> Answer:
    """Catch the violation where the article says: around the INSERT. It comes with the COMMIT."""
    key = f"{request.operation.key}:{request.key}"
    with services.database.begin() as connection:
        try:
            connection.execute(insert(late_keys), {"intent_key": key})
        except IntegrityError:
            return Answer.DUPLICATE
        return request.operation.act(connection, request)


def deferred_caught(request: Request, services: Services) -> Answer:
    """The same, and whatever COMMIT says is caught as well."""
    try:
        return deferred(request, services)
    except IntegrityError:
        return Answer.DUPLICATE
