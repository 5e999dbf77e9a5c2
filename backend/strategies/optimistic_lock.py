"""A version column: update only what is still as we saw it.

What matters is who saw it. If the form carries the version, a second submission of the same form meets a newer
version and is refused, now or days later. If the server reads the version at the start of each request, a retry reads
the *new* version and acts again: that protects against lost updates, not against duplicates.

There is no row, hence no version, before an INSERT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.sentence import say
from backend.model.vocabulary import Answer, OperationKey
from backend.shop.operations import MissingRowError, Request
from backend.strategies.base import Need, Services, Strategy, Variant
from backend.strategies.says import GuardCode

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def version_from_form(request: Request, services: Services) -> Answer:
    """Act if the row is still as the form showed it."""
    with services.database.begin() as connection:
        return act_if_still(connection, request, request.version)


def version_read_by_server(request: Request, services: Services) -> Answer:
    """Read the version and act if it did not change since a moment ago."""
    with services.database.begin() as connection:
        version = connection.scalar(request.operation.version(request))
        if version is None:
            raise MissingRowError(request)
        return act_if_still(connection, request, version)


def act_if_still(connection: Connection, request: Request, version: int) -> Answer:
    """``UPDATE ... SET version = version + 1 WHERE version = :version``: no row means that somebody else was first."""
    change = request.operation.change(request)
    column = change.table.c.version
    changed = connection.execute(change.where(column == version).values(version=column + 1))
    if changed.rowcount == 0:
        return Answer.CONFLICT
    return request.operation.act_beside_change(connection, request)


_REFUSALS = {
    OperationKey.PLACE_ORDER: say(GuardCode.NO_ROW_TO_COMPARE),
    OperationKey.CANCEL_ORDER: say(GuardCode.NO_VERSION_LEFT),
    OperationKey.SEND_MESSAGE: say(GuardCode.MESSAGE_HAS_NO_VERSION),
}

STRATEGY = Strategy(
    key="optimistic-lock",
    title="Optimistic lock",
    position=5,
    variants=(
        Variant(
            key="version-from-form",
            title="Version from the form",
            handle=version_from_form,
            sound=True,
            needs=frozenset({Need.VERSION}),
            refusals=_REFUSALS,
            summary="UPDATE … WHERE version = the one that the form showed; the loser is told “conflict”.",
            guarantees="One effect for each state that a form has shown, without holding a lock while people think.",
            breaks="A client that answers “conflict” by reading the new version and sending again.",
            choose_when="Updates of rows that people edit in forms, where collisions are rare.",
        ),
        Variant(
            key="version-read-by-server",
            title="Version read by server",
            handle=version_read_by_server,
            sound=False,
            refusals=_REFUSALS,
            summary="The server reads the version itself: a later retry reads the new one and acts again.",
            guarantees="Of those that overlap, one wins.",
            breaks="A retry after the first one's commit, unless the status is checked too.",
            choose_when="Against lost updates. Not against duplicates.",
        ),
    ),
)
