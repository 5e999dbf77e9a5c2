"""What is asked for: intents, both sides of a run, and what is done to it on purpose. Durations are milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.model.vocabulary import (
    FaultKind,
    GatewayKeys,
    OperationKey,
    Pace,
    RedisPersistence,
    RedisTopology,
    Replication,
    RetryCause,
    Source,
)

USUAL_RETRY_CAUSES = frozenset({RetryCause.TIMEOUT, RetryCause.CONNECTION, RetryCause.SERVER_ERROR, RetryCause.BUSY})
"""As ordinary HTTP clients do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One disturbance of a run. `backend.model.faults` reads it from a text; ``str`` writes that text."""

    kind: FaultKind
    place: str = ""
    """``sql``, ``redis``, ``broker``, ``gateway``, ``zookeeper`` or ``reply`` for a step, ``database``, ``redis`` or
    ``broker`` for a server;
    empty where the kind says it all."""
    command: str = ""
    """First words of the step's command, in capitals; empty for any step of that engine."""
    before: bool = False
    """Just before the step instead of right after it."""
    ms: int = 0
    """How long, or since when, in milliseconds."""
    nth: int | None = None
    """At a step: it hits the n-th submission of each intent that comes to it, 0 for all of them; None is the first.
    To a server: after so many answers; None is after half of the submissions that were asked for."""

    def __str__(self) -> str:
        where = f"@{self.place}" if self.place else ""
        command = f":{self.command}" if self.command else ""
        before = ":before" if self.before else ""
        amount = f"={self.ms}" if self.ms else ""
        nth = "" if self.nth is None else f"#{self.nth or '*'}"
        return f"{self.kind}{where}{command}{before}{amount}{nth}"


@dataclass(frozen=True, slots=True)
class Intent:
    """What the user wants once."""

    operation: OperationKey
    key: str
    """The business key: ``order_no``, or ``request_no`` for a stock change and a message."""
    item: str
    quantity: int


if TYPE_CHECKING:
    from collections.abc import Sequence

    Intents = Sequence[Intent]
else:
    Intents = tuple[Intent, ...]  # as which a file that is read has them


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything on the backend's side of a run."""

    strategy: str = "none"
    variant: str = ""
    """Empty for the default variant of the strategy."""
    processing_delay_ms: int = 0
    """Time that a handler works between what it reads and what it writes."""
    lease_ms: int = 10_000
    """Life of a lock or an in-flight record."""
    faults: tuple[Fault, ...] = ()
    """What is done to the run on purpose."""
    gateway_keys: GatewayKeys = GatewayKeys.NONE
    """Matters only to an operation whose effect is at the gateway."""
    redis_persistence: RedisPersistence | None = None
    """Of our own Redis-protocol server; None leaves it as it was started, and stands for a server that is not ours."""
    redis_topology: RedisTopology | None = None
    """Of our own Redis-protocol servers; None stands for those of the start, and for a server that is not ours."""
    replication: Replication = Replication.NONE
    """Of our own PostgreSQL."""
    replica_lag_ms: int = 0
    """Matters only where there is a standby: it applies each commit so much later than it could."""
    visibility_timeout_ms: int = 500
    """Matters only to a queue: a message that was delivered so long ago without being acknowledged is
    delivered again, whether whoever got it is dead or still at work."""
    deduplication_ms: int = 0
    """Matters only to source `nats`: for so long the server knows the id of a message, which is the intent's key, and
    drops another one with the same id. 0 publishes without ids."""
    zookeeper_servers: int = 1
    """1 or 3. Matters only to a lock in ZooKeeper, and only where we start it."""
    prefetch: int = 1
    """Matters only to source `rabbitmq`: so many messages a consumer may have that it has not acknowledged yet."""

    @property
    def is_replicated(self) -> bool:
        """Whether the database has a standby."""
        return self.replication is not Replication.NONE


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything on the caller's side of a run: which submissions of which intents, and how they leave."""

    intents: Intents
    submissions: int
    """Submissions per intent; with source `retry`, callers who retry independently of each other."""
    source: Source = Source.CLICKS
    pace: Pace = Pace.SIMULTANEOUS
    interval_ms: float = 0.0
    timeout_ms: int = 30_000
    """How long a caller waits for its answer."""
    disable_button: bool = False
    """Hold a click back while another one of the same intent is in flight."""
    retries: int = 3
    """How often a caller of source `retry` sends the same intent again."""
    retry_on: frozenset[RetryCause] = USUAL_RETRY_CAUSES
    """After what it does."""
    backoff_ms: int = 100
    """Wait before the first retry. It doubles each time: the n-th retry leaves ``backoff_ms * 2 ** (n - 1)`` after the
    answer, or its lack, to the attempt before."""
    reload: bool = False
    """Whether each submission of an intent comes from a form opened anew, as after a reload of the page."""
    edit: bool = False
    """Whether the user changes the quantity between the submissions of a form: one more each time."""
    limit_ms: int | None = None
    """When the run ends at the latest, with what is still at work undecided; None lets it take what it takes."""
