"""A status that only ever grows: ``UPDATE ... SET status = :new WHERE status < :new``.

The transition itself is the memory: it can be made once. No row updated has three meanings: already there, gone past
it (an illegal transition), or no such row. Whoever answers "duplicate" to all three hides two bugs, so look before
answering.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from backend.model.sentence import say
from backend.model.vocabulary import Answer, OperationKey, OrderStatus
from backend.shop.operations import MissingRowError, Request
from backend.shop.schema import orders
from backend.strategies.base import Services, Strategy, Variant
from backend.strategies.says import GuardCode

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


STRATEGY = Strategy(
    key="state-machine",
    title="State machine",
    position=6,
    variants=(
        Variant(
            key="status-guard",
            title="Status guard",
            handle=status_guard,
            sound=True,
            refusals={
                OperationKey.PLACE_ORDER: say(GuardCode.NO_STATUS_YET),
                OperationKey.ADD_STOCK: say(GuardCode.STOCK_HAS_NO_STATUS),
                OperationKey.CANCEL_ORDER: say(GuardCode.DELETED_HAS_NO_STATUS),
                OperationKey.SEND_MESSAGE: say(GuardCode.MESSAGE_HAS_NO_STATUS),
            },
            summary="UPDATE … WHERE status < PAID: the transition can be made once.",
            guarantees="One transition, without a lock held while waiting and without a version to carry around.",
            breaks="A status that can go back. Reading “0 rows updated” as “duplicate” without looking.",
            choose_when="The thing has a life of its own (created, paid, sent) and the operation is a step in it.",
        ),
    ),
)
