"""Services that do not do what they should: each a clear sentence, in both languages, and nothing left over."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backend.explorer.question import service_question
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import LANGUAGES, words
from backend.model.vocabulary import Answer, Verdict
from backend.service.description import parse
from backend.service.explored.controller import StepController
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration, explore_service
from backend.service.explored.traffic import Traffic
from backend.service.outside.check import Checker
from backend.service.outside.model import CheckPlan, CheckSituation
from backend.service.outside.stand import Stand
from backend.service.says import ServiceCode
from backend.service.validate import mistakes
from tests.backend.engines.helpers import wait_until
from tests.backend.service.awkward import SERVICES, awkward, check, file_of
from tests.tables import exhaustive_but, first_of_each, values

if TYPE_CHECKING:
    from backend.explorer.question import Exploration, Progress
    from backend.service.description import Description
    from backend.service.engines import ServiceEngines
    from backend.service.explored.actor import Actor
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit

MISSING = ["/nowhere/at/all", "x"]


def explore(description: Description, requests: int = 2, crashes: int = 0) -> Exploration:
    question = service_question("submit-twice.toml", requests, crashes, 0)
    return explore_service(description, SERVICES, question, on_progress=lambda _: None, cancelled=threading.Event())


def said(error: pytest.ExceptionInfo[SubmitTwiceError]) -> str:
    assert all(words(error.value.sentence, language) for language in LANGUAGES)
    return str(error.value)


USELESS = [
    (awkward(command=MISSING), "The command /nowhere/at/all is not found."),
    (awkward("/", "dies"), "the configuration has no currency"),
    (awkward("/", "wants-tls"), "insists on TLS to postgresql"),
    (awkward(effects='sql = "SELECT no_such_column FROM orders WHERE order_no = {key}"'), "effects.sql fails"),
    (awkward(effects='sql = "SELECT order_no FROM orders WHERE order_no = {key}"'), "effects.sql does not"),
    (awkward(effects='sql = "SELECT 1, 2 WHERE {key} = {key}"'), "effects.sql does not answer one number"),
    (awkward(effects='sql = "SELECT -1 WHERE {key} = {key}"'), "effects.sql does not answer one number"),
    (awkward(effects='sql = "SELECT 1.5 WHERE {key} = {key}"'), "effects.sql does not answer one number"),
    (awkward(effects="sql = \"SELECT 'Infinity' WHERE {key} = {key}\""), "effects.sql does not answer one number"),
]


@pytest.mark.parametrize(
    ("way", "description", "sentence"),
    exhaustive_but(
        [(way, *row) for row in USELESS for way in (check, explore)],
        first_of_each(lambda way, *row: None if (USELESS.index(row) % 2 == 0) is (way is check) else row[1]),
    ),
)
def test_it_is_one_sentence(way: object, description: Description, sentence: str) -> None:
    assert callable(way)
    with pytest.raises(SubmitTwiceError) as raised:
        way(description)
    assert sentence in said(raised)


def test_a_port_that_is_never_opened_ends_when_the_file_says() -> None:
    description = parse(file_of("/", "deaf").replace("start_seconds = 20", "start_seconds = 1"))
    with pytest.raises(SubmitTwiceError, match="was not ready after 1 seconds") as raised:
        check(description)
    said(raised)


def test_set_up_that_fails_says_what_it_wrote() -> None:
    text = file_of().replace(
        "[service.environment]", 'setup = [["sh", "-c", "echo no such schema; exit 4"]]\n[service.environment]'
    )
    with pytest.raises(SubmitTwiceError, match="ended with 4:\nno such schema") as raised:
        check(parse(text))
    said(raised)


def test_a_service_that_sends_nothing_to_its_engines_cannot_be_explored() -> None:
    with pytest.raises(SubmitTwiceError, match="sends nothing to the engines") as raised:
        explore(awkward("/idle"))
    said(raised)


def test_a_service_that_always_fails_cannot_be_explored() -> None:
    with pytest.raises(SubmitTwiceError, match="refused with status 500") as raised:
        explore(awkward("/500"))
    said(raised)


@pytest.mark.exhaustive
def test_a_service_that_is_not_deterministic_is_named() -> None:
    with pytest.raises(SubmitTwiceError) as raised:
        explore(awkward("/restless"))
    assert "deterministic" in said(raised)


def test_a_service_that_always_fails_did_nothing_and_is_stuck() -> None:
    (found,) = check(awkward("/500")).situations
    assert found.effects == 0
    assert {intent.verdict for intent in found.intents} <= {Verdict.STUCK, Verdict.LOST}
    assert set(found.answers) == {Answer.ERROR}


@pytest.mark.exhaustive
def test_a_service_that_never_answers_is_waited_for_no_longer_than_asked() -> None:
    (found,) = check(awkward("/never"), timeout_s=0.2).situations
    assert set(found.answers) == {Answer.TIMEOUT}
    assert found.effects == 0


@pytest.mark.exhaustive
def test_work_long_after_the_answer_is_waited_for_and_scheduled() -> None:
    """Later than anything that a service is watched for at first."""
    found = explore(awkward("/late"))
    assert found.outcomes == {Verdict.DUPLICATED: 6}
    assert found.counterexample is not None
    assert [event.actor for event in found.counterexample.events if event.kind == "answer"] == ["A", "B"]


def test_who_was_told_created_before_the_crash_does_not_ask_again() -> None:
    """It is told, INSERT, COMMIT; a crash before either of the two undoes what it was told of."""
    found = explore(awkward("/early"), requests=1, crashes=1)
    assert found.exhaustive
    assert found.outcomes == {Verdict.EXACTLY_ONCE: 1, Verdict.LOST: 2}


class NobodyListens:
    """What is told goes nowhere."""

    def ended(self, one: Actor, link: Link, unit: Unit, reply: Reply) -> None:
        pass

    def told(self, one: Actor, answer: Answer) -> None:
        pass


def test_a_schedule_that_is_given_up_for_a_late_step_gives_its_instances_back() -> None:
    """Also while the server still rolls back what they had begun."""
    with Deployment(awkward(), SERVICES, 2) as deployment:
        intent = deployment.intents.fresh()
        traffic = Traffic(deployment, intent, NobodyListens(), holds_replies=False)
        controller = StepController(deployment, intent, traffic)
        for one in [controller.join("A"), controller.join("B")]:
            controller.settle(one)
            controller.grant(one, one.parked.popleft())
        controller._traffic.is_late = True
        controller.leave()
        deployment.spares.gather(2)
        assert deployment.spares.take() != deployment.spares.take()


@pytest.mark.parametrize(
    ("path", "verdict", "left"),
    [
        ("/taken-back", Verdict.LOST, 0),
        pytest.param("/cleaned-up", Verdict.EXACTLY_ONCE, 1, marks=pytest.mark.exhaustive),
    ],
)
def test_what_has_gone_in_the_end_does_not_count(path: str, verdict: Verdict, left: int) -> None:
    (found,) = check(awkward(path), afterwards_s=4.0).situations
    assert [intent.verdict for intent in found.intents] == [verdict] * 2
    assert [intent.effects for intent in found.intents] == [left] * 2
    assert len(found.contradictions) == 2 * (not left)


@pytest.mark.parametrize("path", exhaustive_but(["/early", "/again"], values("/again")))
def test_a_service_that_acts_after_it_answers_is_judged_by_what_it_came_to(path: str) -> None:
    (found,) = check(awkward(path)).situations
    assert all(intent.effects == (3 if path == "/early" else 6) for intent in found.intents)
    assert {intent.verdict for intent in found.intents} == {Verdict.DUPLICATED}


@pytest.mark.exhaustive
def test_a_crash_does_not_end_what_a_service_owes_from_before() -> None:
    before, _ = check(
        awkward("/much-later"), CheckSituation.ONE_AFTER_ANOTHER, CheckSituation.CRASH, intents=1, afterwards_s=2.0
    ).situations
    assert before.effects == 2 * len(before.intents[0].answers)


def kill_postgresql(engines: ServiceEngines) -> None:
    assert engines.own is not None
    with engines.own.connect() as connection:
        directory = connection.exec_driver_sql("SHOW data_directory").scalar_one()
    os.kill(int((Path(directory) / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


@pytest.mark.parametrize("path", exhaustive_but(["/", "/patient"], values("/patient")))
def test_an_engine_that_is_killed_in_mid_run_is_named(path: str) -> None:
    """Also where the service waits for it, and nobody is answered any more."""
    plan = CheckPlan((CheckSituation.ONE_AFTER_ANOTHER,), 10_000, 3, 2.0, limit_s=5.0)
    with Stand(awkward(path), SERVICES) as stand:
        told = threading.Event()
        failure: list[SubmitTwiceError] = []

        def run() -> None:
            try:
                Checker(stand, plan, lambda _progress: told.set(), threading.Event()).check("x")
            except SubmitTwiceError as error:
                failure.append(error)

        checking = threading.Thread(target=run)
        checking.start()
        assert wait_until(lambda: told.is_set() or not checking.is_alive(), 60)
        assert failure == [], "it ended before anything was killed"
        assert stand.engines.own is not None
        kill_postgresql(stand.engines)
        checking.join(40)
        assert failure, "the check goes on without its database"
    assert failure[0].sentence.code in {ServiceCode.DATABASE_AWAY, ServiceCode.EFFECTS_FAILED}


def test_an_engine_that_is_killed_while_interleavings_are_explored_is_named() -> None:
    def play_on_without_it() -> None:
        with Deployment(awkward(), SERVICES, 4) as deployment, deployment.engines.named_if_away():
            is_killed = threading.Event()

            def kill(_progress: Progress) -> None:
                if not is_killed.is_set():
                    is_killed.set()
                    kill_postgresql(deployment.engines)

            exploration = ServiceExploration(deployment, service_question("submit-twice.toml", 3, 1, 0), reduce=False)
            exploration.explore(kill, threading.Event())

    with pytest.raises(SubmitTwiceError) as raised:
        play_on_without_it()
    assert raised.value.sentence.code is ServiceCode.DATABASE_AWAY
    said(raised)


def test_the_gateway_counts_calls() -> None:
    found = check(awkward("/pay", effects="gateway = true"), CheckSituation.ONE_AFTER_ANOTHER)
    assert {intent.effects for intent in found.situations[0].intents} == {3}
    assert {intent.verdict for intent in found.situations[0].intents} == {Verdict.DUPLICATED}


def test_a_call_to_the_gateway_is_a_step() -> None:
    found = explore(awkward("/pay", effects="gateway = true"))
    assert found.outcomes == {Verdict.DUPLICATED: 2}
    assert found.counterexample is not None
    steps = [event.command for event in found.counterexample.events if event.kind == "step"]
    assert [step.split(" ")[:2] for step in steps] == [["POST", "/charges"]] * 2


def test_the_gateway_must_be_given_to_the_service() -> None:
    text = file_of(effects="gateway = true")
    for line in ("GATEWAY_HOST", "GATEWAY_PORT"):
        text = "\n".join(each for each in text.splitlines() if not each.startswith(line))
    assert [str(each) for each in mistakes(parse(text), SERVICES)] == [
        "effects.gateway needs an engine that the file does not ask for."
    ]
