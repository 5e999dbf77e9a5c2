"""No run waits for somebody else's client, so nothing final is said while something may still come of its requests."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from http.client import HTTPException

import psutil
import pytest

from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import Caller, caller_of, count_rows
from tests.backend.own_lab import instance_processes, lab_processes, named, stopped, wait_for
from tests.tables import exhaustive_but, values

PATH = "/operations/place-order?strategy=none"
BODY = b'{"order_no": "A-out", "item": "pen", "quantity": 1}'
SEND = "/operations/send-message?strategy=none"
MESSAGE = b'{"request_no": "R-out", "item": "pen", "quantity": 1}'
LATE_COMMIT = "delay@sql:COMMIT:before=300"
UNDECIDED, ONCE, TWICE = ({verdict: 1} for verdict in (Verdict.UNDECIDED, Verdict.EXACTLY_ONCE, Verdict.DUPLICATED))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it stops processes of servers")


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


def has_committed_late(laboratory: Laboratory) -> bool:
    return any(step.command == "COMMIT" for step in laboratory.told.under_way)


def server_of_insert(laboratory: Laboratory, submission: str) -> psutil.Process:
    """The database's process that has carried out its INSERT and is to be asked for its COMMIT."""

    def pids() -> list[int]:
        of_it = [step for step in laboratory.told.steps if step.submission_id == submission]
        return [step.server_pid for step in of_it if step.command.startswith("INSERT")]

    assert wait_for(laboratory.told, lambda: bool(pids()))
    return psutil.Process(pids()[0])


def judged(laboratory: Laboratory, verdicts: dict[Verdict, int]) -> bool:
    return wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == verdicts)


def test_what_the_database_was_asked_for_by_a_process_that_has_died(laboratory: Laboratory) -> None:
    caller, database = caller_of(laboratory.lab), laboratory.lab.connection()["database"]
    assert caller.call("POST", PATH, BODY).status == 201
    assert judged(laboratory, ONCE)
    Outside(caller, {"LAB-SUBMISSION": "second", "LAB-FAULTS": f"x-1 {LATE_COMMIT}"})
    with stopped(server_of_insert(laboratory, "second")):
        assert wait_for(laboratory.told, lambda: has_committed_late(laboratory))
        assert judged(laboratory, UNDECIDED)
        instance_processes(laboratory)[-1].kill()
        assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 0)
        assert count_rows(database, "orders") == 1
        assert not wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == ONCE, 1.5)
        assert laboratory.lab.judgement().unheard == 1
    assert judged(laboratory, TWICE)
    assert count_rows(database, "orders") == 2


def test_what_a_cancelled_run_has_left_at_a_database_whose_caller_has_died(laboratory: Laboratory) -> None:
    intent = laboratory.intent(OperationKey.PLACE_ORDER)
    laboratory.lab.start_run(Setup("none"), Plan((intent,), 1)).wait(20)
    assert judged(laboratory, ONCE)
    run = laboratory.lab.start_run(Setup("none", faults=(parse_fault(LATE_COMMIT),)), Plan((intent,), 1))
    with stopped(server_of_insert(laboratory, f"{run._name}.1")):  # type: ignore[attr-defined]
        assert wait_for(laboratory.told, lambda: has_committed_late(laboratory))
        run.cancel()
        assert run.wait(20).verdicts == UNDECIDED
        instance_processes(laboratory)[-1].kill()
        assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 0)
        assert not wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == ONCE, 1.5)
    assert judged(laboratory, TWICE)


@pytest.mark.parametrize("dies", exhaustive_but([True, False], values(True)))
def test_what_the_gateway_was_asked_for_by_who_has_died_or_given_up(laboratory: Laboratory, dies: bool) -> None:
    caller = caller_of(laboratory.lab)
    assert caller.call("POST", SEND, MESSAGE).status == 201
    assert judged(laboratory, ONCE)
    gateway = named(lab_processes(laboratory), "backend.engines.gateway")
    its_processes = [gateway, *gateway.children(recursive=True)]
    with stopped(*its_processes):
        second = Outside(caller, {"LAB-SUBMISSION": "second"}, SEND, MESSAGE)
        told = laboratory.told
        assert wait_for(told, lambda: any("POST /messages" in step.command for step in told.under_way))
        seen = judged(laboratory, UNDECIDED)
        steps = [(step.submission_id, step.command, step.error) for step in told.steps[-8:]]
        states = [(process.pid, process.status()) for process in [*its_processes, *gateway.children(recursive=True)]]
        assert seen, (laboratory.lab.judgement(), steps, states, told.incidents)
        if dies:
            instance_processes(laboratory)[-1].kill()
        second.join(20)
        assert not second.is_alive()
        assert not wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == ONCE, 1.5)
        assert laboratory.lab.judgement().verdicts == UNDECIDED
    if dies:  # the gateway may see that nobody is there any more
        assert not wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == ONCE, 1.5)
        assert laboratory.lab.judgement().verdicts == (TWICE if laboratory.lab.judgement().effects == 2 else UNDECIDED)
    else:
        assert judged(laboratory, TWICE)


def test_a_request_in_front_of_a_process_that_stands_still(laboratory: Laboratory) -> None:
    caller = caller_of(laboratory.lab)
    assert caller.call("POST", PATH, BODY).status == 201
    assert judged(laboratory, ONCE)
    with stopped(*instance_processes(laboratory)):
        Outside(caller)
        assert judged(laboratory, UNDECIDED)
        assert not wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == ONCE, 1.5)
    assert judged(laboratory, TWICE)


def test_who_is_at_rest_is_not_in_doubt(laboratory: Laboratory) -> None:
    """Neither by callers from outside nor by the death of a process that had nothing to do."""
    assert caller_of(laboratory.lab).call("POST", PATH, BODY).status == 201
    assert judged(laboratory, ONCE)
    instance_processes(laboratory)[-1].kill()
    assert wait_for(laboratory.told, lambda: bool(laboratory.told.incidents))
    assert judged(laboratory, ONCE)
