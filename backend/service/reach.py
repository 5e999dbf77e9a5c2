"""Where an engine is: for a raw connection, for our own driver, and for the service that gets a door to it."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from backend.engines.sql import sqlalchemy_url
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONNECT_S = 5.0
_PORTS = {EngineKind.POSTGRESQL: 5432, EngineKind.MARIADB: 3306, EngineKind.REDIS: 6379}
_SCHEMES = {
    EngineKind.POSTGRESQL: "postgresql",
    EngineKind.MARIADB: "mysql",
    EngineKind.REDIS: "redis",
    EngineKind.GATEWAY: "http",
}


@dataclass(frozen=True, slots=True)
class Reach:
    """An engine's address and how to log in."""

    kind: EngineKind
    host: str
    """A name or an address; for a Unix socket its path."""
    port: int
    """0 for a Unix socket."""
    user: str
    password: str
    database: str

    def open(self) -> socket.socket:
        """A connection to it.

        Raises:
            OSError: the server accepts no connection.
        """
        if self.port:
            return socket.create_connection((self.host, self.port), _CONNECT_S)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(self.host)
        except OSError:
            connection.close()
            raise
        return connection

    def at(self, host: str, port: int) -> Reach:
        """The same through a door."""
        return replace(self, host=host, port=port)

    @property
    def url(self) -> str:
        """As drivers in any language want it. Only for an address with a port."""
        login = quote(self.user, safe="")
        if self.password:
            login += ":" + quote(self.password, safe="")
        path = "" if self.kind is EngineKind.GATEWAY else f"/{self.database}"
        return f"{_SCHEMES[self.kind]}://{login + '@' if login else ''}{self.host}:{self.port}{path}"

    def placeholders(self) -> Mapping[str, str]:
        """``{postgresql}``, ``{postgresql.host}`` and so on, for the service's environment and commands."""
        name = self.kind.value
        parts = {"host": self.host, "port": str(self.port), "user": self.user, "password": self.password}
        parts |= {"database": self.database, "name": self.database}
        return {name: self.url, **{f"{name}.{part}": value for part, value in parts.items()}}


def reach_database(url: str) -> Reach:
    """Of a SQLAlchemy URL.

    Raises:
        sqlalchemy.exc.ArgumentError: the text is no URL of a database.
    """
    parsed = sqlalchemy_url(url)
    kind = EngineKind.POSTGRESQL if parsed.get_backend_name() == "postgresql" else EngineKind.MARIADB
    query = {name: value if isinstance(value, str) else value[0] for name, value in parsed.query.items()}
    host = parsed.host or query.get("host", "127.0.0.1")
    port = parsed.port or int(query.get("port", 0)) or _PORTS[kind]
    if kind is EngineKind.POSTGRESQL and host.startswith("/"):
        host, port = f"{host}/.s.PGSQL.{port}", 0
    if kind is EngineKind.MARIADB and "unix_socket" in query:
        host, port = query["unix_socket"], 0
    return Reach(kind, host, port, parsed.username or "", str(parsed.password or ""), parsed.database or "")


def reach_redis(url: str) -> Reach:
    """Of a ``redis://`` or ``unix://`` URL."""
    parsed = urlsplit(url)
    user, password = unquote(parsed.username or ""), unquote(parsed.password or "")
    if parsed.scheme == "unix":
        return Reach(EngineKind.REDIS, unquote(parsed.path), 0, user, password, "0")
    port = parsed.port or _PORTS[EngineKind.REDIS]
    return Reach(EngineKind.REDIS, parsed.hostname or "127.0.0.1", port, user, password, parsed.path.strip("/") or "0")
