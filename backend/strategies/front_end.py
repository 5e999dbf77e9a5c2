"""Disable the button: the client holds a click back while an earlier one is in flight.

The server runs without protection. The button helps against impatience, which is most of what happens on a good day,
and against nothing else: a retry by a proxy, a second window or a redelivered message never saw the button.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services, Strategy, Variant


def disable_button(request: Request, services: Services) -> Answer:
    """Act. The protection, such as it is, was at the client."""
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


STRATEGY = Strategy(
    key="front-end",
    title="Front-end control",
    position=1,
    client_holds_back=True,
    variants=(
        Variant(
            key="disable-button",
            title="Disable the button",
            handle=disable_button,
            sound=False,
            summary="The client sends a click only once; the server accepts whatever arrives.",
            guarantees="One click, one submission, from this window and while it is open.",
            breaks="Whatever does not pass this button: a retry after a time-out, a redelivery, a second window, curl.",
            choose_when="Always, for the person at the screen, and never as the only protection.",
        ),
    ),
)
