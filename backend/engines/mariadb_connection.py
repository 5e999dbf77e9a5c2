"""PyMySQL's connection, with what the rest of us expects of a driver.

It knows whether anything was sent since the last COMMIT or ROLLBACK, and leaves those out where there is nothing to
end: psycopg and sqlite3 do so by themselves. The server's own flag would not do: an INSERT that was refused leaves the
row that it met locked, and its error packet carries no flag.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.connections import Connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    _Connection = Connection[Any]  # a generic class in the type stubs only
else:
    _Connection = Connection

_NO_SERVER = 2003
SESSION = (
    "SET SESSION time_zone = '+00:00',"
    " sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
)
"""Whatever the server's own settings: clocks in UTC, and a value that does not fit is an error."""


class MariadbConnection(_Connection):
    """A connection to a MariaDB server."""

    in_transaction = False
    """Whether something was sent since the last COMMIT or ROLLBACK."""

    def connect(self, sock: socket.socket | None = None) -> None:
        """Connect; unlike PyMySQL, close a Unix socket on which nobody listens.

        Raises:
            pymysql.Error: it cannot be had.
        """
        path = self.unix_socket
        if sock is None and path:
            sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            sock.settimeout(self.connect_timeout)
            try:
                sock.connect(path)
            except OSError as error:
                sock.close()
                raise pymysql.OperationalError(_NO_SERVER, f"no connection to {path} ({error})") from None
            self._secure = True
        super().connect(sock)

    def query(self, sql: Any, unbuffered: bool = False) -> Any:  # noqa: ANN401  as PyMySQL declares it
        """Send a statement and read its answer."""
        self.in_transaction = True
        return super().query(sql, unbuffered)

    def commit(self) -> None:
        """End the transaction, if there is one."""
        if self.in_transaction:
            super().commit()
            self.in_transaction = False

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        if self.in_transaction:
            super().rollback()
            self.in_transaction = False

    def fileno(self) -> int:
        """The socket's descriptor.

        Raises:
            OSError: the connection is closed.
        """
        sock = self._sock  # type: ignore[attr-defined]
        if sock is None:
            raise OSError("the connection is closed")
        return int(sock.fileno())


def connect(**parameters: Any) -> MariadbConnection:  # noqa: ANN401  whatever PyMySQL takes
    """Open a connection; statements are sent as they are, transactions begin with their first statement.

    Raises:
        pymysql.Error: it cannot be had.
    """
    return MariadbConnection(**settled(parameters))


def settled(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What PyMySQL takes, with what we want of every connection unless something else is asked for.

    Before PyMySQL talks to anybody it reads all certificates of the system, tens of milliseconds of work: not for a
    Unix socket, over which the server speaks no TLS.
    """
    tls = {"ssl_disabled": True} if parameters.get("unix_socket") else {}
    return {"init_command": SESSION, **tls, **parameters}
