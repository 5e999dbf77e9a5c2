"""Callers that announce a body and do not send it: they keep nobody else out."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from backend.instance.unfinished import MOST_UNFINISHED
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import Caller, caller_of

MANY = 40
"""More than an instance has threads."""
HOW_FAR = {"in chunks": ("Transfer-Encoding: chunked", '5\r\n{"a'), "with its size": ("Content-Length: 100", '{"a')}


@contextmanager
def unfinished(caller: Caller, how: str) -> Iterator[socket.socket]:
    """A request whose body does not come to its end."""
    framing, beginning = HOW_FAR[how]
    head = (
        "POST /operations/place-order?strategy=none HTTP/1.1",
        f"Host: {caller.host}:{caller.port}",
        f"Authorization: Bearer {caller.token}",
        "Content-Type: application/json",
        framing,
    )
    with socket.create_connection((caller.host, caller.port), timeout=30) as connection:
        connection.sendall(("\r\n".join(head) + "\r\n\r\n" + beginning).encode())
        yield connection


def readable(connections: list[socket.socket]) -> list[socket.socket]:
    """Those that something has come from, once there are any."""
    return select.select(connections, [], [], 20)[0]


@pytest.mark.parametrize("how", HOW_FAR)
def test_unfinished_bodies_block_nobody(laboratory: Laboratory, how: str) -> None:
    caller = caller_of(laboratory.lab)
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(unfinished(caller, how)) for _ in range(MANY)]
        answer = caller.submit("place-order", "none", order_no="O-1", item="book", quantity=1)
        assert answer.status == 201
        slow += [open_ones.enter_context(unfinished(caller, how)) for _ in range(MOST_UNFINISHED)]
        assert any(connection.recv(65_536).startswith(b"HTTP/1.1 503") for connection in readable(slow))
        assert caller.call("GET", "/health").status == 200
    assert caller.call("GET", "/health").document["in_flight"] == 0
