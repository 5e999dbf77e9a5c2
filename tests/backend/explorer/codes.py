"""Strategies that only tests want."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import insert

from backend.model import Answer
from backend.operations import Request
from backend.schema import orders
from backend.strategies.base import Handler, Services, Variant


def variant(handle: Handler) -> Variant:
    return Variant("test", "Test", handle, sound=False, summary="", guarantees="", breaks="", choose_when="")


def slow(request: Request, services: Services) -> Answer:
    """Sleeps in the server, and waits for nobody."""
    with services.database.begin() as connection:
        connection.execute(sa.text("SELECT pg_sleep(0.02)"))
        request.operation.act(connection, request)
    return Answer.CREATED


def bug(request: Request, services: Services) -> Answer:
    """Fails inside its transaction, for a reason of its own."""
    with services.database.begin() as connection:
        request.operation.act(connection, request)
        return Answer(str(1 // (request.quantity - request.quantity)))


def insert_then_give_up(request: Request, services: Services) -> Answer:
    """The first to insert rolls back; the others wait at the unique key meanwhile."""
    try:
        with services.database.begin() as connection:
            connection.execute(insert(orders).values(order_row(request)))
            _give_up_as(request, "submission-A")
    except sa.exc.IntegrityError:
        return Answer.DUPLICATE
    except LookupError:
        return Answer.ERROR
    return Answer.CREATED


def _give_up_as(request: Request, actor: str) -> None:
    if request.submission_id == actor:
        raise LookupError


def crosswise(request: Request, services: Services) -> Answer:
    """Takes two locks, and B in the other order than A."""
    names = [f"{request.key} 1", f"{request.key} 2"]
    if request.submission_id == "submission-B":
        names.reverse()
    with services.database.begin() as connection:
        for name in names:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
        request.operation.act(connection, request)
    return Answer.CREATED


def serializable(request: Request, services: Services) -> Answer:
    """Check and act under SERIALIZABLE."""
    with services.database.execution_options(isolation_level="SERIALIZABLE").begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        request.operation.act(connection, request)
    return Answer.CREATED


def order_row(request: Request) -> dict[str, object]:
    return {
        "order_no": request.key,
        "order_no_unique": request.key,
        "item": request.item,
        "quantity": request.quantity,
        "submission_id": request.submission_id,
    }
