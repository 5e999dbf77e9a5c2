"""The hot standby of the database in use: there once somebody wants one, and gone when nobody does."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import psycopg

from backend.engines.keeper import Keeper
from backend.engines.replication import Replicated
from backend.engines.says import EngineCode
from backend.engines.standby import make_standby
from backend.engines.whereabouts import Whereabouts, place_of
from backend.model.errors import EngineError, NotApplicableError
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, Health, Replication

if TYPE_CHECKING:
    from backend.engines.health import HealthBoard
    from backend.engines.processes.supervisor import Supervisor
    from backend.engines.running import RunningEngine
    from backend.engines.whereabouts import Place
    from backend.model.observed import EngineStatus

_END_S = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the database is to be replicated."""

    replication: Replication = Replication.NONE
    lag_ms: int = 0


class StandbyKeeper:
    """Makes it, keeps it running, and has it take over. Thread-safe.

    Args:
        supervisor: under which it runs.
        health: told when it is away, and when it is back.
    """

    def __init__(self, supervisor: Supervisor, health: HealthBoard) -> None:
        self._supervisor = supervisor
        self._health = health
        self._guard = threading.RLock()
        self._closed = threading.Event()
        self._made = 0
        self._has = Wanted()
        self._of: RunningEngine | None = None
        """Whose standby it is."""
        self._running: RunningEngine | None = None
        self._keeper: Keeper | None = None
        self._pair: Replicated | None = None
        self.promotions = 0
        """How often one has taken the place of its primary."""
        self.promoted_ns = 0
        """When the last one began to."""
        self._former: tuple[Place, ...] = ()

    def stop(self) -> None:
        """Start nothing again from now on, and wake whoever waits; returns at once."""
        self._closed.set()
        if keeper := self._keeper:
            keeper.stop()

    def close(self) -> None:
        """As `stop`. The supervisor ends the process."""
        self.stop()

    def require(self, of: RunningEngine, wanted: Wanted) -> None:
        """Have the database replicated like this.

        What is so already stays as it is. Otherwise the standby has applied all that is committed by now, and lags
        from then on.

        Args:
            of: the database in use.
            wanted: whether it has a standby, and what kind of one.

        Raises:
            NotApplicableError: it can have none.
            EngineError: the standby could not be made, or does not answer.
        """
        with self._guard:
            same = of.server is not None and self._of is not None and self._of.server == of.server
            if same and wanted == self._has and self._keeper and not self._keeper.has_given_up:
                return
            if wanted.replication is Replication.NONE or not same or (self._keeper and self._keeper.has_given_up):
                self._drop()
            if wanted.replication is not Replication.NONE:
                require_standby(of)
                self._follow(of, wanted)
        self._health.changed()

    def _follow(self, of: RunningEngine, wanted: Wanted) -> None:
        try:
            try:
                self._lead(of, wanted)
            except psycopg.Error:  # it has only just ended: another one is made sooner than that one is back
                self._drop()
                self._lead(of, wanted)
        except psycopg.Error:
            self._drop()
            raise EngineError(say(EngineCode.STANDBY_DOES_NOT_FOLLOW, name=of.name)) from None
        except BaseException:
            self._drop()
            raise
        self._has = wanted

    def _lead(self, of: RunningEngine, wanted: Wanted) -> None:
        pair = self._pair or self._make(of)
        pair.forget()
        pair.lag(0)
        pair.catch_up()
        if wanted.replication is Replication.SYNCHRONOUS:
            pair.confirm()
        pair.lag(wanted.lag_ms)

    def _make(self, of: RunningEngine) -> Replicated:
        assert of.server is not None  # noqa: S101  asked before
        self._made += 1
        self._running = running = make_standby(of.server, self._made)
        self._keeper = Keeper(running, self._health, self._replaced)
        self._of = of
        self._pair = pair = Replicated(of.server, running, self._closed)
        self._tell(place_of(of.url), place_of(running.url))
        return pair

    def _drop(self) -> None:
        """Have none any more."""
        running, pair, of = self._running, self._pair, self._of
        self._forget()
        if of is None or running is None or running.child is None:
            return
        self._tell(place_of(of.url), None)
        if pair:
            pair.let_go()
            with suppress(psycopg.Error):  # a primary that is away is started again, and waits for nobody
                pair.forget()
        running.child.terminate()
        running.child.wait(_END_S)
        if running.server:
            shutil.rmtree(running.server.cluster.sockets, ignore_errors=True)

    def _forget(self) -> None:
        if self._keeper:
            self._keeper.stop()
        self._running = self._pair = self._of = self._keeper = None
        self._has = Wanted()
        self._health.set_trouble(EngineKind.STANDBY, None)

    def _tell(self, primary: Place, standby: Place | None) -> None:
        Whereabouts(primary, standby, self._former).write(self._supervisor.private)

    def _replaced(self, _before: RunningEngine, now: RunningEngine) -> None:
        self._running = now

    # A failover

    def hold(self) -> int:
        """Let the standby get nothing more of what is committed; the time since when that is so, in nanoseconds.

        Raises:
            EngineError: there is none, or it does not follow.
        """
        with self._guard:
            return self._required().hold()

    def let_go(self) -> None:
        """Undo `hold`."""
        if pair := self._pair:
            pair.let_go()

    @property
    def confirms(self) -> bool:
        """Whether commits wait for the standby."""
        return self._has.replication is Replication.SYNCHRONOUS

    def somebody_waits(self) -> bool:
        """Whether a commit waits for the standby just now."""
        pair = self._pair
        return pair is not None and pair.somebody_waits()

    def promote(self) -> RunningEngine:
        """Have the standby accept writes, in place of the primary, which has ended; there is no standby then.

        Raises:
            EngineError: there is none, or it does not take over.
        """
        with self._guard:
            pair, running, of = self._required(), self._running, self._of
            assert running is not None  # noqa: S101  there with the pair
            assert of is not None  # noqa: S101  as above
            self.promoted_ns = time.monotonic_ns()
            now = pair.promote(running)
            self.promotions += 1
            self._former = (*self._former, place_of(of.url))
            self._forget()
            self._tell(place_of(now.url), None)
        return now

    def _required(self) -> Replicated:
        if self._pair is None:
            raise EngineError(say(EngineCode.NO_STANDBY))
        return self._pair

    # As it is shown

    @property
    def statuses(self) -> tuple[EngineStatus, ...]:
        """The standby with its health; nothing where there is none."""
        running, has = self._running, self._has
        if running is None or has.replication is Replication.NONE:
            return ()
        trouble = self._health.trouble(EngineKind.STANDBY)
        about = say(EngineCode.CONFIRMS if self.confirms else EngineCode.DOES_NOT_CONFIRM, ms=has.lag_ms)
        return (replace(running.status(Health.DOWN if trouble else Health.UP, trouble), about=about),)


def require_standby(of: RunningEngine) -> None:
    """Check that a database can have one.

    Raises:
        NotApplicableError: it cannot.
    """
    if of.server is None:
        raise NotApplicableError(say(EngineCode.NO_STANDBY_OF, name=of.name))
