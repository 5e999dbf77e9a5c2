"""Whoever may still bring about an effect is waited for, at each moment at which it would be easy to overlook him.

Processes are stopped and killed at exact points, so that each moment lasts as long as a test wants it to.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest
import sqlalchemy as sa

from backend.engines.gateway.client import GatewayClient
from backend.engines.gateway.ledger import GatewayMessage
from backend.engines.redis_client import create_redis
from backend.engines.sql import create_sql_engine
from backend.instance.announced import Announced, queues_key
from backend.instance.consumer import Consumer
from backend.instance.deliveries import Delivery
from backend.instance.headers import DELAY_HEADER
from backend.instance.queue import Message, Queue
from backend.instance.services import open_services
from backend.instance.settings import InstanceSettings
from backend.instance.wiring import Wiring
from backend.lab.orphans import wait_for_orphans
from backend.lab.trace_server import TraceServer
from backend.lab.work_book import OpenSession, WorkBook
from backend.model.errors import GatewayRefusedError
from backend.model.faults import parse_fault
from backend.model.observed import Step
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, Health, OperationKey, Source, Verdict
from backend.shop.schema import messages
from backend.tap.observer import Tap
from backend.tap.processing import ProcessingDelay
from backend.tap.sql import server_pid_of
from backend.tap.trace import Trace
from backend.tap.trace_messages import Welcome
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until
from tests.backend.own_lab import backend_of, instance_processes, serving, stopped, wait_for
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it stops processes of servers")


def test_a_run_does_not_begin_with_an_instance_that_has_died(laboratory: Laboratory) -> None:
    """Its end is heard of when its server has seen to it; that server is stopped, and its port still accepts."""
    laboratory.run(PLACE, "none", submissions=1)
    server, worker = instance_processes(laboratory)
    with stopped(server) as resume:
        worker.kill()
        assert wait_until(lambda: backend_of(laboratory).health is Health.DOWN)
        laboratory.lab.set_instances(1)
        assert backend_of(laboratory).health is Health.DOWN, "it is none of those that are not wanted any more"
        run = laboratory.lab.start_run(Setup("none"), Plan((laboratory.intent(PLACE),), 2))
        with pytest.raises(TimeoutError):
            run.wait(1)
        resume()
        report = run.wait(60)
    assert (report.answers, report.verdicts) == ({Answer.CREATED: 2}, {Verdict.DUPLICATED: 1})
    assert backend_of(laboratory).health is Health.UP


@pytest.mark.exhaustive
def test_a_run_that_waits_for_an_instance_can_be_cancelled(laboratory: Laboratory) -> None:
    server, worker = instance_processes(laboratory)
    with stopped(server):
        worker.kill()
        assert wait_until(lambda: backend_of(laboratory).health is Health.DOWN)
        run = laboratory.lab.start_run(Setup("none"), Plan((laboratory.intent(PLACE),), 2))
        run.cancel()
        report = run.wait(30)
    assert (report.cancelled, report.effects) == (True, 0)
    assert laboratory.wait_until_up()


def test_what_the_database_was_asked_for_by_a_process_that_has_died_is_waited_for(laboratory: Laboratory) -> None:
    """It is killed when it has sent its COMMIT, to a server process that reads it later."""
    setup = Setup("none", faults=(parse_fault("delay@sql:COMMIT:before=300"),))
    run = laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE),), 1))

    def commits() -> list[Step]:
        return [step for step in laboratory.told.under_way if step.command == "COMMIT"]

    def inserts() -> list[Step]:
        return [step for step in laboratory.told.steps if step.command.startswith("INSERT")]

    assert wait_for(laboratory.told, lambda: bool(inserts()))
    with stopped(psutil.Process(inserts()[0].server_pid)) as resume:
        assert wait_for(laboratory.told, lambda: bool(commits()))
        instance_processes(laboratory)[-1].kill()
        with pytest.raises(TimeoutError):
            run.wait(1.5)
        resume()
        report = run.wait(30)
    assert (report.effects, report.verdicts) == (1, {Verdict.EXACTLY_ONCE: 1})


@pytest.mark.exhaustive
def test_what_the_database_was_asked_for_is_undecided_when_nobody_waits_for_it(laboratory: Laboratory) -> None:
    setup = Setup("none", faults=(parse_fault("delay@sql:COMMIT:before=300"),))
    run = laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE),), 1, limit_ms=1_500))
    assert wait_for(laboratory.told, lambda: any(step.command.startswith("INSERT") for step in laboratory.told.steps))
    (pid,) = {step.server_pid for step in laboratory.told.steps if step.server_pid}
    with stopped(psutil.Process(pid)):
        assert wait_for(laboratory.told, lambda: any(step.command == "COMMIT" for step in laboratory.told.under_way))
        instance_processes(laboratory)[-1].kill()
        report = run.wait(30)
        assert (report.out_of_time, report.verdicts) == (True, {Verdict.UNDECIDED: 1})
        assert laboratory.wait_until_up()
        judged = laboratory.lab.judgement()
        assert (judged.final, judged.verdicts, judged.unheard) == (True, {Verdict.UNDECIDED: 1}, 1)
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 1)
    assert wait_for(laboratory.told, lambda: not laboratory.lab.judgement().unheard)
    assert laboratory.lab.judgement().verdicts == {Verdict.EXACTLY_ONCE: 1}


@pytest.mark.parametrize("database", exhaustive_but(["postgresql", "mariadb"], values("postgresql")))
def test_a_session_is_told_from_one_that_has_only_got_its_number(laboratory: Laboratory, database: str) -> None:
    laboratory.lab.use_database(database)
    machinery = laboratory.lab._running()[0]
    url, urls = machinery.parts.engines.urls[0], machinery.parts.engines.database_urls
    now = time.monotonic()

    def has_ended(since_s: float, where: str = url) -> bool:
        works = WorkBook()
        works.add_session(1, OpenSession(where, pid, since_s))
        assert works.orphans == [], "its process is there"
        works.gone(1)
        assert len(works.orphans) == 1
        over = wait_for_orphans(works, machinery.database, urls, lambda: True)
        assert bool(works.orphans) is (where != url or not over), "those of another are left for when it is in use"
        return over

    engine = create_sql_engine(url, pool_size=1)
    with engine.connect() as connection:
        pid = server_pid_of(connection.connection.dbapi_connection)
        assert not has_ended(now)
        assert has_ended(now - 36_000)
        assert has_ended(now, "another server")
    engine.dispose()
    assert wait_until(lambda: has_ended(now))


@pytest.mark.exhaustive  # on PostgreSQL numbers do not begin anew
def test_sessions_end_with_their_server_whose_successor_gives_their_numbers_to_others(laboratory: Laboratory) -> None:
    laboratory.lab.use_database("mariadb")
    machinery = laboratory.lab._running()[0]
    engines, works = machinery.parts.engines, machinery.works
    before = engines.database
    assert before.child
    for process, number in itertools.product((-1, -2), range(1, 200)):
        works.add_session(process, OpenSession(before.url, number, time.monotonic()))
    works.gone(-1)
    before.child.kill()
    assert wait_until(lambda: engines.database is not before)
    works.gone(-2)
    with machinery.database.connect():
        assert wait_for_orphans(works, machinery.database, engines.database_urls, lambda: True)


def test_of_two_sessions_with_a_number_the_earlier_is_closed_first() -> None:
    works = WorkBook()
    earlier, later = (OpenSession("a server", 12, since_s) for since_s in (1.0, 2.0))
    works.add_session(1, earlier)
    works.add_session(1, later)
    works.end_session(1, earlier.key)
    assert works.orphans == [earlier], "somebody may have closed it while the server was at something"
    works.gone(1)
    assert works.orphans == [earlier, later]


def test_what_the_gateway_was_asked_for_by_a_process_that_has_died_is_not_sent_behind_the_verdict(
    laboratory: Laboratory,
) -> None:
    """It reads the call when it goes on. What it has not sent when the run is over it does not send any more."""
    lab, told = laboratory.lab, laboratory.told
    laboratory.run(OperationKey.SEND_MESSAGE, "none", submissions=1)
    ledger = lab._running()[0].parts.gateway.ledger
    server = serving(f"http://{next(each.address for each in lab.engines() if each.kind is EngineKind.GATEWAY)}")
    intent = laboratory.intent(OperationKey.SEND_MESSAGE)
    with stopped(server, *server.children(recursive=True)) as resume:
        run = lab.start_run(Setup("none"), Plan((intent,), 1))
        assert wait_for(told, lambda: any(step.command.startswith("POST") for step in told.under_way))
        instance_processes(laboratory)[-1].kill()
        with pytest.raises(TimeoutError):
            run.wait(1.5)
        resume()
        report = run.wait(30)
    with ledger.connect() as connection:
        sent = connection.scalar(sa.select(sa.func.count()).where(messages.c.request_no == intent.key))
    assert report.effects == sent
    late = GatewayClient(lab._running()[0].parts.gateway.address, lambda: None)
    with pytest.raises(GatewayRefusedError, match="is over"):
        late.send(GatewayMessage(intent.key, "item", 1, told.replies[-1].submission_id))
    late.close()


@contextmanager
def traced(folder: Path) -> Iterator[tuple[Trace, WorkBook]]:
    """A process, as far as the trace knows it, that has been welcomed and is not ready."""
    works = WorkBook()
    server = TraceServer(folder / "trace", lambda _steps: None, works=works)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 0)  # who hangs up is killed: that is us
        trace = Trace(1, folder / "trace", on_lost=lambda: None)
    with ExitStack() as ending:
        ending.callback(server.close)
        welcoming = threading.Thread(target=server.welcome, args=(1, Welcome("sqlite://", ""), lambda: False))
        welcoming.start()
        ending.callback(welcoming.join)
        trace.await_welcome()
        ending.callback(server.stop)
        yield trace, works


def test_nothing_is_handled_before_the_lab_knows_that_it_can_ask(tmp_path: Path) -> None:
    with traced(tmp_path) as (trace, works):
        begun, may_end, answered = threading.Event(), threading.Event(), threading.Event()

        def handle() -> None:
            with trace.handling("s", PLACE, "A-1"):
                begun.set()
                may_end.wait(30)

        handling = threading.Thread(target=handle)
        handling.start()
        works.ask(answered.set)
        assert answered.wait(30)
        assert not begun.wait(0.1)
        trace.get_ready()
        assert begun.wait(30)
        told = threading.Event()
        works.ask(told.set)
        assert told.wait(30)
        assert [work.submission_id for work in works.at_work()] == ["s"]
        may_end.set()
        handling.join()
        trace.close()


def test_a_connection_that_nobody_closed_may_be_collected_while_something_is_sent(tmp_path: Path) -> None:
    with traced(tmp_path) as (trace, works):
        trace.get_ready()
        trace.note_session(7, True)
        collected = threading.Event()

        def send() -> None:
            with trace.complete():
                trace.note_session(7, False)
            collected.set()

        threading.Thread(target=send, daemon=True).start()
        assert collected.wait(10)
        trace.close()
        told = threading.Event()
        works.ask(told.set)
        assert told.wait(30)
        assert [session.server_pid for session in works.orphans] == [7]


class HeldBack:
    """Deliveries of a broker that has sent a message which the consumer has yet to read."""

    def __init__(self, run: str, key: str) -> None:
        body = msgspec.json.encode({"order_no": key, "item": "pen", "quantity": 1})
        headers = {DELAY_HEADER: "300"}
        message = Message(f"{run}.1", key, "/operations/place-order?strategy=none&variant=direct", body, headers)
        self.asked, self.may_read = threading.Event(), threading.Event()
        now = time.monotonic_ns()
        self._left = [
            Delivery(Queue(run), "1", message, 1, EngineKind.BROKER, "", "", now, now, lambda: True, lambda: None)
        ]

    def next(self, _queue: Queue, _prefetch: int = 1) -> Delivery | None:
        self.asked.set()
        self.may_read.wait(30)
        return self._left.pop() if self._left else None

    def keep(self, _queues: object) -> None:
        """It has nothing to hang up on."""


@pytest.mark.parametrize("source", [Source.NATS, Source.RABBITMQ])
def test_a_delivery_that_was_taken_is_told_of_before_a_question_is_answered(
    laboratory: Laboratory, tmp_path: Path, source: Source
) -> None:
    """The broker knows nothing of it any more, if another consumer acknowledges the message meanwhile."""
    where = laboratory.lab.connection()
    held = HeldBack(f"held-{source}", f"A-{source}")
    with traced(tmp_path) as (trace, works):
        trace.get_ready()
        tap = Tap((ProcessingDelay(trace), trace))
        services = open_services(str(where["database"]), str(where["redis"]), tap, connections=2)
        settings = InstanceSettings(11, 0, "", str(tmp_path / "trace"), lab=f"held-{source}")
        redis = create_redis(str(where["redis"]))
        announced = msgspec.json.encode(Announced(source, 500)).decode()
        redis.hset(queues_key(settings.lab), f"held-{source}", announced)
        consumer = Consumer(11, Wiring(settings, trace, tap, Welcome("", ""), services), redis)
        consumer._jetstream = consumer._rabbit = held  # type: ignore[assignment]
        taking = threading.Thread(target=consumer._pull if source is Source.NATS else consumer._consume)
        taking.start()
        assert held.asked.wait(30)
        answered = threading.Event()
        works.ask(answered.set)
        assert not answered.wait(0.2)
        held.may_read.set()
        assert answered.wait(30)
        assert [work.submission_id for work in works.at_work()] == [f"held-{source}.1"]
        taking.join()
        assert wait_until(lambda: not works.at_work())
        redis.delete(queues_key(settings.lab), Queue(f"held-{source}").reports)
        services.database.dispose()
        trace.close()
