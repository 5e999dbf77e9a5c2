"""The instances of a lab: real processes, started under its supervisor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from backend.engines.processes.child import Child
from backend.engines.processes.ports import HeldPorts
from backend.engines.says import ProcessCode
from backend.lab.launcher import Launcher, stop_all
from backend.model.errors import InstanceError
from backend.model.sentence import say

MOST_INSTANCES = 4


@dataclass(frozen=True, slots=True)
class Instance:
    """A running backend process."""

    number: int
    port: int
    child: Child


class InstancePool:
    """Starts and stops instances.

    Args:
        launcher: starts them.
        token: bearer token that callers must show.
        first_port: port of the first instance, the others follow; None takes free ones.
        on_exit: called with the number of an instance that ended without being asked to, and whether it is started
            again.
    """

    def __init__(
        self, launcher: Launcher, token: str, first_port: int | None, on_exit: Callable[[int, bool], None]
    ) -> None:
        self._launcher = launcher
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

    def need(self, database: str, redis: str, given_up: Callable[[], bool]) -> None:
        """Have as many instances as there are to be, ready, should earlier ones not have come up or have died.

        Args:
            database: that instances use which have to be started.
            redis: as `database`.
            given_up: whether nobody wants to wait any more for those that are on their way back.

        Raises:
            InstanceError: an instance could not be started, or does not come back.
        """
        with self._guard:
            if sum(instance.child.alive for instance in self._instances) < self._wanted:
                self._resize(self._wanted, database, redis)
            instances = self.instances
        for instance in instances:
            if reason := self._launcher.await_return(instance.number, instance.child, given_up):
                raise InstanceError(say(ProcessCode.INSTANCE_NOT_STARTED, number=instance.number, reason=reason))

    def _resize(self, count: int, database: str, redis: str) -> None:
        self._wanted = count
        kept = [instance for instance in self._instances if instance.number <= count and instance.child.alive]
        surplus = [instance for instance in self._instances if instance not in kept]
        self._instances = kept
        stop_all([instance.child for instance in surplus])
        numbers = sorted(set(range(1, count + 1)) - {instance.number for instance in kept})
        missing = [number for number in numbers if number not in self._launched]
        self.launch(missing)
        with ThreadPoolExecutor(MOST_INSTANCES) as starters:
            started = [starters.submit(self._start, number, database, redis) for number in numbers]
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
        stop_all([instance.child for instance in stopping])

    def launch(self, numbers: Sequence[int]) -> None:
        """Let processes load their code while the engines still start; `resize` tells them where those are.

        Raises:
            InstanceError: a port cannot be used.
        """
        for number in numbers:
            port = self._ports.take(None if self._first_port is None else self._first_port + number - 1)
            child = self._launcher.spawn(f"instance-{number}", "backend.instance", number, port=port, token=self._token)
            self._launched[number] = Instance(number, port, child)

    def release_ports(self) -> None:
        """Let others have the ports."""
        self._ports.close()

    def _start(self, number: int, database: str, redis: str) -> Instance:
        instance = self._launched.pop(number)
        if reason := self._launcher.welcome(number, instance.child, database, redis):
            instance.child.terminate()
            raise InstanceError(say(ProcessCode.INSTANCE_NOT_STARTED, number=number, reason=reason))
        instance.child.on_exit(lambda _code: self._report_exit(instance))
        return instance

    def _report_exit(self, instance: Instance) -> None:
        if instance in self._instances:
            self._on_exit(instance.number, instance.child.alive)
