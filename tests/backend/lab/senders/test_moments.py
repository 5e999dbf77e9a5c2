"""Moments between two turns of the event loop, which a sender in another process hits only by chance."""

from __future__ import annotations

import asyncio
import select
import socket

from backend.lab.senders.connections import Connection, ConnectionPool
from backend.lab.senders.dispatch import Dispatch
from backend.lab.senders.http import Response
from backend.lab.senders.messages import Finished, Outcome, Target
from backend.lab.senders.says import SendingCode
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import Pace
from tests.backend.lab.senders.jobs import LIMIT, make_job
from tests.backend.lab.senders.small_server import SmallServer


class Peer:
    """The other end of one connection of a pool."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.target = Target("127.0.0.1", self._listener.getsockname()[1])
        self.socket: socket.socket

    def accept(self) -> None:
        self.socket, _ = self._listener.accept()
        self._listener.close()


async def idle_connection(pool: ConnectionPool, peer: Peer) -> Connection:
    connection = await pool.open(peer.target, LIMIT)
    peer.accept()
    pool.give_back(connection)
    return connection


async def until_closed(connection: Connection) -> None:
    async with asyncio.timeout(LIMIT):
        while connection.is_open:
            await asyncio.sleep(0)


def wait_until_readable(connection: Connection) -> None:
    assert select.select([connection._socket], [], [], LIMIT)[0]


def test_an_idle_connection_is_checked_though_the_loop_had_no_turn() -> None:
    async def scene() -> Connection | None:
        pool, peer = ConnectionPool(asyncio.get_running_loop()), Peer()
        connection = await idle_connection(pool, peer)
        peer.socket.close()
        wait_until_readable(connection)
        return pool.take(peer.target)

    assert asyncio.run(scene()) is None


def test_an_idle_connection_that_talks_is_closed() -> None:
    async def scene() -> tuple[bool, Connection | None]:
        pool, peer = ConnectionPool(asyncio.get_running_loop()), Peer()
        connection = await idle_connection(pool, peer)
        peer.socket.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        wait_until_readable(connection)
        await until_closed(connection)
        taken = pool.take(peer.target)
        with peer.socket:
            return connection.is_open, taken

    assert asyncio.run(scene()) == (False, None)


def test_a_connection_that_ends_while_it_is_reserved_is_told() -> None:
    async def scene() -> tuple[Response | None, Sentence | None]:
        loop = asyncio.get_running_loop()
        pool, peer = ConnectionPool(loop), Peer()
        connection = await idle_connection(pool, peer)
        assert pool.take(peer.target) is connection
        peer.socket.close()
        await until_closed(connection)
        ended: asyncio.Future[tuple[Response | None, Sentence | None]] = loop.create_future()
        let_go, _ = connection.prepare(b"x", hold=False)
        try:
            written: int | OSError = let_go() or 0
        except OSError as error:
            written = error
        connection.await_response(b"x", written, lambda response, reason: ended.set_result((response, reason)))
        return await ended

    assert asyncio.run(scene()) == (None, say(SendingCode.CLOSED_BEFORE))


def test_a_job_that_is_cancelled_while_it_connects_sends_nothing() -> None:
    server = SmallServer()

    async def scene(pace: Pace) -> tuple[Finished, list[Outcome]]:
        loop = asyncio.get_running_loop()
        finished: asyncio.Future[Finished] = loop.create_future()
        outcomes: list[Outcome] = []
        job = make_job(server.target, "abcd" * 5, pace, connections=3)
        pool = ConnectionPool(loop)
        dispatch = Dispatch(job, pool, outcomes.append, finished.set_result, lambda _name: None)
        dispatch.start()
        dispatch.cancel()
        await finished
        pool.close()
        return finished.result(), outcomes

    for pace in Pace:
        finished, outcomes = asyncio.run(scene(pace))
        assert (finished.sent, finished.cancelled, outcomes) == (0, 20, [])
    server.close()
    assert server.seen == []
