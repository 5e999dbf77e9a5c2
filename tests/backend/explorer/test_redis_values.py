"""A key of Redis as text: each type, and the same for the same value in whichever order it came about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine
from backend.explorer.redis_values import value_of

KEY = "submit-twice:some-key"


@pytest.fixture
def client(valkey: RunningEngine) -> Iterator[redis.Redis]:
    with create_redis(valkey.url) as opened:
        yield opened
        opened.delete(KEY)


@pytest.mark.parametrize(
    ("commands", "value"),
    [
        ([], None),
        (["SET 1"], "1"),
        (["HSET status 201", "HSET body {}"], "body = {}, status = 201"),
        (["HSET body {}", "HSET status 201"], "body = {}, status = 201"),
        (["RPUSH b", "RPUSH a"], "b, a"),
        (["SADD b", "SADD a"], "a, b"),
        (["ZADD 2 b", "ZADD 1 a"], "a = 1.0, b = 2.0"),
        (["XADD * status 201", "XADD * status 500"], "status = 201; status = 500"),
    ],
    ids=str,
)
def test_a_value_of_each_type_can_be_read(client: redis.Redis, commands: list[str], value: str | None) -> None:
    for command in commands:
        name, *values = command.split()
        client.execute_command(name, KEY, *values)  # type: ignore[no-untyped-call]

    assert value_of(client, KEY) == value
