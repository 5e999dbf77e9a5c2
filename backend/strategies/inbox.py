"""The inbox: what has been handled is written down, in a table of its own, by its key.

Brokers deliver at least once. The consumer inserts the message's key first; a key that is there already means that the
message was handled, and it is acknowledged without a second effect (the "idempotent consumer", or "transactional
inbox"). The key here is the business key, so the same table also recognises a click or a retry.

All of it is one transaction, or it is worth little: marked in one and done in another, a crash between the two leaves a
message that is marked and was never handled. So does anything else that fails between them: ``reads-replica`` looks up
on a read replica what the message is about, which is not there yet (FormSG #8389).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.vocabulary import Answer
from backend.shop.operations import MissingRowError
from backend.shop.schema import inbox
from backend.strategies.base import Services
from backend.strategies.sql import insert_or_ignore

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from backend.shop.operations import Request


def same_transaction(request: Request, services: Services) -> Answer:
    """Mark and act together."""
    with services.database.begin() as connection:
        if not mark(connection, request):
            return Answer.DUPLICATE
        return request.operation.act(connection, request)


def separate_transactions(request: Request, services: Services) -> Answer:
    """Mark, commit, and only then act."""
    with services.database.begin() as connection:
        if not mark(connection, request):
            return Answer.DUPLICATE
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def reads_replica(request: Request, services: Services) -> Answer:
    """Mark, commit, look up on the replica what the message is about, and only then act."""
    with services.database.begin() as connection:
        if not mark(connection, request):
            return Answer.DUPLICATE
    with services.replica.connect() as replica:
        if replica.scalar(request.operation.version(), request.operation.row(request)) is None:
            raise MissingRowError(request)
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def mark(connection: Connection, request: Request) -> bool:
    """Insert the key of the message; False if it is there."""
    key = f"{request.operation.key}:{request.key}"
    insert = insert_or_ignore(connection, inbox).returning(inbox.c.id)
    return connection.execute(insert, {"message_key": key}).first() is not None
