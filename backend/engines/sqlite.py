"""SQLite: always there, no server."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from backend.engines.running import RunningEngine
from backend.engines.says import EngineCode
from backend.engines.sentences import one_sentence, reason_of
from backend.engines.sql import create_sql_engine
from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind
from backend.shop.ownership.says import OwnershipCode
from backend.shop.tables import check_tables

NAME = "SQLite"
_FILE = "submit-twice.sqlite3"


def start_sqlite(directory: Path, scratch: Path | None = None) -> RunningEngine:
    """Use the database file in `directory`; what is not there is made. Its journal is a write-ahead log.

    Args:
        directory: where it is.
        scratch: as for `open_sqlite`.

    Raises:
        EngineError: the file cannot be used.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(say(EngineCode.NOT_STARTED, name=NAME, reason=reason_of(error))) from None
    return open_sqlite(directory / _FILE, embedded=True, scratch=scratch)


def open_sqlite(path: Path, *, embedded: bool, scratch: Path | None = None) -> RunningEngine:
    """Use a database file that is ours, or is empty, or is not there yet.

    Args:
        path: the file.
        embedded: whether the file belongs to a lab.
        scratch: where a copy is looked into; None for the usual place.

    Raises:
        EngineError: it cannot be used, or holds tables of somebody else; it is as it was then, byte for byte.
    """
    try:
        _require_ours(path, scratch)
        _require_writable(path)
    except (sa.exc.DBAPIError, OSError) as error:
        raise EngineError(one_sentence(error, say(EngineCode.AT, name=NAME, address=str(path)))) from None
    return RunningEngine(EngineKind.SQLITE, NAME, sqlite3.sqlite_version, str(path), _url(path), embedded)


def _url(path: Path) -> str:
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


def _require_writable(path: Path) -> None:
    engine = create_sql_engine(_url(path), pool_size=1)
    try:
        with engine.begin() as connection:
            # What changes nothing, and yet needs the right and the space to write.
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            connection.exec_driver_sql(f"PRAGMA user_version = {version}")
    finally:
        engine.dispose()


def _require_ours(path: Path, scratch: Path | None) -> None:
    """Look into a file that may be anybody's. Opening it would already write: a journal's mode, its remains.

    Raises:
        EngineError: the file holds something that is not ours.
    """
    filled = [file for file in (path, *map(path.with_name, _journals(path))) if file.is_file() and file.stat().st_size]
    stranger = ""
    if filled == [path]:
        stranger = _stranger(f"{path.absolute().as_uri()}?mode=ro&immutable=1")
    elif filled:
        # A journal is worked off by whoever opens the file.
        with tempfile.TemporaryDirectory(prefix="submit-twice-", dir=scratch) as folder:
            for file in filled:
                shutil.copyfile(file, Path(folder) / file.name)
            stranger = _stranger((Path(folder) / path.name).as_uri())
    if stranger:
        raise EngineError(say(OwnershipCode.FOREIGN_FILE, path=str(path), name=stranger))


def _journals(path: Path) -> tuple[str, str]:
    return f"{path.name}-wal", f"{path.name}-journal"


def _stranger(uri: str) -> str:
    """The name of an object in a file that has none of ours; empty if it has ours, or nothing.

    Raises:
        EngineError: it has ours, and something that does not go with them.
    """
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True), poolclass=sa.NullPool)
    with engine.connect() as connection:
        names = connection.scalars(sa.text("SELECT name FROM sqlite_master ORDER BY name")).all()
        return "" if check_tables(connection).lab or not names else str(names[0])
