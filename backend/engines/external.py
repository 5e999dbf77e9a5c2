"""Servers that run already, named by their URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import redis
import sqlalchemy as sa
from sqlalchemy.engine import URL

from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine
from backend.engines.sentences import one_sentence
from backend.engines.sql import create_sql_engine, sqlalchemy_url
from backend.engines.sqlite import open_sqlite
from backend.errors import EngineError
from backend.model import EngineKind

_ANSWER_TIMEOUT_S = 5.0
_DATABASES = "postgresql://user:password@host/database or sqlite:///path"
_OLDEST_MARIADB = "MariaDB 10.5 or later, which has INSERT ... RETURNING"


def connect_database(url: str) -> RunningEngine:
    """Verify that a database can be used, and describe it.

    Args:
        url: ``postgresql://`` (also ``postgres://``), ``mysql://``, ``mariadb://`` or ``sqlite:///path``.

    Raises:
        EngineError: the URL makes no sense, or the database cannot be used; the sentence holds no password.
    """
    try:
        parsed = sqlalchemy_url(url)
        backend = parsed.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        raise EngineError(f"the database URL cannot be understood; give one like {_DATABASES}") from None
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise EngineError("a SQLite database needs a file that all backend processes can open: sqlite:///path")
        return open_sqlite(Path(parsed.database), embedded=False)
    if backend in {"mysql", "mariadb"}:
        return _connect_mariadb(parsed)
    if backend != "postgresql":
        raise EngineError(f"a database of the kind {backend!r} is not supported; give one like {_DATABASES}")
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
        client = create_redis(url, max_connections=1, socket_timeout=_ANSWER_TIMEOUT_S)
    except (ValueError, TypeError):
        raise EngineError(
            "the Redis URL cannot be understood; give one like redis://:password@host:6379/0 or unix:///path"
        ) from None
    try:
        info: dict[str, object] = client.info("server")
    except (redis.RedisError, OSError, ValueError) as error:
        raise EngineError(one_sentence(error, f"the Redis server at {address}")) from None
    finally:
        client.close()
    name = "Valkey" if info.get("server_name") == "valkey" or "valkey_version" in info else "Redis"
    version = str(info.get("valkey_version") or info.get("redis_version") or "")
    return RunningEngine(EngineKind.REDIS, name, version, address, url, embedded=False)


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
    try:
        engine = create_sql_engine(text, pool_size=1)
    except (sa.exc.SQLAlchemyError, ImportError, TypeError, ValueError) as error:
        raise EngineError(one_sentence(error, f"{name} at {address}")) from None
    try:
        with engine.connect() as connection:
            version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
            if not connection.dialect.insert_returning:
                raise EngineError(f"{name} at {address} is version {version}; the lab needs {_OLDEST_MARIADB}")
    except (sa.exc.SQLAlchemyError, OSError, TypeError, ValueError) as error:
        if kind is EngineKind.MARIADB and isinstance(error, sa.exc.InvalidRequestError):
            error = ValueError(f"it is no MariaDB; the lab needs {_OLDEST_MARIADB}")
        raise EngineError(one_sentence(error, f"{name} at {address}")) from None
    finally:
        engine.dispose()
    return RunningEngine(kind, name, version, address, text, embedded=False)


def _address(url: URL) -> str:
    host = url.host or url.query.get("host") or url.query.get("unix_socket") or "localhost"
    port = f":{url.port}" if url.port else ""
    return f"{host}{port}/{url.database or ''}"
