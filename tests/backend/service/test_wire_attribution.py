"""Whose a step is: of one request that asks its engines side by side, and of several that are under way together."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis

from backend.service.wire.attribution import InFlight
from tests.backend.service.proxies import INSTANCE, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.model.observed import Step
    from backend.service.reach import Reach
    from tests.backend.service.proxies import Proxy

FIRST, SECOND = "k0a1b2cx0000001", "k0a1b2cx0000002"
UUID = "0f9d1c3e-1111-5222-8333-444455556666"


@pytest.fixture
def door(postgresql: Reach) -> Iterator[Proxy]:
    """Nothing is under way yet."""
    with proxy(postgresql) as opened:
        opened.recorder.ended("k1.1")
        yield opened


def owners(steps: list[Step]) -> list[str]:
    return [step.submission_id for step in steps]


def ask(url: str, text: str) -> None:
    with psycopg.connect(url, autocommit=True) as client:
        client.execute("SELECT relname FROM pg_class WHERE relname = %s", (text,))


def test_all_that_a_request_asks_side_by_side_is_its_own(door: Proxy) -> None:
    """As with a pool and Promise.all or asyncio.gather: each statement on a connection of its own, key or no key."""
    door.recorder.began(InFlight(f"{FIRST}.1", INSTANCE, FIRST))
    barrier = threading.Barrier(4)

    def beside(text: str) -> None:
        with psycopg.connect(door.url, autocommit=True) as client:
            barrier.wait(20)
            client.execute("SELECT relname FROM pg_class WHERE relname = %s", (text,))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(beside, [FIRST, "a", "b", "c"]))
    steps = door.wait_for(4)
    assert owners(steps) == [f"{FIRST}.1"] * 4
    assert sorted(step.number for step in steps) == [0, 1, 2, 3]
    assert len({step.server_pid for step in steps}) == 4
    assert door.recorder.unattributed == 0


def test_of_two_intents_at_once_each_gets_the_steps_that_name_it_and_their_transactions(door: Proxy) -> None:
    for key in (FIRST, SECOND):
        door.recorder.began(InFlight(f"{key}.1", INSTANCE, key))
    with psycopg.connect(door.url) as one, psycopg.connect(door.url) as two:
        for client, key in ((one, FIRST), (two, SECOND)):
            client.execute("SELECT relname FROM pg_class WHERE relname = %s", (key,))
        one.execute("SELECT count(*) FROM pg_class")
        two.commit()
        one.commit()
    assert owners(door.wait_for(5)) == [f"{key}.1" for key in (FIRST, SECOND, FIRST, SECOND, FIRST)]


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_connection_that_a_pool_keeps_belongs_to_each_of_its_transactions_anew(door: Proxy, end: str) -> None:
    for key in (FIRST, SECOND):
        door.recorder.began(InFlight(f"{key}.1", INSTANCE, key))
    with psycopg.connect(door.url) as client:
        for key in (FIRST, SECOND, FIRST):
            client.execute("SELECT relname FROM pg_class WHERE relname = %s", (key,))
            client.execute(end)
    steps = door.wait_for(6 if end == "COMMIT" else 3)
    expected = [f"{FIRST}.1", f"{SECOND}.1", f"{FIRST}.1"]
    assert owners([step for step in steps if step.command.startswith("SELECT")]) == expected
    commits = [step for step in steps if step.command == "COMMIT"]
    assert owners(commits) == (expected if end == "COMMIT" else [])


def test_what_comes_after_the_answer_belongs_to_the_intent_that_it_names(door: Proxy) -> None:
    door.recorder.began(InFlight(f"{FIRST}.1", INSTANCE, FIRST, UUID))
    door.recorder.ended(f"{FIRST}.1")
    door.recorder.began(InFlight(f"{SECOND}.1", INSTANCE, SECOND))
    for text in (FIRST, UUID, SECOND, "nobody"):
        ask(door.url, text)
    late, by_uuid, own, by_time = owners(door.wait_for(4))
    assert late.startswith(f"{FIRST}.?")
    assert by_uuid.startswith(f"{FIRST}.?")
    assert (own, by_time) == (f"{SECOND}.1", f"{SECOND}.1")
    assert door.recorder.unattributed == 2


def test_only_steps_that_name_an_intent_are_signs_of_work(door: Proxy) -> None:
    door.recorder.began(InFlight(f"{FIRST}.1", INSTANCE, FIRST))
    door.recorder.ended(f"{FIRST}.1")
    quiet_since = door.recorder.last_event_ns
    ask(door.url, "a heartbeat")
    door.wait_for(1)
    assert door.recorder.last_event_ns == quiet_since
    ask(door.url, FIRST)
    door.wait_for(2)
    assert door.recorder.last_event_ns > quiet_since


def test_what_we_ask_ourselves_is_none(door: Proxy) -> None:
    door.recorder.began(InFlight(f"{FIRST}.1", INSTANCE, FIRST))
    door.recorder.ended(f"{FIRST}.1")
    quiet_since = door.recorder.last_event_ns
    door.recorder.asks(InFlight(f"{FIRST}.ask", INSTANCE, FIRST))
    ask(door.url, FIRST)
    door.recorder.asked(f"{FIRST}.ask")
    assert owners(door.wait_for(1)) == [f"{FIRST}.ask"]
    assert door.recorder.last_event_ns == quiet_since
    assert door.recorder.unattributed == 0


def test_leases_of_an_intent_are_known_however_they_are_called(redis_server: Reach) -> None:
    """A lock may be named by a digest; its lease must run out all the same. What is only read is nobody's lease."""
    with proxy(redis_server) as opened, redis.Redis.from_url(opened.url) as client:
        client.get("session:somebody")
        client.set("lock:5f4dcc3b", FIRST, px=60_000)
        opened.wait_for(2)
        assert opened.recorder.leases_of("k1") == {"lock:5f4dcc3b"}
