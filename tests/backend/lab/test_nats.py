"""Source `nats`: a stream of a real JetStream server, which delivers again by itself."""

from __future__ import annotations

import pytest

from backend.engines.broker.nats_server import find_nats
from backend.model.errors import NotApplicableError
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.observed import Reply
from backend.model.plan import Fault, Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until

pytestmark = pytest.mark.skipif(find_nats() is None, reason="no NATS server is installed")

EXHAUSTIVE = pytest.mark.exhaustive
WORK_MS = 1_500
"""Three times the time after which a message is delivered again."""


def deliver(laboratory: Laboratory, setup: Setup, intents: int = 1, submissions: int = 1) -> Report:
    wanted = tuple(laboratory.intent(OperationKey.PLACE_ORDER, number) for number in range(1, intents + 1))
    return laboratory.lab.start_run(setup, Plan(wanted, submissions, Source.NATS)).wait(120)


@pytest.mark.exhaustive
@pytest.mark.parametrize("strategy", ["none", "token", "inbox"])
def test_a_message_that_is_acknowledged_is_handled_once(laboratory: Laboratory, strategy: str) -> None:
    report = deliver(laboratory, Setup(strategy), intents=20)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 20}
    assert report.answers == {Answer.CREATED: 20}
    assert report.contradictions == ()
    steps = laboratory.lab.steps_of(laboratory.told.replies[0].submission_id)
    assert [step.command.split()[0] for step in steps if step.engine is EngineKind.BROKER] == ["DELIVER", "ACK"]


@pytest.mark.parametrize(
    ("strategy", "verdict", "first", "others"),
    [
        pytest.param("none", Verdict.DUPLICATED, Answer.CREATED, Answer.CREATED, marks=EXHAUSTIVE),
        pytest.param("unique-index", Verdict.EXACTLY_ONCE, Answer.CREATED, Answer.DUPLICATE, marks=EXHAUSTIVE),
        ("inbox", Verdict.EXACTLY_ONCE, Answer.CREATED, Answer.DUPLICATE),
    ],
)
def test_work_that_outlasts_the_acknowledgement_wait_is_delivered_again_while_nobody_has_died(
    laboratory: Laboratory, strategy: str, verdict: Verdict, first: Answer, others: Answer
) -> None:
    report = deliver(laboratory, Setup(strategy, processing_delay_ms=WORK_MS), intents=5)

    assert report.verdicts == {verdict: 5}
    told = dict(report.answers)
    assert told[first] >= 5
    assert set(told) == {first, others}, "each delivery has told what became of it"
    assert sum(told.values()) >= 10
    assert report.at_work == ()
    assert laboratory.told.incidents == []


ACKNOWLEDGES_LATE = (parse_fault("delay@broker:ACK:before=3000"),)


@pytest.mark.parametrize(
    ("work_ms", "faults", "later"),
    [
        pytest.param(WORK_MS, (), frozenset[Answer](), id="at the end of the work", marks=EXHAUSTIVE),
        pytest.param(1_200, ACKNOWLEDGES_LATE, frozenset({Answer.DUPLICATE}), id="after the work"),
    ],
)
def test_a_delivery_during_the_work_finds_the_lock_and_a_later_one_the_row(
    laboratory: Laboratory, work_ms: int, faults: tuple[Fault, ...], later: frozenset[Answer]
) -> None:
    setup = Setup("distributed-lock", processing_delay_ms=work_ms, faults=faults)
    report = deliver(laboratory, setup, intents=5)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 5}
    assert report.contradictions == ()
    assert report.answers[Answer.CREATED] == 5
    others = set(report.answers) - {Answer.CREATED}
    assert {Answer.BUSY, *later} <= others <= {Answer.BUSY, Answer.DUPLICATE}
    assert sum(report.answers.values()) >= 10
    assert report.at_work == ()
    assert laboratory.told.incidents == []
    for key in {reply.intent_key for reply in laboratory.told.replies}:
        fits_the_lock(laboratory, [reply for reply in laboratory.told.replies if reply.intent_key == key])


def fits_the_lock(laboratory: Laboratory, replies: list[Reply]) -> None:
    """Who is busy asked for the lock while somebody had it; who finds the row has got it after its maker."""
    told = {reply.submission_id: reply.answer for reply in replies}
    commands = {
        name: [step for step in laboratory.lab.steps_of(name) if step.engine is EngineKind.REDIS] for name in told
    }
    asked = {name: steps[0] for name, steps in commands.items()}
    released = {name: steps[-1] for name, steps in commands.items() if told[name] is not Answer.BUSY}
    (maker,) = (name for name in told if told[name] is Answer.CREATED)
    for name, request in asked.items():
        if told[name] is Answer.DUPLICATE:
            assert released[maker].started_ns < request.ended_ns
        elif told[name] is Answer.BUSY:
            assert any(
                asked[holder].started_ns < request.ended_ns and request.started_ns < release.ended_ns
                for holder, release in released.items()
            )


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("strategy", "verdict"), [("none", Verdict.DUPLICATED), ("unique-index", Verdict.EXACTLY_ONCE)]
)
def test_a_consumer_that_dies_before_it_acknowledges(laboratory: Laboratory, strategy: str, verdict: Verdict) -> None:
    report = deliver(laboratory, Setup(strategy, faults=(parse_fault("crash@broker:ACK:before"),)))

    assert report.verdicts == {verdict: 1}
    assert report.missed_faults == ()


@pytest.mark.parametrize(
    ("window_ms", "verdict", "told"),
    [
        (0, Verdict.DUPLICATED, {Answer.CREATED: 2}),
        (10_000, Verdict.EXACTLY_ONCE, {Answer.CREATED: 1, Answer.DUPLICATE: 1}),
    ],
)
def test_the_server_knows_the_ids_of_messages_for_a_while(
    laboratory: Laboratory, window_ms: int, verdict: Verdict, told: dict[Answer, int]
) -> None:
    report = deliver(laboratory, Setup(deduplication_ms=window_ms), submissions=2)

    assert report.verdicts == {verdict: 1}
    assert report.answers == told
    assert report.contradictions == ()


def test_an_id_that_is_known_does_not_keep_a_delivery_from_being_repeated(laboratory: Laboratory) -> None:
    faults = (parse_fault("crash@broker:ACK:before"),)
    report = deliver(laboratory, Setup(deduplication_ms=10_000, faults=faults), submissions=2)

    assert report.verdicts == {Verdict.DUPLICATED: 1}


def test_a_broker_that_is_killed_comes_back_with_its_messages(laboratory: Laboratory) -> None:
    report = deliver(laboratory, Setup("unique-index", faults=(parse_fault("kill@broker"),)), intents=120)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 120}
    assert report.missed_faults == ()
    assert [text for text in laboratory.told.incidents if "the messages are kept" in text]
    assert not [reply for reply in laboratory.told.replies if "consumer ended" in str(reply.detail)]


def test_a_run_that_is_cancelled_leaves_nothing_to_be_delivered(laboratory: Laboratory) -> None:
    wanted = tuple(laboratory.intent(OperationKey.PLACE_ORDER, number) for number in range(1, 201))
    patient = Setup(processing_delay_ms=200, visibility_timeout_ms=30_000)  # a busy machine delivers nothing twice
    run = laboratory.lab.start_run(patient, Plan(wanted, 1, Source.NATS))
    wait_until(lambda: bool(laboratory.told.replies))
    run.cancel()
    report = run.wait(60)

    assert report.cancelled
    assert 0 < report.effects < 200
    assert set(report.verdicts) <= {Verdict.EXACTLY_ONCE, Verdict.UNDECIDED}
    machinery = laboratory.lab._machinery
    assert machinery is not None
    assert wait_until(lambda: not machinery.works.at_work())
    assert len(laboratory.told.rows) <= report.effects + report.working


def test_a_fault_of_the_broker_needs_one(laboratory: Laboratory) -> None:
    wanted = (laboratory.intent(OperationKey.PLACE_ORDER, 1),)
    with pytest.raises(NotApplicableError, match="go through none"):
        laboratory.lab.start_run(Setup(faults=(parse_fault("kill@broker"),)), Plan(wanted, 1, Source.REDELIVERY))
