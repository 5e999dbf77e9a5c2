"""The engines of one submission: a database connection that nobody else uses, Redis, and the small helpers."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, cast

import sqlalchemy as sa

from backend.explorer.state import SubmissionState
from backend.instance.problems import render, replayed
from backend.model.vocabulary import EngineKind
from backend.strategies.base import Services, no_zookeeper
from backend.tap.sql import in_transaction, tap_sql

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    import redis
    from kazoo.client import KazooClient

    from backend.explorer.database_access import DatabaseAccess
    from backend.explorer.standby_view import StandbyAccess
    from backend.explorer.zookeeper import Session
    from backend.strategies.base import Background
    from backend.tap.observer import Tap

NOON = 1_700_000_000.0
"""The explorer's clock stands still, so that a schedule reads the same whenever it is played."""
LEASE_MS = 3_600_000
"""Longer than any exploration: a lease runs out only when the schedule says so."""


class Served(Protocol):
    """What connections know of the submission that they serve."""

    id: str
    mutexes: set[str]
    was_hit: bool
    """Whether it got an exception instead of a step."""

    @property
    def has_begun_its_step(self) -> bool:
        """Whether the step that it was granted is under way or done."""

    def leave_waiting(self, state: SubmissionState) -> None:
        """Hand control back until it is worth looking again."""


class CooperativeMutexes:
    """The mutexes of the process. Who finds one taken hands control back instead of stopping the thread."""

    def __init__(self) -> None:
        self.holders: dict[str, Served] = {}
        self.freed = False
        """Whether one was set free since somebody last looked."""

    @contextmanager
    def hold(self, key: str, submission: Served) -> Iterator[None]:
        """Wait for a mutex and hold it."""
        while key in self.holders:
            submission.leave_waiting(SubmissionState.LINED_UP)
        self.holders[key] = submission
        submission.mutexes.add(key)
        try:
            yield
        finally:
            del self.holders[key]
            submission.mutexes.discard(key)
            self.freed = True


class Connections:
    """A submission's way to the engines. It serves one submission after the other.

    Args:
        database: the database connection.
        tap: where steps pass.
        client: a tapped client, which all of them share: it never waits.
        mutexes: as in `Services`; shared by all of them.
        knows_delifeq: as in `Services`.
        meanwhile: does something while the database takes its time.
    """

    def __init__(
        self,
        database: DatabaseAccess,
        tap: Tap,
        client: redis.Redis,
        mutexes: CooperativeMutexes,
        *,
        knows_delifeq: bool,
        meanwhile: Callable[[], object],
    ) -> None:
        self.database = database
        self._tap = tap
        self._mutexes = mutexes
        self._meanwhile = meanwhile
        self._user: Served | None = None
        self._tokens = 0
        self.renews = False
        """Whether something runs beside the handler, which renews what it holds."""
        self.session: Session | None = None
        """Its session with ZooKeeper; None where no strategy wants one."""
        self.replica: StandbyAccess | None = None
        """Its connection to the standby; None where no strategy reads from one."""
        with database.engine.connect():
            pass  # the first connection asks the server about itself, which belongs to no submission
        tap_sql(database.engine, tap)
        self._roll_back_what_is_returned(database.engine)
        self.services = Services(
            database=database.engine,
            redis=client,
            redis_servers=(client,),
            lease_ms=LEASE_MS,
            new_token=self._new_token,
            knows_delifeq=knows_delifeq,
            render=render,
            replay=replayed,
            now=lambda: NOON,
            monotonic=lambda: NOON,
            in_background=self._in_background,
            mutex=cast("Callable[[str], threading.Lock]", self._mutex),
            zookeeper=self._zookeeper,
        )

    def read_from(self, replica: StandbyAccess) -> None:
        """Read from the standby over this connection."""
        tap_sql(replica.engine, self._tap, EngineKind.STANDBY)
        self.replica = replica
        self.services = replace(self.services, replica=replica.engine)

    def serve(self, submission: Served) -> None:
        """Serve this submission from now on."""
        self._user, self._tokens, self.renews = submission, 0, False
        self.database.listen(self._silence, self._meanwhile)

    def close(self) -> None:
        """Hang up, even in the middle of a schedule."""
        self._user = None
        self.database.drop(holds_lock=True)
        self.database.engine.dispose()
        if self.replica:
            self.replica.drop()

    def renew(self) -> None:
        """Forget a dropped connection."""
        self._user = None
        self.database.renew()
        if self.replica:
            self.replica.drop()

    def _roll_back_what_is_returned(self, engine: sa.Engine) -> None:
        """As every pool does: a COMMIT that is not carried out leaves a transaction that nobody else ends."""

        @sa.event.listens_for(engine, "reset")
        def reset(connection: Any, _record: object, _state: object) -> None:  # noqa: ANN401  any driver's
            if self._user is not None and self._user.was_hit and in_transaction(connection):
                engine.dialect.do_rollback(connection)

    def _silence(self) -> bool:
        if self._user is None or not self._user.has_begun_its_step:
            return False
        self._user.leave_waiting(SubmissionState.WAITING)
        return True

    def _new_token(self) -> str:
        self._tokens += 1
        return f"{self._user.id if self._user else ''}-{self._tokens}"

    def _in_background(self, _work: Background) -> AbstractContextManager[None]:
        """Nothing runs: a lease lives until the schedule says that it ends, which means that its holder was paused."""
        self.renews = True
        return nullcontext()

    def _zookeeper(self) -> KazooClient:
        return self.session.client if self.session else no_zookeeper()

    @contextmanager
    def _mutex(self, key: str) -> Iterator[None]:
        if self._user is None:
            raise RuntimeError("a mutex is wanted, and no submission is served")
        with self._mutexes.hold(key, self._user):
            yield
