"""Asks the database who waits for whom, while there are submissions under way.

PostgreSQL tells it all: ``pg_locks`` names the processes that wait and since when, ``pg_blocking_pids`` for whom
(https://www.postgresql.org/docs/current/view-pg-locks.html). A wait that is shorter than the time between two samples
may go unseen; one that is seen has its true begin, as the server knows it, and an end that is late by at most one
sample. MariaDB tells who waits for whom and not exactly since when, and can be asked eight times a second (see
`backend.engines.blocking`): a wait there begins with the first sample that has it, and a short one mostly goes unseen.
SQLite waits for its file inside the call and tells nobody.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.engines.blocking import ASK_EVERY_S, WAITS_SINCE, blocked_sessions, until_next_look
from backend.lab.lock_waits import Blocked, LockBook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.lab.machinery import Machinery
    from backend.model.observed import LockWait, Step

_WAITING_SECONDS = 0.005
"""Between two samples while somebody waits."""
_BUSY_SECONDS = 0.015
"""Between two samples while submissions are under way."""
_UNSEEN_SECONDS = 0.05
"""The same for a database that tells nobody who waits."""
_IDLE_SECONDS = 1.0
"""Between two looks at nothing: a run that begins and steps that are made wake it up."""
_TROUBLE_SECONDS = 0.5
_CLOSE_SECONDS = 2.0
_LINGER_NS = 1_000_000_000
"""A submission from outside of any run is noticed by its steps; so long after one, more are expected."""
_SETTLE_NS = 60_000_000
"""Steps of several instances arrive within some milliseconds of each other."""


class LockWatch:
    """A thread that samples the locks of the database in use.

    Args:
        machinery: whose database.
        on_waits: told of waits, on this thread.
        active: whether a run is under way.
    """

    def __init__(
        self, machinery: Machinery, on_waits: Callable[[Sequence[LockWait]], None], active: Callable[[], bool]
    ) -> None:
        self._machinery = machinery
        self._on_waits = on_waits
        self._active = active
        self._book = LockBook()
        self._last_step_ns = 0
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._connection: sa.Connection | None = None
        self._engine: sa.Engine | None = None
        self._thread = threading.Thread(target=self._watch, name="lock-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop looking. A database that does not answer keeps nobody from it: the thread is left to its fate then."""
        self._stopped.set()
        self.wake()
        self._thread.join(_CLOSE_SECONDS)

    def wake(self) -> None:
        """Something happens, or is about to."""
        self._woken.set()

    def clear(self) -> None:
        """The tables were emptied, or another database was chosen."""
        self._book.clear()

    def add_steps(self, steps: Sequence[Step]) -> None:
        """The tap saw these."""
        self._last_step_ns = time.monotonic_ns()
        self._book.add_steps(steps)
        self.wake()

    def _watch(self) -> None:
        while self._begins_look():
            try:
                pause = self._look()
            except Exception as error:  # noqa: BLE001  no waits would be shown any more, and nobody would know why
                self._hang_up()
                pause = _TROUBLE_SECONDS
                if not isinstance(error, sa.exc.SQLAlchemyError):
                    self._machinery.tell_trouble("lock-watch", error)
            (self._woken if pause == _IDLE_SECONDS else self._stopped).wait(pause)
        self._hang_up()

    def _begins_look(self) -> bool:
        """Whether a look is wanted; whoever wakes it from now on is heard."""
        self._woken.clear()
        return not self._stopped.is_set()

    def _look(self) -> float:
        waits = self._book.take_waits(time.monotonic_ns() - _SETTLE_NS)
        if waits:
            self._on_waits(waits)
        if not self._active() and time.monotonic_ns() - self._last_step_ns > _LINGER_NS:
            return _IDLE_SECONDS
        connection = self._connect()
        if connection is None:
            return _UNSEEN_SECONDS
        asked = time.monotonic_ns()
        if connection.dialect.name != "postgresql":
            if (waiting := blocked_sessions(connection)) is None:
                return until_next_look()
            answered = time.monotonic_ns()
            blocked = {pid: Blocked(answered, tuple(holders)) for pid, holders in waiting.items()}
            self._book.add_sample(asked, answered, blocked)
            return ASK_EVERY_S
        rows = connection.exec_driver_sql(WAITS_SINCE).all()
        answered = time.monotonic_ns()
        blocked = {
            pid: Blocked(answered - round((age or 0.0) * 1e9), tuple(blockers), mark)
            for pid, blockers, mark, age in rows
        }
        self._book.add_sample(asked, answered, blocked)
        return _WAITING_SECONDS if blocked else _BUSY_SECONDS

    def _connect(self) -> sa.Connection | None:
        engine = self._machinery.database
        if engine is not self._engine:
            self._hang_up()
            self._engine = engine
        if engine.dialect.name == "sqlite":
            return None
        if self._connection is None:
            self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
