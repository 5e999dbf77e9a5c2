"""A version column: update only what is still as we saw it.

What matters is who saw it. If the form carries the version, a second submission of the same form meets a newer
version and is refused, now or days later. If the server reads the version at the start of each request, a retry reads
the *new* version and acts again: that protects against lost updates, not against duplicates.

There is no row, hence no version, before an INSERT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from backend.model import Answer, OperationKey, OrderStatus
from backend.operations import MissingRowError, Request, added, insert_payment
from backend.schema import goods, orders
from backend.sentence import say
from backend.strategies.base import Need, Services, Strategy, Variant
from backend.strategies.says import GuardCode

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def version_from_form(request: Request, services: Services) -> Answer:
    """Act if the row is still as the form showed it."""
    with services.database.begin() as connection:
        if not act_if_unchanged(connection, request, request.version):
            return Answer.CONFLICT
    return Answer.CREATED


def version_read_by_server(request: Request, services: Services) -> Answer:
    """Read the version and act if it did not change since a moment ago."""
    with services.database.begin() as connection:
        version = read_version(connection, request)
        if not act_if_unchanged(connection, request, version):
            return Answer.CONFLICT
    return Answer.CREATED


def act_if_unchanged(connection: Connection, request: Request, version: int) -> bool:
    """Act if the row has this version, and count the version up; whether it had."""
    if request.operation.key is OperationKey.ADD_STOCK:
        changed = connection.execute(
            update(goods)
            .where(goods.c.item == request.item, goods.c.version == version)
            .values(**added(request), version=goods.c.version + 1)
        )
        return changed.rowcount > 0
    changed = connection.execute(
        update(orders)
        .where(orders.c.order_no == request.key, orders.c.version == version)
        .values(status=OrderStatus.PAID.value, version=orders.c.version + 1)
    )
    if changed.rowcount == 0:
        return False
    insert_payment(connection, request)
    return True


def read_version(connection: Connection, request: Request) -> int:
    """The version that the row has now.

    Raises:
        MissingRowError: there is no such row.
    """
    if request.operation.key is OperationKey.ADD_STOCK:
        query = select(goods.c.version).where(goods.c.item == request.item)
    else:
        query = select(orders.c.version).where(orders.c.order_no == request.key)
    version: int | None = connection.scalar(query)
    if version is None:
        raise MissingRowError(request)
    return version


_REFUSALS = {
    OperationKey.PLACE_ORDER: say(GuardCode.NO_ROW_TO_COMPARE),
    OperationKey.CANCEL_ORDER: say(GuardCode.NO_VERSION_LEFT),
    OperationKey.SEND_MESSAGE: say(GuardCode.MESSAGE_HAS_NO_VERSION),
}

STRATEGY = Strategy(
    key="optimistic-lock",
    title="Optimistic lock",
    position=5,
    variants=(
        Variant(
            key="version-from-form",
            title="Version from the form",
            handle=version_from_form,
            sound=True,
            needs=frozenset({Need.VERSION}),
            refusals=_REFUSALS,
            summary="UPDATE … WHERE version = the one that the form showed; the loser is told “conflict”.",
            guarantees="One effect for each state that a form has shown, without holding a lock while people think.",
            breaks="A client that answers “conflict” by reading the new version and sending again.",
            choose_when="Updates of rows that people edit in forms, where collisions are rare.",
        ),
        Variant(
            key="version-read-by-server",
            title="Version read by the server",
            handle=version_read_by_server,
            sound=False,
            refusals=_REFUSALS,
            summary="The server reads the version itself: a later retry reads the new one and acts again.",
            guarantees="Of those that overlap, one wins.",
            breaks="A retry after the first one's commit, unless the status is checked too.",
            choose_when="Against lost updates. Not against duplicates.",
        ),
    ),
)
