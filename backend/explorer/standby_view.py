"""The standby as the requests of a schedule see it: as it was after any commit of that schedule.

A real standby applies commits in their order, some time later. How much later decides what a reader sees, so it is a
choice of the schedule: before a request reads, the standby may have applied any number of the commits that it has not
applied yet, and never goes back. The standby of the explorer applies each commit at once; what it showed before and
after is kept by transactions on it (PostgreSQL documentation, "Snapshot Synchronization Functions"), and a reader looks
through one of these.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import IsolationLevel, sql
from psycopg.pq import TransactionStatus
from sqlalchemy.pool import QueuePool

from backend.engines.sql import sqlalchemy_url
from backend.explorer.errors import HarnessError
from backend.explorer.limits import PATIENCE_S
from backend.explorer.says import ExplorerCode
from backend.model.sentence import say

_A_RECORD = "SELECT pg_logical_emit_message(false, 'submit-twice', '', true)::text"
"""Where the log ends, with all that was written before on disk: what is not is not sent."""
_HAS_APPLIED = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
_KEEP = "SELECT pg_export_snapshot()"


class StandbyView:
    """A standby that schedules take turns to use.

    Args:
        primary: URL of the database.
        standby: URL of its standby.
        schema: where the explorer's tables are.
    """

    def __init__(self, primary: str, standby: str, schema: str) -> None:
        self._standby = _for_libpq(standby)
        self._schema = schema
        self._primary = psycopg.connect(_for_libpq(primary), autocommit=True)
        self._watching = psycopg.connect(self._standby, autocommit=True)
        self._idle: list[psycopg.Connection] = []
        self._keeping: list[psycopg.Connection] = []
        self._snapshots: list[str] = []
        """What the standby showed before the first commit of the schedule, and after each."""
        self._applied = 0
        """How many commits of the schedule its readers see."""

    def begin(self) -> None:
        """A schedule begins: all that was committed before is applied."""
        self._let_go()
        self._keep()

    def committed(self) -> None:
        """A request has committed."""
        self._keep()

    @property
    def is_behind(self) -> bool:
        """Whether there is a commit that its readers do not see."""
        return self._applied < len(self._snapshots) - 1

    def apply(self) -> None:
        """Let its readers see one commit more."""
        self._applied += 1

    @property
    def snapshot(self) -> str:
        """The name of what its readers see."""
        return self._snapshots[self._applied]

    def access(self) -> StandbyAccess:
        """A connection for a request."""
        return StandbyAccess(self, self._standby, self._schema)

    def close(self) -> None:
        """Hang up."""
        for connection in (*self._keeping, *self._idle, self._watching, self._primary):
            with suppress(psycopg.Error):
                connection.close()

    def _keep(self) -> None:
        self._catch_up()
        connection = self._idle.pop() if self._idle else self._connect()
        row = connection.execute(_KEEP).fetchone()
        self._keeping.append(connection)
        self._snapshots.append(str(row[0]) if row else "")

    def _let_go(self) -> None:
        for connection in self._keeping:
            connection.rollback()
        self._idle += self._keeping
        self._keeping, self._snapshots, self._applied = [], [], 0

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(self._standby)
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        return connection

    def _catch_up(self) -> None:
        end = self._primary.execute(_A_RECORD).fetchone()
        deadline = time.monotonic() + PATIENCE_S
        while (row := self._watching.execute(_HAS_APPLIED, end).fetchone()) is None or not row[0]:
            if time.monotonic() > deadline:
                raise HarnessError(say(ExplorerCode.TOO_SLOW))


class StandbyAccess:
    """One connection to the standby, behind an engine that has no other.

    Args:
        view: says what it shows.
        url: of the standby, as libpq wants it.
        schema: where the explorer's tables are.
    """

    def __init__(self, view: StandbyView, url: str, schema: str) -> None:
        self._view = view
        self._url = url
        self._schema = schema
        self._connection: psycopg.Connection | None = None
        self.engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=self._create,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_reset_on_return=None,
            use_native_hstore=False,
        )
        with self.engine.connect():
            pass  # the first connection asks the server about itself, which belongs to no submission

    def look(self) -> None:
        """Have the statement that comes next see what the standby shows now."""
        connection = self._connection
        if connection is None or connection.closed:
            return
        if connection.info.transaction_status is not TransactionStatus.IDLE:
            connection.rollback()  # each statement looks anew, as under READ COMMITTED; there is nothing to lose
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(self._view.snapshot))

    def drop(self) -> None:
        """Hang up, as the death of a process does; whoever wants it again has a new connection."""
        if self._connection is not None:
            self._connection.close()
        self.engine.dispose()

    def _create(self) -> Any:  # noqa: ANN401  SQLAlchemy's name for any driver's connection
        options = f"-c search_path={self._schema} -c jit=off"
        self._connection = psycopg.connect(self._url, prepare_threshold=0, options=options)
        self._connection.isolation_level = IsolationLevel.REPEATABLE_READ
        return self._connection


def _for_libpq(url: str) -> str:
    return sqlalchemy_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
