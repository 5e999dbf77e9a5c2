"""The instances of a lab: real processes, started under its supervisor."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from backend.engines.supervisor import Child, Supervisor
from backend.errors import InstanceError
from backend.gateway.settings import address_file
from backend.instance.settings import InstanceSettings
from backend.tap.trace import Welcome
from backend.trace_server import TraceServer

MOST_INSTANCES = 4
_START_SECONDS = 15.0
_STOP_SECONDS = 3.0
_LISTEN_SECONDS = 5.0
_POLL_SECONDS = 0.005
PROJECT = Path(__file__).parents[2]
"""Where Python finds our packages."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A running backend process."""

    number: int
    port: int
    child: Child


class InstancePool:
    """Starts and stops instances. Not thread-safe: its owner takes turns.

    Args:
        supervisor: under which they run.
        trace: where they report and learn their engines.
        trace_path: its socket.
        token: bearer token that callers must show.
        first_port: port of the first instance, the others follow; None takes free ones.
        on_exit: called with the number of an instance that ended without being asked to, and whether it is started
            again.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        trace: TraceServer,
        trace_path: Path,
        token: str,
        first_port: int | None,
        on_exit: Callable[[int, bool], None],
    ) -> None:
        self._supervisor = supervisor
        self._trace = trace
        self._trace_path = trace_path
        self._token = token
        self._first_port = first_port
        self._on_exit = on_exit
        self._instances: list[Instance] = []
        self._wanted = 0
        """How many there are to be, whatever became of them."""
        self._launched: dict[int, Instance] = {}

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The running instances, by number."""
        return tuple(self._instances)

    def resize(self, count: int, database: str, redis: str) -> None:
        """Have `count` instances on these engines; those that run already keep running.

        Raises:
            InstanceError: one could not be started.
        """
        if not 1 <= count <= MOST_INSTANCES:
            raise InstanceError(f"There can be 1 to {MOST_INSTANCES} instances, not {count}.")
        self._wanted = count
        kept = [instance for instance in self._instances if instance.number <= count and instance.child.alive]
        surplus = [instance for instance in self._instances if instance not in kept]
        self._instances = kept
        _stop(surplus)
        numbers = sorted(set(range(1, count + 1)) - {instance.number for instance in kept})
        missing = [number for number in numbers if number not in self._launched]
        for number, port in zip(missing, self._ports(missing), strict=True):
            self._launched[number] = self._spawn(number, port)
        welcome = Welcome(database, redis, str(address_file(self._supervisor.directory)))
        with ThreadPoolExecutor(MOST_INSTANCES) as starters:
            started = [starters.submit(self._start, number, welcome) for number in numbers]
        self._instances += [future.result() for future in started if future.exception() is None]
        self._instances.sort(key=lambda instance: instance.number)
        for future in started:
            future.result()

    def replace(self, database: str, redis: str) -> None:
        """Run as many instances as before, on other engines."""
        self.stop()
        self.resize(self._wanted, database, redis)

    def stop(self) -> None:
        """Stop all instances."""
        stopping, self._instances = self._instances, []
        _stop(stopping)

    def launch(self, count: int) -> None:
        """Let processes load their code while the engines still start; `resize` tells them where those are.

        Raises:
            InstanceError: a port cannot be used.
        """
        numbers = range(1, count + 1)
        for number, port in zip(numbers, self._ports(numbers), strict=True):
            self._launched[number] = self._spawn(number, port)

    def _spawn(self, number: int, port: int) -> Instance:
        settings = InstanceSettings(number, port, self._token, str(self._trace_path))
        self._trace.forget(number)
        child = self._supervisor.spawn(
            f"instance-{number}",
            [sys.executable, "-m", "backend.instance"],
            env=settings.to_environment(),
            cwd=PROJECT,
            restart=True,
        )
        return Instance(number, port, child)

    def _start(self, number: int, welcome: Welcome) -> Instance:
        instance = self._launched.pop(number)
        if not self._trace.welcome(number, welcome, _START_SECONDS) or not _listens(instance.port):
            reason = instance.child.log_tail() or "it did not answer in time"
            instance.child.terminate()
            raise InstanceError(f"Backend instance {number} could not start: {reason.splitlines()[-1]}")
        instance.child.on_exit(lambda _code: self._report_exit(instance))
        return instance

    def _report_exit(self, instance: Instance) -> None:
        if instance in self._instances:
            self._on_exit(instance.number, instance.child.alive)

    def _ports(self, numbers: Sequence[int]) -> list[int]:
        if self._first_port is None:
            return _free_ports(len(numbers))
        ports = [self._first_port + number - 1 for number in numbers]
        for port in ports:
            _require_free(port)
        return ports


def _stop(instances: list[Instance]) -> None:
    for instance in instances:
        instance.child.terminate()
    for instance in instances:
        if instance.child.wait(_STOP_SECONDS) is None:
            instance.child.kill()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(held.getsockname()[1]) for held in sockets]
    for held in sockets:
        held.close()
    return ports


def _require_free(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "there is no such port"
        raise InstanceError(f"Port {port} cannot be used: {reason}. Choose another one with --port.") from None


def _listens(port: int) -> bool:
    """Wait until the port accepts connections: the server may bind it a little after its worker says hello."""
    pause = threading.Event()
    for _ in range(round(_LISTEN_SECONDS / _POLL_SECONDS)):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=_STOP_SECONDS).close()
        except ConnectionRefusedError:
            pause.wait(_POLL_SECONDS)
        else:
            return True
    return False
