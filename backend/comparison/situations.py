"""The situations: the same load for every strategy.

Everything runs on two instances, as in production: a protection that ends where its process ends shows that. Where two
submissions have to meet, a processing delay makes them; where somebody has to die, a fault says when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.comparison.records import Part, SituationKey, Subject
from backend.faults import parse_fault
from backend.model import EngineKind, OperationKey, Pace, Plan, Setup, Source

INSTANCES = 2
_OVERLAP_MS = 60
_WORK_MS = 700
"""Longer than a caller waits."""
_GIVE_UP_MS = 300
_LONG_WORK_MS = 900
_SHORT_LEASE_MS = 300
_CRASH_LEASE_MS = 800
"""Shorter than a caller persists after a crash."""

_PERSISTS = Plan((), 1, Source.RETRY, timeout_ms=5_000, retries=5)
"""Tries again until a lock that died with its holder has run out: for about three seconds."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A way in which a submission arrives twice."""

    key: SituationKey
    title: str
    short: str
    """For the head of a column."""
    sentence: str
    parts: Callable[[Subject, bool], tuple[Part, ...]]
    """Its runs for a subject; the second argument asks for a quick look."""
    seconds: float
    """About how long it takes, before anything is known about this machine."""


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """Where a backend process dies."""

    title: str
    fault: str
    needs: EngineKind | None = None
    operations: frozenset[OperationKey] | None = None
    """Of these only; None for all."""


CRASH_POINTS = (
    CrashPoint("right after the first Redis command", "crash@redis", EngineKind.REDIS),
    CrashPoint("just before COMMIT", "crash@sql:COMMIT:before"),
    CrashPoint("right after COMMIT, before the answer", "crash@sql:COMMIT"),
    CrashPoint(
        "right after the call to the gateway",
        "crash@gateway",
        EngineKind.GATEWAY,
        frozenset({OperationKey.SEND_MESSAGE}),
    ),
)


def _clicks(subject: Subject, quick: bool) -> tuple[Part, ...]:
    return (_part(subject, Plan((), 5), 3 if quick else 10, delay_ms=_OVERLAP_MS),)


def _one_after_another(subject: Subject, quick: bool) -> tuple[Part, ...]:
    return (_part(subject, Plan((), 3, pace=Pace.ONE_AFTER_ANOTHER), 2 if quick else 10),)


def _retry(subject: Subject, quick: bool) -> tuple[Part, ...]:
    plan = Plan((), 1, Source.RETRY, timeout_ms=_GIVE_UP_MS, retries=2)
    return (_part(subject, plan, 1 if quick else 3, delay_ms=_WORK_MS),)


def _lease(subject: Subject, quick: bool) -> tuple[Part, ...]:
    plan = Plan((), 1, Source.RETRY, timeout_ms=_GIVE_UP_MS + _SHORT_LEASE_MS, retries=1)
    return (_part(subject, plan, 1 if quick else 3, delay_ms=_LONG_WORK_MS, lease_ms=_SHORT_LEASE_MS),)


def _redelivery(subject: Subject, quick: bool) -> tuple[Part, ...]:
    plan = Plan((), 1, Source.REDELIVERY)
    return (_part(subject, plan, 1 if quick else 2, fault="crash@redis:XACK:before"),)


def _crash(subject: Subject, quick: bool) -> tuple[Part, ...]:
    del quick  # one intent a point: what comes of it is no matter of luck
    points = [point for point in CRASH_POINTS if point.operations is None or subject.operation in point.operations]
    return tuple(
        _part(subject, _PERSISTS, 1, lease_ms=_CRASH_LEASE_MS, fault=point.fault, title=point.title, needs=point.needs)
        for point in points
    )


def _part(
    subject: Subject,
    plan: Plan,
    intents: int,
    *,
    delay_ms: int = 0,
    lease_ms: int = 10_000,
    fault: str = "",
    title: str = "",
    needs: EngineKind | None = None,
) -> Part:
    faults = (parse_fault(fault),) if fault else ()
    setup = Setup(subject.strategy, subject.variant, delay_ms, lease_ms, faults)
    return Part(title, setup, plan, INSTANCES, intents, needs)


SITUATIONS: Mapping[SituationKey, Situation] = {
    situation.key: situation
    for situation in (
        Situation(
            SituationKey.CLICKS,
            "Simultaneous clicks",
            "Clicks",
            "Five submissions of each intent leave at the same moment, on two instances.",
            _clicks,
            1.0,
        ),
        Situation(
            SituationKey.ONE_AFTER_ANOTHER,
            "Retries after answers",
            "After answers",
            "Three submissions of each intent, each after the answer to the one before.",
            _one_after_another,
            0.5,
        ),
        Situation(
            SituationKey.RETRY,
            "Retry during processing",
            "In processing",
            "The caller gives up before the work is done, and sends again while the first request is still at work.",
            _retry,
            2.0,
        ),
        Situation(
            SituationKey.LEASE,
            "Work longer than the lease",
            "Lease runs out",
            "The same, and a lock or an in-flight record runs out before the work is done.",
            _lease,
            2.0,
        ),
        Situation(
            SituationKey.REDELIVERY,
            "Redelivery by a queue",
            "Redelivery",
            "The consumer dies after its work and before XACK; the queue delivers the message again.",
            _redelivery,
            3.0,
        ),
        Situation(
            SituationKey.CRASH,
            "Crash and retry",
            "Crash",
            "The backend process dies at a step, and the caller tries again: after the first Redis command, before "
            "COMMIT, and after COMMIT before the answer.",
            _crash,
            5.0,
        ),
    )
}
