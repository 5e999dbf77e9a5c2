"""Starting or connecting a database with our tables and a Redis-protocol server, and nothing else.

The explorer needs no more; a lab puts instances, a sender and a trace on top (`backend.lab.machinery`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from backend.engines.external import connect_database, connect_redis
from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.mariadb import start_mariadb
from backend.engines.own_standby import OwnStandby
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.says import ProcessCode
from backend.engines.sql import create_sql_engine, disturb_nobody, one_sentence
from backend.engines.sqlite import start_sqlite
from backend.engines.valkey import start_valkey
from backend.engines.zookeeper.keeper import ZooKeeperKeeper
from backend.model.errors import EngineError
from backend.model.options import LabOptions
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind, RedisPersistence
from backend.shop.tables import create_tables

_TRIALS = 3
_PAUSE_S = 0.2
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class BareEngines:
    """Where the two are. The URLs hold passwords."""

    database: str
    redis: str
    gateway: GatewayKeeper
    """Starts only if somebody wants it."""
    zookeeper: ZooKeeperKeeper
    """As the gateway."""
    standby: OwnStandby
    """As the gateway."""

    @property
    def missing(self) -> dict[EngineKind, Sentence]:
        """Engines that cannot be had here, each with what to install."""
        missing = {EngineKind.ZOOKEEPER: self.zookeeper.missing, EngineKind.STANDBY: self.standby.missing}
        return {kind: what for kind, what in missing.items() if what}


@contextmanager
def bare_engines(options: LabOptions, cancelled: threading.Event | None = None) -> Iterator[BareEngines]:
    """Start or connect both, side by side; whatever was started is stopped at the end.

    Args:
        options: which ones.
        cancelled: set it from anywhere to end the start; it changes nothing once both are there.

    Raises:
        EngineError: one of them cannot be had, or the start was cancelled.
    """
    with Supervisor(options.niceness) as supervisor:
        database, redis = _start_both(supervisor, options, cancelled)
        gateway = GatewayKeeper(supervisor, lambda: None)
        zookeeper = ZooKeeperKeeper(supervisor, options.zookeeper, lambda: None)
        try:
            yield BareEngines(database.url, redis.url, gateway, zookeeper, OwnStandby(database))
        finally:
            zookeeper.close()
            gateway.close()


def _start_both(
    supervisor: Supervisor, options: LabOptions, cancelled: threading.Event | None
) -> tuple[RunningEngine, RunningEngine]:
    with ThreadPoolExecutor(2) as starters:
        database = starters.submit(start_database, supervisor, options.database, options.data_dir)
        redis = starters.submit(start_redis, supervisor, options.redis, options.data_dir)
        try:
            while (found := wait((database, redis), _LOOK_S, FIRST_EXCEPTION)).not_done:
                for start in found.done:
                    start.result()
                _require_wanted(cancelled)
            return database.result(), redis.result()
        except BaseException:
            supervisor.close()  # who is still at it ends with it
            raise


def _require_wanted(cancelled: threading.Event | None) -> None:
    if cancelled and cancelled.is_set():
        raise EngineError(say(ProcessCode.CLOSING))


def start_database(supervisor: Supervisor, database: str, data_dir: Path | None) -> RunningEngine:
    """Start a database by its name, or connect to the one at this URL.

    Args:
        supervisor: owner of what is started.
        database: its name or URL.
        data_dir: where it is kept; None for a temporary one.

    Raises:
        EngineError: the database could not be started, or does not answer at its URL.
    """
    match database:
        case "postgresql":
            return start_postgresql(supervisor, data_dir / "postgresql" if data_dir else None)
        case "mariadb":
            return start_mariadb(supervisor, data_dir / "mariadb" if data_dir else None)
        case "sqlite":
            return start_sqlite(data_dir or supervisor.private, supervisor.private)
        case _:
            return connect_database(database, supervisor.private)


def start_redis(
    supervisor: Supervisor, url: str | None, data_dir: Path | None, persistence: RedisPersistence | None = None
) -> RunningEngine:
    """Connect to the Redis-protocol server at this URL, or start one.

    Raises:
        EngineError: the server could not be started, or does not answer at its URL.
    """
    if url:
        return connect_redis(url)
    return start_valkey(supervisor, data_dir / "valkey" if data_dir else None, persistence=persistence)


def open_tables(database: RunningEngine, connections: int = 1) -> sa.Engine:
    """Connections of our own to a database with our tables in it; those that are missing are made.

    Raises:
        EngineError: the database does not answer, its tables are not ours, or they could not be made.
    """
    engine = create_sql_engine(database.url, pool_size=connections)
    disturb_nobody(engine)
    for left in reversed(range(_TRIALS)):
        try:
            with engine.begin() as connection:
                create_tables(connection)
            break
        except sa.exc.OperationalError as error:  # a server that has only just come up may hang up once more
            engine.dispose()
            if not left:
                raise EngineError(one_sentence(error, database.name)) from None
            threading.Event().wait(_PAUSE_S)
        except sa.exc.SQLAlchemyError as error:
            engine.dispose()
            raise EngineError(one_sentence(error, database.name)) from None
        except EngineError:
            engine.dispose()
            raise
    return engine
