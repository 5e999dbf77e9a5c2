"""The instances of a lab: real processes, started under its supervisor."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from backend.engines.gateway.settings import address_file
from backend.engines.patience import Patience
from backend.engines.processes.child import Child
from backend.engines.processes.ports import HeldPorts
from backend.engines.processes.supervisor import Supervisor
from backend.engines.says import ProcessCode
from backend.engines.start import last_words, stands_still
from backend.instance.settings import InstanceSettings
from backend.lab.trace_server import TraceServer
from backend.model.errors import InstanceError
from backend.model.sentence import say
from backend.strategies import folder_in_use
from backend.tap.trace_messages import Welcome

MOST_INSTANCES = 4
_STOP_SECONDS = 3.0
PROJECT = Path(__file__).parents[2]
"""Where Python finds our packages."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A running backend process."""

    number: int
    port: int
    child: Child


class InstancePool:
    """Starts and stops instances.

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
        self._guard = threading.RLock()
        self._instances: list[Instance] = []
        self._wanted = 0
        """How many there are to be, whatever became of them."""
        self._launched: dict[int, Instance] = {}
        self._ports = HeldPorts()

    @property
    def instances(self) -> tuple[Instance, ...]:
        """The running instances, by number."""
        return tuple(self._instances)

    def resize(self, count: int, database: str, redis: str) -> None:
        """Have `count` instances on these engines; those that run already keep running.

        Raises:
            InstanceError: an instance could not be started.
        """
        if not 1 <= count <= MOST_INSTANCES:
            raise InstanceError(say(ProcessCode.INSTANCE_COUNT, most=MOST_INSTANCES, count=count))
        with self._guard:
            self._resize(count, database, redis)

    def need(self, database: str, redis: str) -> None:
        """Have as many instances as there are to be, should earlier ones not have come up.

        Raises:
            InstanceError: an instance could not be started.
        """
        with self._guard:
            if len(self._instances) < self._wanted:
                self._resize(self._wanted, database, redis)

    def _resize(self, count: int, database: str, redis: str) -> None:
        self._wanted = count
        kept = [instance for instance in self._instances if instance.number <= count and instance.child.alive]
        surplus = [instance for instance in self._instances if instance not in kept]
        self._instances = kept
        _stop(surplus)
        numbers = sorted(set(range(1, count + 1)) - {instance.number for instance in kept})
        missing = [number for number in numbers if number not in self._launched]
        self.launch(missing)
        welcome = Welcome(database, redis, str(address_file(self._supervisor.private)))
        with ThreadPoolExecutor(MOST_INSTANCES) as starters:
            started = [starters.submit(self._start, number, welcome) for number in numbers]
        self._instances += [future.result() for future in started if future.exception() is None]
        self._instances.sort(key=lambda instance: instance.number)
        for future in started:
            future.result()

    def replace(self, database: str, redis: str) -> None:
        """Run as many instances as before, on other engines."""
        with self._guard:
            self.stop()
            self.resize(self._wanted, database, redis)

    def stop(self) -> None:
        """Stop all instances."""
        stopping, self._instances = self._instances, []
        _stop(stopping)

    def launch(self, numbers: Sequence[int]) -> None:
        """Let processes load their code while the engines still start; `resize` tells them where those are.

        Raises:
            InstanceError: a port cannot be used.
        """
        for number in numbers:
            port = self._ports.take(None if self._first_port is None else self._first_port + number - 1)
            self._launched[number] = self._spawn(number, port)

    def release_ports(self) -> None:
        """Let others have the ports."""
        self._ports.close()

    def _spawn(self, number: int, port: int) -> Instance:
        settings = InstanceSettings(
            number, port, self._token, str(self._trace_path), strategies=str(folder_in_use() or "")
        )
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
        patience = Patience(instance.child)
        if not self._trace.welcome(number, welcome, lambda: not instance.child.alive or patience.is_over):
            reason = last_words(instance.child.log_tail(50)) or stands_still()
            instance.child.terminate()
            raise InstanceError(say(ProcessCode.INSTANCE_NOT_STARTED, number=number, reason=reason))
        instance.child.on_exit(lambda _code: self._report_exit(instance))
        return instance

    def _report_exit(self, instance: Instance) -> None:
        if instance in self._instances:
            self._on_exit(instance.number, instance.child.alive)


def _stop(instances: list[Instance]) -> None:
    for instance in instances:
        instance.child.terminate()
    for instance in instances:
        if instance.child.wait(_STOP_SECONDS) is None:
            instance.child.kill()
