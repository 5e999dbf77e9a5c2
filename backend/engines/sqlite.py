"""SQLite: always there, no server."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import URL

from backend.engines.running import RunningEngine
from backend.engines.sentences import one_sentence
from backend.engines.sql import create_sql_engine
from backend.errors import EngineError
from backend.model import EngineKind

if TYPE_CHECKING:
    from pathlib import Path

NAME = "SQLite"
_FILE = "submit-twice.sqlite3"


def start_sqlite(directory: Path) -> RunningEngine:
    """Use the database file in `directory`; what is not there is made. Its journal is a write-ahead log.

    Raises:
        EngineError: the file cannot be used.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(one_sentence(error, f"{NAME} could not start")) from None
    return open_sqlite(directory / _FILE, embedded=True)


def open_sqlite(path: Path, *, embedded: bool) -> RunningEngine:
    """Use a database file.

    Raises:
        EngineError: it cannot be used.
    """
    url = URL.create("sqlite", database=str(path.absolute())).render_as_string()
    engine = create_sql_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            # A transaction that writes nothing, and yet needs the right and the space to write.
            connection.exec_driver_sql("PRAGMA user_version = 0")
    except (sa.exc.DBAPIError, OSError) as error:
        raise EngineError(one_sentence(error, f"{NAME} at {path}")) from None
    finally:
        engine.dispose()
    return RunningEngine(EngineKind.SQLITE, NAME, sqlite3.sqlite_version, str(path), url, embedded)
