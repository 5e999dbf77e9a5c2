"""After what a client sends again: a time-out, a lost connection, an answer of 5xx, busy, or whatever is not 2xx."""

from __future__ import annotations

import pytest

from backend.cli.argument_types import WrongArgumentsError, retry_causes
from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.plan import USUAL_RETRY_CAUSES, Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, RetryCause, Source, Verdict
from tests.backend.conftest import Laboratory

PLACE, STOCK = OperationKey.PLACE_ORDER, OperationKey.ADD_STOCK
ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED
TIMEOUT, CONNECTION, SERVER_ERROR, BUSY = (
    RetryCause.TIMEOUT, RetryCause.CONNECTION, RetryCause.SERVER_ERROR, RetryCause.BUSY
)  # fmt: skip
WEBHOOK = USUAL_RETRY_CAUSES | {RetryCause.CLIENT_ERROR}


def send(laboratory: Laboratory, setup: Setup, causes: frozenset[RetryCause], intents: int = 1, **knobs: int) -> Report:
    wanted = tuple(laboratory.intent(STOCK, number) for number in range(1, intents + 1))
    plan = Plan(wanted, 1, Source.RETRY, retry_on=causes, **({"retries": 2, "backoff_ms": 20} | knobs))  # type: ignore[arg-type]
    return laboratory.lab.start_run(setup, plan).wait(90)


@pytest.mark.parametrize(
    ("fault", "cause", "knobs"),
    [
        ("error@reply", SERVER_ERROR, {}),
        ("lost-reply", CONNECTION, {}),
        ("delay@reply:before=900", TIMEOUT, {"timeout_ms": 300}),
    ],
)
def test_each_cause_by_itself_adds_to_the_stock_again_and_without_it_nothing_does(
    laboratory: Laboratory, fault: str, cause: RetryCause, knobs: dict[str, int]
) -> None:
    setup = Setup("none", faults=(parse_fault(fault),))
    again = send(laboratory, setup, frozenset({cause}), **knobs)
    assert (again.sent, again.effects, again.verdicts) == (2, 2, {TWICE: 1})
    others = send(laboratory, setup, WEBHOOK - {cause}, **knobs)
    assert (others.sent, others.effects, others.verdicts) == (1, 1, {ONCE: 1})


@pytest.mark.exhaustive
@pytest.mark.parametrize(("strategy", "verdict"), [("none", TWICE), ("unique-index", ONCE), ("inbox", ONCE)])
def test_an_event_that_is_sent_until_2xx_is_heard(laboratory: Laboratory, strategy: str, verdict: Verdict) -> None:
    """The endpoint does its work and throws; the provider sends the event again, to no avail where it is recognised."""
    setup = Setup(strategy, faults=(parse_fault("error@reply"),))
    report = send(laboratory, setup, WEBHOOK, 100)

    assert report.verdicts == {verdict: 100}
    assert report.contradictions == ()
    assert report.effects == (100 if verdict is ONCE else 200)
    again = {Answer.CREATED: 100} if verdict is TWICE else {Answer.DUPLICATE: 200}  # 409 is no 2xx either
    assert report.answers == {Answer.ERROR: 100, **again}


@pytest.mark.parametrize(("causes", "sent"), [({BUSY}, 3), ({RetryCause.CLIENT_ERROR}, 3), ({SERVER_ERROR}, 2)])
def test_a_busy_answer_invites_a_retry_where_that_is_asked_for(
    laboratory: Laboratory, causes: set[RetryCause], sent: int
) -> None:
    wanted = (laboratory.intent(PLACE),)
    plan = Plan(wanted, 2, Source.RETRY, retries=1, backoff_ms=1_500, retry_on=frozenset(causes))
    report = laboratory.lab.start_run(Setup("distributed-lock", "redis", processing_delay_ms=800), plan).wait(60)

    assert report.sent == sent
    assert report.answers[Answer.BUSY] == 1
    assert report.verdicts == {ONCE: 1}


def test_causes_are_read_from_a_list_with_commas() -> None:
    assert retry_causes("timeout,5xx, connection,busy") == USUAL_RETRY_CAUSES
    for text in ("", "timeout,", "6xx", "timeouts"):
        with pytest.raises(WrongArgumentsError, match="--retry-on"):
            retry_causes(text)
