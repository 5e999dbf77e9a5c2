"""A database and a Redis-protocol server with our tables and nothing else: what the explorer needs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from backend.engines.external import connect_database, connect_redis
from backend.engines.postgresql import start_postgresql
from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine, one_sentence
from backend.engines.sqlite import start_sqlite
from backend.engines.supervisor import Supervisor
from backend.engines.valkey import start_valkey
from backend.errors import EngineError
from backend.options import LabOptions
from backend.schema import create_tables


@dataclass(frozen=True, slots=True)
class BareEngines:
    """Where the two are. The URLs hold passwords."""

    database: str
    redis: str


@contextmanager
def bare_engines(options: LabOptions) -> Iterator[BareEngines]:
    """Start or connect both, side by side; whatever was started is stopped at the end.

    Raises:
        EngineError: one of them cannot be had.
    """
    with Supervisor(options.niceness) as supervisor, ThreadPoolExecutor(2) as starters:
        database = starters.submit(_database, supervisor, options)
        redis = starters.submit(_redis, supervisor, options)
        yield BareEngines(with_tables(database.result()), redis.result().url)


def with_tables(database: RunningEngine) -> str:
    """Make our tables where they are missing; returns the URL.

    Raises:
        EngineError: they could not be made.
    """
    engine = create_sql_engine(database.url, pool_size=1)
    try:
        with engine.begin() as connection:
            create_tables(connection)
    except sa.exc.SQLAlchemyError as error:
        raise EngineError(one_sentence(error, database.name)) from None
    finally:
        engine.dispose()
    return database.url


def _database(supervisor: Supervisor, options: LabOptions) -> RunningEngine:
    match options.database:
        case "postgresql":
            return start_postgresql(supervisor, options.data_dir / "postgresql" if options.data_dir else None)
        case "sqlite":
            return start_sqlite(options.data_dir or supervisor.directory)
        case _:
            return connect_database(options.database)


def _redis(supervisor: Supervisor, options: LabOptions) -> RunningEngine:
    if options.redis:
        return connect_redis(options.redis)
    return start_valkey(supervisor, options.data_dir / "valkey" if options.data_dir else None)
