"""Transactions that are prepared and wait for their end (two-phase commit): they hang on no connection."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Hashable

_OURS = "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() AND owner = current_user"
_LISTED = {"postgresql": "SELECT gid FROM pg_prepared_xacts", "mariadb": "XA RECOVER", "mysql": "XA RECOVER"}


class PreparedTransactions:
    """Those of a server that were not there before.

    Args:
        own: our own connections to it.
    """

    def __init__(self, own: sa.Engine) -> None:
        self._own = own
        self._before = self._listed() or frozenset()

    @property
    def is_any_left(self) -> bool:
        """Whether one waits for its end, of whatever database; so it is also where the server does not tell us."""
        now = self._listed()
        return now is None or not now <= self._before

    def _listed(self) -> frozenset[Hashable] | None:
        try:
            with self._own.connect() as connection:
                rows = connection.exec_driver_sql(_LISTED[self._own.dialect.name]).all()
        except sa.exc.SQLAlchemyError:
            return None
        return frozenset(map(tuple, rows))


def roll_back_prepared(own: sa.Engine) -> None:
    """Give up what is prepared in a database of PostgreSQL that is ours: with it, nobody could drop the database."""
    with suppress(sa.exc.SQLAlchemyError), own.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT", no_parameters=True)
        for gid in alone.exec_driver_sql(_OURS).scalars().all():
            quoted = str(gid).replace("'", "''")
            alone.exec_driver_sql(f"ROLLBACK PREPARED '{quoted}'")
