"""Keys and streams of somebody else in a Redis-protocol server are the same afterwards, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from main import DONE, main
from tests.backend.neighbours.commands import compare, explore, run, use_a_lab
from tests.backend.neighbours.dumps import dump_of_redis
from tests.tables import exhaustive_but, values


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


def run_anew(database: str, redis: str, strategy: str, source: str) -> int:
    """The command `run`, which empties first."""
    question = ["--operation", "place-order", "--strategy", strategy, "--source", source]
    return main(["run", "--reset", *question, "--database", database, "--redis", redis, "--json", "-"])


def with_a_token(database: str, redis: str) -> int:
    return run_anew(database, redis, "token", "clicks")


def redelivered(database: str, redis: str) -> int:
    return run_anew(database, redis, "distributed-lock", "redelivery")


COMMANDS = {
    "once": ((compare, use_a_lab), (explore, redelivered)),
    "the others": ((run,), (with_a_token, use_a_lab)),
}
"""In a database that is kept, and in one that goes with the lab."""


@pytest.mark.parametrize("which", exhaustive_but(COMMANDS, values("once")))
def test_every_command_leaves_keys_that_look_like_ours(
    theirs: redis.Redis, valkey: str, tmp_path: Path, which: str
) -> None:
    before = dump_of_redis(theirs)
    databases = (f"sqlite:///{tmp_path / 'ours.db'}", "sqlite")
    for database, commands in zip(databases, COMMANDS[which], strict=True):
        for command in commands:
            assert command(database, valkey) == DONE
    after = dump_of_redis(theirs)
    assert {key: after.get(key) for key in before} == before


def test_a_stream_under_the_name_of_a_queue_is_left_alone(theirs: redis.Redis, valkey: str) -> None:
    theirs.xadd("submit-twice:queue", {"message": "theirs"})
    theirs.xgroup_create("submit-twice:queue", "backend", id="0")
    before = dump_of_redis(theirs)
    places = ["--database", "sqlite", "--redis", valkey, "--json", "-"]
    delivered = ["--operation", "place-order", "--strategy", "none", "--source", "redelivery"]
    assert main(["run", *delivered, *places]) == DONE
    assert use_a_lab("sqlite", valkey) == DONE
    after = dump_of_redis(theirs)
    assert {key: after.get(key) for key in before} == before
