"""What a run needs of its lab."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backend.lab.senders.redelivery import Redelivery
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from backend.instance.queue import Message
    from backend.lab.parts import Parts
    from backend.lab.senders.messages import Target
    from backend.model.observed import Reply
    from backend.model.plan import Fault, Setup


class Bench:
    """Engines, processes and books, as far as a run is concerned with them.

    Args:
        parts: of the lab.
        read_back: reads all effects and all stuck locks into the ledger.
    """

    def __init__(self, parts: Parts, read_back: Callable[[], None]) -> None:
        self._parts = parts
        self.name, self.token = parts.name, parts.token
        self.ledger, self.steps, self.works, self.forms = parts.ledger, parts.steps, parts.works, parts.forms
        self.sender = parts.sender
        self.read_back = read_back

    @property
    def targets(self) -> tuple[Target, ...]:
        """The instances."""
        return self._parts.processes.targets

    @property
    def database(self) -> sa.Engine:
        """Untapped connections to the database in use."""
        return self._parts.engines.engine

    def require_engines(self, setup: Setup) -> Setup:
        """Have the engines as a setup wants them. A database that does not answer is told of later.

        Returns:
            The setup as it is then, with what it had left open.

        Raises:
            EngineError: a table is no longer the one that we have made, or a server did not do what it was told.
        """
        self._parts.engines.require_tables()
        return replace(setup, redis_persistence=self._parts.engines.use_persistence(setup.redis_persistence))

    def require_instances(self) -> None:
        """Have all instances running: after a switch of databases that failed some may be missing.

        Raises:
            InstanceError: an instance could not be started.
        """
        self._parts.processes.need_instances(*self._parts.engines.urls)

    def require_consumers(self) -> None:
        """Have consumers of the queue running: they start when they are first needed.

        Raises:
            InstanceError: a consumer could not be started.
        """
        self._parts.processes.need_consumers(*self._parts.engines.urls)

    def deliver(
        self, run: str, setup: Setup, messages: Sequence[Message], on_replies: Callable[[Sequence[Reply]], None]
    ) -> Redelivery:
        """Put messages onto the queue of a run."""
        client, faults = self._parts.engines.client, self._parts.fault_injector
        timeout, comes_back = setup.visibility_timeout_ms, lambda: faults.brings_back(EngineKind.REDIS)
        return Redelivery(client, self.name, run, timeout, messages, self.works, on_replies, comes_back)

    def require_zookeeper(self) -> None:
        """Have ZooKeeper running: it starts when it is first needed.

        Raises:
            EngineError: ZooKeeper is not installed, or could not be started.
        """
        self._parts.zookeeper.require()

    def require_gateway(self) -> None:
        """Have the gateway running: it starts when it is first wanted.

        Raises:
            EngineError: the gateway could not be started.
        """
        self._parts.gateway.require()

    def require_setup(self, setup: Setup) -> None:
        """Check that its faults and its knobs can be had on the engines in use.

        Raises:
            NotApplicableError: a fault or a knob is about a server that we have not started.
        """
        self._parts.engines.require_setup(setup)

    def disturb(self, fault: Fault) -> None:
        """Kill, restart or pause a server; returns when it answers again.

        Raises:
            EngineError: the server does not answer again.
        """
        self._parts.fault_injector.disturb(self._parts.engines.faulted(fault), fault)
