"""What is done inside a lock, and how a lock in Redis is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from backend.model.vocabulary import Answer
from backend.shop.schema import fences
from backend.strategies.sql import insert_or_ignore

if TYPE_CHECKING:
    import redis

    from backend.shop.operations import Request
    from backend.strategies.base import Services

DELETE_IF_EQUAL = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def release(services: Services, key: str, owner: str, server: redis.Redis | None = None) -> None:
    """Delete the lock if it is still ours, in one command: between a GET and a DEL it could become somebody else's."""
    server = server or services.redis
    if services.knows_delifeq:
        server.execute_command("DELIFEQ", key, owner)  # type: ignore[no-untyped-call]
    else:
        server.eval(DELETE_IF_EQUAL, 1, key, owner)


def check_and_act(request: Request, services: Services) -> Answer:
    """Look whether it is done already; if not, do it."""
    with services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)


def act_if_newest(request: Request, services: Services, fence: int) -> Answer:
    """Act, unless the resource has seen a higher number. Its row is locked until the commit, so no check is stale."""
    with services.database.begin() as connection:
        resource = f"{request.operation.key}:{request.key}"
        connection.execute(insert_or_ignore(connection, fences), {"resource": resource, "fence": 0})
        newest = update(fences).where(fences.c.resource == resource, fences.c.fence < fence).values(fence=fence)
        if connection.execute(newest).rowcount == 0:
            return Answer.CONFLICT
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)
