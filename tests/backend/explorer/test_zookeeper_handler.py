"""Kazoo in the explorer's own thread: nothing of it runs beside, and nothing is lost by that."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from socket import create_server

import pytest
from kazoo.client import KazooClient
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.loggingsupport import BLATHER
from kazoo.protocol.states import WatchedEvent

from backend.engines.zookeeper.keeper import ZooKeeperKeeper
from backend.engines.zookeeper.server import WHAT_TO_INSTALL, find_zookeeper
from backend.explorer.zookeeper import Sessions
from backend.explorer.zookeeper_expiry import end_session
from backend.explorer.zookeeper_handler import Handler
from backend.tap.observer import Tap

pytestmark = pytest.mark.skipif(find_zookeeper() is None, reason=str(WHAT_TO_INSTALL))
PATIENCE_S = 20.0


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def client(keeper: ZooKeeperKeeper, handler: Handler) -> Iterator[KazooClient]:
    opened = KazooClient(keeper.address.hosts, timeout=60, handler=handler)
    opened.start()
    yield opened
    opened.stop()
    opened.close()


@pytest.fixture
def sessions(keeper: ZooKeeperKeeper) -> Iterator[Sessions]:
    opened = Sessions(keeper.address, "of-a-test", Tap())
    yield opened
    opened.close()


def test_calls_are_answered_without_a_thread(keeper: ZooKeeperKeeper) -> None:
    threads = set(threading.enumerate())
    client = KazooClient(keeper.address.hosts, timeout=60, handler=Handler())
    client.start()

    path = client.create("/without-thread-", b"x", ephemeral=True, sequence=True)
    asked = [client.get_async(path) for _ in range(20)]

    assert {one.get()[0] for one in asked} == {b"x"}
    assert set(threading.enumerate()) <= threads
    client.stop()
    client.close()


def test_any_number_of_calls_may_wait_for_their_answers(client: KazooClient) -> None:
    asked = [client.exists_async("/") for _ in range(2_000)]

    assert all(one.get() for one in asked)


def test_what_is_made_on_the_way_to_a_node_is_made(client: KazooClient) -> None:
    client.ensure_path("/of-a-path/a/b")

    assert client.get_children("/of-a-path") == ["a"]
    client.delete("/of-a-path", recursive=True)


def test_who_watches_a_node_is_called_while_somebody_waits(client: KazooClient, handler: Handler) -> None:
    seen: list[WatchedEvent] = []
    client.create("/watched", ephemeral=True)
    client.exists("/watched", seen.append)

    client.delete("/watched")

    assert handler.run_until(lambda: bool(seen), PATIENCE_S)
    assert [event.type for event in seen] == ["DELETED"]


def test_a_callback_that_fails_stops_nobody(
    client: KazooClient, handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        handler.completion_queue.put(lambda: [][0])
        handler.tend()
    assert client.exists("/")


def test_where_nothing_runs_any_more_nobody_waits(handler: Handler) -> None:
    handler.spawn([].pop)

    with pytest.raises(IndexError):
        handler.run_until(lambda: False, None)
    assert not handler.run_until(lambda: False, None)


def test_a_heartbeat_is_sent_when_it_is_due(
    client: KazooClient, handler: Handler, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, clock = client.client_id, time.monotonic
    caplog.set_level(BLATHER, "kazoo.client")
    handler.tend()
    assert "Received Ping" not in caplog.text

    with monkeypatch.context() as later:
        later.setattr(time, "monotonic", lambda: clock() + 25)
        handler.tend()
    assert handler.run_until(lambda: "Received Ping" in caplog.text, PATIENCE_S)
    assert client.client_id == known


def test_a_session_that_ended_between_schedules_begins_anew(keeper: ZooKeeperKeeper, sessions: Sessions) -> None:
    sessions.begin()
    session = sessions.take()
    ended = session.number
    known = session.client.client_id
    assert known is not None

    end_session(keeper.address.hosts.partition(",")[0], *known)
    sessions.begin()

    assert session.number not in {0, ended}
    sessions.check()
    assert sessions.take().client.exists("/")


def test_a_server_that_says_nothing_is_not_waited_for_too_long() -> None:
    with create_server(("127.0.0.1", 0)) as silent:
        client = KazooClient(f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.4, handler=Handler())
        with pytest.raises(KazooTimeoutError):
            client.start(timeout=0.2)
