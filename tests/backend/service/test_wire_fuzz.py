"""Random and truncated messages through each proxy: no crash, no hang, no leak."""

from __future__ import annotations

import http.client
import os
import random
import socket
import struct
import threading
import tracemalloc
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pymysql
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from backend.model.vocabulary import EngineKind
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.unit import MOST_BUFFERED, Handling
from tests.backend.service.proxies import PATIENCE_S, Proxy, proxy
from tests.tables import exhaustive_but, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backend.service.reach import Reach

MESSAGES = 10_000
_MANY = 600
"""Those go through a real proxy in half a second; with `-m exhaustive` it is `MESSAGES`."""
ALL = tuple(DIALECTS)


def postgresql_message(source: random.Random) -> bytes:
    kind = source.choice(b"QPBDESHCXFdcfpZTtKGWEIsnA~\x00\x16")
    body = source.choice(
        [
            source.randbytes(source.randrange(40)),
            b"SELECT 1 FROM pg_class\0",
            b"\0SELECT $1\0\0\0",
            b"\0\0" + struct.pack("!HHiH", 0, source.randrange(3), source.randrange(-1, 9), 0),
            b"",
        ]
    )
    length = source.choice([len(body) + 4] * 8 + [0, 3, len(body), 1 << 31, len(body) + 40])
    return bytes([kind]) + (length & 0xFFFFFFFF).to_bytes(4) + body


def redis_message(source: random.Random) -> bytes:
    words = [source.choice([b"GET", b"SET", b"MULTI", b"EXEC", b"EVAL", b"XREAD", b"k", b"\xff", b"1", b""])]
    words += [source.randbytes(source.randrange(9)) for _ in range(source.randrange(4))]
    whole = b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
    odd = [b"*99999999999\r\n", b"*-1\r\n", b"$5\r\nhello\r\n", b"*1\r\n$1073741824\r\n", b"%1\r\n", b"|1\r\n", b"\r\n"]
    return source.choice([whole] * 8 + [*odd, source.randbytes(20), b"get k\r\n"])


def mysql_message(source: random.Random) -> bytes:
    command = source.choice([0x00, 0x01, 0x02, 0x03, 0x0E, 0x11, 0x12, 0x16, 0x17, 0x19, 0x1A, 0xFB, 0xFE, 0xFF])
    body = bytes([command]) + source.choice([source.randbytes(source.randrange(40)), b"SELECT ? + 1", b""])
    length = source.choice([len(body)] * 8 + [0, len(body) + 40, 0xFFFFFF])
    return length.to_bytes(3, "little") + bytes([source.randrange(256)]) + body


def http_message(source: random.Random) -> bytes:
    """A request or a response."""
    requests = [b"POST /pay HTTP/1.1", b"GET / HTTP/1.0", b"HEAD / HTTP/1.1", b"DELETE /x?y=1 HTTP/1.1"]
    responses = [b"HTTP/1.1 200 OK", b"HTTP/1.1 204 No Content", b"HTTP/1.0 500 x", b"HTTP/1.1 100 Continue"]
    odd = [b"", b"POST", b"PRI * HTTP/2.0", b"\x16\x03\x01\x02", source.randbytes(9)]
    first = source.choice([*requests * 3, *responses * 2, *odd])
    body = source.choice([b"", b"{}", b"key=1", source.randbytes(source.randrange(40))])
    chunked = b"%x\r\n%b\r\n0\r\n" % (len(body), body) + source.choice([b"\r\n", b"X-Sum: 1\r\n\r\n", b""])
    length = source.choice([len(body)] * 6 + [0, len(body) + 9, 99999999999])
    heads, body = source.choice(
        [
            (b"Content-Length: %d\r\n" % length, body),
            (b"content-length:%d\r\nHost: x\r\n" % length, body),
            (b"Transfer-Encoding: chunked\r\n", chunked if body else b"0\r\n\r\n"),
            (b"Transfer-Encoding: chunked\r\n", body),
            (b"Content-Length: x\r\n", body),
            (b"", b""),
        ]
    )
    return first + b"\r\n" + heads + b"\r\n" + body


MAKERS: dict[EngineKind, Callable[[random.Random], bytes]] = {
    EngineKind.POSTGRESQL: postgresql_message,
    EngineKind.MARIADB: mysql_message,
    EngineKind.REDIS: redis_message,
    EngineKind.GATEWAY: http_message,
}


def damaged(source: random.Random, message: bytes) -> bytes:
    """Whole, cut off, or with a byte changed."""
    match source.randrange(4):
        case 0 if message:
            return message[: source.randrange(len(message))]
        case 1 if message:
            place = source.randrange(len(message))
            return message[:place] + source.randbytes(1) + message[place + 1 :]
        case _:
            return message


@pytest.mark.parametrize("kind", ALL)
def test_ten_thousand_messages_either_way_break_no_dialect(kind: EngineKind) -> None:
    """From client and from server; whatever comes in goes out again, in the same order."""
    source = random.Random(f"dialect {kind}")  # noqa: S311  no secret
    done = 0
    while done < MESSAGES:
        dialect = DIALECTS[kind]()
        dialect.from_server(greeting(kind))
        came, went = bytearray(), bytearray()
        for data in [opening(kind), *(damaged(source, MAKERS[kind](source)) for _ in range(source.randrange(1, 60)))]:
            done += 1
            came += data
            for unit in dialect.from_client(data):
                went += b"" if unit.handling is Handling.ANSWER else unit.data
                dialect.sent(unit)
            answer = damaged(source, MAKERS[kind](source))
            for reply in dialect.from_server(answer):
                assert isinstance(reply.data, bytes)
        assert came.startswith(went)


def greeting(kind: EngineKind) -> bytes:
    if kind is not EngineKind.MARIADB:
        return b""
    body = b"\x0a11.4\0" + bytes(8) + bytes(32) + b"mysql_native_password\0"
    return len(body).to_bytes(3, "little") + b"\0" + body + b"\x07\0\0\x02\0\0\0\x02\0\0\0"


def opening(kind: EngineKind) -> bytes:
    if kind is EngineKind.POSTGRESQL:
        return b"\0\0\0\x10\0\3\0\0user\0me\0"
    return b"\x20\0\0\x01" + bytes(32) if kind is EngineKind.MARIADB else b""


@pytest.mark.parametrize("kind", ALL)
@settings(max_examples=60)
@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=6))
def test_it_does_not_matter_how_bytes_are_cut(kind: EngineKind, data: bytes, cuts: list[int]) -> None:
    """The same units come of the same bytes, in one piece or in many."""

    def units(pieces: list[bytes]) -> list[tuple[Handling, str]]:
        dialect = DIALECTS[kind]()
        dialect.from_server(greeting(kind))
        found = [unit for piece in pieces for unit in dialect.from_client(piece)]
        return [(unit.handling, unit.text) for unit in found if unit.handling in {Handling.STEP, Handling.GLUED}]

    places = [0, *sorted(cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(places) if start < end]
    assert units([opening(kind), data]) == units([opening(kind), *pieces])


@pytest.mark.parametrize("kind", ALL)
def test_a_client_that_announces_a_gigabyte_costs_no_memory(kind: EngineKind) -> None:
    dialect = DIALECTS[kind]()
    dialect.from_server(greeting(kind))
    dialect.from_client(opening(kind))
    head = {
        EngineKind.POSTGRESQL: b"Q" + (1 << 30).to_bytes(4),
        EngineKind.MARIADB: b"",
        EngineKind.REDIS: b"*1\r\n$1073741824\r\n",
        EngineKind.GATEWAY: b"POST / HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n",
    }[kind]
    piece = (b"\xff\xff\xff\0" + b"x" * 0xFFFFFF) if kind is EngineKind.MARIADB else b"x" * (8 << 20)
    dialect.from_client(head)
    tracemalloc.start()
    for _ in range(20):
        for unit in dialect.from_client(piece):
            dialect.sent(unit)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert dialect.is_lost
    assert peak < 4 * MOST_BUFFERED


@pytest.mark.parametrize("kind", exhaustive_but(ALL, values(EngineKind.POSTGRESQL)))
def test_a_server_that_sends_without_an_end_costs_no_memory(kind: EngineKind) -> None:
    dialect = DIALECTS[kind]()
    dialect.from_server(greeting(kind))
    query = {
        EngineKind.POSTGRESQL: b"Q\0\0\0\x0cSELECT\0",
        EngineKind.MARIADB: b"\x07\0\0\0\x03SELECT",
        EngineKind.REDIS: b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n",
        EngineKind.GATEWAY: b"GET / HTTP/1.1\r\n\r\n",
    }[kind]
    for unit in [*dialect.from_client(opening(kind)), *dialect.from_client(query)]:
        dialect.sent(unit)
    rows = {
        EngineKind.POSTGRESQL: (b"D" + (1 << 16).to_bytes(4) + bytes((1 << 16) - 4)) * 16,
        EngineKind.MARIADB: (b"\0\0\1\0" + b"\xfd\xfc\xff\0" + bytes((1 << 16) - 4)) * 16,
        EngineKind.REDIS: (b"$4096\r\n" + b"a" * 4096 + b"\r\n") * 256,
        EngineKind.GATEWAY: (b"1000\r\n" + b"a" * 4096 + b"\r\n") * 256,
    }[kind]
    dialect.from_server(
        {
            EngineKind.REDIS: b"*50000000\r\n",
            EngineKind.MARIADB: b"\1\0\0\1\1",
            EngineKind.GATEWAY: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        }.get(kind, b"")
    )
    went = 0
    tracemalloc.start()
    for _ in range(150):
        went += sum(len(reply.data) for reply in dialect.from_server(rows))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert went > 80 << 20
    assert peak < 4 * MOST_BUFFERED


@pytest.mark.timeout(600)
@pytest.mark.parametrize("messages", [_MANY, pytest.param(MESSAGES, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("kind", ALL)
def test_noise_through_a_real_proxy_harms_nobody_else(
    kind: EngineKind, messages: int, postgresql: Reach, mariadb: Reach, redis_server: Reach, gateway: Reach
) -> None:
    """Many clients send noise and hang up, every other one after it has logged in.

    A proper one beside them is served all the time, and nothing stays open.
    """
    reach = {found.kind: found for found in (postgresql, mariadb, redis_server, gateway)}[kind]
    source = random.Random(f"proxy {kind}")  # noqa: S311  no secret
    with proxy(reach) as door:
        serve(kind, door.url)
        threads, opened = ours(), descriptors()
        sent = 0
        while sent < messages:
            with stranger(kind, door, logs_in=source.random() < 0.5) as client:
                pieces = [damaged(source, MAKERS[kind](source)) for _ in range(20)]
                sent += len(pieces)
                try:
                    client.sendall(b"".join(pieces))
                    with suppress(OSError):
                        client.shutdown(socket.SHUT_WR)
                    while client.recv(65536):
                        pass
                except ConnectionError:
                    pass  # the server hung up on it
            if sent % 100 == 0:
                serve(kind, door.url)
        serve(kind, door.url)
        never, patience = threading.Event(), int(PATIENCE_S * 100)
        while (door.hub.links or descriptors() > opened) and patience:
            never.wait(0.01)
            patience -= 1
        assert not door.hub.links
        assert descriptors() <= opened
        assert ours() <= threads


@contextmanager
def stranger(kind: EngineKind, door: Proxy, *, logs_in: bool) -> Iterator[socket.socket]:
    """A client's socket, when it has said who it is or when it has only begun to."""
    with ExitStack() as opened:
        if logs_in and kind is EngineKind.POSTGRESQL:
            known = opened.enter_context(closing(psycopg.connect(door.url)))
            client = opened.enter_context(socket.socket(fileno=os.dup(known.pgconn.socket)))
        elif logs_in and kind is EngineKind.MARIADB:
            other = opened.enter_context(closing(pymysql.connect(**pymysql_options(door.url))))
            client = opened.enter_context(socket.socket(fileno=os.dup(vars(other)["_sock"].fileno())))
        else:
            client = opened.enter_context(socket.create_connection(("127.0.0.1", door.port), PATIENCE_S))
            client.sendall(redis_login(door.at) if logs_in and kind is EngineKind.REDIS else opening(kind))
        client.settimeout(PATIENCE_S)
        yield client


def redis_login(at: Reach) -> bytes:
    """An AUTH command."""
    words = [word.encode() for word in ("AUTH", at.user or "default", at.password)]
    return b"*3\r\n" + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def ours() -> set[threading.Thread]:
    """Threads that are not the gateway's, which has one for each caller; those of earlier tests may end meanwhile."""
    return {thread for thread in threading.enumerate() if "process_request_thread" not in thread.name}


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def serve(kind: EngineKind, url: str) -> None:
    """A proper client, once."""
    if kind is EngineKind.POSTGRESQL:
        with psycopg.connect(url, connect_timeout=10) as connected:
            assert connected.execute("SELECT 1 FROM pg_database LIMIT 1").fetchone() == (1,)
    elif kind is EngineKind.GATEWAY:
        called = http.client.HTTPConnection("127.0.0.1", int(url.rpartition(":")[2]), timeout=10)
        called.request("POST", "/charges", b"{}")
        assert called.getresponse().status == 200
        called.close()
    elif kind is EngineKind.REDIS:
        with redis.Redis.from_url(url) as client:
            assert client.echo("x") == b"x"
    else:
        with pymysql.connect(**pymysql_options(url)) as other, other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM information_schema.tables LIMIT 1")
            assert cursor.fetchone() == (1,)


def pymysql_options(url: str) -> dict[str, Any]:
    parsed = make_url(url)
    return {"host": parsed.host, "port": parsed.port, "user": parsed.username, "password": parsed.password or ""}
