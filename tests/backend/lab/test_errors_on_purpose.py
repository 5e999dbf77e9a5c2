"""The fault `error`: a handler that throws at a step, and what each strategy makes of the attempt that follows.

Who marks first and acts later, outside of one transaction, loses: whoever sees the mark says that it is done.
"""

from __future__ import annotations

import pytest

from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory

pytestmark = pytest.mark.exhaustive

PLACE = OperationKey.PLACE_ORDER
ONCE, TWICE, LOST, UNDECIDED = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.LOST, Verdict.UNDECIDED
AFTER_COMMIT, BEFORE_COMMIT, AFTER_DEL, AT_REPLY = (
    "error@sql:COMMIT", "error@sql:COMMIT:before", "error@redis:DEL", "error@reply"
)  # fmt: skip
TABLE = (
    ("none", "direct", AFTER_COMMIT, TWICE),
    ("none", "direct", BEFORE_COMMIT, ONCE),
    ("none", "check-then-act", AFTER_COMMIT, ONCE),
    ("unique-index", "catch-violation", AFTER_COMMIT, ONCE),
    ("unique-index", "catch-violation", BEFORE_COMMIT, ONCE),
    ("unique-index", "on-conflict", AFTER_COMMIT, ONCE),
    ("inbox", "same-transaction", AFTER_COMMIT, ONCE),
    ("inbox", "same-transaction", BEFORE_COMMIT, ONCE),
    ("inbox", "separate-transactions", AFTER_COMMIT, LOST),
    ("inbox", "separate-transactions", BEFORE_COMMIT, ONCE),
    ("token", "delete-first", AFTER_DEL, LOST),
    ("token", "delete-first", BEFORE_COMMIT, LOST),
    ("token", "delete-first", AFTER_COMMIT, ONCE),
    ("token", "delete-last", AFTER_COMMIT, TWICE),
    ("distributed-lock", "redis", BEFORE_COMMIT, ONCE),
    ("distributed-lock", "redis-no-expiry", BEFORE_COMMIT, ONCE),
    ("idempotency-key", "draft-07", "error@sql:UPDATE", UNDECIDED),
)
"""Told by the rows, whether the queue or an HTTP client sends again. A handler that throws still runs its ``finally``:
so the lock without expiry, which a crash leaves behind, is released. A key keeps the failure as its answer, as Stripe
documents it: whoever sends again is told the same."""


def run(laboratory: Laboratory, setup: Setup, source: Source, intents: int = 1) -> Report:
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(1, intents + 1))
    plan = Plan(wanted, 1, source, retries=3, backoff_ms=20)
    return laboratory.lab.start_run(setup, plan).wait(120)


@pytest.mark.parametrize("source", [Source.RETRY, Source.REDELIVERY])
@pytest.mark.parametrize(("strategy", "variant", "fault", "verdict"), TABLE)
def test_what_becomes_of_an_intent_whose_handler_throws(
    laboratory: Laboratory, strategy: str, variant: str, fault: str, verdict: Verdict, source: Source
) -> None:
    report = run(laboratory, Setup(strategy, variant, faults=(parse_fault(fault),)), source, 3)

    assert report.verdicts == {verdict: 3}
    assert report.missed_faults == ()
    assert report.contradictions == () or verdict is LOST
    assert report.answers[Answer.ERROR] >= 3


@pytest.mark.parametrize(("strategy", "variant"), [("unique-index", "catch-violation"), ("inbox", "same-transaction")])
def test_the_cure_holds_for_a_hundred_intents(laboratory: Laboratory, strategy: str, variant: str) -> None:
    setup = Setup(strategy, variant, faults=(parse_fault(AFTER_COMMIT),), visibility_timeout_ms=200)
    report = run(laboratory, setup, Source.REDELIVERY, 100)

    assert report.verdicts == {ONCE: 100}
    assert report.answers == {Answer.ERROR: 100, Answer.DUPLICATE: 100}


@pytest.mark.parametrize(
    ("operation", "strategy", "variant", "fault", "raised"),
    [
        (PLACE, "none", "direct", "error@sql:INSERT", "psycopg.InternalError"),
        (PLACE, "none", "direct", "error@sql:INSERT:before", "psycopg.InternalError"),
        (PLACE, "distributed-lock", "redis", "error@redis:SET", "redis.exceptions.ResponseError"),
        (OperationKey.SEND_MESSAGE, "none", "direct", "error@gateway:before", "backend.model.errors.GatewayError"),
        (PLACE, "none", "direct", AT_REPLY, "builtins.RuntimeError"),
    ],
)
def test_the_handler_gets_an_exception_of_the_driver_rolls_back_and_answers_500(
    laboratory: Laboratory, operation: OperationKey, strategy: str, variant: str, fault: str, raised: str
) -> None:
    setup = Setup(strategy, variant, faults=(parse_fault(fault),))
    report = laboratory.lab.start_run(setup, Plan((laboratory.intent(operation),), 1)).wait(60)

    (reply,) = laboratory.told.replies
    assert (reply.answer, reply.status) == (Answer.ERROR, 500)
    assert fault in str(reply.detail)
    assert report.effects == (1 if fault == AT_REPLY else 0)
    steps = laboratory.lab.steps_of(reply.submission_id)
    (mark,) = [step for step in steps if step.command == "error raised"]
    assert mark.answer == raised
    reached = [step for step in steps if step.command.startswith("INSERT")]
    assert len(reached) == (0 if "before" in fault or "redis" in fault else 1)
    if reached and fault != AT_REPLY:
        assert "ROLLBACK" in [step.command for step in steps]
    assert [step.command for step in steps if step.command.startswith("reply")] == ["reply 500"]


def test_an_error_that_no_driver_raised_on_purpose_is_still_told_as_one_of_the_engine(laboratory: Laboratory) -> None:
    setup = Setup("none", faults=(parse_fault("reset@sql:INSERT"),))
    laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE),), 1)).wait(60)
    assert laboratory.told.replies[0].status == 0, "its connection was cut"


@pytest.mark.parametrize("engine", ["mariadb", "sqlite"])
def test_other_databases_raise_what_their_drivers_raise(laboratory: Laboratory, engine: str) -> None:
    if engine == "mariadb":
        pytest.importorskip("pymysql")
    laboratory.lab.use_database(engine)
    report = run(laboratory, Setup("none", faults=(parse_fault("error@sql:INSERT"),)), Source.RETRY)

    assert report.verdicts == {ONCE: 1}
    first = laboratory.told.replies[0]
    (mark,) = [step for step in laboratory.lab.steps_of(first.submission_id) if step.command == "error raised"]
    assert mark.answer.endswith("InternalError")
