"""Source `redelivery`: messages on a real stream, handled by real processes that really die."""

from __future__ import annotations

import pytest

from backend.engines.redis_client import create_redis
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory

pytestmark = pytest.mark.exhaustive

DIES_BEFORE_IT_ACKNOWLEDGES = (parse_fault("crash@redis:XACK:before"),)


def deliver(laboratory: Laboratory, setup: Setup, operation: OperationKey, intents: int = 1) -> Report:
    wanted = tuple(laboratory.intent(operation, number) for number in range(1, intents + 1))
    return laboratory.lab.start_run(setup, Plan(wanted, 1, Source.REDELIVERY)).wait(90)


@pytest.mark.parametrize(
    ("strategy", "variant"),
    [("none", "direct"), ("unique-index", ""), ("token", "delete-first"), ("distributed-lock", "redis")],
)
def test_a_message_that_is_acknowledged_is_handled_once(laboratory: Laboratory, strategy: str, variant: str) -> None:
    report = deliver(laboratory, Setup(strategy, variant), OperationKey.PLACE_ORDER, intents=20)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 20}
    assert report.answers == {Answer.CREATED: 20}
    assert report.contradictions == ()


def test_a_new_message_costs_no_round_trip_that_says_nothing_new(laboratory: Laboratory) -> None:
    client = create_redis(str(laboratory.lab.connection()["redis"]))
    deliver(laboratory, Setup("none"), OperationKey.PLACE_ORDER)
    client.config_resetstat()
    deliver(laboratory, Setup("none"), OperationKey.PLACE_ORDER, intents=300)
    calls = {name: counted["calls"] for name, counted in client.info("commandstats").items()}
    client.close()

    assert calls["cmdstat_xpending"] < 300 + 150, "what others left behind is not asked for before each message"
    assert "cmdstat_xclaim" not in calls


@pytest.mark.parametrize(
    ("strategy", "verdict", "second"),
    [
        ("none", Verdict.DUPLICATED, Answer.CREATED),
        ("unique-index", Verdict.EXACTLY_ONCE, Answer.DUPLICATE),
    ],
)
def test_a_consumer_that_dies_before_it_acknowledges(
    laboratory: Laboratory, strategy: str, verdict: Verdict, second: Answer
) -> None:
    report = deliver(laboratory, Setup(strategy, faults=DIES_BEFORE_IT_ACKNOWLEDGES), OperationKey.PLACE_ORDER)

    assert report.verdicts == {verdict: 1}
    first_reply, second_reply = laboratory.told.replies
    assert (first_reply.answer, second_reply.answer) == (Answer.ERROR, second)
    assert second_reply.retry_of == first_reply.submission_id
    assert "Delivery 2" in str(second_reply.detail)
    counted = [step for step in laboratory.lab.steps_of(second_reply.submission_id) if "XPENDING" in step.command]
    assert [step.answer.rstrip("]}) ")[-1] for step in counted] == ["2"]
    assert deliver(laboratory, Setup("none"), OperationKey.PLACE_ORDER).verdicts == {Verdict.EXACTLY_ONCE: 1}


def test_a_queue_that_stands_still_for_long_comes_out_right(laboratory: Laboratory) -> None:
    """Longer than a client of its own would wait."""
    wanted = tuple(laboratory.intent(OperationKey.PLACE_ORDER, number) for number in range(1, 41))
    setup = Setup("unique-index", faults=(parse_fault("pause@redis=7000"),))
    report = laboratory.lab.start_run(setup, Plan(wanted, 1, Source.REDELIVERY)).wait(90)

    assert report.missed_faults == ()
    assert report.verdicts == {Verdict.EXACTLY_ONCE: 40}
    assert report.contradictions == ()


def test_a_form_token_behind_the_queue_loses_what_its_consumer_dropped(laboratory: Laboratory) -> None:
    faults = (parse_fault("crash@redis:DEL"),)
    report = deliver(laboratory, Setup("token", "delete-first", faults=faults), OperationKey.PLACE_ORDER)

    assert report.verdicts == {Verdict.LOST: 1}
    assert [reply.answer for reply in laboratory.told.replies] == [Answer.ERROR, Answer.DUPLICATE]


def test_the_queue_works_after_a_reset_and_on_another_database(laboratory: Laboratory) -> None:
    deliver(laboratory, Setup("none"), OperationKey.PAY_ORDER)
    laboratory.lab.reset()
    assert deliver(laboratory, Setup("none"), OperationKey.PAY_ORDER, 3).verdicts == {Verdict.EXACTLY_ONCE: 3}
    laboratory.lab.use_database("sqlite")
    assert deliver(laboratory, Setup("none"), OperationKey.ADD_STOCK, 3).verdicts == {Verdict.EXACTLY_ONCE: 3}


def test_a_page_that_is_reloaded_has_a_new_token(laboratory: Laboratory) -> None:
    intent = laboratory.intent(OperationKey.PLACE_ORDER)
    report = laboratory.lab.start_run(Setup("token"), Plan((intent,), 2, reload=True)).wait(60)

    assert report.verdicts == {Verdict.DUPLICATED: 1}
