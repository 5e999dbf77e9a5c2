"""RabbitMQ listens on a port for clients and on one for other nodes; somebody else may have taken either meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from backend.engines.broker import rabbitmq_server
from backend.engines.broker.rabbitmq_server import find_rabbitmq, start_rabbitmq
from backend.engines.processes.ports import quiet_port
from backend.engines.processes.supervisor import Supervisor

pytestmark = pytest.mark.skipif(find_rabbitmq() is None, reason="rabbitmq-server is not installed here")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield somebody.getsockname()[1]


@pytest.mark.exhaustive
def test_another_port_is_taken_for_clients(taken: int) -> None:
    ports = iter([taken])
    with Supervisor() as supervisor:
        running, address = start_rabbitmq(supervisor, lambda: next(ports, 0) or quiet_port())
        assert (running.address, address.port == taken) == (f"127.0.0.1:{address.port}", False)


@pytest.mark.exhaustive
def test_another_port_is_taken_for_other_nodes_when_it_starts_again(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Supervisor() as supervisor:
        running, address = start_rabbitmq(supervisor)
        assert running.child is not None
        running.child.kill()
        running.child.wait(10)
        ports = iter([taken])
        monkeypatch.setattr(rabbitmq_server, "quiet_port", lambda: next(ports, 0) or quiet_port())
        assert running.start_again is not None
        again = running.start_again()
        assert again.address == f"127.0.0.1:{address.port}"
        assert next(ports, None) is None
