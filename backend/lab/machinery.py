"""Everything that runs for a lab: engines, instances, sender, trace; wired once, here."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.health import HealthBoard, backend_status
from backend.engines.processes.supervisor import Supervisor
from backend.engines.says import ProcessCode
from backend.engines.sql import one_sentence
from backend.engines.start import scarce_resource, side_by_side, why_not_up
from backend.engines.zookeeper.keeper import ZooKeeperKeeper
from backend.lab.backend_processes import BackendProcesses
from backend.lab.consumers import ConsumerPool
from backend.lab.ending import Ending
from backend.lab.engines_in_use import EnginesInUse
from backend.lab.fault_injector import FaultInjector
from backend.lab.forms import FormDesk
from backend.lab.instances import PROJECT, InstancePool
from backend.lab.ledger import Ledger
from backend.lab.senders.client import Sender
from backend.lab.senders.redelivery import Redelivery
from backend.lab.step_book import StepBook
from backend.lab.stuck_locks import barred
from backend.lab.trace_server import TraceServer
from backend.lab.work_book import WorkBook
from backend.model.errors import EngineError, InstanceError, NotApplicableError, SubmitTwiceError
from backend.model.faults import FaultCode, to_servers
from backend.model.observed import EngineStatus, Step
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind, Health
from backend.shop.effects import ChainReader, EffectReader, RowReader

if TYPE_CHECKING:
    from backend.engines.processes.child import Child
    from backend.engines.running import RunningEngine
    from backend.instance.queue import Message
    from backend.lab.senders.client import WhyEnded
    from backend.lab.senders.messages import Target
    from backend.model.observed import Reply
    from backend.model.options import LabOptions
    from backend.model.plan import Fault, Setup


class Machinery:
    """Starts and stops everything, and gives runs what they need (`backend.lab.run.Bench`).

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
        self._token = secrets.token_urlsafe(24)
        self._health = HealthBoard(on_engines, on_incident)
        self._supervisor = Supervisor(options.niceness, self._supervisor_lost, self._health.tell)
        self._ending = Ending()
        self._closing = False
        self._gateway = GatewayKeeper(self._supervisor, self._gateway_changed, self._health.tell)
        self._zookeeper = ZooKeeperKeeper(self._supervisor, options.zookeeper, self._on_engines, self._health.tell)
        self.ledger = Ledger()
        self.steps = StepBook()
        self.works = WorkBook()
        self.forms = FormDesk()
        self.on_read_back: Callable[[], None] = lambda: None
        self._engines = EnginesInUse(self._supervisor, options, self._engine_started)
        self._fault_injector = FaultInjector(self._find_child, self._engines.replace, self._health)
        self._ending.add(self._fault_injector.close, self._fault_injector.stop)
        self._ending.add(self._gateway.close, self._gateway.stop)
        self._ending.add(self._zookeeper.close, self._zookeeper.close)
        self._ending.add(self.works.wake, self.works.wake)

    # Life

    def start(self) -> None:
        """Start engines and instances side by side. Another thread may `close` meanwhile.

        Raises:
            SubmitTwiceError: something could not be started. `close` cleans up.
        """
        try:
            self._start()
        except (RuntimeError, MemoryError, OSError) as error:
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
        )
        self._ending.add(trace.close, trace.stop)
        token, port = self._token, self._options.port
        pool = InstancePool(self._supervisor, trace, trace_path, token, port, self._instance_ended)
        self._ending.add(pool.release_ports)
        consumers = ConsumerPool(self._supervisor, trace, trace_path, self.name, self._health.process_ended)
        self._processes = BackendProcesses(pool, consumers, self.works)
        pool.launch(range(1, self._options.instances + 1))
        self.sender = Sender(self._spawn_sender, self._supervisor.private / "sender")
        self._ending.add(self.sender.close, self.sender.close)
        side_by_side([self._engines.start_database, self._engines.start_redis, self.sender.start], self.close)
        self._open_connections()
        self._processes.resize(self._options.instances, *self._urls())

    def give_up(self) -> None:
        """Wake whoever waits, for submissions or for something to come up: runs under way fail, a start ends.

        The first step of `close`.
        """
        self._closing = True
        self._health.close()
        self._ending.wake_all()

    def close(self) -> None:
        """Stop everything; nothing is left. Servers end first: who still talks to one hears of it at once."""
        self.give_up()
        self._supervisor.close()
        self._ending.close_all()

    @property
    def lost(self) -> Sentence | None:
        """Why nothing of it works any more; None while it does."""
        return self._health.lost

    def _supervisor_lost(self) -> None:
        """On the supervisor's thread: all servers and backend processes are gone with it."""
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

    # What a run needs

    @property
    def targets(self) -> tuple[Target, ...]:
        """The instances."""
        return self._processes.targets

    @property
    def token(self) -> str:
        """Bearer token of the instances."""
        return self._token

    @property
    def database(self) -> sa.Engine:
        """Untapped connections to the database in use."""
        return self._engines.engine

    def require_tables(self) -> None:
        """Check that the tables are still those that we have made; a database that does not answer is told of later.

        Raises:
            EngineError: one was exchanged for something else.
        """
        self._engines.require_tables()

    def require_instances(self) -> None:
        """Have all instances running: after a switch of databases that failed some may be missing.

        Raises:
            InstanceError: they could not be started.
        """
        self._processes.need_instances(*self._urls())

    def require_consumers(self) -> None:
        """Have consumers of the queue running: they start when they are first needed.

        Raises:
            InstanceError: they could not be started.
        """
        self._processes.need_consumers(*self._urls())

    def deliver(
        self, run: str, setup: Setup, messages: Sequence[Message], on_replies: Callable[[Sequence[Reply]], None]
    ) -> Redelivery:
        """Put messages onto the queue of a run."""
        client, comes_back = self._engines.client, lambda: self._fault_injector.brings_back(EngineKind.REDIS)
        timeout = setup.visibility_timeout_ms
        return Redelivery(client, self.name, run, timeout, messages, self.works, on_replies, comes_back)

    def require_zookeeper(self) -> None:
        """Have ZooKeeper running: it starts when it is first needed.

        Raises:
            EngineError: it is not installed, or could not be started.
        """
        self._zookeeper.require()

    def require_gateway(self) -> None:
        """Have the gateway running: it starts when it is first wanted.

        Raises:
            EngineError: it could not be started.
        """
        self._gateway.require()

    def require_faults(self, faults: Iterable[Fault]) -> None:
        """Check that these can be carried out on the engines in use.

        Raises:
            NotApplicableError: one of them cannot.
        """
        for fault in to_servers(faults):
            engine = self._engines.faulted(fault)
            if engine.child is None:
                raise NotApplicableError(say(FaultCode.NOT_OURS, fault=str(fault), name=engine.name))

    def disturb(self, fault: Fault) -> None:
        """Kill, restart or pause a server; returns when it answers again.

        Raises:
            EngineError: it does not.
        """
        self._fault_injector.disturb(self._engines.faulted(fault), fault)

    def read_back(self) -> None:
        """Read all effects and all stuck locks into the ledger."""
        self.on_read_back()

    # Changing

    def use_database(self, database: str) -> bool:
        """Start or connect another database and move the instances to it; False if it is in use already.

        Raises:
            EngineError: it cannot be used; nothing has changed.
        """
        chosen = self._engines.choose(database)
        if chosen is None:
            return False
        self._processes.stop_consumers()
        try:
            self._processes.replace(chosen.running.url, self._engines.redis.url)
        except BaseException:
            chosen.engine.dispose()
            with suppress(SubmitTwiceError):
                self._processes.replace(*self._urls())
            raise
        self._engines.use(chosen)
        self._forget()
        return True

    def set_instances(self, count: int) -> None:
        """Have this many instances."""
        self._processes.resize(count, *self._urls())
        self._health.processes_replaced()

    def put_to_rest(self, flying: Callable[[], Iterable[int]]) -> None:
        """Have nothing at work: what takes long ends with its process.

        Args:
            flying: the instances that something is on its way to.

        Raises:
            InstanceError: they could not be started again.
        """
        self._processes.put_to_rest(flying, lambda: self._closing, *self._urls())

    def reset(self, *, only_own: bool = False) -> None:
        """Empty the tables and delete our keys; on a server behind a URL, which others may use, only what we made.

        Args:
            only_own: leave what was kept before we came, on our own servers too.

        Raises:
            EngineError: an engine did not answer, or a table is not ours any more; nothing was changed there.
        """
        made = self.forms.handed_out(self.database)
        self._engines.clear_tables(made, only_own=only_own)
        try:
            self._gateway.empty()
        except sa.exc.SQLAlchemyError as error:
            raise EngineError(one_sentence(error, self._engines.database.name)) from None
        self._engines.clear_keys(made, only_own=only_own)
        self.forms.removed(self.database)
        if not only_own:
            self._engines.empty_the_others_later()
        self._forget()

    def effect_reader(self) -> EffectReader:
        """A reader of the database in use, and of the gateway's ledger."""
        return ChainReader(RowReader(self.database), self._gateway)

    def read_stuck_locks(self) -> None:
        """Find the intents that a lock without expiry keeps from ever being completed."""
        waiting = self.ledger.without_effect()
        self.ledger.set_barred(barred(self._engines.client, waiting, self._engines.prefix))

    # Looking

    def statuses(self) -> tuple[EngineStatus, ...]:
        """The engines in use, with their health."""
        engines = [self._status(engine) for engine in (self._engines.database, self._engines.redis)]
        backend = backend_status(self._processes.ports, self._health.trouble(EngineKind.HTTP))
        found = (*engines, *self._zookeeper.statuses, *self._gateway.statuses, backend)
        return tuple(replace(one, health=Health.DOWN, note=self.lost) for one in found) if self.lost else found

    def report_database(self, error: Exception | None) -> None:
        """The database answered, or did not."""
        database = self._engines.database
        if database.child and not database.child.alive:
            return  # the sentence about its end says more
        self._health.set_trouble(database.kind, one_sentence(error, database.name) if error else None)

    def connection(self) -> Mapping[str, object]:
        """What a client from outside needs. Holds secrets: it is printed because its owner asked for it."""
        return {
            "urls": [f"http://{target.host}:{target.port}" for target in self.targets],
            "token": self._token,
            "database": self._engines.database.client_url,
            "redis": self._engines.redis.url,
        }

    # Inside

    def _urls(self) -> tuple[str, str]:
        return self._engines.database.url, self._engines.redis.url

    def _engine_started(self, engine: RunningEngine) -> None:
        if engine.child:
            self._fault_injector.keep(engine)

    def _open_connections(self) -> None:
        self._ending.add(lambda: self._engines.engine.dispose())
        self._ending.add(lambda: self._engines.client.close())
        self._ending.add(self._engines.take_leave)
        self._engines.open()

    def _spawn_sender(self, argv: list[str]) -> WhyEnded:
        return why_not_up(self._supervisor.spawn("sender", argv, env={}, cwd=PROJECT))

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
        self._health.process_ended(number, say(code, number=number))

    def _status(self, engine: RunningEngine) -> EngineStatus:
        trouble = self._health.trouble(engine.kind)
        health = Health.PAUSED if self._fault_injector.is_paused(engine.kind) else Health.DOWN
        status = engine.status(health=health if trouble else Health.UP)
        return replace(status, note=trouble or status.note)

    def _forget(self) -> None:
        self.ledger.clear()
        self.steps.clear()
        self.forms.clear()
