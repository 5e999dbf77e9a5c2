"""Every line of the table of strategies, on the real engines: how often k submissions of one intent take effect."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from backend.engines.zookeeper.server import WHAT_TO_INSTALL, find_zookeeper
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import EngineKind, OperationKey, Pace, Source, Verdict
from backend.strategies import all_strategies, find
from tests.backend.conftest import Laboratory

pytestmark = pytest.mark.exhaustive

K = 5
OVERLAP_MS = 40
"""Work between reading and writing, so that simultaneous submissions are all under way together."""

ONCE, K_TIMES, SEVERAL, LOST = "once", "k times", "several", "lost"

PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK
CANCEL, SEND = OperationKey.CANCEL_ORDER, OperationKey.SEND_MESSAGE


@dataclass(frozen=True)
class Line:
    """What a variant does one after the other (s) and at the same time (c)."""

    strategy: str
    variant: str
    s: str
    c: str
    operations: tuple[OperationKey, ...] = (PLACE, PAY, ADD, SEND)
    in_footnote: bool = False
    """Whether the README's table says it in a footnote only."""
    meets: str = ""
    """Where the first one waits while its caller sends again; empty where the processing delay makes them meet."""


LINES = (
    Line("none", "direct", K_TIMES, K_TIMES),
    Line("none", "check-then-act", ONCE, SEVERAL),
    Line("none", "insert-where-not-exists", ONCE, SEVERAL),
    Line("none", "check-on-replica", K_TIMES, K_TIMES),
    Line("front-end", "disable-button", ONCE, ONCE),
    Line("token", "delete-first", ONCE, ONCE),
    Line("token", "get-then-delete", ONCE, SEVERAL),
    Line("token", "delete-last", ONCE, SEVERAL),
    Line("unique-index", "catch-violation", ONCE, ONCE),
    Line("unique-index", "on-conflict", ONCE, ONCE),
    Line("unique-index", "deferred", ONCE, ONCE, (PLACE, PAY, ADD)),
    Line("unique-index", "deferred", K_TIMES, K_TIMES, (SEND,), in_footnote=True),  # each calls before its COMMIT fails
    Line("unique-index", "deferred-caught", ONCE, ONCE, (PLACE, PAY, ADD)),
    Line("distributed-lock", "redis", ONCE, ONCE),
    Line("distributed-lock", "redis-no-expiry", ONCE, ONCE),
    Line("distributed-lock", "redis-blind-release", ONCE, ONCE),
    Line("distributed-lock", "redis-no-check", K_TIMES, ONCE),
    Line("distributed-lock", "redis-release-before-commit", ONCE, SEVERAL, meets="delay@sql:COMMIT:before=900"),
    Line("distributed-lock", "redis-check-outside", ONCE, SEVERAL, meets="delay@redis:SET:before=900"),
    Line("distributed-lock", "redis-check-on-replica", K_TIMES, ONCE),
    Line("distributed-lock", "redis-fenced", ONCE, ONCE),
    Line("distributed-lock", "redis-renewed", ONCE, ONCE),
    Line("distributed-lock", "redlock", ONCE, ONCE),
    Line("distributed-lock", "redis-fence-in-redis", ONCE, ONCE),
    Line("distributed-lock", "zookeeper", ONCE, ONCE),
    Line("local-lock", "in-process", ONCE, ONCE),
    Line("inbox", "same-transaction", ONCE, ONCE),
    Line("inbox", "separate-transactions", ONCE, ONCE),
    Line("inbox", "reads-replica", LOST, LOST, (PAY, ADD)),
    Line("pessimistic-lock", "lock-then-check", ONCE, ONCE, (PAY, ADD)),
    Line("pessimistic-lock", "lock-only", K_TIMES, K_TIMES, (PAY, ADD)),
    Line("pessimistic-lock", "repeatable-read", ONCE, SEVERAL, (PAY,)),
    Line("pessimistic-lock", "unindexed", ONCE, ONCE, (PAY, ADD)),
    Line("pessimistic-lock", "lock-missing-row", ONCE, SEVERAL, (PLACE,)),
    Line("optimistic-lock", "version-from-form", ONCE, ONCE, (PAY, ADD)),
    Line("optimistic-lock", "version-read-by-server", K_TIMES, ONCE, (PAY, ADD)),
    Line("state-machine", "status-guard", ONCE, ONCE, (PAY,)),
    Line("idempotency-key", "draft-07", ONCE, ONCE),
    Line("idempotency-key", "stripe", ONCE, ONCE),
    Line("idempotency-key", "get-then-set", ONCE, SEVERAL),
    Line("idempotency-key", "two-writes", ONCE, ONCE),
    Line("advisory-lock", "transaction", ONCE, ONCE),
    Line("advisory-lock", "session-leak", ONCE, ONCE),
    Line("serializable", "retry", ONCE, ONCE, (PLACE, PAY, ADD)),
    Line("serializable", "no-retry", ONCE, ONCE, (PLACE, PAY, ADD)),
    Line("outbox", "relay", ONCE, ONCE, (SEND,)),
    Line("outbox", "relay-with-key", ONCE, ONCE, (SEND,)),
    # An order can be deleted once, with or without protection.
    *(
        Line(strategy, variant, ONCE, ONCE, (CANCEL,))
        for strategy, variant in (
            ("none", "direct"),
            ("none", "check-then-act"),
            ("none", "insert-where-not-exists"),
            ("none", "check-on-replica"),
            ("front-end", "disable-button"),
            ("token", "delete-first"),
            ("token", "get-then-delete"),
            ("token", "delete-last"),
            ("unique-index", "catch-violation"),
            ("unique-index", "on-conflict"),
            ("unique-index", "deferred"),
            ("unique-index", "deferred-caught"),
            ("distributed-lock", "redis"),
            ("distributed-lock", "redis-no-expiry"),
            ("distributed-lock", "redis-blind-release"),
            ("distributed-lock", "redis-no-check"),
            ("distributed-lock", "redis-release-before-commit"),
            ("distributed-lock", "redis-check-outside"),
            ("distributed-lock", "redis-check-on-replica"),
            ("local-lock", "in-process"),
            ("distributed-lock", "redis-fenced"),
            ("distributed-lock", "redis-renewed"),
            ("distributed-lock", "redlock"),
            ("distributed-lock", "redis-fence-in-redis"),
            ("distributed-lock", "zookeeper"),
            ("inbox", "same-transaction"),
            ("inbox", "separate-transactions"),
            ("advisory-lock", "transaction"),
            ("advisory-lock", "session-leak"),
            ("serializable", "retry"),
            ("serializable", "no-retry"),
            ("idempotency-key", "draft-07"),
            ("idempotency-key", "stripe"),
            ("idempotency-key", "get-then-set"),
            ("idempotency-key", "two-writes"),
        )
    ),
)
CASES = [
    pytest.param(line, operation, pace, expected, id=f"{operation}-{line.variant}-{letter}")
    for line in LINES
    for operation in line.operations
    for letter, pace, expected in (
        ("s", Pace.ONE_AFTER_ANOTHER, line.s),
        ("c", Pace.SIMULTANEOUS, line.c),
    )
]


def require_engines(strategy: str, variant: str) -> None:
    """Skip what needs a server that is not installed here."""
    if EngineKind.ZOOKEEPER in find(strategy, variant)[1].engines and not find_zookeeper():
        pytest.skip(str(WHAT_TO_INSTALL))


def check(report: Report, expected: str) -> None:
    """Compare effects, verdict and answers with what was expected."""
    if expected is ONCE:
        assert report.effects == 1
        assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    elif expected is LOST:
        assert report.effects == 0
        assert report.verdicts == {Verdict.LOST: 1}
    else:
        assert report.effects == K if expected is K_TIMES else 1 < report.effects <= K
        assert report.verdicts == {Verdict.DUPLICATED: 1}
    assert report.contradictions == ()


def run_line(laboratory: Laboratory, line: Line, operation: OperationKey, pace: Pace) -> Report:
    """Have K submissions of one intent handled."""
    if line.meets and pace is Pace.SIMULTANEOUS:
        setup = Setup(line.strategy, line.variant, faults=(parse_fault(line.meets),))
        plan = Plan((laboratory.intent(operation),), 1, Source.RETRY, timeout_ms=200, retries=K - 1)
        return laboratory.lab.start_run(setup, plan).wait(60)
    delay = OVERLAP_MS if pace is Pace.SIMULTANEOUS else 0
    return laboratory.run(operation, line.strategy, line.variant, submissions=K, pace=pace, delay_ms=delay)


@pytest.mark.parametrize(("line", "operation", "pace", "expected"), CASES)
def test_k_submissions_take_effect_as_often_as_promised(
    laboratory: Laboratory, line: Line, operation: OperationKey, pace: Pace, expected: str
) -> None:
    require_engines(line.strategy, line.variant)
    check(run_line(laboratory, line, operation, pace), expected)


def test_every_variant_has_a_line_for_every_operation_that_it_guards() -> None:
    promised = {(line.strategy, line.variant, operation) for line in LINES for operation in line.operations}
    guarded = {
        (strategy.key, variant.key, operation)
        for strategy in all_strategies()
        for variant in strategy.variants
        for operation in variant.info.guards
    }
    assert promised == guarded


def test_a_local_lock_is_no_lock_between_two_instances(laboratory: Laboratory) -> None:
    laboratory.lab.set_instances(2)
    report = laboratory.run(PLACE, "local-lock", submissions=2, intents=50, delay_ms=5 * OVERLAP_MS)
    assert report.verdicts.get(Verdict.DUPLICATED, 0) > 0


def test_a_lease_shorter_than_the_work_lets_a_second_one_in(laboratory: Laboratory) -> None:
    wanted = laboratory.intent(PLACE)
    setup = Setup("distributed-lock", "redis", processing_delay_ms=600, lease_ms=100)
    plan = Plan((wanted,), 2, pace=Pace.INTERVAL, interval_ms=300)
    report = laboratory.lab.start_run(setup, plan).wait(30)
    assert report.verdicts == {Verdict.DUPLICATED: 1}


SOUND = [
    pytest.param(strategy.key, variant.key, operation, id=f"{operation}-{strategy.key}-{variant.key}")
    for strategy in all_strategies()
    for variant in strategy.variants
    if variant.sound
    for operation in sorted(variant.info.guards)
]


@pytest.mark.parametrize(("strategy", "variant", "operation"), SOUND)
def test_what_is_called_sound_is_sound_on_sqlite_too(
    laboratory: Laboratory, strategy: str, variant: str, operation: OperationKey
) -> None:
    require_engines(strategy, variant)
    laboratory.lab.use_database("sqlite")
    laboratory.lab.reset()
    report = laboratory.run(operation, strategy, variant, submissions=K)
    check(report, ONCE)
