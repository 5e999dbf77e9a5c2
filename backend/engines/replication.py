"""A primary and its hot standby: how far one is behind the other, and what holds the other back."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg import sql

from backend.engines.postgresql import primary
from backend.engines.postgresql_server import NAME
from backend.engines.processes.process_tree import is_stopped
from backend.engines.says import EngineCode
from backend.engines.standby import APPLICATION
from backend.engines.standby import NAME as STANDBY
from backend.model.errors import EngineError
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.postgresql_server import Server
    from backend.engines.running import RunningEngine

_LOOK_S = 0.005
_PATIENCE_S = 60.0
_SENDERS = "SELECT pid FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'"
_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
_IS_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = %s"
_A_COMMIT = b"SELECT pg_logical_emit_message(true, 'submit-twice', '')"
"""Writes a record to the log, so that its commit is one that a standby may have to confirm."""


class Replicated:
    """A primary with its standby.

    Args:
        of: the primary.
        standby: it, running.
        closed: set when nobody waits any longer.
    """

    def __init__(self, of: Server, standby: RunningEngine, closed: threading.Event) -> None:
        assert standby.server is not None  # noqa: S101  it was started here
        self._primary = of
        self._standby = standby.server
        self._closed = closed
        self._held: list[int] = []
        """The processes of the primary that send to the standby, while they are stopped."""
        self._since_ns = 0

    # How far behind

    def catch_up(self) -> None:
        """Return when the standby follows, and has applied all that the primary has committed by now.

        Raises:
            EngineError: it does not.
        """
        with self._primary.connect() as connection:
            self._wait(lambda: connection.execute(_SENDERS, (APPLICATION,)).fetchone())
            found = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
        with self._standby.connect() as connection:
            applied = "SELECT 1 WHERE pg_last_wal_replay_lsn() >= %s::pg_lsn"
            self._wait(lambda: connection.execute(applied, found).fetchone())

    def lag(self, milliseconds: int) -> None:
        """Have the standby apply each commit so much later than it could.

        Raises:
            EngineError: it does not answer.
        """
        name, wanted = "recovery_min_apply_delay", str(milliseconds)
        with self._standby.connect() as connection:
            setting = sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(milliseconds))
            connection.execute(setting)
            connection.execute("SELECT pg_reload_conf()")
            known = "SELECT 1 FROM pg_settings WHERE name = %s AND setting = %s"
            self._wait(lambda: connection.execute(known, (name, wanted)).fetchone())

    # Whether a commit waits for it

    def confirm(self) -> None:
        """Have each commit wait until the standby has applied it; returns when one was seen to wait, and is over.

        Raises:
            EngineError: one of the two does not answer.
        """
        with self._primary.connect() as connection:
            connection.execute(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(APPLICATION))
            connection.execute("SELECT pg_reload_conf()")
            self.hold()
            try:
                self._wait(lambda: self._one_waits(connection))
            finally:
                self.let_go()
            self._wait(lambda: not _count(connection, _WAITS))  # or ours would be taken for a commit of a run

    def forget(self) -> None:
        """Have no commit wait for a standby any more.

        Raises:
            psycopg.Error: the primary does not answer.
        """
        with self._primary.connect() as connection:
            connection.execute("ALTER SYSTEM RESET synchronous_standby_names")
            connection.execute("SELECT pg_reload_conf()")

    def somebody_waits(self) -> bool:
        """Whether a commit waits for the standby just now."""
        with suppress(psycopg.Error), self._primary.connect() as connection:
            return _count(connection, _WAITS) > 0
        return False

    def _one_waits(self, watching: psycopg.Connection) -> bool:
        """Commit something while the standby gets nothing, and see whether that waits."""
        with closing(self._primary.connect()) as connection:
            connection.pgconn.send_query(_A_COMMIT)
            while not self._closed.wait(_LOOK_S):
                if _count(watching, _IS_WAITING, connection.pgconn.backend_pid):
                    return True
                connection.pgconn.consume_input()
                if not connection.pgconn.is_busy():
                    return False
        return False

    # What it gets

    def hold(self) -> int:
        """Send nothing to the standby any more: what sends is stopped (SIGSTOP).

        Returns:
            When it was seen stopped, in nanoseconds of the monotonic clock: nothing later than that is sent.

        Raises:
            EngineError: nothing follows the primary.
        """
        if self._held:
            return self._since_ns
        with self._primary.connect() as connection:
            self._wait(lambda: connection.execute(_SENDERS, (APPLICATION,)).fetchone())
            self._held = [pid for (pid,) in connection.execute(_SENDERS, (APPLICATION,)).fetchall()]
        for pid in self._held:
            os.kill(pid, signal.SIGSTOP)
            self._wait(partial(is_stopped, pid))
        self._since_ns = time.monotonic_ns()
        return self._since_ns

    def let_go(self) -> None:
        """Send again."""
        held, self._held = self._held, []
        for pid in held:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def promote(self, standby: RunningEngine) -> RunningEngine:
        """Have the standby accept writes from now on.

        Args:
            standby: as it runs now; it may have been started again.

        Raises:
            EngineError: it does not.
        """
        try:
            with self._standby.connect() as connection:
                connection.execute("SELECT pg_promote(wait => false)")
                connection.execute("ALTER SYSTEM RESET recovery_min_apply_delay")
                self._wait(lambda: connection.execute("SELECT 1 WHERE NOT pg_is_in_recovery()").fetchone())
        except psycopg.Error:
            raise EngineError(say(EngineCode.DID_NOT_COME_BACK, name=NAME)) from None
        assert standby.child is not None  # noqa: S101  it was started here
        return primary(self._standby, standby.child, standby.version)

    def _wait(self, until: Callable[[], object]) -> None:
        for _ in range(round(_PATIENCE_S / _LOOK_S)):
            if until():
                return
            if self._closed.wait(_LOOK_S):
                return
        raise EngineError(say(EngineCode.STANDBY_DOES_NOT_FOLLOW, name=STANDBY))


def _count(connection: psycopg.Connection, query: LiteralString, *parameters: object) -> int:
    row = connection.execute(query, parameters).fetchone()
    return int(row[0]) if row else 0
