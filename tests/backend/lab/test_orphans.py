"""What a server was asked for by somebody who is not there any more comes before the verdict, and before a reset."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import psutil
import pytest
import redis
import sqlalchemy as sa

from backend.engines.redis_client import create_redis
from backend.engines.zookeeper.server import WHAT_TO_INSTALL, find_zookeeper
from backend.instance.redis_connections import tell_connections
from backend.lab.orphans import wait_for_redis_orphans
from backend.lab.work_book import OpenSession, WorkBook
from backend.model.faults import parse_fault
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from backend.shop.schema import orders
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until
from tests.backend.holding_proxy import HoldingProxy, holding_proxy
from tests.backend.own_lab import instance_processes, own_lab, stopped, wait_for

PLACE = OperationKey.PLACE_ORDER
NO_EXPIRY = Setup("distributed-lock", "redis-no-expiry")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it stops processes of servers")


@contextmanager
def behind_a_slow_network(laboratory: Laboratory) -> Iterator[tuple[Laboratory, HoldingProxy]]:
    """A lab on the Redis-protocol server of another one, which hears of a lock that is taken when a test wants it."""
    url = urlsplit(str(laboratory.lab.connection()["redis"]))

    def connect() -> socket.socket:
        found = socket.socket(socket.AF_UNIX)
        found.connect(unquote(url.path))
        return found

    with holding_proxy(connect, b"$3\r\nSET\r\n") as proxy:
        options = LabOptions(database="sqlite", redis=f"redis://:{url.password}@127.0.0.1:{proxy.port}")
        with own_lab(options) as other:
            yield other, proxy


@pytest.mark.parametrize("dies", [True, pytest.param(False, marks=pytest.mark.exhaustive)])
def test_a_lock_that_is_asked_for_by_who_has_died_or_given_up_is_waited_for(laboratory: Laboratory, dies: bool) -> None:
    """It is taken after its caller was told of an error, and nobody will ever release it."""
    with behind_a_slow_network(laboratory) as (other, proxy):
        run = other.lab.start_run(NO_EXPIRY, Plan((other.intent(PLACE),), 1))
        assert proxy.holds.wait(30)
        if dies:
            instance_processes(other)[-1].kill()
        assert wait_for(other.told, lambda: len(other.told.replies) == 1, 30)
        with pytest.raises(TimeoutError):
            run.wait(1.5)
        proxy.let_go()
        report = run.wait(60)
    assert (report.answers, report.verdicts) == ({Answer.ERROR: 1}, {Verdict.STUCK: 1})


def test_a_lock_is_not_taken_behind_a_reset_by_who_has_died(laboratory: Laboratory) -> None:
    with behind_a_slow_network(laboratory) as (other, proxy):
        intent = other.intent(PLACE)
        other.lab.start_run(NO_EXPIRY, Plan((intent,), 1))
        assert proxy.holds.wait(30)
        instance_processes(other)[-1].kill()
        resetting = threading.Thread(target=other.lab.reset)
        resetting.start()
        resetting.join(4)
        proxy.let_go()
        resetting.join(60)
        with create_redis(str(laboratory.lab.connection()["redis"])) as client:
            names = {each["name"] for each in client.client_list()}
            assert wait_until(lambda: names >= {each["name"] for each in client.client_list()})
            assert client.keys(f"*:lock:*:{intent.key}") == []


def test_a_row_is_not_committed_behind_a_reset_by_who_has_died(laboratory: Laboratory) -> None:
    """On somebody's server the rows that are there are deleted, which waits for nobody who has yet to commit."""
    setup = Setup("none", faults=(parse_fault("delay@sql:COMMIT:before=300"),))
    with own_lab(LabOptions(database=str(laboratory.lab.connection()["database"]))) as other:
        lab, told = other.lab, other.told
        lab.start_run(setup, Plan((other.intent(PLACE),), 1))
        assert wait_for(told, lambda: any(step.command.startswith("INSERT") for step in told.steps))
        (pid,) = {step.server_pid for step in told.steps if step.command.startswith("INSERT")}
        with stopped(psutil.Process(pid)):
            assert wait_for(told, lambda: any(step.command == "COMMIT" for step in told.under_way))
            instance_processes(other)[-1].kill()
            resetting = threading.Thread(target=lab.reset)
            resetting.start()
            resetting.join(5)
        resetting.join(60)
        assert not resetting.is_alive()
        assert wait_until(lambda: not psutil.pid_exists(pid))
        with lab._running()[0].database.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(orders)) == 0


@pytest.mark.exhaustive
@pytest.mark.skipif(find_zookeeper() is None, reason=str(WHAT_TO_INSTALL))
def test_a_lock_in_zookeeper_that_the_dead_have_asked_for_changes_no_verdict(laboratory: Laboratory) -> None:
    """It is taken behind the verdict, makes nothing, and goes with its session: no later caller is barred."""
    lock = Setup("distributed-lock", "zookeeper")
    laboratory.lab.start_run(lock, Plan((laboratory.intent(PLACE),), 1)).wait(60)
    address = laboratory.lab._running()[0].parts.zookeeper.address
    host, _, port = address.hosts.rpartition(":")
    with (
        holding_proxy(lambda: socket.create_connection((host, int(port))), b"__lock__") as proxy,
        own_lab(LabOptions(zookeeper=f"127.0.0.1:{proxy.port}")) as other,
    ):
        intent = other.intent(PLACE)
        run = other.lab.start_run(lock, Plan((intent,), 1))
        assert proxy.holds.wait(30)
        instance_processes(other)[-1].kill()
        report = run.wait(30)
        proxy.let_go()
        assert (report.effects, report.verdicts, report.answers) == (0, {Verdict.UNDECIDED: 1}, {Answer.ERROR: 1})
        again = other.lab.start_run(lock, Plan((intent,), 1, Source.RETRY, retries=20, backoff_ms=50)).wait(60)
        assert (again.effects, again.verdicts) == (1, {Verdict.EXACTLY_ONCE: 1})
        assert other.lab.judgement().effects == 1


def test_a_connection_is_over_when_its_server_says_so(laboratory: Laboratory) -> None:
    url = str(laboratory.lab.connection()["redis"])
    works, now = WorkBook(), 1.0
    for name in ("held", "gone", None):
        works.add_session(1, OpenSession(url, 0 if name else 7, now, name))
    works.end_session(1, (0, "held"))
    works.end_session(1, (0, "gone"))
    with create_redis(url, max_connections=1) as client:
        client.client_setname("held")
        assert not wait_for_redis_orphans(works, [url], lambda: True)
        assert [each.name for each in works.orphans] == ["held"]
        works.gone(1)
    assert wait_until(lambda: wait_for_redis_orphans(works, [url], lambda: True))
    assert [each.name for each in works.orphans] == [None], "that of the database is none of the server's"


def test_of_a_server_that_tells_nobody_is_not_known_what_it_is_at(laboratory: Laboratory) -> None:
    url = str(laboratory.lab.connection()["redis"])
    parts = urlsplit(url)
    with create_redis(url, max_connections=1) as client:
        client.acl_setuser("tight", enabled=True, passwords=["+pw"], commands=["+@all", "-client|list"], keys=["*"])
        try:
            works = WorkBook()
            works.add_session(1, OpenSession(url, 0, 1.0, "x"))
            works.gone(1)
            tight = f"unix://tight:pw@{parts.path}"
            assert not wait_for_redis_orphans(works, [tight], lambda: False)
        finally:
            client.acl_deluser("tight")


def test_a_connection_that_nobody_could_name_may_be_at_something(laboratory: Laboratory) -> None:
    url = str(laboratory.lab.connection()["redis"])
    works = WorkBook()
    works.add_session(1, OpenSession(url, 0, 1.0, ""))
    works.gone(1)
    assert not wait_for_redis_orphans(works, [url], lambda: False)


def test_a_server_that_has_ended_is_at_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    works = WorkBook()
    works.add_session(1, OpenSession("", 0, 1.0, "x"))
    works.gone(1)
    for url in (f"redis://127.0.0.1:{port}", "unix:///no/such/socket"):
        assert wait_for_redis_orphans(works, [url], lambda: True)


def test_a_server_that_does_not_answer_may_be_at_something() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        works = WorkBook()
        works.add_session(1, OpenSession("", 0, 1.0, "x"))
        works.gone(1)
        assert not wait_for_redis_orphans(works, [f"redis://127.0.0.1:{silent.getsockname()[1]}"], lambda: True)


def test_each_connection_of_a_process_has_a_name_at_the_server() -> None:
    """In a lab whose Redis was never restarted: what ended with a server is known until that is noticed."""
    with own_lab(LabOptions(database="sqlite")) as other:
        other.run(PLACE, "distributed-lock", "redis", submissions=8)
        known = {each.name for of in other.lab._running()[0].works._sessions.values() for each in of if each.name}
        with create_redis(str(other.lab.connection()["redis"])) as client:
            seen = {each["name"] for each in client.client_list()}
    assert known
    assert known <= seen


def test_what_is_closed_is_looked_for_as_well(laboratory: Laboratory) -> None:
    """Of a living process, too: somebody may have lost his patience."""
    told: list[tuple[str, bool]] = []
    with create_redis(str(laboratory.lab.connection()["redis"])) as client:
        tell_connections(client, lambda name, is_open: told.append((name, is_open)))
        client.ping()
        client.connection_pool.disconnect()
        with pytest.raises(redis.exceptions.ResponseError):
            client.execute_command("NO SUCH COMMAND")
    names = [name for name, _ in told]
    assert [is_open for _, is_open in told] == [True, False, True, False]
    assert names[0] == names[1] != names[2] == names[3]


def test_what_others_begin_while_servers_are_waited_for_is_not_of_the_run(laboratory: Laboratory) -> None:
    """It has ended when they ask for its intent; it was waited for somebody whom only its server knows."""
    url, works, intent = (
        str(laboratory.lab.connection()["redis"]),
        laboratory.lab._running()[0].works,
        laboratory.intent(PLACE),
    )
    with create_redis(url, max_connections=1) as client:
        client.client_setname("held")
        works.add_session(-1, OpenSession(url, 0, time.monotonic(), "held"))
        works.gone(-1)
        run = laboratory.lab.start_run(Setup("none"), Plan((intent,), 2))
        with pytest.raises(TimeoutError):
            run.wait(1.5)
        other = laboratory.lab.start_run(Setup("none", processing_delay_ms=1_500), Plan((intent,), 3))
        assert wait_until(lambda: len(works.at_work()) == 3)
    report = run.wait(30)
    assert (report.sent, report.working, report.answers) == (2, 0, {Answer.CREATED: 2})
    assert other.wait(30).sent == 3
