"""Everything that runs for a lab: engines, instances, sender, trace; wired once, here."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.engines.broker.keeper import BrokerKeeper
from backend.engines.broker.nats_server import start_nats
from backend.engines.broker.rabbitmq_server import start_rabbitmq
from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.health import HealthBoard
from backend.engines.processes.supervisor import Supervisor
from backend.engines.says import ProcessCode
from backend.engines.sql import retire
from backend.engines.start import scarce_resource, side_by_side, why_not_up
from backend.engines.zookeeper.keeper import ZooKeeperKeeper
from backend.files.project import PROJECT
from backend.lab import warm
from backend.lab.backend_processes import BackendProcesses
from backend.lab.changes import Changes
from backend.lab.consumers import ConsumerPool
from backend.lab.ending import Ending
from backend.lab.engine_board import EngineBoard
from backend.lab.engines_in_use import EnginesInUse
from backend.lab.fault_injector import FaultInjector
from backend.lab.forms import FormDesk
from backend.lab.instances import InstancePool
from backend.lab.launcher import Launcher
from backend.lab.ledger import Ledger
from backend.lab.orphans import wait_for_orphans, wait_for_redis_orphans
from backend.lab.parts import Parts
from backend.lab.redis_faults import RedisFaults
from backend.lab.senders.client import Sender
from backend.lab.step_book import StepBook
from backend.lab.stuck_locks import barred, held_by_sessions
from backend.lab.trace_server import TraceServer
from backend.lab.work_book import WorkBook
from backend.model.errors import EngineError, InstanceError
from backend.model.observed import Step
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind, Source
from backend.shop.effects import ChainReader, EffectReader, RowReader

if TYPE_CHECKING:
    from backend.engines.processes.child import Child
    from backend.engines.running import RunningEngine
    from backend.lab.senders.client import WhyEnded
    from backend.lab.senders.messages import Target
    from backend.model.options import LabOptions


class Machinery:
    """Starts and stops everything. What a run needs is a `Bench`.

    Args:
        options: how to start.
        on_engines: called when an engine or an instance came, went or changed its health.
        on_steps: called with each batch of steps, also of those that are under way and take long.
        on_incident: called with a sentence when something was killed, stopped or started again.
    """

    ledger: Ledger
    steps: StepBook
    works: WorkBook
    forms: FormDesk
    sender: Sender
    parts: Parts
    """All of it; there once it has started."""
    board: EngineBoard
    """How it is; there once it has started."""
    changes: Changes
    """What else it can use; there once it has started."""

    def __init__(
        self,
        options: LabOptions,
        on_engines: Callable[[], None],
        on_steps: Callable[[Sequence[Step]], None],
        on_incident: Callable[[Sentence], None] = lambda _sentence: None,
    ) -> None:
        self._options = options
        self._on_engines = on_engines
        self._on_steps = on_steps
        self.name = secrets.token_hex(4)
        self.token = secrets.token_urlsafe(24)
        self._health = HealthBoard(on_engines, on_incident)
        self._supervisor = Supervisor(options.niceness, self._supervisor_lost, self._health.tell)
        self._ending = Ending()
        self._hearing = Ending()
        """What has yet to hear of the ends of all processes, should they come at once."""
        self._closing = False
        self._gateway = GatewayKeeper(self._supervisor, self._gateway_changed, self._health.tell)
        self._zookeeper = ZooKeeperKeeper(self._supervisor, options.zookeeper, self._on_engines, self._health.tell)
        self._brokers = {
            source: BrokerKeeper(self._supervisor, source, start, self._on_engines, self._health.tell)
            for source, start in ((Source.NATS, start_nats), (Source.RABBITMQ, start_rabbitmq))
        }
        self.ledger = Ledger()
        self.steps = StepBook(promoted_ns=lambda: self._engines.standby.promoted_ns)
        self.works = WorkBook()
        self.forms = FormDesk()
        self._engines = EnginesInUse(self._supervisor, options, self._health, self._engine_started)
        self._fault_injector = FaultInjector(self._find_child, self._engine_replaced, self._health)
        self._redis_faults = RedisFaults(
            lambda: self._engines.servers, self._fault_injector.keeper_of, self._health, on_engines
        )
        self._ending.add(self._redis_faults.close, self._redis_faults.close)
        self._ending.add(self._fault_injector.close, self._fault_injector.stop)
        self._ending.add(self._engines.standby.close, self._engines.standby.stop)
        self._ending.add(self._gateway.close, self._gateway.stop)
        self._ending.add(self._zookeeper.close, self._zookeeper.close)
        for broker in self._brokers.values():
            self._ending.add(broker.close, broker.close)
        self._hearing.add(self.works.stop, self.works.stop)

    # Life

    def start(self) -> None:
        """Start engines and instances side by side. Another thread may `close` meanwhile.

        Raises:
            SubmitTwiceError: something could not be started. `close` cleans up.
        """
        try:
            self._start()
        except Exception as error:
            if self.lost:
                raise EngineError(self.lost) from None  # then everything fails, and why is one thing
            if not isinstance(error, RuntimeError | MemoryError | OSError):
                raise
            closing = say(ProcessCode.CLOSING) if self._closing else None  # its folder is gone, or going
            if sentence := closing or scarce_resource(error):
                raise InstanceError(sentence) from None
            raise

    def _start(self) -> None:
        self._supervisor.start()
        self._trace = trace = TraceServer(
            trace_path := self._supervisor.private / "trace",
            self._take_steps,
            self._health.process_ready,
            self._want,
            on_pausing=self._fault_injector.pause_process,
            works=self.works,
            on_trouble=self._health.tell,
            on_lost=self._process_lost,
        )
        self._hearing.add(trace.close, trace.stop)
        launcher = Launcher(self._supervisor, trace, trace_path)
        pool = InstancePool(launcher, self.token, self._options.port, self._instance_ended)
        self._ending.add(pool.release_ports)
        consumers = ConsumerPool(launcher, self.name, self._process_ended, self._health.process_unwanted)
        self._processes = BackendProcesses(pool, consumers, self.works)
        pool.launch(range(1, self._options.instances + 1))
        self.sender = Sender(self._spawn_sender, self._supervisor.private / "sender")
        self._ending.add(self.sender.close, self.sender.close)
        side_by_side([self._engines.start_database, self._engines.start_redis, self.sender.start], self.close)
        self._open_connections()
        self._processes.resize(self._options.instances, *self._engines.urls)
        self.parts = self._parts()
        self.board = EngineBoard(self.parts, self._health)
        self.changes = Changes(self.parts, self._health, lambda: self._closing)

    def _parts(self) -> Parts:
        return Parts(
            self.name,
            self.token,
            self._engines,
            self._processes,
            self.sender,
            self._gateway,
            self._zookeeper,
            self._brokers,
            self._fault_injector,
            self._redis_faults,
            self.ledger,
            self.steps,
            self.works,
            self.forms,
        )

    def give_up(self) -> None:
        """Wake whoever waits, for submissions or for something to come up: runs under way fail, a start ends.

        The first step of `close`.
        """
        self._closing = True
        self._health.close()
        self._ending.wake_all()
        self._hearing.wake_all()

    def close(self) -> None:
        """Stop everything; nothing is left. Servers end first: who still talks to one hears of it at once."""
        self.give_up()
        self._supervisor.close()
        self._ending.close_all()
        self._hearing.close_all()

    @property
    def lost(self) -> Sentence | None:
        """Why nothing of it works any more; None while it does."""
        return self._health.lost or (say(ProcessCode.SUPERVISOR_ENDED) if self._supervisor.is_lost else None)

    def _supervisor_lost(self) -> None:
        """On the supervisor's thread: all servers and backend processes are gone with it.

        That they are is heard of from each: what they had told by then is true, and nothing is at work any more.
        """
        self._health.lose(say(ProcessCode.SUPERVISOR_ENDED))
        threading.Thread(target=self._ending.wake_all, name="supervisor-lost", daemon=True).start()

    def tell_trouble(self, what: str, error: Exception) -> None:
        """Tell that something of ours has failed that should not, and goes on."""
        self._health.tell(say(ProcessCode.TOLD_WRONGLY, what=what, error=type(error).__name__))

    def _want(self, engine: EngineKind) -> None:
        """An instance wants an engine that starts when it is first wanted."""
        if engine is EngineKind.ZOOKEEPER:
            self._zookeeper.want()
        else:
            self._gateway.want()

    @property
    def targets(self) -> tuple[Target, ...]:
        """The instances."""
        return self._processes.targets

    @property
    def database(self) -> sa.Engine:
        """Untapped connections to the database in use."""
        return self._engines.engine

    # Looking

    def effect_reader(self) -> EffectReader:
        """A reader of the database in use, and of the gateway's ledger."""
        return ChainReader(RowReader(self.database), self._gateway)

    @property
    def promotions(self) -> int:
        """How often a standby has taken the database's place: rows that were there may be gone."""
        return self._engines.standby.promotions

    def was_overtaken(self, submission: str) -> bool:
        """Whether a submission has committed on a primary whose place a standby has taken since."""
        return self.steps.committed_before(submission, self._engines.standby.promoted_ns)

    def servers_at_rest(self) -> bool:
        """Whether no server is at what somebody has asked it for who is not there any more, as far as one knows."""
        return self.database_at_rest() and wait_for_redis_orphans(self.works, self._engines.redis_urls, lambda: True)

    def database_at_rest(self) -> bool:
        """The same of the database alone, in which effects are."""
        engines = self._engines
        try:
            return wait_for_orphans(self.works, engines.engine, engines.database_urls, lambda: True)
        except sa.exc.SQLAlchemyError:
            return False

    def read_stuck_locks(self) -> None:
        """Find the intents that a lock without expiry keeps from ever being completed."""
        waiting = self.ledger.without_effect()
        prefix = self._engines.prefix
        held = held_by_sessions(self._engines.engine, waiting, prefix)
        self.ledger.set_barred([*barred(self._engines.client, waiting, prefix), *held])

    def connection(self) -> Mapping[str, object]:
        """What a client from outside needs. Holds secrets: it is printed because its owner asked for it."""
        return {
            "urls": [f"http://{target.host}:{target.port}" for target in self.targets],
            "token": self.token,
            "database": self._engines.database.client_url,
            "redis": self._engines.redis.url,
        }

    # Inside

    def _engine_started(self, engine: RunningEngine) -> None:
        if engine.child:
            self._fault_injector.keep(engine)
        self._heed_end(engine)

    def _engine_replaced(self, before: RunningEngine, now: RunningEngine) -> None:
        self._heed_end(now)
        self._engines.replace(before, now)

    def _heed_end(self, engine: RunningEngine) -> None:
        if engine.child:
            engine.child.on_exit(lambda _code: self.works.end_server(engine.url, time.monotonic()))

    def _open_connections(self) -> None:
        self._ending.add(lambda: retire(self._engines.engine))
        self._ending.add(lambda: self._engines.client.close())
        self._ending.add(self._engines.take_leave)
        self._engines.open()

    def _spawn_sender(self, argv: list[str]) -> WhyEnded:
        return why_not_up(self._supervisor.spawn("sender", argv, env={}, cwd=PROJECT, forked_from=warm.COMMAND))

    def _take_steps(self, steps: list[Step]) -> None:
        self.steps.add(steps)
        self._fault_injector.see(steps)
        self._on_steps(steps)

    def _gateway_changed(self) -> None:
        if not self._closing:
            self._on_engines()

    def _find_child(self, number: int) -> Child | None:
        """The process of an instance or of a consumer."""
        return self._processes.child(number)

    def _instance_ended(self, number: int, again: bool) -> None:
        code = ProcessCode.INSTANCE_RESTARTING if again else ProcessCode.INSTANCE_GIVEN_UP
        self._process_ended(number, say(code, number=number))

    def _process_lost(self, number: int) -> None:
        """It is away from now on: of its end one hears when who started it has seen to it, seconds later."""
        if sentence := self._processes.why_away(number):
            self._health.process_ended(number, sentence)

    def _process_ended(self, number: int, sentence: Sentence) -> None:
        """Its end may be seen before its last steps, which say whether it was killed on purpose."""
        self._trace.after_what_has_come(partial(self._explain_end, number, sentence))

    def _explain_end(self, number: int, sentence: Sentence) -> None:
        """Where its end was heard of late, its successor may be ready by now, or nobody waits for it any more."""
        if self._processes.child(number) and not self._trace.is_ready(number):
            self._health.process_ended(number, sentence)
        self._health.explain_end(number, sentence)
