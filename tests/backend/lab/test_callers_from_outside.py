"""No run waits for somebody else's client, so nothing final is said while something may still come of its requests."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException

import psutil
import pytest

from backend.model.faults import parse_fault
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import Caller, caller_of, count_rows
from tests.backend.own_lab import instance_processes, lab_processes, named, own_lab, stopped, wait_for
from tests.tables import exhaustive_but, values

PATH = "/operations/place-order?strategy=none"
BODY = b'{"order_no": "A-out", "item": "pen", "quantity": 1}'
SEND = "/operations/send-message?strategy=none"
MESSAGE = b'{"request_no": "R-out", "item": "pen", "quantity": 1}'
LATE_COMMIT = "delay@sql:COMMIT:before=300"
UNDECIDED, ONCE, TWICE = ({verdict: 1} for verdict in (Verdict.UNDECIDED, Verdict.EXACTLY_ONCE, Verdict.DUPLICATED))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it stops processes of servers")


@pytest.fixture
def other() -> Iterator[Laboratory]:
    with own_lab(LabOptions()) as found:
        yield found


class Outside(threading.Thread):
    """A caller that may hear nothing."""

    def __init__(
        self,
        caller: Caller,
        headers: dict[str, str | bytes | None] | None = None,
        path: str = PATH,
        body: bytes = BODY,
    ) -> None:
        super().__init__(daemon=True)
        self._caller, self._headers, self._path, self._body = caller, headers, path, body
        self.start()

    def run(self) -> None:
        with suppress(OSError, HTTPException):
            self._caller.call("POST", self._path, self._body, self._headers)


def has_committed_late(other: Laboratory) -> bool:
    return any(step.command == "COMMIT" for step in other.told.under_way)


def server_of_insert(other: Laboratory, submission: str) -> psutil.Process:
    """The database's process that has carried out its INSERT and is to be asked for its COMMIT."""

    def pids() -> list[int]:
        of_it = [step for step in other.told.steps if step.submission_id == submission]
        return [step.server_pid for step in of_it if step.command.startswith("INSERT")]

    assert wait_for(other.told, lambda: bool(pids()))
    return psutil.Process(pids()[0])


def judged(other: Laboratory, verdicts: dict[Verdict, int]) -> bool:
    return wait_for(other.told, lambda: other.lab.judgement().verdicts == verdicts)


def test_what_the_database_was_asked_for_by_a_process_that_has_died(other: Laboratory) -> None:
    caller, database = caller_of(other.lab), other.lab.connection()["database"]
    assert caller.call("POST", PATH, BODY).status == 201
    assert judged(other, ONCE)
    Outside(caller, {"LAB-SUBMISSION": "second", "LAB-FAULTS": f"x-1 {LATE_COMMIT}"})
    with stopped(server_of_insert(other, "second")):
        assert wait_for(other.told, lambda: has_committed_late(other))
        assert judged(other, UNDECIDED)
        instance_processes(other)[-1].kill()
        assert wait_for(other.told, lambda: other.lab.judgement().working == 0)
        assert count_rows(database, "orders") == 1
        assert not wait_for(other.told, lambda: other.lab.judgement().verdicts == ONCE, 1.5)
        assert other.lab.judgement().unheard == 1
    assert judged(other, TWICE)
    assert count_rows(database, "orders") == 2


def test_what_a_cancelled_run_has_left_at_a_database_whose_caller_has_died(other: Laboratory) -> None:
    intent = other.intent(OperationKey.PLACE_ORDER)
    other.lab.start_run(Setup("none"), Plan((intent,), 1)).wait(20)
    assert judged(other, ONCE)
    run = other.lab.start_run(Setup("none", faults=(parse_fault(LATE_COMMIT),)), Plan((intent,), 1))
    with stopped(server_of_insert(other, f"{run._name}.1")):  # type: ignore[attr-defined]
        assert wait_for(other.told, lambda: has_committed_late(other))
        run.cancel()
        assert run.wait(20).verdicts == UNDECIDED
        instance_processes(other)[-1].kill()
        assert wait_for(other.told, lambda: other.lab.judgement().working == 0)
        assert not wait_for(other.told, lambda: other.lab.judgement().verdicts == ONCE, 1.5)
    assert judged(other, TWICE)


@pytest.mark.parametrize("dies", exhaustive_but([True, False], values(True)))
def test_what_the_gateway_was_asked_for_by_who_has_died_or_given_up(other: Laboratory, dies: bool) -> None:
    caller = caller_of(other.lab)
    assert caller.call("POST", SEND, MESSAGE).status == 201
    assert judged(other, ONCE)
    gateway = named(lab_processes(other), "backend.engines.gateway")
    its_processes = [gateway, *gateway.children(recursive=True)]
    with stopped(*its_processes):
        second = Outside(caller, {"LAB-SUBMISSION": "second"}, SEND, MESSAGE)
        assert wait_for(other.told, lambda: any("POST /messages" in step.command for step in other.told.under_way))
        seen = judged(other, UNDECIDED)
        steps = [(step.submission_id, step.command, step.error) for step in other.told.steps[-8:]]
        states = [(process.pid, process.status()) for process in [*its_processes, *gateway.children(recursive=True)]]
        assert seen, (other.lab.judgement(), steps, states, other.told.incidents)
        if dies:
            instance_processes(other)[-1].kill()
        second.join(20)
        assert not second.is_alive()
        assert not wait_for(other.told, lambda: other.lab.judgement().verdicts == ONCE, 1.5)
        assert other.lab.judgement().verdicts == UNDECIDED
    if dies:  # the gateway may see that nobody is there any more
        assert not wait_for(other.told, lambda: other.lab.judgement().verdicts == ONCE, 1.5)
        assert other.lab.judgement().verdicts == (TWICE if other.lab.judgement().effects == 2 else UNDECIDED)
    else:
        assert judged(other, TWICE)


def test_a_request_in_front_of_a_process_that_stands_still(other: Laboratory) -> None:
    caller = caller_of(other.lab)
    assert caller.call("POST", PATH, BODY).status == 201
    assert judged(other, ONCE)
    with stopped(*instance_processes(other)):
        Outside(caller)
        assert judged(other, UNDECIDED)
        assert not wait_for(other.told, lambda: other.lab.judgement().verdicts == ONCE, 1.5)
    assert judged(other, TWICE)


def test_who_is_at_rest_is_not_in_doubt(other: Laboratory) -> None:
    """Neither by callers from outside nor by the death of a process that had nothing to do."""
    assert caller_of(other.lab).call("POST", PATH, BODY).status == 201
    assert judged(other, ONCE)
    instance_processes(other)[-1].kill()
    assert wait_for(other.told, lambda: bool(other.told.incidents))
    assert judged(other, ONCE)
