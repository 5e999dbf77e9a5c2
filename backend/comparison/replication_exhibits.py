"""Exhibits of a database with a standby: reading from one that is behind, and having one take over."""

from __future__ import annotations

from backend.comparison.exhibit import Cause, Exhibit, faults_of
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Pace, Replication, Source, Verdict

_LAG_MS = 20_000
"""Longer than three submissions take, one after the other, on a busy machine."""
_PLACE = OperationKey.PLACE_ORDER
_ASYNCHRONOUS, _SYNCHRONOUS = Replication.ASYNCHRONOUS, Replication.SYNCHRONOUS
_THREE = Plan((), 3, pace=Pace.ONE_AFTER_ANOTHER)
_UNTIL_TOLD = Plan((), 1, Source.RETRY, retries=10)
_FAILOVER = faults_of("failover@database")

OF_REPLICATION: tuple[Exhibit, ...] = (
    Exhibit(
        key="check-on-the-replica",
        cause=Cause.REPLICATION,
        title="The check reads from a standby",
        look="Each submission waits for the answer to the one before. The lock is free and the order is committed, but "
        "the SELECT goes to the standby, which is 20 seconds behind: it answers False each time.",
        lesson="A lock keeps others out. It does not bring you up to date.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("distributed-lock", "redis-check-on-replica", replication=_ASYNCHRONOUS, replica_lag_ms=_LAG_MS),
        plan=_THREE,
    ),
    Exhibit(
        key="check-on-the-primary",
        cause=Cause.REPLICATION,
        title="The same check on the primary",
        look="The same lock, the same lag. The SELECT goes where the INSERT goes, and the second and the third are "
        "told “duplicate”.",
        lesson="What decides about a write is read where the write goes.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("distributed-lock", "redis", replication=_ASYNCHRONOUS, replica_lag_ms=_LAG_MS),
        plan=_THREE,
    ),
    Exhibit(
        key="quicker-than-the-replica",
        cause=Cause.REPLICATION,
        title="A message that is quicker than the standby",
        look="The handler commits its mark, looks for the order on the standby, does not find it yet, and fails. The "
        "queue delivers again; the handler finds its mark and says “duplicate”. Nobody was ever charged.",
        lesson="Mark in the transaction of the work, and read from the primary what was written a moment ago.",
        operation=OperationKey.PAY_ORDER,
        promises=Verdict.LOST,
        setup=Setup("inbox", "reads-replica", replication=_ASYNCHRONOUS, replica_lag_ms=_LAG_MS),
        plan=Plan((), 1, Source.REDELIVERY),
    ),
    Exhibit(
        key="read-from-the-primary",
        cause=Cause.REPLICATION,
        title="The same message, read from the primary",
        look="The same lag, and nobody who looks at the standby: mark and payment are one transaction on the primary.",
        lesson="A standby is for those who can wait.",
        operation=OperationKey.PAY_ORDER,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("inbox", "same-transaction", replication=_ASYNCHRONOUS, replica_lag_ms=_LAG_MS),
        plan=Plan((), 1, Source.REDELIVERY),
    ),
    Exhibit(
        key="failover-asynchronous",
        cause=Cause.REPLICATION,
        title="The primary fails right after its answer",
        look="The caller is told “created”. The standby has not got that commit when the primary is killed, and it is "
        "the standby that goes on: a unique index, a correct answer, and no row.",
        lesson="Committed means: on one server, unless you have asked for more.",
        operation=_PLACE,
        promises=Verdict.LOST,
        setup=Setup("unique-index", "catch-violation", faults=_FAILOVER, replication=_ASYNCHRONOUS),
        plan=_UNTIL_TOLD,
    ),
    Exhibit(
        key="failover-synchronous",
        cause=Cause.REPLICATION,
        title="The same failure, and a standby that confirms",
        look="COMMIT waits for the standby, which gets nothing, until the primary is killed. The caller hears an "
        "error, sends again, and the standby, now the primary, inserts the order once.",
        lesson="Waiting for the standby turns a lost order into an error, and a retry turns the error into an order.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("unique-index", "catch-violation", faults=_FAILOVER, replication=_SYNCHRONOUS),
        plan=_UNTIL_TOLD,
    ),
)
"""Each damage is followed by its cure."""
