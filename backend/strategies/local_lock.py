"""A mutex in the process: right in one process, and worth nothing in two.

It is what `synchronized` or a `threading.Lock` gives. As soon as a second instance of the service runs, each has its
own mutex, and two submissions that a load balancer sends apart never meet.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services


def in_process(request: Request, services: Services) -> Answer:
    """Wait for the mutex of this process, check, act."""
    with services.mutex(request.key), services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)
