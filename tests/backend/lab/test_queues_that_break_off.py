"""A queue whose run breaks off delivers nothing any more, and a server that is busy has lost none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from backend.engines.redis_client import create_redis
from backend.lab.senders.run_queue import StreamQueue
from backend.model.judgement import Report
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Source, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import count_rows
from tests.backend.own_lab import own_lab, wait_for

PLACE = OperationKey.PLACE_ORDER
BUSY = "local t = redis.call('time') local e = t[1] * 1000 + t[2] / 1000 + ARGV[1]\n\
repeat t = redis.call('time') until t[1] * 1000 + t[2] / 1000 > e"


@pytest.fixture
def other() -> Iterator[tuple[Laboratory, redis.Redis]]:
    with own_lab(LabOptions()) as found, create_redis(str(found.lab.connection()["redis"])) as client:
        yield found, client


@contextmanager
def forbidden(client: redis.Redis, *commands: str) -> Iterator[None]:
    """Nobody may say these to the server, as where its owner takes away a right."""
    client.acl_setuser("default", enabled=True, commands=[f"-{each}" for each in commands])
    try:
        yield
    finally:
        client.acl_setuser("default", enabled=True, commands=[f"+{each}" for each in commands])


def broken_off(other: Laboratory, client: redis.Redis, *commands: str) -> Report:
    """A run of twelve messages for one intent, two at a time, that ends in the middle."""
    plan = Plan((other.intent(PLACE),), 12, Source.REDELIVERY)
    run = other.lab.start_run(Setup("none", processing_delay_ms=400), plan)
    assert wait_for(other.told, lambda: len(other.told.rows) >= 1)
    with forbidden(client, *commands):
        report = run.wait(30)
    assert report.broken_off
    assert report.verdicts != {Verdict.EXACTLY_ONCE: 1}
    return report


def test_a_stream_of_which_a_server_does_not_tell_is_not_lost(other: tuple[Laboratory, redis.Redis]) -> None:
    laboratory, client = other
    client.xgroup_create("submit-twice:x-1:queue", "backend", id="0", mkstream=True)
    queue = StreamQueue(client, "x", "x-1", Setup("none"))
    with forbidden(client, "xinfo"), pytest.raises(redis.exceptions.ResponseError):
        queue.is_quiet()
    assert queue.is_quiet()
    client.delete("submit-twice:x-1:queue")
    assert queue.is_quiet()
    assert laboratory.run(PLACE, "none", submissions=1).effects == 1


def test_a_server_that_is_busy_has_lost_no_message(other: tuple[Laboratory, redis.Redis]) -> None:
    laboratory, client = other
    client.config_set("busy-reply-threshold", 10)
    wanted = tuple(laboratory.intent(PLACE, number) for number in range(1, 9))
    run = laboratory.lab.start_run(Setup("unique-index", processing_delay_ms=300), Plan(wanted, 1, Source.REDELIVERY))
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) >= 1)
    for _ in range(3):
        client.eval(BUSY, 0, "200")
    report = run.wait(60)
    assert (report.broken_off, report.verdicts) == (None, {Verdict.EXACTLY_ONCE: 8})


def test_a_run_that_breaks_off_takes_its_messages_away(other: tuple[Laboratory, redis.Redis]) -> None:
    laboratory, client = other
    broken_off(laboratory, client, "xinfo")
    assert client.keys("*:queue") == client.keys("*:queues") == []


def test_messages_that_could_not_be_taken_away_do_not_come_behind_a_reset(
    other: tuple[Laboratory, redis.Redis],
) -> None:
    laboratory, client = other
    broken_off(laboratory, client, "xinfo", "hdel", "del", "xreadgroup", "xclaim")
    assert client.keys("*:queues") != []
    laboratory.lab.reset()
    later = laboratory.lab.start_run(Setup("none"), Plan((laboratory.intent(PLACE),), 1, Source.REDELIVERY))
    assert later.wait(30).verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert not wait_for(laboratory.told, lambda: laboratory.lab.judgement().effects > 1, 2)
    assert count_rows(laboratory.lab.connection()["database"], "orders") == 1
