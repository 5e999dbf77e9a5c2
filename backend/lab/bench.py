"""What a run needs of its lab."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backend.lab.orphans import wait_for_orphans, wait_for_redis_orphans
from backend.lab.senders.redelivery import Redelivery
from backend.lab.senders.run_queue import JetStreamQueue, RabbitQueue, StreamQueue
from backend.model.errors import NotApplicableError
from backend.model.faults import FaultCode, to_servers
from backend.model.intents import operations
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, FaultKind, OperationKey, Source
from backend.strategies import find

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import sqlalchemy as sa

    from backend.instance.queue import Message
    from backend.lab.parts import Parts
    from backend.lab.senders.messages import Target
    from backend.lab.senders.run_queue import RunQueue
    from backend.model.observed import Reply
    from backend.model.plan import Fault, Plan, Setup
    from backend.model.sentence import Sentence


class Bench:
    """Engines, processes and books, as far as a run is concerned with them.

    Args:
        parts: of the lab.
        read_back: reads all effects and all stuck locks into the ledger.
        unwatched: nobody else reads any meanwhile.
        lost: tells why nothing works any more of what was started here; None while it does.
    """

    def __init__(
        self,
        parts: Parts,
        read_back: Callable[[], None],
        unwatched: Callable[[], AbstractContextManager[None]],
        lost: Callable[[], Sentence | None],
    ) -> None:
        self._parts = parts
        self.lost = lost
        self.name, self.token = parts.name, parts.token
        self.ledger, self.steps, self.works, self.forms = parts.ledger, parts.steps, parts.works, parts.forms
        self.sender = parts.sender
        self.read_back, self.unwatched = read_back, unwatched
        self._source = Source.CLICKS
        self.tell = parts.fault_injector.tell

    @property
    def targets(self) -> tuple[Target, ...]:
        """The instances."""
        return self._parts.processes.targets

    @property
    def database(self) -> sa.Engine:
        """Untapped connections to the database in use."""
        return self._parts.engines.engine

    @property
    def redis_name(self) -> str:
        """What the Redis-protocol server is called."""
        return self._parts.engines.redis.name

    @property
    def promoted_ns(self) -> int:
        """When a standby of the database has last begun to take over."""
        return self._parts.engines.standby.promoted_ns

    def require_engines(self, setup: Setup) -> Setup:
        """Have the engines as a setup wants them. A database that does not answer is told of later.

        Returns:
            The setup as it is then, with what it had left open.

        Raises:
            EngineError: a table is no longer the one that we have made, or a server did not do what it was told.
        """
        engines = self._parts.engines
        engines.require_tables()
        engines.use_replication(setup)
        engines.servers.look()
        persistence = engines.use_persistence(setup.redis_persistence)
        topology = engines.servers.topology if engines.redis.embedded else None
        return replace(setup, redis_persistence=persistence, redis_topology=topology)

    def require_instances(self, given_up: Callable[[], bool]) -> None:
        """Have all instances ready: after a switch of databases that failed some may be missing, or one has died.

        Args:
            given_up: whether nobody wants to wait any more for one that is being started again.

        Raises:
            InstanceError: an instance could not be started, or does not come back.
        """
        self._parts.processes.need_instances(*self._parts.engines.urls, given_up)

    def require_consumers(self) -> None:
        """Have consumers of the queue running: they start when they are first needed.

        Raises:
            InstanceError: a consumer could not be started.
        """
        self._parts.processes.need_consumers(*self._parts.engines.urls)

    def require_broker(self, source: Source) -> None:
        """Have the broker of a source running: it starts when it is first needed.

        Raises:
            EngineError: it is not installed, or could not be started.
        """
        if source.has_broker:
            self._parts.brokers[source].require()

    def deliver(
        self,
        run: str,
        source: Source,
        setup: Setup,
        messages: Sequence[Message],
        on_replies: Callable[[Sequence[Reply]], None],
    ) -> Redelivery:
        """Put messages onto the queue of a run.

        Raises:
            EngineError: the broker does not answer.
        """
        queue = self._queue(run, source, setup)
        client = self._parts.engines.client
        return Redelivery(
            queue, client, run, messages, self.works, on_replies, lambda: self._comes_back(source), self.lost
        )

    def _queue(self, run: str, source: Source, setup: Setup) -> RunQueue:
        client = self._parts.engines.client
        if source is Source.NATS:
            from backend.engines.broker.nats_client import NatsClient  # noqa: PLC0415, RUF100  most runs never want it

            return JetStreamQueue(NatsClient(self._parts.brokers[source].require()), client, self.name, run, setup)
        if source is Source.RABBITMQ:
            broker = self._parts.brokers[source]
            return RabbitQueue(broker, client, self.name, run, setup, lambda: bool(self.works.at_work()))
        return StreamQueue(client, self.name, run, setup)

    def _comes_back(self, source: Source) -> bool:
        """Whether what the messages of a source go through runs, or will run again."""
        broker = self._parts.brokers[source].comes_back if source.has_broker else True
        return broker and self._parts.fault_injector.brings_back(EngineKind.REDIS)

    def require_zookeeper(self, servers: int) -> None:
        """Have so many ZooKeepers running: they start when they are first needed.

        Raises:
            EngineError: ZooKeeper is not installed, or could not be started.
        """
        self._parts.zookeeper.require(servers)

    def require_gateway(self) -> None:
        """Have the gateway running: it starts when it is first wanted.

        Raises:
            EngineError: the gateway could not be started.
        """
        self._parts.gateway.require()

    def require_setup(self, setup: Setup, source: Source) -> None:
        """Check that its faults and its knobs can be had on the engines in use.

        Raises:
            NotApplicableError: a fault or a knob is about a server that we have not started.
        """
        self._parts.engines.require_setup(setup)
        about_broker = [fault for fault in to_servers(setup.faults) if fault.place == "broker"]
        self._source = source
        if about_broker and not source.has_broker:
            raise NotApplicableError(say(FaultCode.NO_BROKER, fault=str(about_broker[0])))
        about_zookeeper = [fault for fault in to_servers(setup.faults) if fault.place == "zookeeper"]
        strategy, variant = find(setup.strategy, setup.variant)
        if about_zookeeper and EngineKind.ZOOKEEPER not in variant.engines:
            name = f"{strategy.key}/{variant.key}"
            raise NotApplicableError(say(FaultCode.NO_ZOOKEEPER, fault=str(about_zookeeper[0]), strategy=name))

    def prepare(self, faults: Sequence[Fault], at_once: Sequence[Fault]) -> None:
        """What has to be so before anything leaves, for these faults of servers to come about as they should.

        Args:
            faults: all of a run.
            at_once: those of them that come before anything is answered.

        Raises:
            EngineError: a server does not answer.
        """
        self._parts.redis_faults.prepare([fault for fault in faults if fault.place == "redis"])
        standby = self._parts.engines.standby
        # Where commits wait for the standby, nothing would be answered from then on.
        early = at_once if standby.confirms else faults
        if any(fault.kind is FaultKind.FAILOVER and fault.place == "database" for fault in early):
            self._parts.fault_injector.expect_failover(standby)

    def disturb(self, fault: Fault, is_over: Callable[[], bool]) -> None:
        """Carry out a fault of a server; returns when it answers again, or is gone for as long as the run lasts.

        Args:
            fault: what is done to which server.
            is_over: whether no more answers come.

        Raises:
            EngineError: the server does not answer again.
        """
        engines = self._parts.engines
        if fault.kind is FaultKind.FAILOVER and fault.place == "database":
            self._parts.fault_injector.fail_over(engines.database, engines.standby, is_over)
        elif fault.place == "broker":
            self._parts.brokers[self._source].disturb(fault)
        elif fault.place == "zookeeper":
            self._parts.zookeeper.disturb(fault)
        elif fault.place != "redis" or not self._parts.redis_faults.disturb(fault):
            self._parts.fault_injector.disturb(engines.faulted(fault), fault)

    def wait_for_servers(self, run: str, plan: Plan, abandoned: Callable[[], bool]) -> bool:
        """Wait until servers have ended what they were asked for by processes that have died since, or given up.

        Args:
            run: its name.
            plan: of the run.
            abandoned: whether nobody wants to wait any more.

        Returns:
            Whether they have.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database does not answer.
        """
        engines = self._parts.engines
        if not wait_for_orphans(self.works, self.database, engines.database_urls, abandoned):
            return False
        if not wait_for_redis_orphans(self.works, engines.redis_urls, abandoned):
            return False
        sends = OperationKey.SEND_MESSAGE in operations(plan.intents)
        return not sends or self._parts.gateway.end_run(run, abandoned)

    def restore(self) -> None:
        """What faults have taken away for the time of the run comes back.

        Raises:
            EngineError: a server does not answer again.
        """
        self._parts.redis_faults.restore()
        self._parts.engines.standby.let_go()
