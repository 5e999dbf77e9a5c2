"""A port that a lab has chosen belongs to it."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from backend.engines.processes.ports import HeldPorts, free_port
from backend.lab.lab import Lab
from backend.model.errors import InstanceError, SubmitTwiceError
from backend.model.options import LabOptions


@pytest.fixture
def ports() -> Iterator[HeldPorts]:
    held = HeldPorts()
    yield held
    held.close()


def as_granian_does(port: int) -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.bind(("127.0.0.1", port))
    server.listen()
    return server


@pytest.mark.parametrize("chosen", [True, False], ids=["by a person", "at random"])
def test_a_held_port_lets_in_whom_it_is_held_for_and_nobody_else(ports: HeldPorts, chosen: bool) -> None:
    port = ports.take(free_port() if chosen else None)
    for _ in range(2):  # the second is an instance that is started again
        with as_granian_does(port) as server, socket.create_connection(("127.0.0.1", port)) as caller:
            accepted, _ = server.accept()
            accepted.close()
            assert caller.recv(1) == b""
            for reuse in (0, 1):
                with socket.socket() as other:
                    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
                    with pytest.raises(OSError, match="in use"):
                        other.bind(("127.0.0.1", port))
    assert ports.take(port) == port


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port is only looked at")
def test_of_many_who_want_a_port_at_once_one_gets_it() -> None:
    port, everybody = free_port(), [HeldPorts() for _ in range(8)]
    begin, got, refused = threading.Barrier(len(everybody)), [], []

    def take(ports: HeldPorts) -> None:
        begin.wait()
        try:
            got.append(ports.take(port))
        except InstanceError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=take, args=(ports,)) for ports in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ports in everybody:
        ports.close()
    assert got == [port]
    assert set(refused) == {f"Port {port} cannot be used: Address already in use. Choose another one with --port."}


def test_two_labs_that_start_at_once_do_not_share_a_port() -> None:
    options = LabOptions(database="sqlite", port=free_port())
    labs, failures = [Lab(options), Lab(options)], []

    def start(lab: Lab) -> None:
        try:
            lab.start()
        except SubmitTwiceError as error:
            failures.append(str(error))

    threads = [threading.Thread(target=start, args=(lab,)) for lab in labs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for lab in labs:
        lab.close()
    assert failures == [f"Port {options.port} cannot be used: Address already in use. Choose another one with --port."]


def test_a_port_that_there_is_not(ports: HeldPorts) -> None:
    with pytest.raises(InstanceError, match="there is no such port"):
        ports.take(70_000)
