"""Keys and streams of somebody else in a Redis-protocol server are the same afterwards, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from main import DONE, main
from tests.backend.neighbours.commands import compare, explore, run, use_a_lab
from tests.backend.neighbours.dumps import dump_of_redis


@pytest.fixture
def theirs(valkey: str) -> Iterator[redis.Redis]:
    """A server with keys that look like ours."""
    client = redis.Redis.from_url(valkey)
    client.flushall()
    client.set("submit-twice:theirs", "1")
    client.set("submit-twice:lock:place-order:A-1", "theirs", px=3_600_000)
    client.set("submit-twice:fence:place-order:A-1", "7")
    client.set("submit-twice:token:abc", "1")
    client.set("submit-twice:0123456789abcdef:token:abc", "1")
    client.hset("submit-twice:hash", "theirs", "1")
    client.rpush("submit-twice:reports:1", "theirs")
    client.xadd("submit-twice:orders", {"message": "theirs"})
    client.set("Submit-Twice:x", "1")
    client.set("orders", "theirs")
    yield client
    client.close()


def test_every_command_leaves_keys_that_look_like_ours(theirs: redis.Redis, valkey: str, tmp_path: Path) -> None:
    before = dump_of_redis(theirs)
    url = f"sqlite:///{tmp_path / 'ours.db'}"
    for command in (run, compare):
        assert command(url, valkey) == DONE
    assert explore("sqlite", valkey) == DONE
    for database in (url, "sqlite"):
        assert use_a_lab(database, valkey)
    places = ["--database", "sqlite", "--redis", valkey, "--json", "-"]
    for source in ("redelivery", "clicks"):
        more = ["--operation", "place-order", "--strategy", "token", "--source", source]
        if source == "redelivery":
            more[3] = "distributed-lock"
        assert main(["run", "--reset", *more, *places]) == DONE
    after = dump_of_redis(theirs)
    assert {key: after.get(key) for key in before} == before


def test_a_stream_under_the_name_of_a_queue_is_left_alone(theirs: redis.Redis, valkey: str) -> None:
    theirs.xadd("submit-twice:queue", {"message": "theirs"})
    theirs.xgroup_create("submit-twice:queue", "backend", id="0")
    before = dump_of_redis(theirs)
    places = ["--database", "sqlite", "--redis", valkey, "--json", "-"]
    delivered = ["--operation", "place-order", "--strategy", "none", "--source", "redelivery"]
    assert main(["run", *delivered, *places]) == DONE
    assert use_a_lab("sqlite", valkey)
    after = dump_of_redis(theirs)
    assert {key: after.get(key) for key in before} == before
