"""The engines of one submission: a database connection that nobody else uses, Redis, and the small helpers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from sqlalchemy.pool import QueuePool

from backend.explorer.submission import State, Submission
from backend.strategies.base import Services
from backend.tap.sql import tap_sql

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    import redis

    from backend.explorer.connection import ParkingConnection
    from backend.tap.observer import Tap

LEASE_MS = 3_600_000
"""Longer than any exploration: a lease runs out only when the schedule says so."""


class Mutexes:
    """The mutexes of the process. Who finds one taken hands control back instead of stopping the thread."""

    def __init__(self) -> None:
        self.holders: dict[str, Submission] = {}
        self.freed = False
        """Whether one was set free since somebody last looked."""

    @contextmanager
    def hold(self, key: str, submission: Submission) -> Iterator[None]:
        """Wait for a mutex and hold it."""
        while key in self.holders:
            submission.leave_waiting(State.LINED_UP)
        self.holders[key] = submission
        submission.mutexes.add(key)
        try:
            yield
        finally:
            del self.holders[key]
            submission.mutexes.discard(key)
            self.freed = True


class Line:
    """A submission's way to the engines. It serves one submission after the other.

    Args:
        connect: opens a database connection.
        tap: where steps pass.
        client: a tapped client, which all lines share: it never waits.
        delete_if_equal: as in `Services`.
        mutexes: as in `Services`; shared by all lines.
    """

    def __init__(
        self,
        connect: Callable[[], ParkingConnection],
        tap: Tap,
        client: redis.Redis,
        delete_if_equal: Callable[[str, str], bool],
        mutexes: Mutexes,
    ) -> None:
        self._connect = connect
        self._mutexes = mutexes
        self._user: Submission | None = None
        self._tokens = 0
        self._connection: ParkingConnection | None = None
        self._engine = sa.create_engine(
            "postgresql+psycopg://",
            creator=self._create,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_reset_on_return=None,  # a transaction is rolled back by whoever began it, never behind the tap
            use_native_hstore=False,
        )
        with self._engine.connect():
            pass  # the first connection asks the server about itself, which belongs to no submission
        tap_sql(self._engine, tap)
        self.services = Services(
            database=self._engine,
            redis=client,
            lease_ms=LEASE_MS,
            new_token=self._new_token,
            delete_if_equal=delete_if_equal,
            mutex=cast("Callable[[str], threading.Lock]", self._mutex),
        )

    @property
    def connection(self) -> ParkingConnection:
        """The open connection."""
        if self._connection is None or self._connection.closed:
            with self._engine.connect():
                pass
        return cast("ParkingConnection", self._connection)

    @property
    def pid(self) -> int:
        """The server process behind the connection."""
        return self.connection.pgconn.backend_pid

    @property
    def fd(self) -> int:
        """The connection's socket."""
        return self.connection.pgconn.socket

    def serve(self, submission: Submission) -> None:
        """Serve this submission from now on."""
        self._user, self._tokens = submission, 0
        self.connection.on_silence = self._silence

    def drop(self) -> int | None:
        """Drop the connection, as the death of a process does.

        Returns:
            The server process that has a transaction to roll back; None if there is none.
        """
        connection = self.connection
        idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
        pid = self.pid
        connection.close()
        return None if idle else pid

    def close(self) -> None:
        """Hang up."""
        self._engine.dispose()

    def renew(self) -> None:
        """Forget a dropped connection."""
        self._user = None
        self._engine.dispose()

    def _create(self) -> Any:  # noqa: ANN401  SQLAlchemy's name for any driver's connection
        self._connection = self._connect()
        return self._connection

    def _silence(self) -> bool:
        if self._user is None:
            return False
        self._user.leave_waiting(State.WAITING)
        return True

    def _new_token(self) -> str:
        self._tokens += 1
        return f"{self._user.id if self._user else ''}-{self._tokens}"

    @contextmanager
    def _mutex(self, key: str) -> Iterator[None]:
        if self._user is None:
            raise RuntimeError("a mutex is wanted, and no submission is served")
        with self._mutexes.hold(key, self._user):
            yield
