"""An advisory lock: the database keeps a lock by a name, which belongs to no row.

``transaction`` waits for it, looks, acts, and has it given back by the COMMIT that shows the row (PostgreSQL:
``pg_advisory_xact_lock``; documentation, 13.3.5). MariaDB only knows locks of a session: ``GET_LOCK`` outlives COMMIT,
and is released by hand, after it and on the same connection. SQLite has none; there the transaction takes the file.

``session-leak`` takes a lock of the session, and the connection goes back to the pool before it is released. The pool
rolls back, which ends no lock of a session. The release goes to whichever connection the pool hands out next. Alone
that is the same one, so every test passes. Under load, or where an exception or an early return leaves the release out,
the lock stays with a connection that nobody uses: whoever gets another one is told “busy” until that one is closed, and
whoever gets that very one walks in, since a session that holds a lock is granted it again.
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services
from backend.strategies.named_locks import lock_transaction, try_lock_session, unlock_after_commit, unlock_session


def transaction(request: Request, services: Services) -> Answer:
    """Wait for the lock, check, act. The lock ends after the row can be seen, and not before."""
    name = services.key("advisory", request)
    with services.database.connect() as connection:
        try:
            with connection.begin():
                if not lock_transaction(connection, name):
                    return Answer.BUSY
                if request.operation.is_done(connection, request):
                    return Answer.DUPLICATE
                return request.operation.act_and_remember(connection, request)
        finally:
            unlock_after_commit(connection, name)


def session_leak(request: Request, services: Services) -> Answer:
    """Lock the session and act; then release on whichever connection the pool hands out."""
    name = services.key("advisory", request)
    with services.database.begin() as connection:
        if not try_lock_session(connection, name):
            return Answer.BUSY
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        answer = request.operation.act_and_remember(connection, request)
    with services.database.connect() as connection:
        unlock_session(connection, name)
    return answer
