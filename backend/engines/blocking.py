"""Who waits for whom: the sessions of a database server that are blocked, as the server itself says.

PostgreSQL tells it by ``pg_blocking_pids``. MariaDB tells it in ``information_schema.INNODB_LOCK_WAITS``, to users
with the PROCESS privilege. What that shows is renewed only if nobody has looked for a tenth of a second (InnoDB's
source calls it the minimum idle time of the cache): of two who look by turns, one may be shown for ever what is long
past. So each look brings a transaction of its own, which is in a picture only if that was made for this very look.
SQLite has no sessions.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING

from backend.engines.says import EngineCode
from backend.model.errors import EngineError
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Connection

ASK_EVERY_S = 0.12
"""Pause between two questions that lets MariaDB look again, if nobody else asks."""
_PATIENCE_S = 30.0
_NEVER = threading.Event()

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
SELECT /* {look} */ 0, 0 FROM information_schema.INNODB_TRX
WHERE trx_mysql_thread_id = CONNECTION_ID() AND LOCATE('/* {look} */', trx_query)
UNION ALL
SELECT waiting.trx_mysql_thread_id, holding.trx_mysql_thread_id
FROM information_schema.INNODB_LOCK_WAITS
JOIN information_schema.INNODB_TRX waiting ON waiting.trx_id = requesting_trx_id
JOIN information_schema.INNODB_TRX holding ON holding.trx_id = blocking_trx_id
"""
"""Our own transaction comes first: whatever is read after it is no older."""
_OURSELVES = (0, 0)
_LOOKS = count(1)


def blocked_sessions(connection: Connection) -> Mapping[int, frozenset[int]] | None:
    """The sessions that wait for a lock, each with those that it waits for, as it was after the call began.

    Args:
        connection: begins no transactions by itself.

    Returns:
        None where MariaDB has nothing but an older picture: somebody has looked a moment ago, or we may not look.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the server did not say.
    """
    if connection.dialect.name == "postgresql":
        return _by_session((waiting, holding) for waiting, holding in connection.exec_driver_sql(_POSTGRESQL))
    if connection.dialect.name == "sqlite":
        return {}
    connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    rows = [tuple(row) for row in connection.exec_driver_sql(_MARIADB.format(look=f"look {next(_LOOKS)}"))]
    connection.exec_driver_sql("COMMIT")
    return _by_session(row for row in rows if row != _OURSELVES) if _OURSELVES in rows else None


def blocked_sessions_now(connection: Connection) -> Mapping[int, frozenset[int]]:
    """The same, asked until there is an answer.

    Raises:
        EngineError: there is none for half a minute.
        sqlalchemy.exc.SQLAlchemyError: the server did not say.
    """
    until = time.monotonic() + _PATIENCE_S
    while (found := blocked_sessions(connection)) is None:
        if time.monotonic() > until:
            raise EngineError(say(EngineCode.LOCKS_NOT_SHOWN, seconds=round(_PATIENCE_S)))
        _NEVER.wait(until_next_look())
    return found


def until_next_look() -> float:
    """Seconds until MariaDB is asked again; others, who ask as well, are not met in step for ever."""
    return ASK_EVERY_S * random.uniform(1, 3)  # noqa: S311  nobody is to be kept from guessing it


def _by_session(pairs: Iterable[tuple[int, ...]]) -> Mapping[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for waiting, holding in pairs:
        found[waiting].add(holding)
    return {waiting: frozenset(holders) for waiting, holders in found.items()}
