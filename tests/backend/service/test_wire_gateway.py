"""The proxy for calls to the gateway, as HTTP clients and servers speak."""

from __future__ import annotations

import http.client
import socket
from typing import TYPE_CHECKING

import pytest

from backend.model.vocabulary import EngineKind
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.unit import Handling
from tests.backend.service.proxies import PATIENCE_S, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.service.reach import Reach
    from tests.backend.service.proxies import Proxy


@pytest.fixture
def door(gateway: Reach) -> Iterator[Proxy]:
    with proxy(gateway) as opened:
        yield opened


@pytest.fixture
def client(door: Proxy) -> Iterator[http.client.HTTPConnection]:
    connected = http.client.HTTPConnection("127.0.0.1", door.port, timeout=PATIENCE_S)
    yield connected
    connected.close()


def test_calls_on_one_connection_are_steps(door: Proxy, client: http.client.HTTPConnection) -> None:
    for number in range(3):
        client.request("POST", f"/charges/{number}", b"{}")
        assert client.getresponse().read()
    assert [step.command for step in door.wait_for(3)] == [f"POST /charges/{number} {{}}" for number in range(3)]


def test_a_response_to_head_has_no_body(door: Proxy, client: http.client.HTTPConnection) -> None:
    client.request("HEAD", "/charges")
    assert client.getresponse().read() == b""
    assert door.wait_for(1)[0].command == "HEAD /charges"


def test_chunks_with_trailers_end(door: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", door.port), PATIENCE_S) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=1\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 200")
    assert len(door.wait_for(1)) == 1


def test_what_is_no_chunk_passes_and_the_complaint_comes_back(door: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", door.port), PATIENCE_S) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n")
        raw.shutdown(socket.SHUT_WR)
        while raw.recv(1000):
            pass
    assert door.steps == []


@pytest.mark.parametrize(
    ("method", "response"),
    [
        (b"POST", b"HTTP/1.1 204 No Content\r\n\r\n"),
        (b"GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
        (b"HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        (b"GET", b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        (b"GET", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the connection ends"),
        (b"GET", b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x00\xff"),
    ],
)
def test_whatever_a_server_answers_goes_on_at_once(method: bytes, response: bytes) -> None:
    dialect = DIALECTS[EngineKind.GATEWAY]()
    (unit,) = dialect.from_client(method + b" / HTTP/1.1\r\n\r\n")
    assert unit.handling is Handling.STEP
    dialect.sent(unit)
    replies = dialect.from_server(response)
    assert b"".join(reply.data for reply in replies) == response
    assert sum(reply.ends for reply in replies) == (b" 101 " not in response)
