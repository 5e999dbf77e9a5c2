"""What leaves when many requests are let go together, seen from the other end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import sys
from collections.abc import AsyncIterator

import pytest

from backend.lab.senders.connections import Connection, ConnectionPool
from backend.lab.senders.messages import Delivery, Outcome, Target
from backend.lab.senders.pending_requests import PendingRequest, send_together
from backend.lab.senders.says import SendingCode
from backend.model.sentence import say, to_document
from tests.backend.lab.senders.jobs import LIMIT, request_to

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems hold nothing")

SHORT, LONG = 300, 200_000
"""Bytes of a request that fits into one segment, and of one that does not."""


class Line:
    """Connections, and the other end of each."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._pool = ConnectionPool(asyncio.get_running_loop())
        self.target = Target("127.0.0.1", listener.getsockname()[1])
        self.peers: list[socket.socket] = []

    async def connect(self) -> tuple[Connection, socket.socket]:
        connection = await self._pool.open(self.target, LIMIT)
        peer, _ = self._listener.accept()
        self.peers.append(peer)
        return connection, peer


@contextlib.asynccontextmanager
async def line() -> AsyncIterator[Line]:
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as stack:
        found = Line(listener)
        try:
            yield found
        finally:
            for peer in found.peers:
                stack.enter_context(peer)


def there_already(peer: socket.socket) -> bytes:
    """What has come by now: the loopback delivers within the call that writes."""
    peer.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        return peer.recv(1 << 20)
    return b""


def arriving(peer: socket.socket) -> bytes:
    """The next that comes."""
    peer.settimeout(LIMIT)
    return peer.recv(1 << 20)


@pytest.mark.parametrize("length", [SHORT, LONG])
def test_nothing_of_a_request_leaves_before_it_is_let_go(length: int) -> None:
    async def scene() -> tuple[bytes, bytes]:
        async with line() as found:
            connection, peer = await found.connect()
            let_go, _ = connection.prepare(b"x" * length, hold=True)
            before = there_already(peer)
            let_go()
            after = arriving(peer)
            connection.close()
            return before, after

    before, after = asyncio.run(scene())
    assert before == b""
    assert after


def test_what_was_held_arrives_whole_and_nothing_is_held_afterwards() -> None:
    async def scene() -> tuple[object, int, bytes, bytes]:
        async with line() as found:
            connection, peer = await found.connect()
            let_go, taken = connection.prepare(b"first", hold=True)
            let_go()
            held = connection._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_CORK)
            first = arriving(peer)
            write, _ = connection.prepare(b"second", hold=False)
            write()
            second = arriving(peer)
            connection.close()
            return taken, held, first, second

    assert asyncio.run(scene()) == (len(b"first"), 0, b"first", b"second")


def pending_on(connection: Connection, name: str, request: bytes, outcomes: list[Outcome]) -> PendingRequest:
    delivery = Delivery(name, "intent", 0, request)
    return PendingRequest(
        connection, delivery, lambda _pending, outcome: outcomes.append(outcome), lambda _pending: None
    )


def test_a_connection_that_is_closed_does_not_keep_the_others_from_leaving() -> None:
    async def scene() -> tuple[list[bytes], list[Outcome], bytes]:
        async with line() as found:
            ends = [await found.connect() for _ in range(3)]
            ends[1][0].close()
            outcomes: list[Outcome] = []
            request = request_to(found.target)
            send_together([pending_on(c, str(n), request, outcomes) for n, (c, _) in enumerate(ends)])
            seen = [arriving(peer) for _, peer in ends]
            async with asyncio.timeout(LIMIT):
                while not outcomes:
                    await asyncio.sleep(0)
            for connection, _ in ends:
                connection.close()
            return seen, outcomes, request

    seen, outcomes, request = asyncio.run(scene())
    assert seen == [request, b"", request]
    assert [(o.submission_id, o.error) for o in outcomes] == [("1", to_document(say(SendingCode.CLOSED_BEFORE)))]


@pytest.mark.parametrize(("step_ns", "instants"), [(1, [2, 3, 4]), (60_000_000, [60_000_000] * 3)])
def test_instants_that_may_be_too_late_are_not_told(step_ns: int, instants: list[int]) -> None:
    """What is held for 200 ms leaves by itself: it left after the beginning, and no more is known."""

    async def scene() -> tuple[int, list[int]]:
        async with line() as found:
            ends = [await found.connect() for _ in range(3)]
            requests = [pending_on(c, str(n), request_to(found.target), []) for n, (c, _) in enumerate(ends)]
            ticks = itertools.count(step_ns, step_ns)
            spread_ns = send_together(requests, lambda: next(ticks))
            for connection, _ in ends:
                connection.close()
            return spread_ns, [pending.sent_ns for pending in requests]

    assert asyncio.run(scene()) == (5 * step_ns - instants[0], instants)
