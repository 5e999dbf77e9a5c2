"""Ready-made situations: what to set, what to do, what must come of it, and what is to be seen in it.

An exhibit is data. Whoever shows it sets every knob to it, runs it as any other plan, and compares the verdict that the
rows give with the one that is promised here; a test does the same for each of them. None leaves its outcome to luck:
where two submissions have to meet, a processing delay or a fault makes them.
"""

from __future__ import annotations

from dataclasses import replace

from backend.comparison.exhibit import Cause as Cause
from backend.comparison.exhibit import Exhibit as Exhibit
from backend.comparison.exhibit import faults_of
from backend.comparison.incident_exhibits import INCIDENTS
from backend.comparison.key_exhibits import OF_KEYS
from backend.comparison.lock_exhibits import OF_LOCKS
from backend.comparison.redis_exhibits import REDIS_INCIDENTS
from backend.comparison.replication_exhibits import OF_REPLICATION
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import GatewayKeys, OperationKey, Pace, Source, Verdict

_WORK_MS = 1_200
"""Longer than a caller waits, and longer than a lease lasts."""
_GIVE_UP_MS = 500
_GAP_MS = 1_500
"""Long enough for another click to fall into, also where a process takes its first request on a busy machine."""
_SHORT_LEASE_MS = 300

_PLACE, _PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER
_TWO_CLICKS = Plan((), 2)
_GIVES_UP_ONCE = Plan((), 1, Source.RETRY, timeout_ms=_GIVE_UP_MS, retries=1)
_PERSISTS = Plan((), 1, Source.RETRY, timeout_ms=5_000, retries=8)
"""Tries again until an instance that crashed is back."""
_ONE_MESSAGE = Plan((), 1, Source.REDELIVERY)


EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        key="double-click",
        cause=Cause.CLICKS,
        title="Double click",
        look="Two clicks on one form, one unprotected INSERT: two rows with the same order number.",
        lesson="Whoever can click once can click twice.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("none", "direct"),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="disabled-button-and-retry",
        cause=Cause.RETRIES,
        title="A disabled button and a retry",
        look="The page holds clicks back, but its HTTP client gives up waiting and sends again while the first request "
        "is still at work. Both insert.",
        lesson="A disabled button protects against fingers, not against time-outs.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("front-end", "disable-button", processing_delay_ms=_WORK_MS),
        plan=_GIVES_UP_ONCE,
    ),
    Exhibit(
        key="token-race",
        cause=Cause.CLICKS,
        title="Token race",
        look="Both submissions GET the token before either DELetes it. Look at the first two steps of each.",
        lesson="Look and take must be one command.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("token", "get-then-delete", processing_delay_ms=_GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="token-lost-order",
        cause=Cause.RETRIES,
        title="Token and crash",
        look="The instance dies right after DEL: the token is gone, the order was never written. The retry is told "
        "“duplicate”, and there is no row.",
        lesson="A token taken outside of the transaction remembers a promise, not a deed.",
        operation=_PLACE,
        promises=Verdict.LOST,
        setup=Setup("token", "delete-first", faults=faults_of("crash@redis:DEL")),
        plan=_PERSISTS,
    ),
    Exhibit(
        key="token-after-reload",
        cause=Cause.CLICKS,
        title="Token after a reload",
        look="The user reloads the page, gets a new token and submits the same order again. For the backend this is "
        "something new.",
        lesson="A token names a form, not an order.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("token", "delete-first"),
        plan=Plan((), 2, pace=Pace.ONE_AFTER_ANOTHER, reload=True),
    ),
    Exhibit(
        key="lock-expires",
        cause=Cause.LOCKS,
        title="A lock that expires",
        look="The lease is shorter than the work. When it runs out the retry gets the lock, finds no order yet, and "
        "both write.",
        lesson="A lease is a guess about time; only the resource itself can refuse a late writer.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("distributed-lock", "redis", processing_delay_ms=_WORK_MS, lease_ms=_SHORT_LEASE_MS),
        plan=_GIVES_UP_ONCE,
    ),
    Exhibit(
        key="blind-release",
        cause=Cause.LOCKS,
        title="A blind release",
        look="The second click is told “busy”. When the lease has run out, the third gets the lock. Then the first "
        "holder comes late and DELetes whatever lock is there: that of the third, which is still at work. So the "
        "fourth walks in, too.",
        lesson="Release only what you still own: compare and delete in one command.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("distributed-lock", "redis-blind-release", processing_delay_ms=2_000, lease_ms=1_200),
        plan=Plan((), 4, pace=Pace.INTERVAL, interval_ms=800),
    ),
    Exhibit(
        key="lock-for-ever",
        cause=Cause.LOCKS,
        title="A lock that never expires",
        look="The instance dies while it holds the lock. Every retry is told “busy”, for ever.",
        lesson="A lock without an end outlives its holder.",
        operation=_PLACE,
        promises=Verdict.STUCK,
        setup=Setup("distributed-lock", "redis-no-expiry", faults=faults_of("crash@redis:SET")),
        plan=replace(_PERSISTS, retries=5),  # nobody has to watch for longer to see that it does not end
    ),
    Exhibit(
        key="local-lock-on-two-instances",
        cause=Cause.LOCKS,
        title="A local lock on two instances",
        look="Each instance has a mutex of its own, and each of them is free. Select one row, then the other: above "
        "the steps stands which instance ran them.",
        lesson="A mutex ends where its process ends.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("local-lock", "in-process", processing_delay_ms=_GAP_MS),
        plan=_TWO_CLICKS,
        instances=2,
    ),
    Exhibit(
        key="lock-only-queue",
        cause=Cause.LOCKS,
        title="Lock only: a queue of payments",
        look="SELECT … FOR UPDATE makes five payments wait for each other. Then each of them pays.",
        lesson="A lock serialises; it does not remember.",
        operation=_PAY,
        promises=Verdict.DUPLICATED,
        setup=Setup("pessimistic-lock", "lock-only"),
        plan=Plan((), 5),
    ),
    Exhibit(
        key="old-snapshot",
        cause=Cause.ISOLATION,
        title="A snapshot older than the lock",
        look="Under REPEATABLE READ the second transaction sees the database as it was before it waited. It gets the "
        "lock, looks, and does not see the payment that the first one made.",
        lesson="What you read after a lock is only as new as your snapshot.",
        operation=_PAY,
        promises=Verdict.DUPLICATED,
        setup=Setup("pessimistic-lock", "repeatable-read", processing_delay_ms=_GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="message-redelivered",
        cause=Cause.MESSAGES,
        title="A message redelivered",
        look="The consumer dies after the INSERT and before XACK. Another one claims the message: the second delivery "
        "inserts again. Its XPENDING step shows the count.",
        lesson="At least once means: sometimes twice.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("none", "direct", faults=faults_of("crash@redis:XACK:before")),
        plan=_ONE_MESSAGE,
    ),
    Exhibit(
        key="message-redelivered-to-an-index",
        cause=Cause.MESSAGES,
        title="The same message, under a unique index",
        look="The second delivery runs into the index, is told “duplicate”, and acknowledges.",
        lesson="Exactly once is at least once, and an effect that can be recognised.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("unique-index", "catch-violation", faults=faults_of("crash@redis:XACK:before")),
        plan=_ONE_MESSAGE,
    ),
    Exhibit(
        key="reply-lost",
        cause=Cause.RETRIES,
        title="Reply lost after the commit",
        look="The row is there, the answer is not. To the caller this looks like a failure, so it sends again.",
        lesson="No answer does not mean not done.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("none", "direct", faults=faults_of("lost-reply")),
        plan=_PERSISTS,
    ),
    Exhibit(
        key="answer-replayed",
        cause=Cause.RETRIES,
        title="The same, with an Idempotency-Key",
        look="The first answer is lost. The retry carries the same key and gets the stored answer, status and body, "
        "marked Idempotent-Replayed.",
        lesson="Remember the answer with the effect, in one transaction.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("idempotency-key", "draft-07", faults=faults_of("lost-reply")),
        plan=_PERSISTS,
    ),
    Exhibit(
        key="key-in-flight",
        cause=Cause.KEYS,
        title="A key in flight",
        look="The second click comes while the first one is at work: 409, in flight. Once it is done, the answer would "
        "be replayed.",
        lesson="An in-flight record needs a lease, or a crash blocks its key for ever.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("idempotency-key", "stripe", processing_delay_ms=_GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="key-reused",
        cause=Cause.KEYS,
        title="A key reused with another body",
        look="The user goes back, orders two instead of one, and submits the same form again: the same key, another "
        "body. Nothing is replayed and nothing is written; 422 says why.",
        lesson="A key stands for one request; compare what came with it, or the second intent is answered with the "
        "first one's result.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("idempotency-key", "draft-07"),
        plan=Plan((), 2, pace=Pace.ONE_AFTER_ANOTHER, edit=True),
    ),
    Exhibit(
        key="stale-holder-refused",
        cause=Cause.LOCKS,
        title="A stale holder and a fence",
        look="The first holder stalls until its lease is over. The retry gets the lock with number 2 and writes. When "
        "the first one wakes up, its number 1 is refused: its steps end with the response “conflict”, which its caller "
        "no longer hears, having given up long before.",
        lesson="With a fence it does not matter who believes to hold the lock.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup(
            "distributed-lock",
            "redis-fenced",
            lease_ms=_SHORT_LEASE_MS,
            faults=faults_of("delay@sql:INSERT:before=1500"),
        ),
        plan=_GIVES_UP_ONCE,
    ),
    Exhibit(
        key="inbox-crash",
        cause=Cause.MESSAGES,
        title="An inbox in two transactions",
        look="The consumer dies after it has marked the message and before it has acted. The next delivery finds the "
        "mark, and acknowledges.",
        lesson="Mark and act in one transaction, or not at all.",
        operation=_PLACE,
        promises=Verdict.LOST,
        setup=Setup("inbox", "separate-transactions", faults=faults_of("crash@sql:COMMIT")),
        plan=_ONE_MESSAGE,
    ),
    Exhibit(
        key="gateway-charged-twice",
        cause=Cause.OUTSIDE,
        title="Gateway and crash",
        look="The instance dies after the gateway has answered and before the commit. The rollback takes back our row, "
        "not the message: the retry sends it again.",
        lesson="No transaction of yours covers somebody else's ledger.",
        operation=OperationKey.SEND_MESSAGE,
        promises=Verdict.DUPLICATED,
        setup=Setup("unique-index", "catch-violation", faults=faults_of("crash@gateway")),
        plan=_PERSISTS,
    ),
    Exhibit(
        key="gateway-with-a-key",
        cause=Cause.OUTSIDE,
        title="The same, with a key that the gateway honours",
        look="The same crash. The retry sends the same Idempotency-Key, and the gateway recognises it.",
        lesson="Only whoever has the effect can make it happen once.",
        operation=OperationKey.SEND_MESSAGE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup(
            "unique-index",
            "catch-violation",
            faults=faults_of("crash@gateway"),
            gateway_keys=GatewayKeys.HONOURED,
        ),
        plan=_PERSISTS,
    ),
    *INCIDENTS,
    *REDIS_INCIDENTS,
    *OF_LOCKS,
    *OF_KEYS,
    *OF_REPLICATION,
)
"""In the order of the menu, which groups them by cause."""


def find_exhibit(key: str) -> Exhibit:
    """The exhibit of this key.

    Raises:
        KeyError: no exhibit has this key.
    """
    return next(exhibit for exhibit in EXHIBITS if exhibit.key == key)
