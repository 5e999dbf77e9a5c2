"""Answers that are kept in Redis under a client's key: two recipes of published middleware, each with a gap.

``get-then-set`` looks with GET and keeps with SET, without NX: until the first one has kept its answer, everybody finds
nothing and acts (a middleware for Express; idempot-js #182).

``two-writes`` claims the key first, in one command, so there is one effect. Then it keeps status and body in two
commands. Whoever reads between them finds half an answer, and fails on it: a caller is told 500 about something that
was done (a middleware for ASGI).

Both forget the payload's fingerprint, and neither is in the transaction of the effect: a crash between COMMIT and the
answer repeats it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backend.model.vocabulary import Answer
from backend.strategies.base import Response, Services
from backend.strategies.key_syntax import quoted_key

if TYPE_CHECKING:
    from backend.shop.operations import Request

KEPT_MS = 24 * 3600 * 1000


def get_then_set(request: Request, services: Services) -> Answer:
    """Look for an answer, act, keep the answer."""
    key, _ = services.answer_keys(quoted_key(request.idempotency_key))
    kept = services.redis.get(key)
    if kept is not None:
        return services.replay(Response(*json.loads(str(kept))))
    with services.database.begin() as connection:
        answer = request.operation.act(connection, request)
    response = services.render(request, answer)
    services.redis.set(key, json.dumps([response.status, response.body]), px=KEPT_MS)
    return answer


def two_writes(request: Request, services: Services) -> Answer:
    """Look for an answer, claim the key, act, keep the status, keep the body."""
    key, claim = services.answer_keys(quoted_key(request.idempotency_key))
    status = services.redis.hget(key, "status")
    if status is not None:
        body = services.redis.hget(key, "body")
        return services.replay(Response(int(str(status)), json.loads(body)))  # type: ignore[arg-type]
    if not services.redis.set(claim, services.new_token(), nx=True, px=services.lease_ms):
        return Answer.BUSY
    with services.database.begin() as connection:
        answer = request.operation.act(connection, request)
    response = services.render(request, answer)
    services.redis.hset(key, "status", str(response.status))
    services.redis.hset(key, "body", json.dumps(response.body))
    return answer
