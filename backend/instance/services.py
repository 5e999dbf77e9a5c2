"""The engines of one backend process, as strategies get them."""

from __future__ import annotations

import gc
import secrets
import threading
import weakref
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import redis
import sqlalchemy as sa

from backend.engines.redis_client import create_redis, redis_urls
from backend.engines.sql import create_sql_engine, sqlalchemy_url
from backend.engines.whereabouts import follow_primary, follow_standby, on_primary
from backend.instance.problems import render
from backend.instance.redis_connections import OnConnection, tell_connections
from backend.model.vocabulary import EngineKind
from backend.shop.operations import NoGateway
from backend.shop.ownership.mark import key_prefix
from backend.shop.tables import require_tables
from backend.strategies.base import Services, no_replica, no_zookeeper
from backend.tap.gateway import TappedGateway
from backend.tap.redis import TappedRedis
from backend.tap.sql import server_pid_of, tap_sql
from backend.tap.witness import name_deletions

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.pool import ConnectionPoolEntry

    from backend.engines.gateway.client import GatewayClient
    from backend.tap.observer import Tap
    from backend.tap.zookeeper import ZooKeeperSessions


OnSession = Callable[[int, bool], object]
"""Gets the server's process or thread behind a connection, and whether it is open."""
_SESSION = "session"
_SERVER_TIMEOUT_S = 0.5
"""Far less than a lock lives, as Redlock wants it."""


class Mutexes:
    """One mutex a key, for as long as somebody holds on to it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._by_key: weakref.WeakValueDictionary[str, threading.Lock] = weakref.WeakValueDictionary()

    def __call__(self, key: str) -> threading.Lock:
        """The mutex of this process for a key."""
        with self._guard:
            mutex = self._by_key.get(key)
            if mutex is None:
                mutex = threading.Lock()
                self._by_key[key] = mutex
            return mutex


def open_services(
    database: str,
    redis: str,
    tap: Tap,
    *,
    connections: int,
    whereabouts: Path | None = None,
    gateway: GatewayClient | None = None,
    zookeeper: ZooKeeperSessions | None = None,
    on_session: OnSession | None = None,
    on_redis: OnConnection | None = None,
) -> Services:
    """Services on these URLs, tapped. Connects to both once, to see what the servers can do.

    Args:
        database: of the database.
        redis: of the Redis-protocol servers, as `redis_urls` takes them.
        tap: where steps pass.
        connections: to the database, that are wanted at a time.
        whereabouts: the folder that says where the database is after a failover, and where its standby is.
        gateway: somebody outside.
        zookeeper: sessions with it.
        on_session: told of each connection to the database before it is used, and when it is closed.
        on_redis: as `on_session`, of those to the Redis-protocol servers.
    """
    engine = create_sql_engine(database, pool_size=connections)
    if on_session and engine.dialect.name != "sqlite":  # whose work ends with the process that does it
        _tell_sessions(engine, on_session)
    if whereabouts and engine.dialect.name == "postgresql":
        follow_primary(engine, database, whereabouts)
    with engine.connect() as connection:  # the first one asks the server about itself, which belongs to no submission
        lab = require_tables(connection, with_triggers=True)
    tap_sql(engine, tap)
    name_deletions(engine, tap)
    urls = redis_urls(redis)
    client = create_redis(urls[0], TappedRedis)
    servers = [_impatient(url) for url in urls] if len(urls) > 1 else [client]
    for number, each in enumerate(dict.fromkeys((*servers, client)), 1):
        if on_redis:
            tell_connections(each, on_redis)
        each.tap = tap
        each.number = number if len(urls) > 1 and each is not client else 0
    return Services(
        database=engine,
        replica=_replica(database, tap, connections, whereabouts),
        redis=client,
        redis_servers=tuple(servers),
        lease_ms=10_000,
        new_token=lambda: secrets.token_urlsafe(16),
        mutex=Mutexes(),
        render=render,
        key_prefix=key_prefix(lab),
        knows_delifeq=knows_delifeq(client),
        gateway=TappedGateway(gateway, tap) if gateway else NoGateway(),
        zookeeper=zookeeper.client if zookeeper else no_zookeeper,
    )


def _tell_sessions(engine: sa.Engine, tell: OnSession) -> None:
    @sa.event.listens_for(engine, "connect")
    def opened(connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401  any driver's connection
        record.info[_SESSION] = server_pid = server_pid_of(connection)
        tell(server_pid, True)

    @sa.event.listens_for(engine, "close")
    def closed(_connection: object, record: ConnectionPoolEntry) -> None:
        if server_pid := record.info.get(_SESSION):
            tell(server_pid, False)


def _impatient(url: str) -> TappedRedis:
    """A client for who asks several servers: one that does not answer soon counts as one that says no."""
    return create_redis(url, TappedRedis, socket_timeout=_SERVER_TIMEOUT_S, socket_connect_timeout=_SERVER_TIMEOUT_S)


def _replica(url: str, tap: Tap, connections: int, whereabouts: Path | None) -> sa.Engine:
    """Connections to the standby, which may be there only later."""
    if whereabouts is None or sqlalchemy_url(url).get_backend_name() != "postgresql":
        return no_replica()
    engine = create_sql_engine(url, pool_size=connections)
    with on_primary(engine, url, whereabouts), engine.connect():
        pass  # the dialect asks the primary about itself: it has no standby yet, and the two are the same
    engine.dispose()
    follow_standby(engine, url, whereabouts)
    tap_sql(engine, tap, EngineKind.STANDBY)
    return engine


def warm_up(services: Services, connections: int) -> None:
    """Do what some submission would pay for otherwise.

    Open the database connections that the handler threads will want; and what is there by now stays, so no collection
    of garbage needs to look through it again, which holds up all submissions for 20 to 100 ms.
    """
    with ExitStack() as opened, suppress(sa.exc.SQLAlchemyError):
        for _ in range(connections):
            opened.enter_context(services.database.connect())
    gc.freeze()
    gc.enable()  # an instance does without while it loads its code


def knows_delifeq(client: redis.Redis) -> bool:
    """Whether the server deletes a key that has a given value, in one command."""
    execute: Callable[..., object] = client.execute_command
    return execute("COMMAND", "INFO", "DELIFEQ") not in ([], {}, [None])
