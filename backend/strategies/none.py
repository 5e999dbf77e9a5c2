"""No protection: the baseline, and the check that everybody writes first.

``direct`` does what it is told, as often as it is told.

``check-then-act`` looks first. Two transactions under READ COMMITTED can both look before either has committed, and
both find nothing: the gap between SELECT and INSERT. Under load this is not rare.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services


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
