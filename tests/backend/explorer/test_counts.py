"""How many orders there are, against closed forms derived by hand.

Two requests with a and b steps that never wait have C(a + b, a) orders. A request that waits cannot take a step until
the other one ends its transaction, so a wait replaces what would be many orders by one.
"""

from __future__ import annotations

from math import comb

import pytest

from backend.explorer.question import EventKind
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.explorer import codes
from tests.backend.explorer.conftest import Bench
from tests.tables import exhaustive_but

PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK
CANCEL, SEND = OperationKey.CANCEL_ORDER, OperationKey.SEND_MESSAGE
ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED


def waiting_at_first_step(holder: int, waiter: int) -> int:
    """Orders in which the first step takes the one lock, which the last step frees.

    Whoever begins has `holder` steps. The other one is granted its first step before one of the holder's steps 2 to
    `holder` (`holder` - 1 places), and waits; or it begins after the holder's last. After the wait its remaining steps
    follow alone. Times two: either may begin.
    """
    assert waiter > 0
    return 2 * (holder - 1 + 1)


CASES = [
    # INSERT, COMMIT against the same: C(4, 2).
    (PLACE, "none", "direct", {TWICE: comb(4, 2)}),
    # The button is at the client; the server does the same as above.
    (PLACE, "front-end", "disable-button", {TWICE: comb(4, 2)}),
    # SELECT, INSERT, COMMIT. Only if one commits before the other selects is it once (2 orders); then the second has
    # SELECT, COMMIT, alone. In all others both have three steps: C(6, 3) less the 2 serial ones.
    (PLACE, "none", "check-then-act", {ONCE: 2, TWICE: comb(6, 3) - 2}),
    # INSERT ... WHERE NOT EXISTS, COMMIT: nothing waits. Once in the 2 serial orders only.
    (PLACE, "none", "insert-where-not-exists", {ONCE: 2, TWICE: comb(4, 2) - 2}),
    # SELECT ... FOR UPDATE, which locks nothing, INSERT, COMMIT: as check-then-act.
    (PLACE, "pessimistic-lock", "lock-missing-row", {ONCE: 2, TWICE: comb(6, 3) - 2}),
    # INSERT (key), INSERT, COMMIT: no INSERT waits. a inserts its key first; its other 2 steps and b's 3 come in any
    # order, since b waits at its COMMIT with nothing left to do. It is refused there, always. Times two.
    (PLACE, "unique-index", "deferred", {ONCE: 2 * comb(5, 2)}),
    (PLACE, "unique-index", "deferred-caught", {ONCE: 2 * comb(5, 2)}),
    # GET, INSERT, COMMIT, SET: as a token that is deleted last.
    (PLACE, "idempotency-key", "get-then-set", {ONCE: 2, TWICE: comb(8, 4) - 2}),
    # HGET, SET, INSERT, COMMIT, HSET, HSET. a gets the claim, b has two steps. b's HGET before the first HSET finds
    # nothing, and its SET fails somewhere after a's: 15 ways for its HGET within a's first two steps, 4 and 3 for the
    # next two. Or its HGET finds the status, and the second one comes before or after the last HSET: 2, or after: 1.
    (PLACE, "idempotency-key", "two-writes", {ONCE: 2 * (15 + 4 + 3 + 2 + 1)}),
    # UPDATE (locks), INSERT, COMMIT: 3 steps hold the row.
    (PAY, "none", "direct", {TWICE: waiting_at_first_step(3, 3)}),
    # UPDATE (locks), COMMIT.
    (ADD, "none", "direct", {TWICE: waiting_at_first_step(2, 2)}),
    # DEL decides. The winner has two steps left, INSERT and COMMIT; the loser has one in all, which comes second,
    # third, fourth of the rest: 3 places, times two.
    (PLACE, "token", "delete-first", {ONCE: 2 * 3}),
    # The same with UPDATE, INSERT, COMMIT left: 4 places.
    (PAY, "token", "delete-first", {ONCE: 2 * 4}),
    # GET, DEL, INSERT, COMMIT: 4 steps. The other one's GET finds nothing if it comes after the first one's DEL: it
    # then is the other one's only step, at one of 3 places (after DEL, INSERT, COMMIT), times two. Otherwise both GET
    # before either DEL: 2 ways, then C(6, 3).
    (PLACE, "token", "get-then-delete", {ONCE: 2 * 3, TWICE: 2 * comb(6, 3)}),
    # GET, INSERT, COMMIT, DEL: once only if the other one's GET comes after DEL, the last step: 2. Otherwise C(8, 4)
    # less the two serial orders.
    (PLACE, "token", "delete-last", {ONCE: 2, TWICE: comb(8, 4) - 2}),
    # INSERT waits at the unique key until COMMIT.
    (PLACE, "unique-index", "catch-violation", {ONCE: waiting_at_first_step(2, 1)}),
    (PLACE, "unique-index", "on-conflict", {ONCE: waiting_at_first_step(2, 2)}),
    # INSERT (key), UPDATE, COMMIT.
    (PAY, "unique-index", "catch-violation", {ONCE: waiting_at_first_step(3, 1)}),
    # lock, check, UPDATE, INSERT, COMMIT hold the row: 5 steps.
    (PAY, "pessimistic-lock", "lock-then-check", {ONCE: waiting_at_first_step(5, 3)}),
    # lock, UPDATE, INSERT, COMMIT.
    (PAY, "pessimistic-lock", "lock-only", {TWICE: waiting_at_first_step(4, 4)}),
    # lock, check, INSERT, COMMIT: 8 orders. Whoever waits has its snapshot from before the wait; only the 2 serial
    # orders come to one payment.
    (PAY, "pessimistic-lock", "repeatable-read", {ONCE: 2, TWICE: waiting_at_first_step(4, 4) - 2}),
    # UPDATE WHERE version, INSERT, COMMIT.
    (PAY, "optimistic-lock", "version-from-form", {ONCE: waiting_at_first_step(3, 2)}),
    # SELECT version, UPDATE, INSERT, COMMIT. Serial: the second reads the new version (2 orders, two payments). Else
    # both have read: 2 ways; then whoever updates first (2) makes the other one's UPDATE wait (2 places: before INSERT
    # and before COMMIT) or come after COMMIT (1), and that one has COMMIT left. Both read first: 2 x 2 x 3 = 12. Or one
    # reads after the other one's UPDATE (before its INSERT or COMMIT): before INSERT, its own UPDATE waits before
    # INSERT or before COMMIT, or comes last: 3; before COMMIT, it waits or comes last: 2; times two, 10.
    (PAY, "optimistic-lock", "version-read-by-server", {ONCE: 12 + 10, TWICE: 2}),
    # UPDATE WHERE status, INSERT, COMMIT.
    (PAY, "state-machine", "status-guard", {ONCE: waiting_at_first_step(3, 3)}),
    # SET, SELECT, INSERT, COMMIT, DELIFEQ. The other one's SET is its only step if it fails (before one of the 4 steps
    # that follow the holder's SET); or it comes after the release and its steps follow alone. 5, times two.
    (PLACE, "distributed-lock", "redis", {ONCE: 2 * 5}),
    # SET, INSERT, COMMIT, DELIFEQ: 3 places to fail, or after the release a second order.
    (PLACE, "distributed-lock", "redis-no-check", {ONCE: 2 * 3, TWICE: 2}),
    # SET, SELECT, INSERT, DELIFEQ, COMMIT. The other one's SET fails before SELECT, INSERT or DELIFEQ: 3 places. Or it
    # comes after COMMIT, and the other one's SELECT, DELIFEQ, COMMIT follow: 1. Or it comes between DELIFEQ and COMMIT:
    # once if COMMIT is next, and else COMMIT comes after one of the other one's 4 further steps. Times two.
    (PLACE, "distributed-lock", "redis-release-before-commit", {ONCE: 2 * (3 + 1 + 1), TWICE: 2 * 4}),
    # SELECT, COMMIT, SET, INSERT, COMMIT, DELIFEQ; a gets the lock first, b is the other one. If b's SELECT comes after
    # a's second COMMIT, b has two steps, which lie around DELIFEQ: 3. Else it has looked too early. Its SET fails after
    # a's SET, INSERT or second COMMIT; the two steps before it lie among a's 3, 4 or 5 steps so far, of the last less
    # the one place after that COMMIT. Or its SET comes after DELIFEQ, and the two steps before it lie among a's 6, less
    # those 3 that find the row. Times two.
    (
        PLACE,
        "distributed-lock",
        "redis-check-outside",
        {ONCE: 2 * (3 + comb(5, 2) + comb(6, 2) + comb(7, 2) - 1), TWICE: 2 * (comb(8, 2) - 3)},
    ),
    # The mutex is held over SELECT, INSERT, COMMIT.
    (PLACE, "local-lock", "in-process", {ONCE: waiting_at_first_step(3, 2)}),
    # lock, SELECT, INSERT, COMMIT.
    (PLACE, "advisory-lock", "transaction", {ONCE: waiting_at_first_step(4, 3)}),
    # try lock, SELECT, INSERT, COMMIT, unlock; a request has one connection here, so that it finds its lock again. Who
    # finds it taken, after k = 1 to 4 of these steps, has its COMMIT left for one of 6 - k places. Or it comes last: 1.
    (PLACE, "advisory-lock", "session-leak", {ONCE: 2 * (5 + 4 + 3 + 2 + 1)}),
    # SELECT, INSERT, COMMIT. Serial: 2. Else both look before either commits; a commits first. b has inserted before,
    # and is refused at its COMMIT, or it is refused at its INSERT. If it starts over, that is after all of a's steps.
    (PLACE, "serializable", "no-retry", {ONCE: 2 * (1 + comb(4, 2) + comb(3, 1))}),
    (PLACE, "serializable", "retry", {ONCE: 2 * (1 + comb(4, 2) + comb(3, 1))}),
    # INSERT (key), COMMIT; lock, call, UPDATE, COMMIT. a inserts first. b's INSERT waits for a's COMMIT, and b has one
    # more step before it wants the lock; or it comes after, and there are two of them, x. If a has the lock first, b
    # asks for it after k = 1 to 4 of a's last 4 steps, with its x steps among those k; then one COMMIT follows. If b
    # has it first, its x steps came before, and a asks after 1 to 4 of b's: 4. An INSERT that meets a's UPDATE waits
    # for its COMMIT, too, so that b cannot have its own COMMIT before: 2 less. Times two.
    (SEND, "outbox", "relay", {ONCE: 2 * (sum(sum(comb(k + x, x) for k in (1, 2, 3, 4)) + 4 for x in (1, 2)) - 2)}),
    # DELETE (locks the row), COMMIT. Whoever waited finds no row, which ends it.
    (CANCEL, "none", "direct", {ONCE: waiting_at_first_step(2, 1)}),
    # INSERT (key), DELETE, COMMIT.
    (CANCEL, "unique-index", "catch-violation", {ONCE: waiting_at_first_step(3, 1)}),
    # SET, SELECT, INSERT, DELETE, COMMIT, DELIFEQ: 5 places to fail, or after the release.
    (CANCEL, "distributed-lock", "redis", {ONCE: 2 * 6}),
    # One call each, outside of any transaction.
    (SEND, "none", "direct", {TWICE: 2}),
    # SELECT, call, INSERT, COMMIT.
    (SEND, "none", "check-then-act", {ONCE: 2, TWICE: comb(8, 4) - 2}),
    # DEL, call: the other one's DEL comes before or after the call.
    (SEND, "token", "delete-first", {ONCE: 2 * 2}),
    # INSERT (key), call, COMMIT.
    (SEND, "unique-index", "on-conflict", {ONCE: waiting_at_first_step(3, 2)}),
]


@pytest.mark.parametrize(
    ("operation", "strategy", "variant", "outcomes"), exhaustive_but(CASES, lambda *row: row in CASES[::2])
)
def test_two_requests_have_as_many_orders_as_counted_by_hand(
    bench: Bench, operation: OperationKey, strategy: str, variant: str, outcomes: dict[Verdict, int]
) -> None:
    found = bench.explore(operation, strategy, variant)

    assert dict(found.outcomes) == outcomes
    assert found.schedules == sum(outcomes.values())
    assert found.exhaustive
    assert found.classes <= found.schedules


def test_one_request_has_one_order(bench: Bench) -> None:
    assert bench.explore(PLACE, "none", "direct", requests=1).outcomes == {ONCE: 1}


@pytest.mark.parametrize(
    ("strategy", "variant", "error", "count"),
    [
        (
            "idempotency-key",
            "two-writes",
            "TypeError",
            2,
        ),  # the second HGET between the two HSETs, times two
        ("unique-index", "deferred", "IntegrityError", 2 * comb(5, 2)),  # all of them
    ],
)
def test_what_is_done_once_and_told_as_an_error_is_named(
    bench: Bench, strategy: str, variant: str, error: str, count: int
) -> None:
    (note,) = bench.explore(PLACE, strategy, variant).notes

    assert dict(note.parts)["count"] == count
    assert error in str(note)


def test_whoever_waits_for_a_lock_that_was_left_with_a_session_is_never_answered(bench: Bench) -> None:
    found = bench.explore_code(codes.variant(codes.leaves_its_session_locked))

    # lock, SELECT, INSERT, COMMIT. The other one asks for the lock after any of these, and waits for good. Times two.
    assert found.outcomes == {ONCE: 2 * 4}
    (shortest,) = found.examples.values()
    assert [event.answer for event in shortest.events if event.kind is EventKind.ANSWER] == ["created", "timeout"]


@pytest.mark.parametrize("variant", ["transaction", "session-leak"])
def test_a_crash_ends_a_session_and_its_locks(bench: Bench, variant: str) -> None:
    assert bench.explore(PLACE, "advisory-lock", variant, requests=1, crashes=1).outcomes.keys() == {ONCE}
