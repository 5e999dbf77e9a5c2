"""`check` with faults on the wire: each did happen, and the verdict is what the engines then hold."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from backend.model.faults import parse_wire_fault
from backend.model.vocabulary import Answer, Verdict
from backend.service.outside.check import Checker
from backend.service.outside.model import CheckPlan, CheckSituation
from backend.service.outside.reports import check_document
from backend.service.outside.stand import Stand
from backend.service.outside.words import check_lines
from tests.backend.service.awkward import SERVICES, awkward
from tests.backend.service.conftest import plain_service
from tests.backend.service.frameworks import FLASK_ON_MARIADB, FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from backend.service.description import Description
    from backend.service.outside.model import Check, SituationResult

    Finds = Callable[..., SituationResult]

pytestmark = pytest.mark.exhaustive

ONCE, TWICE, LOST, STUCK = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.LOST, Verdict.STUCK
INTENTS = 3


@pytest.fixture(scope="module")
def stands() -> Iterator[Callable[[Description, Path], Stand]]:
    """Each service is started once, and disturbed by one fault after the other."""
    known: dict[str, Stand] = {}
    with ExitStack() as opened:

        def stand(description: Description, folder: Path) -> Stand:
            key = str(description)
            if key not in known:
                known[key] = opened.enter_context(Stand(description, folder))
            return known[key]

        yield stand


@pytest.fixture
def check(stands: Callable[[Description, Path], Stand]) -> Callable[..., Check]:
    """Checks a service in one situation, with one fault."""

    def run(
        description: Description, fault: str, key: CheckSituation, folder: Path = SERVICES, timeout_s: float = 10.0
    ) -> Check:
        stand = stands(description, folder)
        stand.disturb([parse_wire_fault(fault)])
        plan = CheckPlan((key,), INTENTS, 3, timeout_s, limit_s=20.0, afterwards_s=0.2)
        return Checker(stand, plan, lambda _progress: None, threading.Event()).check("submit-twice.toml")

    return run


@pytest.fixture
def found(check: Callable[..., Check]) -> Finds:
    def run(*arguments: object, **named: object) -> SituationResult:
        (situation,) = check(*arguments, **named).situations
        return situation

    return run


SOUND = (
    "error@sql:INSERT:before",
    "error@sql:INSERT",
    "error@sql:COMMIT:before",
    "error@sql:COMMIT",
    "lost-reply@sql:INSERT",
    "lost-reply@sql:COMMIT",
    "lost-reply",
    "reset@sql:COMMIT:before",
    "reset@sql:COMMIT",
    "delay@sql:INSERT:before=120",
    "delay@sql:COMMIT=120",
    "pause@sql:INSERT=150",
    "crash@sql:INSERT:before",
    "crash@sql:COMMIT:before",
    "crash@sql:COMMIT",
)


@pytest.mark.parametrize("fault", SOUND)
def test_a_sound_service_stays_sound_whatever_happens_on_the_wire(fault: str, found: Finds) -> None:
    key = CheckSituation.ONE_AFTER_ANOTHER if fault == "lost-reply" else CheckSituation.LOST_REPLY
    situation = found(plain_service("/unique"), fault, key)
    assert dict(situation.verdicts) == {ONCE: INTENTS}
    assert situation.struck == ((fault, INTENTS),)


@pytest.mark.parametrize("fault", ["error@sql:COMMIT", "lost-reply@sql:COMMIT", "reset@sql:COMMIT", "crash@sql:COMMIT"])
def test_a_commit_of_which_nobody_hears_is_done_twice_without_protection(fault: str, found: Finds) -> None:
    situation = found(awkward(), fault, CheckSituation.REDELIVERY)
    assert dict(situation.verdicts) == {TWICE: INTENTS}
    assert situation.struck == ((fault, INTENTS),)


@pytest.mark.parametrize("key", [CheckSituation.CLICKS, CheckSituation.ONE_AFTER_ANOTHER])
def test_an_instance_that_a_fault_has_killed_is_started_again(key: CheckSituation, found: Finds) -> None:
    situation = found(plain_service("/unique"), "crash@sql:INSERT:before", key)
    assert situation.struck == (("crash@sql:INSERT:before", INTENTS),)
    assert set(situation.verdicts) <= {ONCE, Verdict.UNDECIDED}
    assert all(
        intent.verdict is ONCE for intent in situation.intents if {Answer.CREATED, Answer.DUPLICATE} & {*intent.answers}
    )


@pytest.mark.parametrize(
    ("path", "verdict"), [("/lease", Verdict.UNDECIDED), ("/digest-lease", Verdict.UNDECIDED), ("/kept-lock", STUCK)]
)
def test_a_lease_runs_out_before_anybody_is_called_stuck(path: str, verdict: Verdict, found: Finds) -> None:
    situation = found(plain_service(path), "crash@redis:SET", CheckSituation.ONE_AFTER_ANOTHER)
    assert dict(situation.verdicts) == {verdict: INTENTS}
    assert situation.struck[0][1] == INTENTS


def test_the_last_submission_by_which_stuck_is_told_meets_no_fault(found: Finds) -> None:
    """Everything fails as long as the fault does; nobody is stuck for that."""
    situation = found(plain_service("/unique"), "error@sql:INSERT:before#*", CheckSituation.ONE_AFTER_ANOTHER)
    assert dict(situation.verdicts) == {Verdict.UNDECIDED: INTENTS}
    assert situation.struck[0][1] == INTENTS


@pytest.mark.parametrize(
    ("path", "fault", "verdict"),
    [
        ("/token-delete", "lost-reply@redis:DEL", LOST),
        ("/token-delete", "error@redis:DEL", LOST),
        ("/token-delete", "error@redis:DEL:before", ONCE),
        ("/token-delete", "error@sql:INSERT:before", LOST),
        ("/token-delete", "crash@redis:DEL", LOST),
        ("/lease", "error@redis:SET:before", ONCE),
        ("/lease", "delay@redis:SET=120", ONCE),
        ("/lease", "pause@redis:SET=150", ONCE),
        ("/lease", "reset@redis:DEL:before", ONCE),
    ],
)
def test_a_fault_at_redis_comes_to_what_the_recipe_says(path: str, fault: str, verdict: Verdict, found: Finds) -> None:
    situation = found(plain_service(path), fault, CheckSituation.RETRY)
    hit = situation.struck[0][1]
    assert hit == INTENTS
    assert dict(situation.verdicts) == {verdict: INTENTS}


@pytest.mark.timeout(300)  # its packages may have to be fetched
@pytest.mark.parametrize(
    "fault",
    [
        "error@sql:INSERT:before",
        "error@sql:COMMIT",
        "lost-reply@sql:COMMIT",
        "delay@sql:COMMIT=120",
        "crash@sql:COMMIT",
    ],
)
def test_on_mariadb_as_well(fault: str, found: Finds) -> None:
    situation = found(FLASK_ON_MARIADB.description("/unique"), fault, CheckSituation.LOST_REPLY, FOLDER)
    assert dict(situation.verdicts) == {ONCE: INTENTS}
    assert situation.struck == ((fault, INTENTS),)


@pytest.mark.parametrize(("fault", "calls"), [("error@gateway:POST:before", 1), ("error@gateway:POST", 2)])
def test_a_gateway_that_says_no_may_have_done_it(fault: str, calls: int, found: Finds) -> None:
    situation = found(awkward("/pay", effects="gateway = true"), fault, CheckSituation.LOST_REPLY)
    assert situation.struck == ((fault, INTENTS),)
    # the first attempt meets the fault; the retry after it pays
    assert {intent.effects for intent in situation.intents} == {calls}


@pytest.mark.parametrize("fault", ["delay@sql:INSERT:before=900", "pause@sql:INSERT:before=900"])
def test_what_a_fault_holds_up_is_waited_for(fault: str, found: Finds) -> None:
    """The caller has long gone when the first of the two arrives."""
    situation = found(awkward(), fault, CheckSituation.ONE_AFTER_ANOTHER, timeout_s=0.3)
    assert {intent.effects for intent in situation.intents} == {3}
    assert dict(situation.verdicts) == {TWICE: INTENTS}


def test_a_fault_that_never_happens_is_named(check: Callable[..., Check]) -> None:
    whole = check(plain_service("/unique"), "crash@sql:VACUUM", CheckSituation.ONE_AFTER_ANOTHER)
    assert whole.is_exactly_once
    assert any("crash@sql:VACUUM never happened" in line for line in check_lines(whole))
    assert check_document(whole)["situations"][0]["faults"] == [{"fault": "crash@sql:VACUUM", "struck": 0}]  # type: ignore[index]


def test_whoever_sees_an_instance_end_finds_it_among_those_that_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    has_ended = []
    with Stand(plain_service("/check"), SERVICES) as stand:
        child = stand._instance(1).child
        assert child is not None
        kill = child.kill

        def kill_and_wait() -> None:
            kill()
            child.wait(20.0)
            stand.await_instances()
            has_ended.append(stand.has_ended(1))

        monkeypatch.setattr(child, "kill", kill_and_wait)
        stand._crash(1)
        stand.await_instances()
    assert has_ended == [False]
