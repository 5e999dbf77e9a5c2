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
from backend.strategies.base import Need, Services, Strategy, Variant


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


_NEEDS = frozenset({Need.TOKEN})

STRATEGY = Strategy(
    key="token",
    title="Form token",
    position=2,
    variants=(
        Variant(
            key="delete-first",
            title="Delete first",
            handle=delete_first,
            sound=True,
            needs=_NEEDS,
            summary="DEL decides: whoever removed the token acts, everybody else is a duplicate.",
            guarantees="At most one effect for each token, however many submissions race.",
            breaks="A crash after DEL loses the intent while the retry is told “duplicate”. A reloaded page has a new "
            "token and is a new intent. After a time-out nobody can say whether the first one succeeded.",
            choose_when="A person fills in a form, an occasional loss is repaired by filling it in again, and there is "
            "no natural key to put an index on.",
        ),
        Variant(
            key="get-then-delete",
            title="Get, then delete",
            handle=get_then_delete,
            sound=False,
            needs=_NEEDS,
            summary="GET decides and DEL claims: two can GET before either DEL.",
            guarantees="A submission that starts after the token is gone is recognised.",
            breaks="Two at the same time: both see the token.",
            choose_when="Never: the single DEL is shorter and right.",
        ),
        Variant(
            key="delete-last",
            title="Delete last",
            handle=delete_last,
            sound=False,
            needs=_NEEDS,
            summary="The token stays until the effect is committed, and lets everybody in until then.",
            guarantees="No intent is lost: the token outlives a crash before the commit.",
            breaks="Two at the same time, and a crash between COMMIT and DEL: the retry acts again.",
            choose_when="Only together with a unique index that catches what it lets through.",
        ),
    ),
)
