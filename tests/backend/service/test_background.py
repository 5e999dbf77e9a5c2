"""What a service does by itself is told from what its requests do, also where both share a connection."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from backend.explorer.question import service_question
from backend.model.vocabulary import EngineKind, Verdict
from backend.service.explored.actor import Actor
from backend.service.explored.background import Background
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration
from backend.service.explored.traffic import Traffic
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.fault_injector import Processes
from backend.service.wire.link import Link
from backend.service.wire.recorder import Recorder
from backend.service.wire.unit import Handling
from tests.backend.service.conftest import SERVICES, plain_service
from tests.backend.service.test_bad_input import NobodyListens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backend.service.wire.unit import Unit


@pytest.fixture
def connect() -> Iterator[Callable[[EngineKind], Link]]:
    """Connections through which nothing is sent."""
    with ExitStack() as opened:
        selector = opened.enter_context(selectors.DefaultSelector())

        def link(engine: EngineKind) -> Link:
            ends = [opened.enter_context(end) for _ in range(2) for end in socket.socketpair()]
            recorder = Recorder(Processes(lambda _: None, lambda _number, _ms: None))
            return Link(1, DIALECTS[engine](), ends[0], ends[2], recorder, selector)

        yield link


def step(link: Link, text: str) -> Unit:
    found = [unit for unit in link.dialect.from_client(text.encode()) if unit.handling is Handling.STEP]
    return found[-1]


def seen_while_idle(*beats: Unit) -> Background:
    background = Background()
    for beat in beats:
        background.came_by_itself(beat)
    background.idle_s = background.asked_s = 1.0
    return background


def test_a_request_shares_its_connection_to_redis_with_a_heartbeat_that_is_under_way(
    connect: Callable[[EngineKind], Link],
) -> None:
    """As with ioredis: one connection for all of a process."""
    link = connect(EngineKind.REDIS)
    background = seen_while_idle(step(link, "SET heartbeat:1 x\r\n"))
    assert background.takes(link, step(link, "SET heartbeat:1 x\r\n"))
    assert not background.takes(link, step(link, "MULTI\r\nGET token:1\r\nEXEC\r\n"))
    assert background.count == 1


def test_what_comes_of_a_request_that_was_presumed_to_be_silent_is_late(
    connect: Callable[[EngineKind], Link],
) -> None:
    """Be it a ROLLBACK of a pool, or that it hangs up: either may set others free, who have gone on meanwhile."""
    with Deployment(plain_service("/unique"), SERVICES, 1) as deployment:

        def is_late(hangs_up_on: int | None, *, presumes: bool) -> bool:
            links = [connect(EngineKind.REDIS), connect(EngineKind.REDIS)]
            intent = deployment.intents.fresh()
            traffic = Traffic(deployment, intent, NobodyListens(), holds_replies=False, presumes_silence=presumes)
            traffic.expect(Actor("A", links[0].instance, has_response=True, is_quiet=True, links={links[0]}))
            if hangs_up_on is None:
                traffic.arrived(links[0], links[0].dialect.from_client(b"PING\r\n")[0])
            else:
                traffic.closed(links[hangs_up_on])
            return traffic.is_late

        assert is_late(None, presumes=True)
        assert is_late(0, presumes=True)
        assert not is_late(1, presumes=True), "it has issued no step there"
        assert not is_late(None, presumes=False)
        assert not is_late(0, presumes=False)


def test_a_service_that_has_ended_between_two_explorations_is_started_again() -> None:
    with Deployment(plain_service("/unique"), SERVICES, 2) as deployment:
        found = []
        for _ in range(2):
            exploration = ServiceExploration(deployment, service_question("plain"))
            found.append(exploration.explore(lambda _: None, threading.Event()).outcomes)
            deployment.fleet.kill(1)
            assert deployment.fleet.instance(1).ended.wait(20)
    assert found == [{Verdict.EXACTLY_ONCE: 4}] * 2
