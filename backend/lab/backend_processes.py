"""The processes that handle submissions: instances of the HTTP API, and consumers of the queue."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from backend.engines.says import ProcessCode
from backend.lab.consumers import consumer_ended
from backend.lab.senders.messages import Target
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from backend.engines.processes.child import Child
    from backend.lab.consumers import ConsumerPool
    from backend.lab.instances import InstancePool
    from backend.lab.work_book import WorkBook
    from backend.model.sentence import Sentence

_REST_SECONDS = 1.0
"""What is still at work when everything is to be emptied may come to its end by itself for so long."""
_LOOK_SECONDS = 0.05


class BackendProcesses:
    """Both kinds together, as far as they have something in common.

    Args:
        instances: those of the HTTP API.
        consumers: those of the queue.
        works: knows what they are at.
    """

    def __init__(self, instances: InstancePool, consumers: ConsumerPool, works: WorkBook) -> None:
        self._instances = instances
        self._consumers = consumers
        self._works = works

    @property
    def ports(self) -> list[int]:
        """Where the instances listen."""
        return [instance.port for instance in self._instances.instances]

    @property
    def targets(self) -> tuple[Target, ...]:
        """Where submissions are sent to."""
        return tuple(Target("127.0.0.1", port) for port in self.ports)

    def child(self, number: int) -> Child | None:
        """The process of an instance or of a consumer."""
        instances = {instance.number: instance.child for instance in self._instances.instances}
        return instances.get(number) or self._consumers.child(number)

    def why_away(self, number: int) -> Sentence | None:
        """What to say of a process that has hung up; None where nobody waits for it any more."""
        if self._consumers.child(number):
            return consumer_ended(number)
        return say(ProcessCode.INSTANCE_RESTARTING, number=number) if self.child(number) else None

    def resize(self, count: int, database: str, redis: str) -> None:
        """Have this many instances.

        Raises:
            InstanceError: an instance could not be started.
        """
        self._instances.resize(count, database, redis)

    def need_instances(self, database: str, redis: str, given_up: Callable[[], bool]) -> None:
        """Have all instances ready, should earlier ones not have come up or have died.

        Args:
            database: that instances use which have to be started.
            redis: as `database`.
            given_up: whether nobody wants to wait any more for those that are on their way back.

        Raises:
            InstanceError: an instance could not be started, or does not come back.
        """
        self._instances.need(database, redis, given_up)

    def need_consumers(self, database: str, redis: str) -> None:
        """Have consumers running: they start when they are first needed.

        Raises:
            InstanceError: a consumer could not be started.
        """
        self._consumers.need(database, redis)

    def stop_consumers(self) -> None:
        """Have none, until they are needed again."""
        self._consumers.stop()

    def replace(self, database: str, redis: str) -> None:
        """Start other instances in the places of these.

        Raises:
            InstanceError: an instance could not be started.
        """
        self._instances.replace(database, redis)

    def put_to_rest(
        self, flying: Callable[[], Iterable[int]], closing: Callable[[], bool], database: str, redis: str
    ) -> None:
        """Have nothing at work: what takes long ends with its process.

        Args:
            flying: the instances that something is on its way to.
            closing: whether everything ends, and nobody needs to wait any more.
            database: what those that are started in their places use.
            redis: as `database`.

        Raises:
            InstanceError: a process that was ended could not be started again.
        """
        deadline = time.monotonic() + _REST_SECONDS
        told = threading.Event()

        def all_told() -> None:
            told.set()
            self._works.wake()

        version = self._works.version
        self._works.ask(all_told)
        while self._works.at_work() or any(True for _ in flying()) or not told.is_set():
            if closing():
                return
            if time.monotonic() > deadline:
                self.stop_consumers()
                self.replace(database, redis)
                return
            self._works.wait_for_change(version, _LOOK_SECONDS)
            version = self._works.version
