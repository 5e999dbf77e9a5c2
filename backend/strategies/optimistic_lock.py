"""A version column: update only what is still as we saw it.

What matters is who saw it. If the form carries the version, a second submission of the same form meets a newer
version and is refused, now or days later. If the server reads the version at the start of each request, a retry reads
the *new* version and acts again: that protects against lost updates, not against duplicates.

There is no row, hence no version, before an INSERT.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam

from backend.model.vocabulary import Answer
from backend.shop.operations import MissingRowError, Request
from backend.strategies.base import Services

if TYPE_CHECKING:
    from sqlalchemy import Update
    from sqlalchemy.engine import Connection


def version_from_form(request: Request, services: Services) -> Answer:
    """Act if the row is still as the form showed it."""
    with services.database.begin() as connection:
        return act_if_still(connection, request, request.version)


def version_read_by_server(request: Request, services: Services) -> Answer:
    """Read the version and act if it did not change since a moment ago."""
    with services.database.begin() as connection:
        version = connection.scalar(request.operation.version(), request.operation.row(request))
        if version is None:
            raise MissingRowError(request)
        return act_if_still(connection, request, version)


def act_if_still(connection: Connection, request: Request, version: int) -> Answer:
    """``UPDATE ... SET version = version + 1 WHERE version = :version``: no row means that somebody else was first."""
    change, values = request.operation.change(), request.operation.changed(request)
    if connection.execute(_if_still(change), {**values, "seen": version}).rowcount == 0:
        return Answer.CONFLICT
    return request.operation.act_beside_change(connection, request)


@cache
def _if_still(change: Update) -> Update:
    version = change.table.c.version
    return change.where(version == bindparam("seen")).values(version=version + 1)
