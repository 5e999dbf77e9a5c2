"""A status that only ever grows: ``UPDATE ... SET status = :new WHERE status < :new``.

The transition itself is the memory: it can be made once. No row updated has three meanings: already there, gone past
it (an illegal transition), or no such row. Whoever answers "duplicate" to all three hides two bugs, so look before
answering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from backend.model.vocabulary import Answer, OrderStatus
from backend.shop.operations import MissingRowError, Request
from backend.shop.schema import orders
from backend.strategies.base import Services

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def status_guard(request: Request, services: Services) -> Answer:
    """Make the transition if it is still ahead."""
    with services.database.begin() as connection:
        moved = connection.execute(
            update(orders)
            .where(orders.c.order_no == request.key, orders.c.status < OrderStatus.PAID.value)
            .values(status=OrderStatus.PAID.value)
        )
        if moved.rowcount == 0:
            return why_not_moved(connection, request)
        return request.operation.act_beside_change(connection, request)


def why_not_moved(connection: Connection, request: Request) -> Answer:
    """Tell a duplicate from an illegal transition.

    Raises:
        MissingRowError: there is no such order.
    """
    status = connection.scalar(select(orders.c.status).where(orders.c.order_no == request.key))
    if status is None:
        raise MissingRowError(request)
    return Answer.DUPLICATE if status == OrderStatus.PAID else Answer.CONFLICT
