"""Who waits for whom: the sessions of a database server that are blocked, as the server itself says.

PostgreSQL tells it by ``pg_blocking_pids``. MariaDB tells it in ``information_schema.INNODB_LOCK_WAITS``, to users
with the PROCESS privilege. What that shows is renewed only if nobody has looked for a tenth of a second, so whoever
asks more often asks in vain (seen; InnoDB's source calls it the minimum idle time of the cache). SQLite has no
sessions.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

ASK_EVERY_S = 0.12
"""Pause between two questions that lets MariaDB look again."""

BLOCKERS_OF = "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) AS pid"
"""PostgreSQL: for each of these processes, those that it waits for."""
WAITS_SINCE = (
    "SELECT pid, pg_blocking_pids(pid), extract(epoch FROM min(waitstart))::float,"
    " extract(epoch FROM clock_timestamp() - min(waitstart))::float"
    " FROM pg_locks WHERE NOT granted GROUP BY pid"
)
"""PostgreSQL: each process that waits, for whom, since when (Unix time), and for how many seconds."""
_POSTGRESQL = """
SELECT pid, unnest(pg_blocking_pids(pid)) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
_MARIADB = """
SELECT waiting.trx_mysql_thread_id, holding.trx_mysql_thread_id
FROM information_schema.INNODB_LOCK_WAITS
JOIN information_schema.INNODB_TRX waiting ON waiting.trx_id = requesting_trx_id
JOIN information_schema.INNODB_TRX holding ON holding.trx_id = blocking_trx_id
"""
_QUERIES = {"postgresql": _POSTGRESQL, "mariadb": _MARIADB, "mysql": _MARIADB}


def blocked_sessions(connection: Connection) -> Mapping[int, frozenset[int]]:
    """The sessions that wait for a lock, each with those that it waits for.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the server did not say.
    """
    query = _QUERIES.get(connection.dialect.name)
    found: dict[int, set[int]] = defaultdict(set)
    for waiting, holding in connection.exec_driver_sql(query) if query else ():
        found[waiting].add(holding)
    return {waiting: frozenset(holders) for waiting, holders in found.items()}
