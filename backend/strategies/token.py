"""A form token in Redis: handed out with the form, used up by the first submission.

Whoever deletes the token owns the submission. DEL answers how many keys it removed, so deciding and claiming are one
command; every recipe that decides with GET and claims with DEL leaves a gap between the two.

The token is claimed before the effect exists. A crash between DEL and COMMIT loses the intent for good, and the retry
is told "duplicate". Claiming last turns the same crash into a duplicate. One cannot have both without storing the
token in the transaction of the effect.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services


def delete_first(request: Request, services: Services) -> Answer:
    """Claim the token by deleting it, then act."""
    if services.redis.delete(services.token_key(request.token)) == 0:
        return Answer.DUPLICATE
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def get_then_delete(request: Request, services: Services) -> Answer:
    """Look whether the token is there, then delete it, then act."""
    key = services.token_key(request.token)
    if services.redis.get(key) is None:
        return Answer.DUPLICATE
    services.redis.delete(key)
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def delete_last(request: Request, services: Services) -> Answer:
    """Look whether the token is there, act, and delete the token when all is done."""
    key = services.token_key(request.token)
    if services.redis.get(key) is None:
        return Answer.DUPLICATE
    with services.database.begin() as connection:
        answer = request.operation.act(connection, request)
    services.redis.delete(key)
    return answer
