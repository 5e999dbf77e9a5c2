"""The situations: the same load for every strategy.

Everything runs on two instances, as in production: a protection that ends where its process ends shows that. Where two
submissions have to meet, a processing delay makes them; where somebody has to die, a fault says when. Whether they met,
or died, is read from the trace afterwards (`backend.comparison.evidence`); what did not come about is tried again with
more time for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from backend.comparison.questions import SituationKey, Subject
from backend.comparison.records import Part, Proof
from backend.comparison.says import CompareCode
from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind, OperationKey, Pace, RedisTopology, Replication, Source

INSTANCES = 2
LIMIT_MS = 120_000
"""A run that is not over by then is not measured. It is no verdict."""
_OVERLAP_MS = 60
_WORK_MS = 700
"""Longer than a caller waits."""
_GIVE_UP_MS = 300
_LONG_WORK_MS = 900
_SHORT_LEASE_MS = 300
_CRASH_LEASE_MS = 800
"""Shorter than a caller persists after a crash."""
_HELD_MS = 3_200
"""Longer than sentinels mostly need to promote another server."""
_COMES_EVERY_MS = 200
_LONG_LEASE_MS = 300_000
"""Longer than any run: only a failover can take what is held."""

_LAG_MS = 2_000
"""Longer than one submission comes after the other."""

_UNTIL_TOLD = Plan((), 1, Source.RETRY, retries=10, limit_ms=LIMIT_MS)
"""Tries again until it hears more than an error: there is no database for a moment."""
_PERSISTS = Plan((), 1, Source.RETRY, timeout_ms=5_000, retries=5, limit_ms=LIMIT_MS)
"""Tries again until a lock that died with its holder has run out: for about three seconds."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a situation is run."""

    quick: bool = False
    """Fewer intents."""
    stretch: int = 1
    """Times are so much longer: on a busy machine everybody comes late."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A way in which a submission arrives twice."""

    key: SituationKey
    parts: Callable[[Subject, Extent], tuple[Part, ...]]
    """Its runs for a subject."""
    seconds: float
    """About how long it takes, before anything is known about this machine."""
    needs_lease: bool = False
    """Whether only a subject that holds something that runs out can get into it."""
    disturbs: bool = False
    """Whether each of its runs is about an engine, and only a subject that comes there can get into it."""


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """Where a backend process dies."""

    title: CompareCode
    fault: str
    needs: EngineKind | None = None
    operations: frozenset[OperationKey] | None = None
    """Of these only; None for all."""


CRASH_POINTS = (
    CrashPoint(CompareCode.POINT_REDIS, "crash@redis", EngineKind.REDIS),
    CrashPoint(CompareCode.POINT_BEFORE_COMMIT, "crash@sql:COMMIT:before"),
    CrashPoint(CompareCode.POINT_COMMIT, "crash@sql:COMMIT"),
    CrashPoint(CompareCode.POINT_GATEWAY, "crash@gateway", EngineKind.GATEWAY, frozenset({OperationKey.SEND_MESSAGE})),
)


def _clicks(subject: Subject, extent: Extent) -> tuple[Part, ...]:
    plan = Plan((), 5, limit_ms=LIMIT_MS)
    intents = 3 if extent.quick else 10
    return (_part(subject, plan, intents, Proof.OVERLAP, delay_ms=_OVERLAP_MS * extent.stretch),)


def _one_after_another(subject: Subject, extent: Extent) -> tuple[Part, ...]:
    plan = Plan((), 3, pace=Pace.ONE_AFTER_ANOTHER, limit_ms=LIMIT_MS)
    return (_part(subject, plan, 2 if extent.quick else 10, Proof.AFTER_ANSWER),)


def _retry(subject: Subject, extent: Extent) -> tuple[Part, ...]:
    times = extent.stretch
    plan = Plan((), 1, Source.RETRY, timeout_ms=_GIVE_UP_MS * times, retries=2, limit_ms=LIMIT_MS)
    return (_part(subject, plan, 1 if extent.quick else 3, Proof.IN_PROCESSING, delay_ms=_WORK_MS * times),)


def _lease(subject: Subject, extent: Extent) -> tuple[Part, ...]:
    times = extent.stretch
    waits = (_GIVE_UP_MS + _SHORT_LEASE_MS) * times
    plan = Plan((), 1, Source.RETRY, timeout_ms=waits, retries=1, limit_ms=LIMIT_MS)
    lease = _SHORT_LEASE_MS * times
    intents = 1 if extent.quick else 3
    return (_part(subject, plan, intents, Proof.LEASE_RAN_OUT, delay_ms=_LONG_WORK_MS * times, lease_ms=lease),)


def _redelivery(subject: Subject, extent: Extent) -> tuple[Part, ...]:
    plan = Plan((), 1, Source.REDELIVERY, limit_ms=LIMIT_MS)
    return (_part(subject, plan, 1 if extent.quick else 2, Proof.REDELIVERED, fault="crash@redis:XACK:before"),)


def _crash(subject: Subject, extent: Extent) -> tuple[Part, ...]:
    del extent  # one intent a point, and no times that matter: what comes of it is no matter of luck
    points = [point for point in CRASH_POINTS if point.operations is None or subject.operation in point.operations]
    return tuple(
        _part(
            subject,
            _PERSISTS,
            1,
            Proof.CRASHED,
            lease_ms=_CRASH_LEASE_MS,
            fault=point.fault,
            title=say(point.title),
            needs=point.needs,
        )
        for point in points
    )


def _failover(subject: Subject, extent: Extent) -> tuple[Part, ...]:
    """One intent for each: whoever comes after the failover is not in the situation."""
    parts = [_failover_of_redis(subject, extent.stretch)]
    if replication_of(subject) is not Replication.NONE:
        parts.append(_failover_of_database(subject))
    return tuple(parts)


def _failover_of_redis(subject: Subject, times: int) -> Part:
    plan = Plan((), _HELD_MS // _COMES_EVERY_MS, pace=Pace.INTERVAL, interval_ms=_COMES_EVERY_MS * times)
    part = _part(
        subject,
        replace(plan, limit_ms=LIMIT_MS),
        1,
        Proof.FAILED_OVER,
        delay_ms=_HELD_MS * times,
        lease_ms=_LONG_LEASE_MS,
        fault=f"failover@redis={_COMES_EVERY_MS * times}",
        title=say(CompareCode.POINT_REDIS_FAILOVER),
        needs=EngineKind.REDIS,
    )
    return replace(part, setup=replace(part.setup, redis_topology=RedisTopology.SENTINEL))


def _failover_of_database(subject: Subject) -> Part:
    part = _part(
        subject,
        _UNTIL_TOLD,
        1,
        Proof.TOOK_OVER,
        fault="failover@database",
        title=say(CompareCode.POINT_DATABASE_FAILOVER),
        needs=subject.database,
    )
    return replace(part, setup=replace(part.setup, replication=replication_of(subject)))


def replication_of(subject: Subject) -> Replication:
    """The standby that a failover of the database finds: as was asked for, or the one that a subject reads from."""
    if subject.replication is Replication.NONE and subject.on_standby:
        return Replication.ASYNCHRONOUS
    return subject.replication


def setup_of(subject: Subject, setup: Setup) -> Setup:
    """A setup with the standby that a subject reads from, if it reads from one."""
    if not subject.on_standby:
        return setup
    return replace(setup, replication=replication_of(subject), replica_lag_ms=_LAG_MS)


def _part(
    subject: Subject,
    plan: Plan,
    intents: int,
    proof: Proof,
    *,
    delay_ms: int = 0,
    lease_ms: int = 10_000,
    fault: str = "",
    title: Sentence | None = None,
    needs: EngineKind | None = None,
) -> Part:
    faults = (parse_fault(fault),) if fault else ()
    setup = setup_of(subject, Setup(subject.strategy, subject.variant, delay_ms, lease_ms, faults))
    return Part(setup, plan, INSTANCES, intents, proof, title, needs)


SITUATIONS: Mapping[SituationKey, Situation] = {
    situation.key: situation
    for situation in (
        Situation(SituationKey.CLICKS, _clicks, 0.2),
        Situation(SituationKey.ONE_AFTER_ANOTHER, _one_after_another, 0.1),
        Situation(SituationKey.RETRY, _retry, 0.6),
        Situation(SituationKey.LEASE, _lease, 0.8, needs_lease=True),
        Situation(SituationKey.REDELIVERY, _redelivery, 0.5),
        Situation(SituationKey.CRASH, _crash, 1.2),
        Situation(SituationKey.FAILOVER, _failover, 1.5, disturbs=True),
    )
}
