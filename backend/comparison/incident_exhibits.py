"""Exhibits of what went wrong for other people, by public reports: the damage, and the cure in the same situation."""

from __future__ import annotations

from dataclasses import replace

from backend.comparison.exhibit import Cause, Exhibit, faults_of
from backend.model.plan import USUAL_RETRY_CAUSES, Plan, Setup
from backend.model.vocabulary import OperationKey, RedisPersistence, RetryCause, Source, Verdict

_WORK_MS = 2_500
"""Far longer than the visibility time-out, also where a busy machine is late with the second delivery."""
_VISIBILITY_MS = 900
_HELD_MS = 5_000
"""Longer than a server takes to come back."""
_RESTART = "restart@redis=700"
"""When the lock has been taken."""

_PLACE, _STOCK = OperationKey.PLACE_ORDER, OperationKey.ADD_STOCK
_ONE_MESSAGE = Plan((), 1, Source.REDELIVERY)
_WEBHOOK = Plan((), 1, Source.RETRY, retries=2, retry_on=USUAL_RETRY_CAUSES | {RetryCause.CLIENT_ERROR})
_LOCKED = Setup("distributed-lock", "redis", _HELD_MS, 60_000, faults_of(_RESTART))
_GIVES_UP = Plan((), 1, Source.RETRY, timeout_ms=1_000, retries=8)

INCIDENTS: tuple[Exhibit, ...] = (
    Exhibit(
        key="visibility-timeout",
        cause=Cause.MESSAGES,
        title="Work longer than the visibility time-out",
        look="Nobody dies. After 900 ms the queue gives the message to another consumer, while the first is still at "
        "work: DELIVER 2 stands before XACK of the first.",
        lesson="A queue cannot tell a consumer that is slow from one that is dead.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("none", "direct", _WORK_MS, visibility_timeout_ms=_VISIBILITY_MS),
        plan=_ONE_MESSAGE,
    ),
    Exhibit(
        key="visibility-timeout-and-an-inbox",
        cause=Cause.MESSAGES,
        title="The same work, with an inbox",
        look="The second delivery waits at the key that the first has inserted and not committed yet. Then it finds "
        "it, is told “duplicate”, and acknowledges.",
        lesson="Expect each message twice at the same time, not only one after the other.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("inbox", "same-transaction", _WORK_MS, visibility_timeout_ms=_VISIBILITY_MS),
        plan=_ONE_MESSAGE,
    ),
    Exhibit(
        key="handler-throws",
        cause=Cause.MESSAGES,
        title="A handler that throws after its mark",
        look="The handler commits its mark, and then throws. The queue delivers again, the handler finds the mark, and "
        "says “duplicate”. Nobody ever did the work.",
        lesson="A mark must not outlive the failure of what it stands for.",
        operation=_PLACE,
        promises=Verdict.LOST,
        setup=Setup("inbox", "separate-transactions", faults=faults_of("error@sql:COMMIT")),
        plan=_ONE_MESSAGE,
    ),
    Exhibit(
        key="handler-throws-in-one-transaction",
        cause=Cause.MESSAGES,
        title="The same, mark and work in one transaction",
        look="The handler throws after the same first COMMIT. Here that is the commit of mark and order together, so "
        "the second delivery is a duplicate indeed.",
        lesson="Whatever the handler throws at, mark and work are both there or both gone.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("inbox", "same-transaction", faults=faults_of("error@sql:COMMIT")),
        plan=_ONE_MESSAGE,
    ),
    Exhibit(
        key="webhook-sent-again",
        cause=Cause.RETRIES,
        title="A webhook that is answered with 500",
        look="The endpoint adds to the stock, and throws before it answers. The provider wants to hear 2xx and sends "
        "the event again: count = count + n runs twice.",
        lesson="A provider cannot see what you did, only what you answered.",
        operation=_STOCK,
        promises=Verdict.DUPLICATED,
        setup=Setup("none", "direct", faults=faults_of("error@reply")),
        plan=_WEBHOOK,
    ),
    Exhibit(
        key="webhook-recognised",
        cause=Cause.RETRIES,
        title="The same event, kept by its number",
        look="A movement row with the number of the event, in the transaction of the addition. The event that comes "
        "again runs into its unique index. It is told 409, which is no 2xx either, so it comes a third time.",
        lesson="Store the number of the event with its effect, and answer 2xx to those that you know.",
        operation=_STOCK,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("unique-index", "catch-violation", faults=faults_of("error@reply")),
        plan=_WEBHOOK,
    ),
    Exhibit(
        key="lock-server-restarts",
        cause=Cause.LOCKS,
        title="Redis restarts while a lock is held",
        look="The server writes nothing to disk. It restarts while the first holder works, and has no lock any more: "
        "the retry takes it, and both write. A sentence says what the restart has cost.",
        lesson="A lock is no safer than the memory that it is kept in.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=replace(_LOCKED, redis_persistence=RedisPersistence.NONE),
        plan=_GIVES_UP,
    ),
    Exhibit(
        key="lock-server-restarts-with-a-file",
        cause=Cause.LOCKS,
        title="The same restart, with each write synced to disk",
        look="The lock is there again after the restart, with what is left of its lease. Every retry is told “busy” "
        "until the first holder is done.",
        lesson="A file outlives a restart, not a failover: only the resource can refuse a second writer for sure.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup(
            "distributed-lock",
            "redis",
            _HELD_MS,
            60_000,
            faults_of(_RESTART),
            redis_persistence=RedisPersistence.ALWAYS,
        ),
        plan=_GIVES_UP,
    ),
)
"""Each damage is followed by its cure."""
