"""Sessions that nobody has any more: a server may still be at what was asked for over them last, such as a COMMIT.

A server hears of the death of who asked, or that he has hung up, only when it wants to answer, or to read more. Until
then it works on, and what it commits, or a key that it sets, stays. So a session is over when its server says so:
PostgreSQL and MariaDB in the list of their sessions, a Redis-protocol server in that of its clients, where one stays
until all that it had sent has been read and carried out.

What a dead process has sent to others needs no look. ZooKeeper's nodes of a lock are ephemeral: what it still creates
goes with the session, nothing that a verdict is made from is there, and who comes later waits as for any other holder.
A broker gets acknowledgements in the order of the connection that ends behind them, and a run waits until all its
messages are acknowledged. The gateway takes nothing of a run any more once it is told that the run is over. A primary
whose replica was promoted loses with its own keys whatever it is still asked for.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import redis
import sqlalchemy as sa

from backend.engines.redis_client import create_redis

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from backend.lab.work_book import OpenSession, WorkBook

_LOOK_SECONDS = 0.02
_ANSWER_SECONDS = 0.2
"""A Redis-protocol server that takes longer is asked again, lest nobody could give up waiting."""
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
    """Wait until the database has ended all sessions that nobody has any more.

    Those of a database that is not in use are left for when it is.

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
    while mine := [orphan for orphan in works.orphans if orphan.name is None and orphan.server in urls]:
        open_ones = _open_ones(engine, mine)
        works.bury([orphan for orphan in mine if orphan not in open_ones])
        if not open_ones:
            return True
        if abandoned():
            return False
        works.wait_for_change(works.version, _LOOK_SECONDS)
    return True


def wait_for_redis_orphans(works: WorkBook, urls: Collection[str], abandoned: Callable[[], bool]) -> bool:
    """Wait until Redis-protocol servers have carried out all that was sent to them by who is not there any more.

    Args:
        works: knows the connections.
        urls: of the servers, also of those that are not in use.
        abandoned: whether nobody wants to wait any more.

    Returns:
        Whether they have; False as well where a server does not let anybody know.
    """
    with ExitStack() as clients:
        asked: list[redis.Redis] = []
        while mine := [orphan for orphan in works.orphans if orphan.name is not None]:
            if not asked:
                asked = [clients.enter_context(_impatient(url)) for url in urls]
            try:
                names = {name for client in asked for name in _clients(client)}
            except redis.exceptions.RedisError as error:
                if _tells_nobody(error):
                    return False
                names = {orphan.name for orphan in mine if orphan.name}  # it is busy, stopped, or on its way back
            over = [orphan for orphan in mine if orphan.name and orphan.name not in names]
            works.bury(over)
            if len(over) == len(mine):
                continue
            if abandoned() or not any(orphan.name for orphan in mine):
                return False
            works.wait_for_change(works.version, _LOOK_SECONDS)
    return True


def _impatient(url: str) -> redis.Redis:
    return create_redis(url, max_connections=1, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS)


def _tells_nobody(error: redis.exceptions.RedisError) -> bool:
    """Whether there is no use in asking again: it may not be asked, or does not know what it is asked for."""
    refused = isinstance(error, redis.exceptions.ResponseError) and not str(error).startswith("BUSY")
    return refused or isinstance(error, redis.exceptions.AuthenticationError)


def _clients(client: redis.Redis) -> Iterator[str]:
    """The names of the clients that a server has not come to the end of; one that has ended has none.

    Raises:
        redis.exceptions.RedisError: it does not tell.
    """
    try:
        yield from (str(each.get("name", "")) for each in client.client_list())
    except redis.exceptions.ConnectionError as error:
        if not isinstance(error.__context__, ConnectionRefusedError | FileNotFoundError):
            raise


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
