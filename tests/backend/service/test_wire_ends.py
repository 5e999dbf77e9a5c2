"""Connections that end, from either side, while something is under way: what was said before is heard."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from backend.model.faults import parse_wire_fault
from backend.model.vocabulary import EngineKind
from backend.service.reach import Reach
from tests.backend.engines.helpers import wait_until
from tests.backend.own_lab import stopped
from tests.backend.service.proxies import INSTANCE, PATIENCE_S, proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = b"HTTP/1.1 200 OK\r\n"
LARGE = 3 << 20
"""More than small buffers of sockets hold, less than what the hub keeps for an end that does not read."""


@contextmanager
def server(serve: Callable[[socket.socket], None], kind: EngineKind = EngineKind.GATEWAY) -> Iterator[Reach]:
    """Serves one connection, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def carry() -> None:
            with suppress(OSError):
                client, _ = listener.accept()
                with client:
                    client.settimeout(PATIENCE_S)
                    serve(client)

        serving = threading.Thread(target=carry, name="server-that-hangs-up")
        serving.start()
        yield Reach(kind, "127.0.0.1", listener.getsockname()[1], "", "", "")
        listener.close()
        serving.join(PATIENCE_S)


def until_end(client: socket.socket) -> bytes:
    data = bytearray()
    while more := client.recv(1 << 16):
        data += more
    return bytes(data)


@pytest.mark.parametrize("length", [b"", b"Content-Length: %d\r\n" % LARGE])
def test_a_long_answer_is_heard_to_its_end_though_the_server_hangs_up_behind_it(length: bytes) -> None:
    """As a client hears it that reads more slowly than the server writes."""
    is_gone = threading.Event()

    def serve(client: socket.socket) -> None:
        client.recv(1 << 16)
        client.sendall(HEAD + length + b"\r\n" + b"x" * LARGE)
        client.shutdown(socket.SHUT_WR)
        client.recv(1)
        is_gone.set()

    with server(serve) as reach, proxy(reach) as door, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        door.door.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 14)
        client.settimeout(PATIENCE_S)
        client.connect(("127.0.0.1", door.port))
        client.sendall(b"GET /report HTTP/1.1\r\nHost: x\r\n\r\n")
        assert is_gone.wait(PATIENCE_S)
        assert len(until_end(client)) == len(HEAD + length) + 2 + LARGE


def test_an_answer_that_a_fault_holds_back_is_heard_though_the_server_has_hung_up_meanwhile() -> None:
    def serve(client: socket.socket) -> None:
        client.recv(1 << 16)
        client.sendall(HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nOK")

    fault = parse_wire_fault("delay@gateway:POST=300")
    with server(serve) as reach, proxy(reach, [fault]) as door, socket.socket() as client:
        client.settimeout(PATIENCE_S)
        client.connect(("127.0.0.1", door.port))
        client.sendall(b"POST /charges HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nk1")
        assert until_end(client).endswith(b"OK")


@pytest.mark.parametrize("half", [b"$100\r\nabc", b"*2\r\n:1\r\n"])
def test_half_an_answer_passes_when_no_more_comes(half: bytes) -> None:
    def serve(client: socket.socket) -> None:
        client.recv(1 << 16)
        client.sendall(half)

    with server(serve, EngineKind.REDIS) as reach, proxy(reach) as door, socket.socket() as client:
        client.settimeout(PATIENCE_S)
        client.connect(("127.0.0.1", door.port))
        client.sendall(b"GET a\r\n")
        assert until_end(client) == half


@pytest.mark.parametrize("dies", [True, False])
def test_what_a_server_is_at_is_waited_for_though_the_service_is_dead(postgresql: Reach, dies: bool) -> None:
    """Its COMMIT is with a server process that is stopped; it is carried out later, and the row stays."""
    with proxy(postgresql) as other, proxy(postgresql) as door, psycopg.connect(other.url, autocommit=True) as direct:
        direct.execute("CREATE TABLE late (id int)")
        service = psycopg.connect(door.url)
        service.execute("INSERT INTO late VALUES (1)")
        with stopped(psutil.Process(service.info.backend_pid)):
            service.pgconn.send_query(b"COMMIT")
            service.pgconn.flush()
            assert wait_until(lambda: any(link.awaiting for link in list(door.hub.links)))
            if dies:
                door.hub.later(0, lambda: door.hub.shut(INSTANCE))
            else:
                service.close()
            assert wait_until(lambda: not any(link.is_open for link in list(door.hub.links)))
            is_busy = door.recorder.is_busy
        service.close()
        assert wait_until(lambda: direct.execute("SELECT count(*) FROM late").fetchone() == (1,))
        assert is_busy
        assert wait_until(lambda: not door.recorder.is_busy)
        direct.execute("DROP TABLE late")
