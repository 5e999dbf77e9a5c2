"""A real sender process, and a small real server to send to."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.lab.senders.client import Sender, WhyEnded
from backend.model.sentence import plain
from tests.backend.lab.senders.small_server import SmallServer

PROJECT = Path(__file__).parents[4]


class Processes:
    """The sender processes that were started, the latest last."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []

    def spawn(self, argv: list[str]) -> WhyEnded:
        self.started.append(process := subprocess.Popen(argv, cwd=PROJECT))
        return lambda: None if process.poll() is None else plain(f"exit code {process.returncode}")

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture
def processes() -> Iterator[Processes]:
    started = Processes()
    yield started
    started.end()


@pytest.fixture(scope="session")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    """A sender for tests that leave its process alone."""
    started = Processes()
    client = Sender(started.spawn, tmp_path_factory.mktemp("sender") / "socket")
    yield client
    client.close()
    started.end()


@pytest.fixture
def own_sender(processes: Processes, tmp_path: Path) -> Iterator[Sender]:
    """A sender for one test."""
    client = Sender(processes.spawn, tmp_path / "sender")
    yield client
    client.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., SmallServer]]:
    """Starts servers that end with the test."""
    servers: list[SmallServer] = []

    def start(*arguments: object, **named: object) -> SmallServer:
        server = SmallServer(*arguments, **named)  # type: ignore[arg-type]
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()
