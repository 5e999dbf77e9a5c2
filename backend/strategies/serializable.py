"""SERIALIZABLE: look and act in one transaction, and let the database refuse what could not have happened in turn.

The code is that of check-then-act. Two that both looked before either committed would not have found nothing had they
run one after the other, so one of them must not commit:

- PostgreSQL takes no locks for it. It watches who read what others wrote, and refuses one of the two with 40001, at its
  INSERT or at its COMMIT (PostgreSQL documentation, 13.2.3). It watches whole pages of an index, so orders that have
  nothing to do with each other may be refused as well.
- MariaDB makes every SELECT a locking one. Both lock the gap, each INSERT waits for the other one's lock, and InnoDB
  ends one of the two with a deadlock, 1213 (MariaDB documentation, SET TRANSACTION). It waits where PostgreSQL refuses.
- SQLite lets one transaction write at a time, and tells the others that it is locked.

Refusing is half of the cure. The other half is to start over, from the first statement on, which all three expect of
the caller: the next attempt finds the row. ``no-retry`` leaves that out, and its caller is told an error about an
intent that was carried out. Where intents are refused for each other's sake, some have no effect at all: their callers
know, since each of them was told so.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from backend.model.vocabulary import Answer
from backend.shop.conflicts import is_conflict
from backend.shop.operations import Request
from backend.strategies.base import Services

TRIES = 100
"""Of those that are in each other's way one gets through each time, so nobody comes near to it."""


def retry(request: Request, services: Services) -> Answer:
    """Start over whenever the database refuses."""
    for _ in range(TRIES):
        try:
            return no_retry(request, services)
        except DBAPIError as error:
            if not is_conflict(error):
                raise
    return Answer.CONFLICT


def no_retry(request: Request, services: Services) -> Answer:
    """Check and act under SERIALIZABLE, and hand on what the database says."""
    serializable = services.database.execution_options(isolation_level="SERIALIZABLE")
    with serializable.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act_and_remember(connection, request)
