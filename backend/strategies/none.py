"""No protection: the baseline, and the check that everybody writes first.

``direct`` does what it is told, as often as it is told.

``check-then-act`` looks first. Two transactions under READ COMMITTED can both look before either has committed, and
both find nothing: the gap between SELECT and INSERT. Under load this is not rare.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services, Strategy, Variant


def direct(request: Request, services: Services) -> Answer:
    """Act, whatever happened before."""
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def check_then_act(request: Request, services: Services) -> Answer:
    """Look, then act. Nothing stops somebody else between the two."""
    with services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)


STRATEGY = Strategy(
    key="none",
    title="No protection",
    position=0,
    variants=(
        Variant(
            key="direct",
            title="Direct",
            handle=direct,
            sound=False,
            summary="Does what it is told, as often as it is told.",
            guarantees="Nothing. It is the baseline that everything else is compared with.",
            breaks="Any second submission: a double click, a retry after a time-out, a redelivered message.",
            choose_when="The operation is idempotent by nature, such as setting a value or deleting by key.",
        ),
        Variant(
            key="check-then-act",
            title="Check, then act",
            handle=check_then_act,
            sound=False,
            summary="Looks for the row first; two that look at the same time both find nothing.",
            guarantees="A submission that starts after an earlier one has committed is recognised.",
            breaks="Two at the same time: both SELECT before either COMMIT. The processing delay widens the gap.",
            choose_when="Never alone. As the check inside a lock it is right.",
        ),
    ),
)
