"""Lock the row with ``SELECT ... FOR UPDATE``, then look, then act.

The lock makes the others wait; it is the check after the lock that makes them idempotent. Under READ COMMITTED the
check sees what the transaction before us committed, because every statement takes a new snapshot (PostgreSQL
documentation, 13.2.1). Under REPEATABLE READ the snapshot is taken with the first statement, which may be the one
that waits for the lock: after the wait the check still looks at the past.

Had ``repeatable-read`` updated the row that it locked, PostgreSQL would have refused it with 40001. It locks the order
only to serialise and inserts a payment beside it, which is how this is usually met. MariaDB takes the snapshot with the
first read that locks nothing (InnoDB consistent reads), here the check, which comes after the wait: the same code takes
effect once there. Moving any plain SELECT before the lock brings the duplicate back.

``unindexed`` is right, and locks more than its row where the database locks what it scans. Measured with MariaDB 10.11
and PostgreSQL 18, while one order is locked by a column that no index covers:

- MariaDB, REPEATABLE READ (its default): every scanned row and every gap between them is locked. An UPDATE or DELETE of
  *another* order waits, and so does any INSERT of an order. It is no table lock: the rows are locked one by one, as
  many as there are, and plain reads go on.
- MariaDB, READ COMMITTED: rows that do not match are let go at once. Only another ``SELECT ... FOR UPDATE`` without an
  index waits, when its own scan meets the row that is held.
- PostgreSQL: the scan looks first and locks what matches. Nobody who wants another order waits.

There is no row yet to lock for an INSERT. ``lock-missing-row`` tries all the same, as many do (orleans #1169, mlrun
#6098, seata #3818). PostgreSQL locks what it finds, here nothing, and both insert. MariaDB's REPEATABLE READ locks the
gap where the row would be, and gives it to both, since gap locks do not exclude each other; each INSERT then waits for
the other one's gap, and InnoDB ends one of the two with a deadlock (1213; MySQL documentation, "InnoDB Locking", gap
locks). Who repeats that one finds the row.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from backend.model.vocabulary import Answer
from backend.shop.operations import MissingRowError, Request
from backend.shop.schema import orders
from backend.strategies.base import Services

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.engine import Connection


def lock_then_check(request: Request, services: Services) -> Answer:
    """Wait for the row, then look whether it is done, then act."""
    with services.database.begin() as connection:
        lock(connection, request.operation.row_to_lock(), request)
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)


def lock_only(request: Request, services: Services) -> Answer:
    """Wait for the row, then act. The lock is gone with the commit, and with it all memory."""
    with services.database.begin() as connection:
        lock(connection, request.operation.row_to_lock(), request)
        return request.operation.act(connection, request)


def repeatable_read(request: Request, services: Services) -> Answer:
    """Lock and check under REPEATABLE READ, where the check may be older than the lock."""
    repeatable = services.database.execution_options(isolation_level="REPEATABLE READ")
    with repeatable.begin() as connection:
        lock(connection, request.operation.row_to_lock(), request)
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_beside_change(connection, request)


def unindexed(request: Request, services: Services) -> Answer:
    """Lock by a column without an index, then look, then act."""
    with services.database.begin() as connection:
        lock(connection, request.operation.row_to_lock(by_index=False), request)
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)


def lock_missing_row(request: Request, services: Services) -> Answer:
    """``SELECT ... FOR UPDATE`` of a row that is to be inserted: what is not there cannot be locked."""
    with services.database.begin() as connection:
        if connection.scalar(_ORDER_IF_THERE, {"key": request.key}) is not None:
            return Answer.DUPLICATE
        return request.operation.act(connection, request)


def lock(connection: Connection, row: Select[int], request: Request) -> None:
    """Lock a row until the transaction ends; wait for it if somebody else has.

    Raises:
        MissingRowError: there is no such row.
    """
    if connection.scalar(_for_update(row), request.operation.row(request)) is None:
        raise MissingRowError(request)


@cache
def _for_update(row: Select[int]) -> Select[int]:
    return row.with_for_update()


_ORDER_IF_THERE = select(orders.c.id).where(orders.c.order_no == bindparam("key")).with_for_update()
