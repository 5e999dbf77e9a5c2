"""What runs for a lab and dies, or fails to tell: the lab notices, says so, and goes on where it can."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil
import pytest

from backend.engines.health import HealthBoard
from backend.engines.processes.child import Child
from backend.engines.processes.supervisor import Supervisor
from backend.engines.says import EngineCode, ProcessCode
from backend.engines.zookeeper.server import WHAT_TO_INSTALL, find_zookeeper
from backend.lab.fault_injector import FaultInjector
from backend.lab.trace_server import TraceServer
from backend.model.frames import framed
from backend.model.observed import Step
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import Answer, EngineKind, Health, OperationKey, Pace, Source, Verdict
from backend.tap.trace_messages import Hello, Ready, Steps, TracedStep
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import connected, wait_until
from tests.backend.http_caller import Told, caller_of
from tests.backend.own_lab import backend_of, born_since, family, lab_processes, named, own_lab, wait_for

PLACE = OperationKey.PLACE_ORDER
needs_zookeeper = pytest.mark.skipif(find_zookeeper() is None, reason=str(WHAT_TO_INSTALL))


def test_a_callback_that_fails_is_told_once_and_the_trace_goes_on(tmp_path: Path) -> None:
    ready: list[int] = []
    told: list[Sentence] = []

    def fail(_steps: Sequence[Step]) -> None:
        raise ZeroDivisionError("no such step")

    server = TraceServer(tmp_path / "trace", fail, ready.append, on_trouble=told.append)
    with connected(tmp_path / "trace") as client:
        steps = Steps(1, [TracedStep("s", 0, EngineKind.POSTGRESQL, "SELECT 1", [], None, "", 0, 1, 0)])
        for message in (Hello(1), steps, steps, Ready(1)):
            client.sendall(framed(message))
        assert wait_until(lambda: ready == [1])
    server.close()
    what = "ZeroDivisionError: no such step"
    assert told == [say(ProcessCode.TOLD_WRONGLY, what="steps", error=what)]


def test_what_a_question_has_taken_already_is_not_waited_for(tmp_path: Path) -> None:
    """A process that says nothing more, such as one that nobody has welcomed, holds up no other."""
    ready: list[int] = []
    busy, may_go_on, answered = threading.Event(), threading.Event(), threading.Event()

    def hold(_steps: Sequence[Step]) -> None:
        busy.set()
        may_go_on.wait(30)

    server = TraceServer(tmp_path / "trace", hold, ready.append)
    with connected(tmp_path / "trace") as client, connected(tmp_path / "trace") as silent:
        client.sendall(framed(Hello(1)) + framed(Steps(1, [])))
        assert busy.wait(30)
        server.ask(answered.set)
        silent.sendall(framed(Hello(2)))  # both are there when it looks again
        may_go_on.set()
        assert answered.wait(30)
        client.sendall(framed(Ready(1)))
        assert wait_until(lambda: ready == [1], 10)
    server.close()


def test_garbage_on_the_socket_does_not_end_the_trace(tmp_path: Path) -> None:
    ready: list[int] = []
    told: list[Sentence] = []
    server = TraceServer(tmp_path / "trace", lambda _steps: None, ready.append, on_trouble=told.append)
    with connected(tmp_path / "trace") as client, connected(tmp_path / "trace") as other:
        garbage = msgspec.msgpack.encode("no message")
        client.sendall(len(garbage).to_bytes(4) + garbage)
        assert wait_until(lambda: len(told) == 1)
        other.sendall(framed(Hello(2)) + framed(Ready(2)))
        assert wait_until(lambda: ready == [2])
    server.close()


def test_seeing_a_crash_waits_for_nobody() -> None:
    asked = threading.Event()
    may_answer = threading.Event()

    class SlowChild:
        def forgive(self) -> None:
            asked.set()
            may_answer.wait(60)

    def find(_number: int) -> Child:
        return SlowChild()  # type: ignore[return-value]

    board = HealthBoard(lambda: None, lambda _sentence: None)
    fault_injector = FaultInjector(find, lambda _before, _now: None, board)
    seen = threading.Event()

    def see() -> None:
        fault_injector.see([Step("1.1", 0, 1, EngineKind.HTTP, "crash", "SIGKILL", "", 0, 1)])
        seen.set()

    threading.Thread(target=see, daemon=True).start()
    assert asked.wait(10)
    assert seen.wait(10)
    may_answer.set()
    fault_injector.close()


def test_an_instance_that_kills_itself_is_away_before_its_end_is_heard_of() -> None:
    board = HealthBoard(lambda: None, lambda _sentence: None)
    killed, again = (say(code, number=1) for code in (ProcessCode.INSTANCE_KILLED, ProcessCode.INSTANCE_RESTARTING))
    board.process_killed(1, killed)
    assert board.trouble(EngineKind.HTTP) == killed
    board.process_ended(1, again)
    assert board.trouble(EngineKind.HTTP) == again
    board.process_ready(1)
    assert board.trouble(EngineKind.HTTP) is None


def test_an_end_that_is_heard_of_when_the_successor_is_ready_takes_nobody_for_away(laboratory: Laboratory) -> None:
    machinery, heard = laboratory.lab._running()[0], threading.Event()
    assert laboratory.wait_until_up()
    machinery._instance_ended(1, True)
    machinery._trace.after_what_has_come(heard.set)
    assert heard.wait(30)
    assert backend_of(laboratory).health is Health.UP


@pytest.mark.exhaustive
def test_a_consumer_that_died_and_is_not_wanted_any_more_keeps_nobody_waiting(tmp_path: Path) -> None:
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        lab, told, others = laboratory.lab, laboratory.told, family()
        lab.start_run(Setup("none"), Plan((laboratory.intent(PLACE, 1),), 1, Source.REDELIVERY)).wait(60)
        named(born_since(others), "backend.instance.consumer").kill()
        assert wait_for(told, lambda: backend_of(laboratory).health is Health.DOWN)
        lab.use_database(f"sqlite:///{tmp_path / 'other'}")
        assert backend_of(laboratory).health is Health.UP


def test_a_callback_about_an_end_that_fails_keeps_no_other_end_from_being_told() -> None:
    told: list[Sentence] = []

    def fail(_code: int) -> None:
        raise ZeroDivisionError

    with Supervisor(on_trouble=told.append) as supervisor:
        children = [supervisor.spawn("sleep", ["/bin/sleep", "1000"]) for _ in range(2)]
        codes: list[int] = []
        children[0].on_exit(fail)
        children[1].on_exit(codes.append)
        for child in children:
            child.kill()
        assert wait_until(lambda: codes == [-signal.SIGKILL])
        assert [sentence.code for sentence in told] == [ProcessCode.TOLD_WRONGLY]


def test_the_end_of_the_supervisor_is_told_in_one_sentence_and_the_lab_can_be_started_again() -> None:
    others = family()
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        lab, told = laboratory.lab, laboratory.told
        supervisor = named(born_since(others), "supervisor_process")
        os.kill(supervisor.pid, signal.SIGKILL)
        assert wait_for(told, lambda: bool(told.told))
        lost = told.told[0]
        assert lost.code is ProcessCode.SUPERVISOR_ENDED
        assert [lab.lost] == [lost]
        assert wait_for(told, lambda: {engine.health for engine in told.engines} == {Health.DOWN})
        assert all(engine.note == lost for engine in told.engines)
        lab.close()
        assert [sentence.code for sentence in told.told] == [ProcessCode.SUPERVISOR_ENDED]
        lab.start()
        assert (lab.lost, [engine.health for engine in lab.engines()]) == (None, [Health.UP] * 3)
        assert laboratory.run(PLACE, "unique-index").verdicts == {Verdict.EXACTLY_ONCE: 1}


@needs_zookeeper
def test_the_first_call_from_outside_starts_zookeeper_which_is_started_again_on_its_data_when_it_is_killed() -> None:
    others = family()
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        told = laboratory.told
        assert placed_under_a_lock_in_zookeeper(laboratory).status == 201
        before = named(born_since(others), "QuorumPeerMain").pid
        setup = Setup("distributed-lock", "zookeeper", processing_delay_ms=50)
        intents = tuple(laboratory.intent(PLACE, number) for number in range(40))
        run = laboratory.lab.start_run(setup, Plan(intents, 2, pace=Pace.ONE_AFTER_ANOTHER, timeout_ms=30_000))
        assert wait_for(told, lambda: len(told.replies) > 20, 30)
        psutil.Process(before).kill()
        report = run.wait(90)
        assert wait_for(told, lambda: EngineCode.BACK_AND_KEPT in {sentence.code for sentence in told.told}, 30)
        assert Answer.TIMEOUT not in report.answers
        assert set(report.verdicts) <= {Verdict.EXACTLY_ONCE, Verdict.UNDECIDED}
        assert named(born_since(others), "QuorumPeerMain").pid != before
        assert laboratory.run(PLACE, "distributed-lock", "zookeeper").verdicts == {Verdict.EXACTLY_ONCE: 1}


def placed_under_a_lock_in_zookeeper(laboratory: Laboratory) -> Told:
    """What a caller from outside was told."""
    order = {"order_no": "O-1", "item": "book", "quantity": 1}
    return caller_of(laboratory.lab).submit("place-order", "distributed-lock", "zookeeper", **order)


def test_where_zookeeper_is_missing_a_call_from_outside_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.engines.zookeeper.server.find_zookeeper", lambda: None)
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        answer = placed_under_a_lock_in_zookeeper(laboratory)
        assert answer.status == 503
        assert str(WHAT_TO_INSTALL) in str(answer.document)


def test_the_gateway_that_is_killed_is_told_of(laboratory: Laboratory) -> None:
    told = laboratory.told
    assert laboratory.run(OperationKey.SEND_MESSAGE, "none", submissions=1).effects == 1
    named(lab_processes(laboratory), "backend.engines.gateway").kill()

    def both() -> bool:
        return [str(sentence.code) for sentence in told.told] == ["gateway.restarting", "gateway.back"]

    assert wait_for(told, both, 30)
