"""Source `rabbitmq`: a queue of a real RabbitMQ, which delivers again what a broken connection has not acknowledged."""

from __future__ import annotations

import pytest

from backend.engines.broker.rabbitmq_server import find_rabbitmq
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until

pytestmark = [
    pytest.mark.skipif(find_rabbitmq() is None, reason="RabbitMQ is not installed"),
    pytest.mark.exhaustive,
]
DIES_BEFORE_IT_ACKNOWLEDGES = (parse_fault("crash@broker:ACK:before"),)


def deliver(laboratory: Laboratory, setup: Setup, intents: int = 1) -> Report:
    wanted = tuple(laboratory.intent(OperationKey.PLACE_ORDER, number) for number in range(1, intents + 1))
    return laboratory.lab.start_run(setup, Plan(wanted, 1, Source.RABBITMQ)).wait(120)


@pytest.mark.parametrize("prefetch", [1, 10])
def test_a_message_that_is_acknowledged_is_handled_once(laboratory: Laboratory, prefetch: int) -> None:
    report = deliver(laboratory, Setup(prefetch=prefetch), intents=30)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 30}
    assert report.answers == {Answer.CREATED: 30}
    steps = laboratory.lab.steps_of(laboratory.told.replies[0].submission_id)
    assert [step.command.split()[0] for step in steps if step.engine is EngineKind.BROKER] == ["DELIVER", "ACK"]


@pytest.mark.parametrize(
    ("strategy", "verdict", "second"),
    [
        ("none", Verdict.DUPLICATED, Answer.CREATED),
        ("unique-index", Verdict.EXACTLY_ONCE, Answer.DUPLICATE),
        ("inbox", Verdict.EXACTLY_ONCE, Answer.DUPLICATE),
    ],
)
def test_a_consumer_that_dies_before_it_acknowledges(
    laboratory: Laboratory, strategy: str, verdict: Verdict, second: Answer
) -> None:
    report = deliver(laboratory, Setup(strategy, faults=DIES_BEFORE_IT_ACKNOWLEDGES))

    assert report.verdicts == {verdict: 1}
    assert [reply.answer for reply in laboratory.told.replies] == [Answer.ERROR, second]
    again = laboratory.lab.steps_of(laboratory.told.replies[1].submission_id)[0]
    assert again.answer.endswith(", redelivered")


def test_what_a_dead_consumer_had_fetched_ahead_is_delivered_again_and_was_not_begun(laboratory: Laboratory) -> None:
    report = deliver(laboratory, Setup(prefetch=5, faults=DIES_BEFORE_IT_ACKNOWLEDGES), intents=5)

    assert report.verdicts == {Verdict.DUPLICATED: 5}, "each message meets the fault once"
    assert report.contradictions == ()


def test_work_may_take_its_time(laboratory: Laboratory) -> None:
    report = deliver(laboratory, Setup(processing_delay_ms=1_500))

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert report.answers == {Answer.CREATED: 1}


def test_a_broker_that_is_killed_comes_back_with_its_messages(laboratory: Laboratory) -> None:
    report = deliver(laboratory, Setup("unique-index", faults=(parse_fault("kill@broker"),)), intents=300)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 300}
    assert report.missed_faults == ()


def test_a_run_that_is_cancelled_leaves_nothing_to_be_delivered(laboratory: Laboratory) -> None:
    wanted = tuple(laboratory.intent(OperationKey.PLACE_ORDER, number) for number in range(1, 101))
    run = laboratory.lab.start_run(Setup(processing_delay_ms=200), Plan(wanted, 1, Source.RABBITMQ))
    assert wait_until(lambda: bool(laboratory.told.replies), 60)
    run.cancel()
    report = run.wait(60)

    assert report.cancelled
    assert 0 < report.effects < 100
    machinery = laboratory.lab._machinery
    assert machinery is not None
    assert wait_until(lambda: not machinery.works.at_work())
    assert len(laboratory.told.rows) <= report.effects + report.working
