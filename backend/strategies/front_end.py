"""Disable the button: the client holds a click back while an earlier one is in flight.

The server runs without protection. The button helps against impatience, which is most of what happens on a good day,
and against nothing else: a retry by a proxy, a second window or a redelivered message never saw the button.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services


def disable_button(request: Request, services: Services) -> Answer:
    """Act. The protection, such as it is, was at the client."""
    with services.database.begin() as connection:
        return request.operation.act(connection, request)
