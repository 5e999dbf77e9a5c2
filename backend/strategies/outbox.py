"""The transactional outbox: what is to be sent is written down in the transaction of what it tells of.

A call to somebody outside is in no transaction of ours, so message and row can part: sent and rolled back, or committed
and never sent. The outbox makes the message a row. A relay reads rows that are not marked, sends, and marks (C.
Richardson, "Pattern: Transactional outbox"). So a message is never lost.

It may be sent twice: whoever dies between send and mark has sent, and the next relay does not know. That is at least
once, and no order of the two avoids it. ``relay-with-key`` sends the number of the row along, and the other side
recognises it: only whoever has the effect can make it happen once.

Here the relay runs right behind the commit, for this message, and again with each delivery that comes later; elsewhere
it is a process that asks the table or reads the log. A row is locked while it is sent, so that there may be several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from backend.model.vocabulary import Answer
from backend.shop.schema import outbox
from backend.strategies.base import Services
from backend.strategies.sql import insert_or_ignore

if TYPE_CHECKING:
    from backend.shop.operations import Operation, Request


def relay(request: Request, services: Services) -> Answer:
    """Note the message and commit; send it and mark it."""
    note(request, services)
    return send_and_mark(request, request.operation, services)


def relay_with_key(request: Request, services: Services) -> Answer:
    """The same, to somebody who recognises what was sent before."""
    note(request, services)
    return send_and_mark(request, request.operation.keyed(), services)


def note(request: Request, services: Services) -> None:
    """Insert the message, unless it is there; beside it, in one transaction, the rows that it tells of."""
    with services.database.begin() as connection:
        connection.execute(insert_or_ignore(connection, outbox), {"request_no": request.key, "sent": False})


def send_and_mark(request: Request, operation: Operation, services: Services) -> Answer:
    """What the relay does: lock the row, send, mark it as sent."""
    unsent = select(outbox.c.id).where(outbox.c.request_no == request.key, outbox.c.sent.is_(False))
    with services.database.begin() as connection:
        row = connection.scalar(unsent.with_for_update())
        if row is None:
            return Answer.DUPLICATE
        answer = operation.act(connection, request)
        connection.execute(update(outbox).where(outbox.c.id == row).values(sent=True))
    return answer
