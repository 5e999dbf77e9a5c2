"""The Redis protocol through a proxy, with a real driver and a real server."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
import redis

from backend.service.wire.resp_values import Frame, value_of, words_of
from tests.backend.engines.helpers import wait_until
from tests.backend.service.proxies import PATIENCE_S, Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.service.reach import Reach


@pytest.fixture
def door(redis_server: Reach) -> Iterator[Proxy]:
    with proxy(redis_server) as opened:
        yield opened


@pytest.fixture(params=[2, 3])
def client(door: Proxy, request: pytest.FixtureRequest) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(door.url, protocol=request.param, decode_responses=True) as connected:
        connected.flushdb()
        yield connected


def after(door: Proxy, count: int) -> list[str]:
    """Commands behind the FLUSHDB."""
    return [step.command for step in door.wait_for(count + 1)[1:]]


def test_a_command_is_a_step_with_its_answer(door: Proxy, client: redis.Redis) -> None:
    assert client.set("a", "it's", nx=True, px=1000)
    assert client.get("a") == "it's"
    assert client.get("none") is None
    client.ping()
    steps = door.wait_for(4)[1:]
    assert [step.command for step in steps] == ["SET a it's NX PX 1000", "GET a", "GET none"]
    assert "it's" in steps[1].answer


def test_every_kind_of_value(door: Proxy, client: redis.Redis) -> None:
    client.hset("h", mapping={"x": "1", "y": "2"})
    client.zadd("z", {"one": 1.5, "two": 2})
    client.sadd("s", "m")
    assert client.hgetall("h") == {"x": "1", "y": "2"}
    assert client.zrange("z", 0, -1, withscores=True) in ([("one", 1.5), ("two", 2.0)], [["one", 1.5], ["two", 2.0]])
    assert client.smembers("s") == {"m"}
    with pytest.raises(redis.ResponseError):
        client.incr("h")
    assert "WRONGTYPE" in door.wait_for(8)[-1].error


def test_a_pipeline_is_its_commands(door: Proxy, client: redis.Redis) -> None:
    with client.pipeline(transaction=False) as pipe:
        for number in range(50):
            pipe.incrby("n", number)
        assert pipe.execute()[-1] == sum(range(50))
    assert after(door, 50) == [f"INCRBY n {number}" for number in range(50)]


def test_a_transaction_is_one_step(door: Proxy, client: redis.Redis) -> None:
    with client.pipeline(transaction=True) as pipe:
        pipe.execute_command("WATCH", "a")  # type: ignore[no-untyped-call]
        pipe.multi()
        pipe.set("a", 1)
        pipe.get("b")
        assert pipe.execute() == [True, None]
    assert after(door, 2) == ["WATCH a", "MULTI; SET a 1; GET b; EXEC"]


def test_a_script_that_the_server_does_not_know_yet(door: Proxy, client: redis.Redis) -> None:
    client.script_flush()
    script = client.register_script("return redis.call('INCR', KEYS[1])")
    assert script(keys=["n"]) == 1
    assert script(keys=["n"]) == 2
    steps = door.wait_for(5)[2:]
    assert [step.command.split()[0] for step in steps] == ["EVALSHA"] * 3
    assert "NOSCRIPT" in steps[0].error


def test_channels_pass(door: Proxy, client: redis.Redis) -> None:
    with client.pubsub() as channel:  # type: ignore[no-untyped-call]
        channel.subscribe("news")
        assert (channel.get_message(timeout=PATIENCE_S) or {})["type"] == "subscribe"
        client.publish("news", "hello")
        assert (channel.get_message(timeout=PATIENCE_S) or {})["data"] == "hello"
    assert after(door, 1) == ["PUBLISH news hello"]
    assert not door.recorder.is_busy


def test_what_the_server_pushes_between_answers_passes(door: Proxy) -> None:
    """An invalidation of RESP3: it stands before the answer to the next command, and answers nothing."""
    with (
        redis.Redis.from_url(door.url, protocol=3, decode_responses=True, single_connection_client=True) as tracking,
        redis.Redis.from_url(door.url) as other,
    ):
        pushed: list[Any] = []
        assert tracking.connection is not None
        tracking.connection._parser.set_invalidation_push_handler(pushed.append)
        tracking.execute_command("CLIENT", "TRACKING", "ON")
        assert tracking.get("pushed") is None
        other.set("pushed", 1)
        assert tracking.get("other") is None
        assert tracking.get("pushed") == "1"
        assert len(pushed) == 1
        assert not any(link.awaiting for link in door.hub.links)


def test_a_read_that_blocks_is_nothing_at_work(door: Proxy, client: redis.Redis) -> None:
    got: list[Any] = []
    waiting = threading.Thread(target=lambda: got.append(client.blpop(["queue"], timeout=int(PATIENCE_S))))
    waiting.start()
    with redis.Redis.from_url(door.url, decode_responses=True) as other:
        while not any("b" in str(each["flags"]) for each in other.client_list()):
            pass
        assert not door.recorder.is_busy
        other.rpush("queue", "x")
    waiting.join(PATIENCE_S)
    assert list(got[0]) == ["queue", "x"]
    assert client.set("after", 1)
    assert client.get("after") == "1"
    commands = after(door, 3)
    assert commands == ["RPUSH queue x", "SET after 1", "GET after"]


def test_a_value_of_several_megabytes(client: redis.Redis) -> None:
    text = "z" * (5 << 20)
    client.set("long", text)
    assert client.get("long") == text


def test_an_array_of_very_many_values_is_looked_at_once(door: Proxy, client: redis.Redis) -> None:
    client.rpush("list", *map(str, range(100_000)))
    assert len(client.lrange("list", 0, -1)) == 100_000
    assert not any(link.dialect.is_lost for link in door.hub.links)


def test_a_client_that_insists_on_tls_hears_at_once(door: Proxy) -> None:
    closed: list[bool] = []
    door.recorder.closed = lambda link: closed.append(link.dialect.wants_tls)  # type: ignore[method-assign]
    context = ssl.create_default_context()
    with socket.create_connection(("127.0.0.1", door.port), PATIENCE_S) as plain, pytest.raises(OSError):  # noqa: PT011  which one is up to the system
        context.wrap_socket(plain, server_hostname="localhost")
    assert wait_until(lambda: closed == [True])


def test_a_command_as_typed_into_a_terminal(door: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", door.port), PATIENCE_S) as typed:
        typed.sendall(b"auth %b\r\nset typed 1\r\nget typed\r\n" % door.at.password.encode())
        data = bytearray()
        while not data.endswith(b"$1\r\n1\r\n"):
            data += (more := typed.recv(100))
            assert more, bytes(data)
    assert door.commands == ["SET typed 1", "GET typed"]


def test_what_is_no_command_passes_and_the_servers_complaint_comes_back(door: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", door.port), PATIENCE_S) as odd:
        odd.sendall(b"*1\r\n:5\r\n")
        assert odd.recv(100).startswith(b"-ERR Protocol error")


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"$-1\r\n", None),
        (b"*-1\r\n", None),
        (b"*2\r\n$1\r\na\r\n*1\r\n:5\r\n", ["a", [5]]),
        (b"%1\r\n+k\r\n#t\r\n", ["k", True]),
        (b"|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n", "v"),
        (b"_\r\n", None),
        (b",1.5\r\n", "1.5"),
        (b"~1\r\n$0\r\n\r\n", [""]),
        (b"=7\r\ntxt:abc\r\n", "txt:abc"),
    ],
)
def test_a_value_ends_where_it_ends_however_it_comes(data: bytes, value: object) -> None:
    frame, buffer = Frame(), bytearray()
    ends = []
    for place in range(len(data)):
        buffer += data[place : place + 1]
        ends.append(frame.end(buffer))
    assert ends == [None] * (len(data) - 1) + [len(data)]
    assert value_of(data) == value


def test_words_that_are_no_text_stay_as_they_are() -> None:
    assert words_of(b"*2\r\n$3\r\nGET\r\n$2\r\n\xff\x00\r\n") == [b"GET", b"\xff\x00"]
