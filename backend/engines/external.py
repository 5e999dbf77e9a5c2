"""Servers that run already, named by their URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import redis
import sqlalchemy as sa
from sqlalchemy.engine import URL

from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine
from backend.engines.says import EngineCode
from backend.engines.sentences import one_sentence, reason_of
from backend.engines.sql import create_sql_engine, sqlalchemy_url
from backend.engines.sqlite import open_sqlite
from backend.model.errors import EngineError
from backend.model.sentence import Code, Sentence, say
from backend.model.vocabulary import EngineKind

_ANSWER_TIMEOUT_S = 5.0
_NO_MORE = frozenset({EngineCode.FULL, EngineCode.HUNG_UP})
"""A Redis that has enough clients says so and hangs up; who was about to log in only sees that."""
_PLAIN_NAME = re.compile(r"[\w$-]+")


class AddressCode(Code):
    """Why a URL cannot be used, before or after somebody has answered there."""

    NO_DATABASE_URL = "address.no_database_url"
    OTHER_DATABASE = "address.other_database"
    NO_REDIS_URL = "address.no_redis_url"
    NO_FILE = "address.no_file"
    SQLITE_OPTIONS = "address.sqlite_options"
    MARIADB_TOO_OLD = "address.mariadb_too_old"
    NO_MARIADB = "address.no_mariadb"


def connect_database(url: str, scratch: Path | None = None) -> RunningEngine:
    """Verify that a database can be used, and describe it.

    Args:
        url: ``postgresql://`` (also ``postgres://``), ``mysql://``, ``mariadb://`` or ``sqlite:///path``.
        scratch: where a copy of a file is looked into; None for the usual place.

    Raises:
        EngineError: the URL makes no sense, or the database cannot be used; the sentence holds no password.
    """
    try:
        parsed = sqlalchemy_url(url)
        backend = parsed.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        raise EngineError(say(AddressCode.NO_DATABASE_URL)) from None
    if backend == "sqlite":
        return open_sqlite(_sqlite_path(parsed), embedded=False, scratch=scratch)
    if backend in {"mysql", "mariadb"}:
        return _connect_mariadb(parsed)
    if backend != "postgresql":
        raise EngineError(say(AddressCode.OTHER_DATABASE, kind=backend))
    if parsed.get_driver_name() != "psycopg":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return _connect_server(parsed, EngineKind.POSTGRESQL, "PostgreSQL")


def connect_redis(url: str) -> RunningEngine:
    """Verify that a Redis-protocol server can be used, and describe it.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.

    Raises:
        EngineError: the URL makes no sense, or the server cannot be used; the sentence holds no password.
    """
    try:
        address = _redis_address(url)
        first, second = (create_redis(url, max_connections=1, socket_timeout=_ANSWER_TIMEOUT_S) for _ in range(2))
    except (ValueError, TypeError):
        raise EngineError(say(AddressCode.NO_REDIS_URL)) from None
    try:
        info: dict[str, object] = first.info("server")
        with _as_only_one(say(EngineCode.REDIS_AT, address=address), redis.RedisError):
            second.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise EngineError(one_sentence(error, say(EngineCode.REDIS_AT, address=address))) from None
    finally:
        first.close()
        second.close()
    name = "Valkey" if info.get("server_name") == "valkey" or "valkey_version" in info else "Redis"
    version = str(info.get("valkey_version") or info.get("redis_version") or "")
    return RunningEngine(EngineKind.REDIS, name, version, address, url, embedded=False)


def _sqlite_path(url: URL) -> Path:
    """The file of a SQLite URL.

    Raises:
        EngineError: there is none, or the URL asks for something that we would not heed.
    """
    if not url.database or url.database == ":memory:":
        raise EngineError(say(AddressCode.NO_FILE))
    if url.query or url.database.startswith("file:"):
        options = url.database.partition("?")[2] or ", ".join(f"{name}={value}" for name, value in url.query.items())
        raise EngineError(say(AddressCode.SQLITE_OPTIONS, options=options or "file:"))
    return Path(url.database)


def _redis_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return f"{parts.hostname or 'localhost'}:{parts.port or 6379}"
    if not parts.path:
        raise ValueError(url)
    return parts.path


def _connect_mariadb(url: URL) -> RunningEngine:
    return _connect_server(url.set(drivername="mariadb+pymysql"), EngineKind.MARIADB, "MariaDB")


def _connect_server(url: URL, kind: EngineKind, name: str) -> RunningEngine:
    address = _address(url)
    text = url.render_as_string(hide_password=False)
    schema = None
    try:
        engine = create_sql_engine(text, pool_size=2)
    except (sa.exc.SQLAlchemyError, ImportError, TypeError, ValueError) as error:
        raise EngineError(one_sentence(error, say(EngineCode.AT, name=name, address=address))) from None
    try:
        with engine.connect() as connection:
            version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
            if not connection.dialect.insert_returning:
                raise EngineError(say(AddressCode.MARIADB_TOO_OLD, address=address, version=version))
            if kind is EngineKind.POSTGRESQL:
                schema = connection.scalar(sa.text("SELECT current_schema()"))
            with _as_only_one(say(EngineCode.AT, name=name, address=address), sa.exc.SQLAlchemyError):
                engine.connect().close()
    except (sa.exc.SQLAlchemyError, OSError, TypeError, ValueError) as error:
        if kind is EngineKind.MARIADB and isinstance(error, sa.exc.InvalidRequestError):
            raise EngineError(say(AddressCode.NO_MARIADB, address=address)) from None
        raise EngineError(one_sentence(error, say(EngineCode.AT, name=name, address=address))) from None
    finally:
        engine.dispose()
    return RunningEngine(kind, name, version, address, _pinned(url, schema) or text, embedded=False)


@contextmanager
def _as_only_one(what: Sentence, *errors: type[Exception]) -> Iterator[None]:
    """Try a second connection beside the first.

    Raises:
        EngineError: the server allows no second one.
    """
    try:
        yield
    except errors as error:
        if reason_of(error).code in _NO_MORE:
            raise EngineError(say(EngineCode.BECAUSE, what=what, reason=say(EngineCode.ONE_CONNECTION))) from None
        raise


def _pinned(url: URL, schema: str | None) -> str | None:
    """The URL with a search path of this schema alone, so that our names mean the same whatever is changed meanwhile.

    Args:
        url: of a PostgreSQL server.
        schema: where our tables are, or will be.

    Returns:
        None where it has options already, or something between us and the server does not let them through.
    """
    if schema is None or "options" in url.query or not _PLAIN_NAME.fullmatch(schema):
        return None
    pinned = url.update_query_dict({"options": f'-csearch_path="{schema}",pg_temp'})
    text = pinned.render_as_string(hide_password=False)
    engine = create_sql_engine(text, pool_size=1)
    try:
        with engine.connect() as connection:
            return text if connection.scalar(sa.text("SELECT current_schema()")) == schema else None
    except sa.exc.SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def _address(url: URL) -> str:
    host = url.host or url.query.get("host") or url.query.get("unix_socket") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"{host}{port}/{url.database or ''}"
