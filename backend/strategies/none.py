"""No protection: the baseline, and the check that everybody writes first.

``direct`` does what it is told, as often as it is told.

``check-then-act`` looks first. Two transactions under READ COMMITTED can both look before either has committed, and
both find nothing: the gap between SELECT and INSERT. Under load this is not rare.

``insert-where-not-exists`` puts both into one statement, which many take for atomic. It is one statement, and not one
moment: what another transaction has inserted and not committed yet does not exist for its SELECT, so nothing waits
(nextcloud #12315). MariaDB's default level is stricter by accident: INSERT ... SELECT reads with locks there, so the
second statement waits for the first transaction, or the two deadlock and one of them is refused (1213; MariaDB
documentation, "InnoDB Lock Modes"). Under READ COMMITTED it duplicates as PostgreSQL does.

``check-on-replica`` looks at a read replica, to spare the primary. That shows what was committed a moment ago, so a
second submission finds nothing although the first was answered long since: here nobody even has to be quick.
"""

from __future__ import annotations

from sqlalchemy import exists, insert, literal, select

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services


def direct(request: Request, services: Services) -> Answer:
    """Act, whatever happened before."""
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def check_then_act(request: Request, services: Services) -> Answer:
    """Look, then act. Nothing stops somebody else between the two."""
    with services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)


def insert_where_not_exists(request: Request, services: Services) -> Answer:
    """``INSERT INTO t (...) SELECT ... WHERE NOT EXISTS (SELECT ... FROM t)``: look and write in one statement."""
    row = request.operation.unique_row(request)
    table, values = row.table, row.plain_values
    absent = ~exists().where(table.c[request.operation.key.key_field] == request.key)
    selected = select(*(literal(value) for value in values.values())).where(absent)
    unless_there = insert(table).from_select(list(values), selected)
    with services.database.begin() as connection:
        if connection.execute(unless_there.returning(table.c.id)).first() is None:
            return Answer.DUPLICATE
        return request.operation.act_beside_unique_row(connection, request)


def check_on_replica(request: Request, services: Services) -> Answer:
    """Look at the replica, then act on the primary, which the replica has not caught up with yet."""
    with services.replica.connect() as replica:
        if request.operation.is_done(replica, request):
            return Answer.DUPLICATE
    with services.database.begin() as connection:
        return request.operation.act_and_remember(connection, request)
