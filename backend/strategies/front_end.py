"""Disable the button: the client holds a click back while an earlier one is in flight.

There is nothing to be seen of it here: the protection is in the client, a button that is grey until the answer is
there. The window's own Submit button is such a one, and so is the sender of a run, which is told so by the line
``client-holds-back`` in the data file.

The server runs without protection. The button helps against impatience, which is most of what happens on a good day,
and against nothing else: a retry by a proxy, a second window or a redelivered message never saw it.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services


def disable_button(request: Request, services: Services) -> Answer:
    """Act, as without protection."""
    with services.database.begin() as connection:
        return request.operation.act(connection, request)
