"""Sessions of processes that have died: the database may still be at what they asked for last, such as a COMMIT.

A server hears of the death of who asked only when it wants to answer, or to read more. Until then it works on, and what
it commits is an effect like any other.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from backend.lab.work_book import OpenSession, WorkBook

_LOOK_SECONDS = 0.02
_CLOCKS_DIFFER_SECONDS = 1.5
"""By so much the age of a session, or of its server, which tells whole seconds, may seem too small."""
_POSTGRESQL = sa.text(
    "SELECT pid, extract(epoch FROM clock_timestamp() - backend_start) AS age FROM pg_stat_activity"
    " WHERE pid = ANY(:pids)"
)
_MARIADB = sa.text(
    "SELECT p.id, s.variable_value AS age FROM information_schema.processlist p, information_schema.global_status s"
    " WHERE s.variable_name = 'UPTIME' AND p.id IN :pids"
).bindparams(sa.bindparam("pids", expanding=True))


def wait_for_orphans(works: WorkBook, engine: sa.Engine, urls: Collection[str], abandoned: Callable[[], bool]) -> bool:
    """Wait until the database has ended all sessions of processes that have died.

    Args:
        works: knows them.
        engine: connections to the database.
        urls: of it, as processes were told.
        abandoned: whether nobody wants to wait any more.

    Returns:
        Whether it has.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    while orphans := works.orphans:
        mine = [orphan for orphan in orphans if orphan.database in urls]
        open_ones = _open_ones(engine, mine) if mine else ()
        works.bury([orphan for orphan in orphans if orphan not in open_ones])
        if not open_ones:
            return True
        if abandoned():
            return False
        works.wait_for_change(works.version, _LOOK_SECONDS)
    return True


def _open_ones(engine: sa.Engine, sessions: Collection[OpenSession]) -> list[OpenSession]:
    """Those that the server still has. One that is younger has only got the number of an earlier one."""
    query = {"postgresql": _POSTGRESQL, "mysql": _MARIADB, "mariadb": _MARIADB}.get(engine.dialect.name)
    if query is None:
        return []
    with engine.connect() as connection:
        rows = connection.execute(query, {"pids": [session.server_pid for session in sessions]})
        ages = {int(number): float(age) for number, age in rows if age is not None}
    now = time.monotonic()
    return [
        session
        for session in sessions
        if ages.get(session.server_pid, -1.0) > now - session.since_s - _CLOCKS_DIFFER_SECONDS
    ]
