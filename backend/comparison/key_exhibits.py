"""Exhibits of keys, kept answers and effects outside, by public reports: the damage, and the cure beside it."""

from __future__ import annotations

from backend.comparison.exhibit import Cause, Exhibit, faults_of
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Pace, Source, Verdict

_GAP_MS = 1_500
"""Long enough for another submission to fall into, also on a busy machine."""
_PLACE, _SEND = OperationKey.PLACE_ORDER, OperationKey.SEND_MESSAGE
_TWO_CLICKS = Plan((), 2)
_ONE_AND_ANOTHER = Plan((), 2, pace=Pace.ONE_AFTER_ANOTHER)
_GIVES_UP = Plan((), 1, Source.RETRY, timeout_ms=500, retries=8)
_PERSISTS = Plan((), 1, Source.RETRY, timeout_ms=5_000, retries=8)
_DIES_AFTER_SENDING = faults_of("crash@gateway")

OF_KEYS: tuple[Exhibit, ...] = (
    Exhibit(
        key="violation-at-commit",
        cause=Cause.KEYS,
        title="A deferred unique constraint",
        look="The second click inserts its key without a complaint, and fails at COMMIT, where nobody expects it: its "
        "caller is told 500 about an order that is there.",
        lesson="Know when your constraint is checked, and catch its violation there.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("unique-index", "deferred"),
        plan=_ONE_AND_ANOTHER,
    ),
    Exhibit(
        key="violation-at-commit-caught",
        cause=Cause.KEYS,
        title="The same, caught around the COMMIT",
        look="The same violation at the same COMMIT. The handler catches it there, and its caller is told “duplicate”.",
        lesson="Catch the violation around the whole transaction.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("unique-index", "deferred-caught"),
        plan=_ONE_AND_ANOTHER,
    ),
    Exhibit(
        key="message-before-the-violation",
        cause=Cause.OUTSIDE,
        title="A message and a deferred constraint",
        look="Both clicks insert the key, and both call the gateway. Only then comes COMMIT, with the violation.",
        lesson="A rollback takes back rows, and no messages.",
        operation=_SEND,
        promises=Verdict.DUPLICATED,
        setup=Setup("unique-index", "deferred", _GAP_MS),
        plan=_ONE_AND_ANOTHER,
    ),
    Exhibit(
        key="message-after-the-violation",
        cause=Cause.OUTSIDE,
        title="The same, checked with the INSERT",
        look="The second click runs into the index with its INSERT, and does not come to the gateway.",
        lesson="Have the key refused before anything goes out.",
        operation=_SEND,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("unique-index", "catch-violation", _GAP_MS),
        plan=_ONE_AND_ANOTHER,
    ),
    Exhibit(
        key="key-got-then-set",
        cause=Cause.KEYS,
        title="A key looked up with GET, kept with SET",
        look="Both clicks carry one key, and both GET nothing. Each acts, and each SETs its answer.",
        lesson="Claim the key before you act: SET NX, or a row.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=Setup("idempotency-key", "get-then-set", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="key-claimed-first",
        cause=Cause.KEYS,
        title="The same, the key claimed by an INSERT",
        look="The second click finds the record in flight, and is told 409.",
        lesson="One of two INSERTs under a unique key wins, whoever looks when.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("idempotency-key", "draft-07", _GAP_MS),
        plan=_TWO_CLICKS,
    ),
    Exhibit(
        key="answer-in-two-writes",
        cause=Cause.KEYS,
        title="An answer kept in two commands",
        look="The first attempt has kept the status and not yet the body. The retry reads between the two HSETs: it "
        "fails on half an answer, and its caller is told 500 about an order that is there.",
        lesson="Keep an answer in one command, or nobody may read in between.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("idempotency-key", "two-writes", faults=faults_of(f"delay@redis:HSET={_GAP_MS}")),
        plan=_GIVES_UP,
    ),
    Exhibit(
        key="answer-in-one-transaction",
        cause=Cause.KEYS,
        title="The same, kept in the transaction of the order",
        look="The first attempt has written its answer and is slow to COMMIT. The retry finds a record in flight, and "
        "is told 409; later it gets the whole answer.",
        lesson="Order, status and body can be seen at one moment.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("idempotency-key", "draft-07", faults=faults_of(f"delay@sql:UPDATE={_GAP_MS}")),
        plan=_GIVES_UP,
    ),
    Exhibit(
        key="outbox-relay-dies",
        cause=Cause.OUTSIDE,
        title="An outbox whose relay dies",
        look="The relay dies between the call and the mark. The next one finds the row unmarked, and sends it again.",
        lesson="An outbox loses nothing; that is at least once.",
        operation=_SEND,
        promises=Verdict.DUPLICATED,
        setup=Setup("outbox", "relay", faults=_DIES_AFTER_SENDING),
        plan=_PERSISTS,
    ),
    Exhibit(
        key="outbox-relay-with-a-key",
        cause=Cause.OUTSIDE,
        title="The same, with the row's number as a key",
        look="The relay dies at the same place. The next one sends the same key, and the gateway recognises it.",
        lesson="At least once on your side, and a receiver that recognises: that is exactly once.",
        operation=_SEND,
        promises=Verdict.EXACTLY_ONCE,
        setup=Setup("outbox", "relay-with-key", faults=_DIES_AFTER_SENDING),
        plan=_PERSISTS,
    ),
)
"""Each damage is followed by its cure."""
