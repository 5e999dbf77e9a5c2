"""Statements of our own that are a transaction each, on a connection that is kept for them.

To take a connection out of a pool, have it commit by itself, and give it back as it was, costs more than a statement
that is known to the server, and there are two of them a schedule.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from backend.engines.sql import end_query, has_hung_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class SingleStatements:
    """Carries them out. One thread at a time.

    Args:
        engine: of a database whose driver commits by itself without a round trip.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: sa.Connection | None = None

    def run(self, sql: str, parameters: Mapping[str, str]) -> None:
        """Carry out a statement whose rows nobody wants.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the server refuses it, or is away.
        """
        self._execute(sql, parameters).close()

    def rows(self, sql: str, parameters: Mapping[str, str], most: int) -> Sequence[sa.Row[Any]]:
        """The first rows of a query.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: as above, or it is no query.
        """
        result = self._execute(sql, parameters)
        found = result.fetchmany(most)
        result.close()
        return found

    def end(self) -> None:
        """Have the server end a statement that is under way; from another thread than the one that waits for it.

        Raises:
            Exception: whatever the driver raises where the server cannot be asked.
        """
        if (connection := self._connection) is not None:
            end_query(connection)

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                connection.close()

    def _execute(self, sql: str, parameters: Mapping[str, str]) -> sa.CursorResult[Any]:
        if self._connection is not None and has_hung_up(self._connection.connection.dbapi_connection):
            self._connection.invalidate()
            self.close()
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            return self._connection.exec_driver_sql(sql, dict(parameters))
        except BaseException:  # whatever state it is in now, nobody uses it any more
            self.close()
            raise
