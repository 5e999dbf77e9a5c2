"""A run is over when nothing of it is at work any more; before that, nothing that may still change is judged."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from backend.model.faults import parse_fault
from backend.model.judgement import Report
from backend.model.observed import AtWork
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import caller_of
from tests.backend.own_lab import instance_processes, stopped, wait_for

PLACE = OperationKey.PLACE_ORDER
WORK_MS = 1_500


def retry(**knobs: int) -> dict[str, object]:
    return {"source": Source.RETRY, "timeout_ms": 300, "retries": 1, "backoff_ms": 20} | knobs


def start(laboratory: Laboratory, setup: Setup, submissions: int = 1, intents: int = 1, **knobs: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(1, intents + 1))
    return laboratory.lab.start_run(setup, Plan(wanted, submissions, **knobs))  # type: ignore[arg-type]


def duplicated(report: Report, effects: int = 2) -> bool:
    assert (report.effects, report.verdicts, report.at_work) == (effects, {Verdict.DUPLICATED: 1}, ())
    return True


def test_a_message_that_is_delivered_again_while_it_is_handled(laboratory: Laboratory) -> None:
    """The second consumer is still at work when the first one acknowledges."""
    report = start(laboratory, Setup("none", processing_delay_ms=WORK_MS), source=Source.REDELIVERY).wait(60)
    assert duplicated(report)
    assert report.answers == {Answer.CREATED: 2}
    assert report.contradictions == ()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("operation", "fault", "instances"),
    [
        (PLACE, "delay@sql:INSERT:before=11000", 1),
        (OperationKey.ADD_STOCK, "delay@sql:UPDATE:before=11000", 1),
        (PLACE, "pause@sql:INSERT:before=11000", 2),
    ],
)
def test_work_that_takes_long_after_its_caller_gave_up(
    laboratory: Laboratory, operation: OperationKey, fault: str, instances: int
) -> None:
    laboratory.lab.set_instances(instances)
    wanted = (laboratory.intent(operation),)
    plan = Plan(wanted, 1, Source.RETRY, timeout_ms=500, retries=1)
    report = laboratory.lab.start_run(Setup("none", faults=(parse_fault(fault),)), plan).wait(90)
    assert duplicated(report)


def test_requests_that_wait_in_front_of_a_stopped_process_are_not_over(laboratory: Laboratory) -> None:
    """All callers give up before the process accepts their connections, and it carries them out all the same."""
    laboratory.run(PLACE, "none", submissions=1)
    with stopped(*instance_processes(laboratory)) as resume:
        run = start(laboratory, Setup("none"), submissions=20, timeout_ms=2_000)  # all leave before that
        assert wait_for(laboratory.told, lambda: len(laboratory.told.replies) == 21)
        with pytest.raises(TimeoutError):
            run.wait(3)
        resume()
        report = run.wait(30)
    assert report.answers == {Answer.TIMEOUT: 20}, "all have left: the sender had time to connect"
    steps = {reply.submission_id: laboratory.lab.steps_of(reply.submission_id) for reply in laboratory.told.replies}
    assert [name for name, of_it in steps.items() if not of_it] == [], "all were handled"
    assert [step for of_it in steps.values() for step in of_it if step.error] == []
    assert laboratory.told.incidents == []
    assert duplicated(report, 20)


@pytest.mark.exhaustive
def test_a_process_that_stood_still_for_long_reads_what_has_come_on_idle_connections(laboratory: Laboratory) -> None:
    """It hung up on them unread: the time for which a connection may be idle had run out meanwhile, 30 seconds."""
    laboratory.run(PLACE, "none", submissions=5)
    with stopped(*instance_processes(laboratory)) as resume:
        run = start(laboratory, Setup("none"), submissions=5, timeout_ms=1_000)
        with pytest.raises(TimeoutError):
            run.wait(31)
        resume()
        assert duplicated(run.wait(30), 5)


def test_requests_that_wait_for_a_thread_are_not_over(laboratory: Laboratory) -> None:
    """Sixteen are handled at a time; the others begin when their callers have long given up."""
    setup = Setup("none", processing_delay_ms=700)
    report = start(laboratory, setup, submissions=40, timeout_ms=100).wait(30)
    assert duplicated(report, 40)


def test_an_answer_that_is_on_its_way_when_its_caller_gives_up_is_waited_for_by_nobody(laboratory: Laboratory) -> None:
    """The backend has let go of the request; it says nothing more on that connection."""
    setup = Setup("none", faults=(parse_fault("network=300"),))
    report = start(laboratory, setup, submissions=2, timeout_ms=450).wait(20)
    assert duplicated(report)
    assert report.answers == {Answer.TIMEOUT: 2}


def test_a_run_that_reaches_its_limit_tells_who_is_still_at_work(laboratory: Laboratory) -> None:
    setup = Setup("none", processing_delay_ms=4_000)
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(1, 3))
    report = laboratory.lab.start_run(setup, Plan(wanted, 1, timeout_ms=200, limit_ms=1_000)).wait(20)
    assert report.out_of_time
    assert report.verdicts == {Verdict.UNDECIDED: 2}
    assert report.working == 2
    assert {one.submission_id for one in report.at_work} == {reply.submission_id for reply in laboratory.told.replies}
    assert {(one.intent_key, one.instance, one.begun) for one in report.at_work} == {(i.key, 1, True) for i in wanted}
    judged = laboratory.lab.judgement()
    assert (judged.working, judged.verdicts) == (2, {Verdict.UNDECIDED: 2})
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 0)
    assert laboratory.lab.judgement().verdicts == {Verdict.EXACTLY_ONCE: 2}


def test_one_effect_is_undecided_while_another_may_come(laboratory: Laboratory) -> None:
    """Of two deliveries to two instances, one is held up."""
    setup = Setup("none", faults=(parse_fault("delay@sql:INSERT:before=4000"),))
    run = start(laboratory, setup, submissions=2)
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 1)
    run.cancel()
    report = run.wait(20)
    assert report.cancelled
    assert (report.effects, report.verdicts) == (1, {Verdict.UNDECIDED: 1})
    (left,) = report.at_work
    assert isinstance(left, AtWork)
    assert left.instance == 1
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == {Verdict.DUPLICATED: 1})


def unread_connections(laboratory: Laboratory) -> int:
    """Connections to the lab's instances that hold something which they have not read yet."""
    ports = {f"{urlsplit(str(url)).port:04X}" for url in laboratory.lab.connection()["urls"]}  # type: ignore[attr-defined]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].rpartition(":")[2] in ports and int(row[4].partition(":")[2], 16) > 0 for row in rows)


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_requests_in_front_of_a_stopped_process_are_named_when_the_run_is_cancelled(laboratory: Laboratory) -> None:
    laboratory.run(PLACE, "none", submissions=3)  # their connections stay: the next three leave at once
    with stopped(*instance_processes(laboratory)):
        run = start(laboratory, Setup("none"), submissions=3)
        assert wait_for(laboratory.told, lambda: unread_connections(laboratory) == 3)
        run.cancel()
        report = run.wait(20)
    assert report.verdicts == {Verdict.UNDECIDED: 1}
    assert [(one.instance, one.begun) for one in report.at_work] == [(1, False)] * 3
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 6)
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 0)


def test_a_reset_leaves_nothing_at_work(laboratory: Laboratory) -> None:
    run = start(laboratory, Setup("none", processing_delay_ms=60_000), submissions=3)
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 3)
    laboratory.lab.reset()
    assert run.wait(0).verdicts == {Verdict.UNDECIDED: 1}
    assert laboratory.lab.judgement().working == 0
    assert laboratory.run(PLACE, "none", submissions=2).effects == 2
    assert laboratory.lab.judgement().effects == 2


def test_a_caller_from_outside_counts_as_at_work(laboratory: Laboratory) -> None:
    caller = caller_of(laboratory.lab)
    path = "/operations/place-order?strategy=none"
    body = b'{"order_no": "A-out", "item": "pen", "quantity": 1}'
    outside = threading.Thread(target=caller.call, args=("POST", path, body, {"LAB-PROCESSING-DELAY": "1500"}))
    assert caller.call("POST", path, body).status == 201
    outside.start()
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 1)
    judged = laboratory.lab.judgement()
    assert (judged.verdicts, judged.at_work[0].intent_key) == ({Verdict.UNDECIDED: 1}, "A-out")
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().verdicts == {Verdict.DUPLICATED: 1})
    outside.join()


def test_a_process_that_dies_is_not_at_work(laboratory: Laboratory) -> None:
    run = start(laboratory, Setup("none", processing_delay_ms=60_000), timeout_ms=200)
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 1)
    worker = instance_processes(laboratory)[-1]
    worker.kill()
    report = run.wait(20)
    assert report.verdicts == {Verdict.UNDECIDED: 1}
    assert report.at_work == ()
    psutil.wait_procs([worker], 5)


def test_a_process_that_loses_its_trace_ends(laboratory: Laboratory) -> None:
    """What it did could not be seen any more."""
    run = start(laboratory, Setup("none", processing_delay_ms=60_000), timeout_ms=200)
    assert wait_for(laboratory.told, lambda: laboratory.lab.judgement().working == 1)
    worker = instance_processes(laboratory)[-1]
    server = laboratory.lab._running()[0]._trace
    assert server is not None
    for connection, peer in list(server._peers.items()):
        if peer.instance == 1:
            connection.shutdown(2)
    assert run.wait(20).at_work == ()
    psutil.wait_procs([worker], 5)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
