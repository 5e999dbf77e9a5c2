"""What Redis, or ZooKeeper, may forget in a schedule: leases that run out, and writes that a failover takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.footprints import EXPIRY, LAST_CHANCE, NOTHING, REPLICATION, Footprint, lease, union
from backend.explorer.leases import Leases
from backend.explorer.question import Choice, EventKind
from backend.explorer.redis_keys import only_reads
from backend.explorer.replica import Replica
from backend.explorer.traced_event import TracedEvent
from backend.explorer.turns import EXPIRY_BUDGET, FAILOVER_BUDGET
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.explorer.question import Question
    from backend.explorer.sandbox import Fixture, Sandbox
    from backend.tap.observer import Call

EVENTS = frozenset({EventKind.EXPIRE, EventKind.FAILOVER})


class Forgetting:
    """Expiries and failovers of one schedule, as many as are asked for.

    Args:
        sandbox: where it is played.
        fixture: the intent.
        question: what is explored.
    """

    def __init__(self, sandbox: Sandbox, fixture: Fixture, question: Question) -> None:
        self._fixture = fixture
        self._expiries, self._failovers = question.expiries, question.failovers
        self._replicates = question.failovers > 0
        forgets = question.expiries > 0 or self._replicates
        self.last_chance = LAST_CHANCE if forgets else NOTHING
        """What the answer to a caller touches."""
        self.may_answer = NOTHING if question.replies_are_steps else self.last_chance
        """What any step may touch: nobody knows beforehand that it is the last one of its request."""
        self._leases = Leases(sandbox, wanted=question.expiries > 0)
        self._replica = Replica(sandbox, fixture, wanted=self._replicates)

    @property
    def may_expire(self) -> bool:
        """Whether a lease may run out now."""
        return bool(self._expiries and self._leases.held)

    @property
    def failovers(self) -> Sequence[int]:
        """How many of the last writes a failover may take now."""
        return self._replica.behind if self._failovers else ()

    def footprint(self, choice: Choice) -> Footprint:
        """What an expiry or a failover would touch."""
        if choice.kind is EventKind.EXPIRE:
            return self._ends(self._leases.held) | EXPIRY | EXPIRY_BUDGET
        return self._ends(sorted(self._replica.names)) | EXPIRY | FAILOVER_BUDGET | REPLICATION

    def _ends(self, names: Sequence[str]) -> Footprint:
        return union(lease(self._fixture.readable(name)) for name in names)

    def replicated(self, call: Call) -> Footprint:
        """What a step does to a replica that may be promoted."""
        matters = self._replicates and call.engine is EngineKind.REDIS and not only_reads(call.command)
        return REPLICATION if matters else NOTHING

    def note(self, call: Call) -> None:
        """A command of Redis was carried out."""
        self._leases.note(call)
        self._replica.note(call)

    def look(self) -> None:
        """A command of ZooKeeper was carried out."""
        self._leases.look()

    def take(self, choice: Choice, *, renewed: bool) -> TracedEvent:
        """Carry it out.

        Args:
            choice: an expiry or a failover.
            renewed: whether somebody renews the leases, who must have been paused.
        """
        if choice.kind is EventKind.EXPIRE:
            self._expiries -= 1
            ended = self._leases.end_all()
            self._replica.forget(ended)
            return TracedEvent(EventKind.EXPIRE, leases=ended, renewed=renewed)
        self._failovers -= 1
        self._replica.fail_over(choice.lost)
        self._leases.look()
        return TracedEvent(EventKind.FAILOVER, lost=choice.lost)
