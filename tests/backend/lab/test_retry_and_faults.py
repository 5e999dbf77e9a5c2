"""Source `retry` and what goes wrong on purpose: on real processes, judged from the rows."""

from __future__ import annotations

from typing import Any

import pytest

from backend.model.faults import FaultSyntaxError, parse_fault
from backend.model.judgement import Report
from backend.model.plan import Fault, Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Pace, Source, Verdict
from tests.backend.conftest import Laboratory

pytestmark = pytest.mark.exhaustive

PLACE = OperationKey.PLACE_ORDER
WORK_MS, GIVE_UP_MS = 900, 300


def run(laboratory: Laboratory, setup: Setup, intents: int = 1, submissions: int = 1, **knobs: Any) -> Report:  # noqa: ANN401  those of a plan
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(1, intents + 1))
    return laboratory.lab.start_run(setup, Plan(wanted, submissions, **knobs)).wait(90)


def retry(laboratory: Laboratory, setup: Setup, intents: int = 1, **knobs: Any) -> Report:  # noqa: ANN401  those of a plan
    return run(laboratory, setup, intents, source=Source.RETRY, **knobs)


def works_again(laboratory: Laboratory) -> bool:
    report = run(laboratory, Setup("unique-index"), intents=5, submissions=2)
    return report.verdicts == {Verdict.EXACTLY_ONCE: 5}


@pytest.mark.parametrize(
    ("strategy", "verdict"),
    [("none", Verdict.DUPLICATED), ("front-end", Verdict.DUPLICATED), ("unique-index", Verdict.EXACTLY_ONCE)],
)
def test_a_caller_who_gives_up_and_sends_again(laboratory: Laboratory, strategy: str, verdict: Verdict) -> None:
    setup = Setup(strategy, processing_delay_ms=WORK_MS)
    report = retry(laboratory, setup, 10, timeout_ms=GIVE_UP_MS, retries=1, backoff_ms=20)

    assert report.verdicts == {verdict: 10}
    assert report.answers == {Answer.TIMEOUT: 20}
    originals = {reply.submission_id for reply in laboratory.told.replies if not reply.retry_of}
    assert {reply.retry_of for reply in laboratory.told.replies if reply.retry_of} == originals


def test_no_retry_after_an_answer(laboratory: Laboratory) -> None:
    report = retry(laboratory, Setup("none"), 5, retries=5)
    assert (report.sent, report.answers) == (5, {Answer.CREATED: 5})


@pytest.mark.parametrize(
    ("fault", "strategy", "verdict"),
    [
        ("lost-reply", "none", Verdict.DUPLICATED),
        ("lost-reply", "unique-index", Verdict.EXACTLY_ONCE),
        ("reset@sql:COMMIT:before", "none", Verdict.EXACTLY_ONCE),
        ("crash@sql:COMMIT", "none", Verdict.DUPLICATED),
        ("crash@sql:COMMIT:before", "none", Verdict.EXACTLY_ONCE),
    ],
)
def test_around_the_commit(laboratory: Laboratory, fault: str, strategy: str, verdict: Verdict) -> None:
    report = retry(laboratory, Setup(strategy, faults=(parse_fault(fault),)), retries=10, backoff_ms=50)

    assert report.verdicts == {verdict: 1}
    assert [str(each) for each in report.setup.faults] == [fault]
    assert works_again(laboratory)


def test_a_holder_that_is_paused_past_its_lease(laboratory: Laboratory) -> None:
    laboratory.lab.set_instances(2)
    setup = Setup("distributed-lock", "redis", lease_ms=300, faults=(parse_fault("pause@sql:INSERT:before=1500"),))
    report = retry(laboratory, setup, timeout_ms=600, retries=4, backoff_ms=50)

    assert report.verdicts == {Verdict.DUPLICATED: 1}
    assert works_again(laboratory)


@pytest.mark.parametrize("what", ["delay@sql:INSERT:before=200", "delay@reply=200", "network=100"])
def test_waiting_is_seen_by_the_caller(laboratory: Laboratory, what: str) -> None:
    run(laboratory, Setup("none", faults=(parse_fault(what),)))
    assert laboratory.told.replies[0].latency_ms >= 200


@pytest.mark.parametrize("server", ["database", "redis"])
@pytest.mark.parametrize("how", ["kill", "restart", "pause"])
def test_a_server_that_goes_away_in_mid_run(laboratory: Laboratory, server: str, how: str) -> None:
    text = f"{how}@{server}" + ("=300" if how == "pause" else "")
    strategy = "unique-index" if server == "database" else "distributed-lock"
    report = run(
        laboratory, Setup(strategy, faults=(parse_fault(text),)), intents=400, pace=Pace.INTERVAL, interval_ms=2
    )

    assert set(report.verdicts) <= {Verdict.EXACTLY_ONCE, Verdict.UNDECIDED}
    assert report.verdicts[Verdict.EXACTLY_ONCE] >= report.answers[Answer.CREATED]
    assert report.contradictions == ()
    assert works_again(laboratory)


@pytest.mark.parametrize(
    "text",
    ["crash@redis:DEL", "crash@sql:COMMIT:before", "lost-reply", "delay@reply=200", "network=50", "pause@database=500",
     "kill@redis", "lease=200", "crash@sql:INSERT#2", "reset@sql:COMMIT:before#*", "failover@redis=300",
     "failover@database#5", "partition@redis", "partition@redis:2=500#3", "kill@redis:2#5", "pause@redis:3=200"],
)  # fmt: skip
def test_a_fault_reads_as_it_is_written(text: str) -> None:
    assert str(parse_fault(text)) == text
    assert isinstance(parse_fault(text), Fault)


@pytest.mark.parametrize(
    "text",
    ["", "explode", "crash", "crash@moon", "delay@sql:INSERT", "kill@sql", "lost-reply@sql", "failover@sql",
     "partition@database", "failover@redis:2", "crash@redis:2", "kill@redis:0", "kill@database:2",
     "failover@redis=5#2", "crash@sql:COMMIT#0", "kill@redis#00"],
)  # fmt: skip
def test_what_is_no_fault_is_refused_with_what_is_possible(text: str) -> None:
    with pytest.raises(FaultSyntaxError, match="Possible are: crash@STEP"):
        parse_fault(text)
