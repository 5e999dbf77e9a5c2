"""Exhibits of locks and isolation levels that did not do what was expected of them, by public reports, with cures."""

from __future__ import annotations

from backend.comparison.exhibit import Cause, Exhibit, faults_of
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Source, Verdict

_GAP_MS = 1_500
"""Long enough for another submission to fall into, also on a busy machine."""
_PLACE = OperationKey.PLACE_ORDER
_TWO_CLICKS = Plan((), 2)
_GIVES_UP = Plan((), 1, Source.RETRY, timeout_ms=500, retries=8)
"""Sends again while the first attempt still waits."""
_LATE_COMMIT = faults_of(f"delay@sql:COMMIT:before={_GAP_MS}")
_LATE_LOCK = faults_of(f"delay@redis:SET:before={_GAP_MS}")
_THROWS = faults_of("error@sql:INSERT:before")
_ONE_RETRY = Plan((), 1, Source.RETRY, timeout_ms=5_000, retries=1)

OF_LOCKS: tuple[Exhibit, ...] = (
    Exhibit(
        key="lock-inside-the-transaction",
        cause=Cause.LOCKS,
        title="A lock inside the transaction",
        look="The first attempt releases its lock (DELIFEQ) and is slow to COMMIT. The retry gets the lock, looks, "
        "does not see the row yet, and inserts.",
        lesson="Release a lock after the COMMIT, not before: put it around the transaction.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("distributed-lock", "redis-release-before-commit", faults=_LATE_COMMIT),
        plan=_GIVES_UP,
    ),
    Exhibit(
        key="lock-around-the-transaction",
        cause=Cause.LOCKS,
        title="The same, the lock around the transaction",
        look="The same slow COMMIT. The lock is held until it is over, so every retry is told “busy”, and the one "
        "that gets in finds the row.",
        lesson="Whoever gets the lock must see what its last holder did.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("distributed-lock", "redis", faults=_LATE_COMMIT),
        plan=_GIVES_UP,
    ),
    Exhibit(
        key="check-before-the-lock",
        cause=Cause.LOCKS,
        title="A check before the lock",
        look="The first attempt looks, finds nothing, and is slow to ask for the lock. The retry does all of it "
        "meanwhile. Then the first one gets the free lock, and acts on what it saw.",
        lesson="What was seen before the lock is old by the time that the lock is there.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("distributed-lock", "redis-check-outside", faults=_LATE_LOCK),
        plan=_GIVES_UP,
    ),
    Exhibit(
        key="check-after-the-lock",
        cause=Cause.LOCKS,
        title="The same, the check after the lock",
        look="The first attempt is as slow to ask for the lock. It looks when it has it, and finds the row.",
        lesson="Lock, then look.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("distributed-lock", "redis", faults=_LATE_LOCK),
        plan=_GIVES_UP,
    ),
    Exhibit(
        key="lock-of-a-pooled-session",
        cause=Cause.LOCKS,
        title="An advisory lock in a connection pool",
        look="The handler throws after it has taken a lock of the session. The pool rolls back and keeps the "
        "connection, and with it the lock. The retry comes to the other instance, over another connection, and is "
        "told “busy”.",
        lesson="A lock of a session lives as long as the connection, and a pool keeps connections for ever.",
        operation=_PLACE,
        promises=Verdict.STUCK,
        setup=Setup("advisory-lock", "session-leak", faults=_THROWS),
        plan=_ONE_RETRY,
        instances=2,
    ),
    Exhibit(
        key="lock-of-a-transaction",
        cause=Cause.LOCKS,
        title="The same, with the lock of the transaction",
        look="The handler throws at the same place. The rollback gives the lock back, and the retry gets it.",
        lesson="Let the lock end with what it protects.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("advisory-lock", "transaction", faults=_THROWS),
        plan=_ONE_RETRY,
        instances=2,
    ),
    Exhibit(
        key="lock-of-a-missing-row",
        cause=Cause.ISOLATION,
        title="SELECT … FOR UPDATE before an INSERT",
        look="Both clicks ask for the lock of a row that is not there. Nothing is found, so nothing is locked, and "
        "nobody waits. MariaDB locks the gap for both, and ends one of the two with a deadlock.",
        lesson="Only what is there can be locked.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("pessimistic-lock", "lock-missing-row", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="lock-by-a-name",
        cause=Cause.ISOLATION,
        title="The same, with a lock by name",
        look="The second click waits for an advisory lock by the order's number, which needs no row. Then it looks, "
        "and finds the order.",
        lesson="What is not there yet can be locked by its name.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("advisory-lock", "transaction", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="insert-where-not-exists",
        cause=Cause.ISOLATION,
        title="INSERT … WHERE NOT EXISTS",
        look="Both statements run before either COMMIT. Neither sees the other one's row, and no index is there to "
        "refuse the second.",
        lesson="One statement is not one moment.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("none", "insert-where-not-exists", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="insert-on-conflict",
        cause=Cause.ISOLATION,
        title="The same, with ON CONFLICT and a unique index",
        look="The second INSERT waits at the index until the first transaction has ended, and brings back no row.",
        lesson="Let the index look: it sees what is not committed yet.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("unique-index", "on-conflict", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="serialization-failure",
        cause=Cause.ISOLATION,
        title="SERIALIZABLE",
        look="Both look before either commits. One order is there, and one of the two callers is told “conflict”: "
        "40001, which nobody started over from.",
        lesson="SERIALIZABLE refuses; somebody has to start over.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("serializable", "no-retry", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="serialization-failure-repeated",
        cause=Cause.ISOLATION,
        title="SERIALIZABLE, starting over on 40001",
        look="The one that is refused starts over, from its first statement on. Now it finds the order, and its "
        "caller is told “duplicate”.",
        lesson="Start over from the first statement: what was read before does not count any more.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("serializable", "retry", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
)
"""Each damage is followed by its cure."""
