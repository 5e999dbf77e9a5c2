"""A queue whose run breaks off delivers nothing any more, and a server that is busy has lost none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from backend.engines.redis_client import create_redis
from backend.lab.senders.run_queue import StreamQueue
from backend.model.judgement import Report
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import count_rows
from tests.backend.own_lab import wait_for

PLACE = OperationKey.PLACE_ORDER
BUSY = "local t = redis.call('time') local e = t[1] * 1000 + t[2] / 1000 + ARGV[1]\n\
repeat t = redis.call('time') until t[1] * 1000 + t[2] / 1000 > e"


@pytest.fixture
def client(laboratory: Laboratory) -> Iterator[redis.Redis]:
    """Somebody else at the lab's server."""
    with create_redis(str(laboratory.lab.connection()["redis"])) as client:
        yield client


@contextmanager
def forbidden(client: redis.Redis, *commands: str) -> Iterator[None]:
    """Nobody may say these to the server, as where its owner takes away a right."""
    client.acl_setuser("default", enabled=True, commands=[f"-{each}" for each in commands])
    try:
        yield
    finally:
        client.acl_setuser("default", enabled=True, commands=[f"+{each}" for each in commands])


@contextmanager
def busy_after(client: redis.Redis, milliseconds: str) -> Iterator[None]:
    """A script that takes longer lets the server tell everybody else that it is busy."""
    before = str(client.config_get("busy-reply-threshold")["busy-reply-threshold"])
    client.config_set("busy-reply-threshold", milliseconds)
    try:
        yield
    finally:
        client.config_set("busy-reply-threshold", before)


def broken_off(laboratory: Laboratory, client: redis.Redis, *commands: str) -> Report:
    """A run of twelve messages for one intent, two at a time, that ends in the middle."""
    plan = Plan((laboratory.intent(PLACE),), 12, Source.REDELIVERY)
    run = laboratory.lab.start_run(Setup("none", processing_delay_ms=400), plan)
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) >= 1)
    with forbidden(client, *commands):
        report = run.wait(30)
    assert report.broken_off
    assert report.verdicts != {Verdict.EXACTLY_ONCE: 1}
    return report


def test_a_stream_of_which_a_server_does_not_tell_is_not_lost(laboratory: Laboratory, client: redis.Redis) -> None:
    client.xgroup_create("submit-twice:x-1:queue", "backend", id="0", mkstream=True)
    queue = StreamQueue(client, "x", "x-1", Setup("none"))
    with forbidden(client, "xinfo"), pytest.raises(redis.exceptions.ResponseError):
        queue.is_quiet()
    assert queue.is_quiet()
    client.delete("submit-twice:x-1:queue")
    assert queue.is_quiet()
    assert laboratory.run(PLACE, "none", submissions=1).effects == 1


def test_a_server_that_is_busy_has_lost_no_message(laboratory: Laboratory, client: redis.Redis) -> None:
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(1, 9))
    run = laboratory.lab.start_run(Setup("unique-index", processing_delay_ms=300), Plan(wanted, 1, Source.REDELIVERY))
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) >= 1)
    with busy_after(client, "10"):
        for _ in range(3):
            client.eval(BUSY, 0, "200")
        report = run.wait(60)
    assert (report.broken_off, report.verdicts) == (None, {Verdict.EXACTLY_ONCE: 8})


def test_a_run_that_breaks_off_takes_its_messages_away(laboratory: Laboratory, client: redis.Redis) -> None:
    broken_off(laboratory, client, "xinfo")
    assert client.keys("*:queue") == client.keys("*:queues") == []


def test_messages_that_could_not_be_taken_away_do_not_come_behind_a_reset(
    laboratory: Laboratory, client: redis.Redis
) -> None:
    broken_off(laboratory, client, "xinfo", "hdel", "del", "xreadgroup", "xclaim")
    assert client.keys("*:queues") != []
    laboratory.lab.reset()
    later = laboratory.lab.start_run(Setup("none"), Plan((laboratory.intent(PLACE),), 1, Source.REDELIVERY))
    assert later.wait(30).verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert not wait_for(laboratory.told, lambda: laboratory.lab.judgement().effects > 1, 2)
    assert count_rows(laboratory.lab.connection()["database"], "orders") == 1
