"""The visibility time-out of the queue: below the processing time each message is delivered again while it is handled.

Nobody dies. The second delivery does not depend on luck: it comes to every message of every run.
"""

from __future__ import annotations

import pytest

from backend.engines.redis_client import create_redis
from backend.model.judgement import Report
from backend.model.observed import Step
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory

pytestmark = pytest.mark.exhaustive

WORK_MS = 1_500
PLACE = OperationKey.PLACE_ORDER


def deliver(
    laboratory: Laboratory, setup: Setup, intents: int = 5, operation: OperationKey = PLACE, seconds: float = 120
) -> Report:
    wanted = tuple(laboratory.intent(operation, number) for number in range(1, intents + 1))
    return laboratory.lab.start_run(setup, Plan(wanted, 1, Source.REDELIVERY)).wait(seconds)


def setup(strategy: str, variant: str = "", *, work_ms: int = WORK_MS, timeout_ms: int = 500) -> Setup:
    return Setup(strategy, variant, work_ms, visibility_timeout_ms=timeout_ms)


@pytest.mark.parametrize("run", range(3))
@pytest.mark.parametrize("operation", [PLACE, OperationKey.ADD_STOCK])
def test_without_protection_every_message_takes_effect_more_than_once(
    laboratory: Laboratory, operation: OperationKey, run: int
) -> None:
    report = deliver(laboratory, setup("none"), operation=operation)

    assert report.verdicts == {Verdict.DUPLICATED: 5}, run
    assert set(report.answers) == {Answer.CREATED}
    assert report.effects == report.answers[Answer.CREATED]
    assert report.at_work == ()
    assert laboratory.told.incidents == [], "nobody has died"


@pytest.mark.parametrize(
    ("strategy", "variant", "second"),
    [
        ("unique-index", "catch-violation", Answer.DUPLICATE),
        ("unique-index", "on-conflict", Answer.DUPLICATE),
        ("inbox", "same-transaction", Answer.DUPLICATE),
        ("distributed-lock", "redis", Answer.BUSY),
        ("distributed-lock", "redis-fenced", Answer.BUSY),
    ],
)
def test_the_cure_in_the_same_situation(laboratory: Laboratory, strategy: str, variant: str, second: Answer) -> None:
    report = deliver(laboratory, setup(strategy, variant))

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 5}
    assert report.contradictions == ()
    assert report.answers[second] >= 5, "each was delivered again"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("strategy", ["unique-index", "inbox"])
def test_the_cure_holds_for_a_hundred_intents(laboratory: Laboratory, strategy: str) -> None:
    report = deliver(laboratory, setup(strategy, work_ms=400, timeout_ms=100), 100, seconds=240)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 100}
    assert report.contradictions == ()
    assert report.answers[Answer.DUPLICATE] >= 100


def test_a_message_that_is_handled_within_its_time_is_delivered_once(laboratory: Laboratory) -> None:
    report = deliver(laboratory, setup("none", timeout_ms=60_000), 4)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 4}
    assert report.answers == {Answer.CREATED: 4}


def test_the_second_delivery_begins_while_the_first_is_at_work_in_another_process(laboratory: Laboratory) -> None:
    deliver(laboratory, setup("none", timeout_ms=900), 1)

    replies = {reply.retry_of: reply.submission_id for reply in laboratory.told.replies}
    first, second = (laboratory.lab.steps_of(replies[of]) for of in ("", replies[""]))
    assert len({step.instance for step in (*first, *second)}) == 2
    delivered, again = step(first, "DELIVER 1: XREADGROUP"), step(second, "DELIVER 2: XCLAIM")
    acknowledged = step(first, "XACK")
    assert delivered.ended_ns < again.started_ns < acknowledged.started_ns
    assert "had it for" in again.answer
    assert (first[0], first[-1]) == (delivered, acknowledged)
    assert second[0] == again
    assert step(second, "XACK").answer == "0", "it had been acknowledged before"


def step(steps: tuple[Step, ...], command: str) -> Step:
    return next(one for one in steps if one.command.startswith(command))


def test_a_message_that_nobody_ever_handles_in_time_is_given_up(laboratory: Laboratory) -> None:
    """The holder of the lock is at work all the time; the other one is told so four times."""
    report = deliver(laboratory, setup("distributed-lock", timeout_ms=50), 1)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert report.answers == {Answer.CREATED: 1, Answer.BUSY: 4}


def test_no_process_handles_a_message_twice_at_the_same_time(laboratory: Laboratory) -> None:
    """There are two: so it takes effect twice, however long it takes."""
    report = deliver(laboratory, setup("none", work_ms=4_000), 1)

    assert report.answers == {Answer.CREATED: 2}
    assert report.effects == 2


def test_nothing_of_the_queue_is_left(laboratory: Laboratory) -> None:
    deliver(laboratory, setup("none", timeout_ms=200), 2)
    client = create_redis(str(laboratory.lab.connection()["redis"]))
    left = [key for key in client.scan_iter("*") if key.endswith((":queue", ":reports", ":queues"))]
    client.close()
    assert left == []
