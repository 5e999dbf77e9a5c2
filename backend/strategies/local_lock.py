"""A mutex in the process: right in one process, and worth nothing in two.

It is what `synchronized` or a `threading.Lock` gives. As soon as a second instance of the service runs, each has its
own mutex, and two submissions that a load balancer sends apart never meet.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services, Strategy, Variant


def in_process(request: Request, services: Services) -> Answer:
    """Wait for the mutex of this process, check, act."""
    with services.mutex(request.key), services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)


STRATEGY = Strategy(
    key="local-lock",
    title="Local lock",
    position=8,
    variants=(
        Variant(
            key="in-process",
            title="In the process",
            handle=in_process,
            sound=False,
            summary="A mutex around check and act: once with one instance, a race with two.",
            guarantees="One at a time within one process.",
            breaks="A second instance: deploy it and duplicates are back, without a line of code changed.",
            choose_when="A tool that will only ever run as one process.",
        ),
    ),
)
