"""Where the processing delay stands, for each variant and operation: read from the trace of a real run."""

from __future__ import annotations

import pytest

from backend.model.observed import Step
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import EngineKind, OperationKey
from backend.strategies import all_strategies
from backend.tap.processing import PROCESSING
from tests.backend.conftest import Laboratory, with_standby
from tests.backend.strategies.test_what_each_strategy_does import require_engines
from tests.tables import exhaustive_but, first_of_each

DELAY_MS = 30
WORK = {
    OperationKey.PLACE_ORDER: "INSERT INTO orders",
    OperationKey.PAY_ORDER: "UPDATE orders",
    OperationKey.ADD_STOCK: "UPDATE goods",
    OperationKey.CANCEL_ORDER: "DELETE FROM orders",
    OperationKey.SEND_MESSAGE: "POST",
}
"""What the delay comes right before, unless it says otherwise below."""
OTHER_WORK = {
    "token/get-then-delete": "DEL ",  # the gap that it races in
    "distributed-lock/redis-fenced": "INSERT INTO fences",  # the resource looks at the fence when the effect is written
    "distributed-lock/zookeeper": "INSERT INTO fences",
    "unique-index/catch-violation pay-order": "INSERT INTO payments",  # claim and effect are one row
    "unique-index/on-conflict pay-order": "INSERT INTO payments",
    "pessimistic-lock/repeatable-read": "INSERT INTO payments",
    "none/insert-where-not-exists place-order": "COMMIT",  # what it inserts is there for others only then
}
CLAIMS = {
    "token/delete-first": ("DEL ",),
    "token/get-then-delete": ("GET ",),
    "token/delete-last": ("GET ",),
    "unique-index/catch-violation add-stock": ("INSERT INTO stock_movements",),
    "unique-index/on-conflict add-stock": ("INSERT INTO stock_movements",),
    "unique-index/catch-violation cancel-order": ("INSERT INTO cancellations",),
    "unique-index/on-conflict cancel-order": ("INSERT INTO cancellations",),
    "unique-index/catch-violation send-message": ("INSERT INTO messages_sent",),
    "unique-index/on-conflict send-message": ("INSERT INTO messages_sent",),
    "idempotency-key/draft-07": ("INSERT INTO idempotency_records", "COMMIT"),
    "idempotency-key/stripe": ("INSERT INTO idempotency_records", "COMMIT"),
    "unique-index/deferred": ("INSERT INTO late_keys",),
    "unique-index/deferred-caught": ("INSERT INTO late_keys",),
    "idempotency-key/get-then-set": ("GET ",),
    "idempotency-key/two-writes": ("HGET ", "SET "),
    "inbox/same-transaction": ("INSERT INTO inbox",),
    "inbox/separate-transactions": ("INSERT INTO inbox", "COMMIT"),
    "inbox/reads-replica": ("INSERT INTO inbox", "COMMIT", "SELECT", "ROLLBACK"),
    "none/check-then-act": ("SELECT",),
    "none/check-on-replica": ("SELECT", "ROLLBACK"),
    "none/insert-where-not-exists": ("INSERT INTO",),
    "local-lock/in-process": ("SELECT",),
    "pessimistic-lock/lock-then-check": ("SELECT", "SELECT"),
    "pessimistic-lock/lock-only": ("SELECT",),
    "pessimistic-lock/repeatable-read": ("SELECT", "SELECT"),
    "pessimistic-lock/unindexed": ("SELECT", "SELECT"),
    "pessimistic-lock/lock-missing-row": ("SELECT",),
    "optimistic-lock/version-read-by-server": ("SELECT",),
    "advisory-lock/transaction": ("SELECT pg_advisory_xact_lock", "SELECT"),
    "advisory-lock/session-leak": ("SELECT pg_try_advisory_lock", "SELECT"),
    "serializable/retry": ("SELECT",),
    "serializable/no-retry": ("SELECT",),
    "outbox/relay": ("INSERT INTO outbox", "COMMIT", "SELECT"),
    "outbox/relay-with-key": ("INSERT INTO outbox", "COMMIT", "SELECT"),
    "distributed-lock/redis": ("SET ", "SELECT"),
    "distributed-lock/redis-no-expiry": ("SET ", "SELECT"),
    "distributed-lock/redis-blind-release": ("SET ", "SELECT"),
    "distributed-lock/redis-no-check": ("SET ",),
    "distributed-lock/redis-release-before-commit": ("SET ", "SELECT"),
    "distributed-lock/redis-check-outside": ("SELECT", "COMMIT", "SET "),
    "distributed-lock/redis-check-on-replica": ("SET ", "SELECT", "ROLLBACK"),
    "distributed-lock/redis-fenced": ("SET ", "INCRBY "),
    "distributed-lock/redis-renewed": ("SET ", "SELECT"),
    "distributed-lock/redlock": ("SET ", "SELECT"),
    "distributed-lock/redis-fence-in-redis": ("SET ", "INCRBY ", "SELECT"),
}
"""How the steps begin that come before the delay; what stands in no line here claims nothing before it works."""
RECORDS_FIRST = {OperationKey.ADD_STOCK: "INSERT INTO stock_movements", OperationKey.CANCEL_ORDER: "INSERT INTO cancel"}
"""What an operation notes for whoever looks whether it is done; it comes after the look."""
RECORDING = frozenset(
    {"none/check-then-act", "none/check-on-replica", "distributed-lock/redis-check-on-replica",
     "local-lock/in-process", "distributed-lock/redis", "distributed-lock/redis-no-expiry",
     "distributed-lock/redis-blind-release", "distributed-lock/redis-release-before-commit",
     "distributed-lock/redis-check-outside", "distributed-lock/redis-renewed", "distributed-lock/redlock",
     "distributed-lock/redis-fence-in-redis", "advisory-lock/transaction", "advisory-lock/session-leak",
     "serializable/retry", "serializable/no-retry", "pessimistic-lock/lock-then-check", "pessimistic-lock/unindexed"}
)  # fmt: skip

CASES = [
    pytest.param(strategy.key, variant.key, operation, id=f"{strategy.key}-{variant.key}-{operation}")
    for strategy in all_strategies()
    for variant in strategy.variants
    for operation in OperationKey
    if operation not in variant.refusals
]


def expected(name: str, operation: OperationKey) -> tuple[tuple[str, ...], str]:
    claims = CLAIMS.get(f"{name} {operation}", CLAIMS.get(name, ()))
    if name in RECORDING and operation in RECORDS_FIRST:
        claims = (*claims, RECORDS_FIRST[operation])
    return claims, OTHER_WORK.get(f"{name} {operation}", OTHER_WORK.get(name, WORK[operation]))


def steps_of_one(laboratory: Laboratory, strategy: str, variant: str, operation: OperationKey) -> tuple[Step, ...]:
    setup = with_standby(Setup(strategy, variant, processing_delay_ms=DELAY_MS), in_step=True)
    laboratory.lab.start_run(setup, Plan((laboratory.intent(operation),), 1)).wait(60)
    (reply,) = laboratory.told.replies
    return laboratory.lab.steps_of(reply.submission_id)


@pytest.mark.parametrize(
    ("strategy", "variant", "operation"),
    exhaustive_but(CASES, first_of_each(lambda strategy, *_: strategy)),
)
def test_the_delay_stands_after_the_claim_and_before_the_effect(
    laboratory: Laboratory, strategy: str, variant: str, operation: OperationKey
) -> None:
    require_engines(strategy, variant)
    steps = steps_of_one(laboratory, strategy, variant, operation)
    (place,) = [number for number, step in enumerate(steps) if step.command.startswith(PROCESSING)]
    mark, claims, work = steps[place], steps[:place], steps[place + 1]
    wanted, wanted_work = expected(f"{strategy}/{variant}", operation)
    told = [step.command[:40] for step in steps]
    assert mark.engine is EngineKind.HTTP
    assert mark.ended_ns - mark.started_ns >= DELAY_MS * 1_000_000
    assert all(step.ended_ns <= mark.started_ns for step in claims), told
    assert mark.ended_ns <= work.started_ns, told
    assert work.command.startswith(wanted_work), told
    if strategy != "distributed-lock" or variant != "zookeeper":  # Kazoo's own calls are not counted here
        assert len(claims) == len(wanted), told
    assert all(step.command.startswith(word) for step, word in zip(claims, wanted, strict=False)), told


def test_without_a_delay_there_is_no_mark(laboratory: Laboratory) -> None:
    laboratory.run(OperationKey.PLACE_ORDER, "none", submissions=1)
    (reply,) = laboratory.told.replies
    assert not any(step.command.startswith(PROCESSING) for step in laboratory.lab.steps_of(reply.submission_id))
