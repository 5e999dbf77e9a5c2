"""Everything that runs for a lab: engines, instances, sender, trace; wired once, here."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import redis
import sqlalchemy as sa

from backend.bare_engines import open_tables, start_database, start_redis
from backend.clearing import clear_database, delete_keys, keys_of
from backend.consumers import ConsumerPool
from backend.disturber import Disturber
from backend.ending import Ending
from backend.engines.redis_client import create_redis
from backend.engines.says import ProcessCode
from backend.engines.sql import one_sentence
from backend.engines.start import scarce_resource
from backend.engines.supervisor import Supervisor
from backend.errors import EngineError, InstanceError, NotApplicableError, SubmitTwiceError
from backend.faults import to_servers
from backend.forms import FormDesk
from backend.gateway.keeper import GatewayKeeper
from backend.health import HealthBoard, backend_status
from backend.instance.pool import PROJECT, InstancePool
from backend.ledger import Ledger
from backend.model import EngineKind, EngineStatus, Health, Step
from backend.ownership.mark import key_prefix
from backend.rows import EffectReader, EveryReader, RowReader
from backend.senders.client import Sender
from backend.senders.messages import Target
from backend.senders.redelivery import Redelivery
from backend.sentence import Sentence, say
from backend.step_book import StepBook
from backend.stuck_locks import barred
from backend.tables import require_tables
from backend.trace_server import TraceServer
from backend.work_book import WorkBook
from backend.zookeeper.keeper import ZooKeeperKeeper

if TYPE_CHECKING:
    from backend.engines.child import Child
    from backend.engines.running import RunningEngine
    from backend.lab import LabOptions
    from backend.model import Fault, Reply
    from backend.stream import Message

_LAST_WORDS_S = 2.0
"""How long somebody's server may take when a lab takes leave of it."""
_LAB_CONNECTIONS = 4
_REST_SECONDS = 1.0
"""What is still at work when everything is to be emptied may come to its end by itself for so long."""
_LOOK_SECONDS = 0.05


class Machinery:
    """Starts and stops everything, and gives runs what they need (`backend.experiment.Bench`).

    Args:
        options: how to start.
        on_engines: called when an engine or an instance came, went or changed its health.
        on_steps: called with each batch of steps.
        on_incident: called with a sentence when something was killed, stopped or started again.
    """

    ledger: Ledger
    steps: StepBook
    works: WorkBook
    forms: FormDesk
    sender: Sender
    _engine: sa.Engine
    _redis_client: redis.Redis
    _prefix: str

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
        self._engines_guard = threading.Lock()
        """For the engines in use: one that was started again comes from a thread of its own."""
        self._to_be_emptied: set[str] = set()
        """Databases of ours that were not in use when everything was emptied: they are when they are used again."""
        self._passing: list[str] = []
        """Patterns of the keys that belong to databases which do not outlive the lab."""
        self._health = HealthBoard(on_engines, on_incident)
        self._supervisor = Supervisor(options.niceness, self._supervisor_lost, self._health.tell)
        self._databases: dict[str, RunningEngine] = {}
        self._ending = Ending()
        self._closing = False
        self._gateway = GatewayKeeper(self._supervisor, self._gateway_changed, self._health.tell)
        self._zookeeper = ZooKeeperKeeper(self._supervisor, options.zookeeper, self._on_engines, self._health.tell)
        self.ledger = Ledger()
        self.steps = StepBook()
        self.works = WorkBook()
        self.forms = FormDesk()
        self.on_read_back: Callable[[], None] = lambda: None
        self._disturber = Disturber(self._find_child, self._engine_replaced, self._health)
        self._ending.add(self._disturber.close, self._disturber.stop)
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
            if sentence := scarce_resource(error):
                raise InstanceError(sentence) from None
            raise

    def _start(self) -> None:
        self._supervisor.start()
        trace_path = self._supervisor.private / "trace"
        self._trace = trace = TraceServer(
            trace_path,
            self._take_steps,
            self._health.process_ready,
            self._want,
            on_pausing=self._disturber.pause_process,
            works=self.works,
            on_trouble=self._health.tell,
        )
        self._ending.add(trace.close, trace.stop)
        self._pool = InstancePool(
            self._supervisor, trace, trace_path, self._token, self._options.port, self._instance_ended
        )
        self._ending.add(self._pool.release_ports)
        self._consumers = ConsumerPool(self._supervisor, trace, trace_path, self.name, self._health.process_ended)
        self._pool.launch(range(1, self._options.instances + 1))
        self.sender = Sender(self._spawn_sender, self._supervisor.private / "sender")
        self._ending.add(self.sender.close, self.sender.close)
        with ThreadPoolExecutor(3) as starters:
            try:
                database = starters.submit(self._start_database, self._options.database)
                redis_server = starters.submit(self._start_redis)
                sender = starters.submit(self.sender.start)
                self._database, self._redis = database.result(), redis_server.result()
                sender.result()
            except BaseException:  # an interrupt too: the starters wait for what would come up long after
                self.close()
                raise
        self._open_connections()
        self._pool.resize(self._options.instances, self._database.url, self._redis.url)

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
        return tuple(Target("127.0.0.1", instance.port) for instance in self._pool.instances)

    @property
    def token(self) -> str:
        """Bearer token of the instances."""
        return self._token

    @property
    def database(self) -> sa.Engine:
        """Untapped connections to the database in use."""
        return self._engine

    def require_tables(self) -> None:
        """Check that the tables are still those that we have made; a database that does not answer is told of later.

        Raises:
            EngineError: one was exchanged for something else.
        """
        with suppress(sa.exc.SQLAlchemyError), self._engine.connect() as connection:
            require_tables(connection, with_triggers=True)

    def require_consumers(self) -> None:
        """Have consumers of the queue running: they start when they are first needed.

        Raises:
            InstanceError: they could not be started.
        """
        self._consumers.need(self._database.url, self._redis.url)

    def deliver(
        self, run: str, messages: Sequence[Message], on_replies: Callable[[Sequence[Reply]], None]
    ) -> Redelivery:
        """Put messages onto the queue of a run."""
        return Redelivery(self._redis_client, self.name, run, messages, self.works, on_replies)

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
            engine = self._faulted(fault)
            if engine.child is None:
                raise NotApplicableError(
                    f"The fault “{fault}” needs a server that was started here; {engine.name} is not."
                )

    def disturb(self, fault: Fault) -> None:
        """Kill, restart or pause a server; returns when it answers again.

        Raises:
            EngineError: it does not.
        """
        self._disturber.disturb(self._faulted(fault), fault)

    def _faulted(self, fault: Fault) -> RunningEngine:
        return self._redis if fault.place == "redis" else self._database

    def read_back(self) -> None:
        """Read all effects and all bars into the ledger."""
        self.on_read_back()

    # Changing

    def use_database(self, database: str) -> bool:
        """Start or connect another database and move the instances to it; False if it is in use already.

        Raises:
            EngineError: it cannot be used; nothing has changed.
        """
        known = self._databases.get(database)
        if known is self._database:
            return False
        # A server of ours runs on; anything else may have become somebody else's meanwhile.
        chosen = known if known and known.embedded else self._start_database(database)
        engine, prefix = self._open_database(chosen)
        self._consumers.stop()
        try:
            self._pool.replace(chosen.url, self._redis.url)
        except BaseException:
            engine.dispose()
            with suppress(SubmitTwiceError):
                self._pool.replace(self._database.url, self._redis.url)
            raise
        self._engine.dispose()
        with self._engines_guard:
            self._engine, self._database, self._prefix = engine, self._databases[database], prefix
        if database in self._to_be_emptied:
            self._to_be_emptied.discard(database)
            clear_database(self._engine, self._database, None)
            delete_keys(self._redis_client, self._redis, [f"{self._prefix}:*"])
        self._forget()
        return True

    def set_instances(self, count: int) -> None:
        """Have this many instances."""
        self._pool.resize(count, self._database.url, self._redis.url)
        self._health.processes_replaced()

    def put_to_rest(self, flying: Callable[[], Iterable[int]]) -> None:
        """Have nothing at work: what takes long ends with its process.

        Args:
            flying: the instances that something is on its way to.

        Raises:
            InstanceError: they could not be started again.
        """
        deadline = time.monotonic() + _REST_SECONDS
        told = threading.Event()
        self.works.ask(told.set)
        while self.works.at_work() or any(True for _ in flying()) or not told.is_set():
            if self._closing:
                return
            if time.monotonic() > deadline:
                self._consumers.stop()
                self._pool.replace(self._database.url, self._redis.url)
                return
            self.works.wait_for_change(_LOOK_SECONDS)

    def reset(self, *, only_own: bool = False) -> None:
        """Empty the tables and delete our keys; on a server behind a URL, which others may use, only what we made.

        Args:
            only_own: leave what was kept before we came, on our own servers too.

        Raises:
            EngineError: an engine did not answer, or a table is not ours any more; nothing was changed there.
        """
        made = self.forms.handed_out(self._engine)
        everything = self._database.embedded and not only_own
        clear_database(self._engine, self._database, None if everything else made)
        try:
            self._gateway.empty()
        except sa.exc.SQLAlchemyError as error:
            raise EngineError(one_sentence(error, self._database.name)) from None
        patterns = [f"{self._prefix}:*"] if everything else []
        delete_keys(self._redis_client, self._redis, patterns, keys_of(made, self._prefix))
        self.forms.removed(self._engine)
        if not only_own:
            others = (name for name, other in self._databases.items() if other is not self._database)
            self._to_be_emptied.update(name for name in others if self._databases[name].embedded)
        self._forget()

    def effect_reader(self) -> EffectReader:
        """A reader of the database in use, and of the gateway's ledger."""
        return EveryReader(RowReader(self._engine), self._gateway)

    def read_bars(self) -> None:
        """Find the intents that a lock without expiry keeps from ever being completed."""
        waiting = self.ledger.without_effect()
        self.ledger.set_barred(barred(self._redis_client, waiting, self._prefix))

    # Looking

    def statuses(self) -> tuple[EngineStatus, ...]:
        """The engines in use, with their health."""
        engines = [self._status(engine) for engine in (self._database, self._redis)]
        backend = backend_status(
            [instance.port for instance in self._pool.instances], self._health.trouble(EngineKind.HTTP)
        )
        found = (*engines, *self._zookeeper.statuses, *self._gateway.statuses, backend)
        return tuple(replace(one, health=Health.DOWN, note=self.lost) for one in found) if self.lost else found

    def report_database(self, error: Exception | None) -> None:
        """The database answered, or did not."""
        if self._database.child and not self._database.child.alive:
            return  # the sentence about its end says more
        self._health.set_trouble(self._database.kind, one_sentence(error, self._database.name) if error else None)

    def connection(self) -> Mapping[str, object]:
        """What a client from outside needs. Holds secrets: it is printed because its owner asked for it."""
        return {
            "urls": [f"http://{target.host}:{target.port}" for target in self.targets],
            "token": self._token,
            "database": self._database.client_url,
            "redis": self._redis.url,
        }

    # Inside

    def _start_database(self, database: str) -> RunningEngine:
        running = start_database(self._supervisor, database, self._options.data_dir)
        with self._engines_guard:
            self._databases[database] = running
        self._watch_child(running)
        return running

    def _start_redis(self) -> RunningEngine:
        running = start_redis(self._supervisor, self._options.redis, self._options.data_dir)
        self._watch_child(running)
        return running

    def _watch_child(self, engine: RunningEngine) -> None:
        if engine.child:
            self._disturber.keep(engine)

    def _open_connections(self) -> None:
        self._engine, self._prefix = self._open_database(self._database)
        self._ending.add(lambda: self._engine.dispose())
        self._redis_client = create_redis(self._redis.url)
        self._ending.add(self._redis_client.close)
        self._ending.add(self._leave_no_keys)
        if self._options.reset:
            clear_database(self._engine, self._database, None)
            delete_keys(self._redis_client, self._redis, [f"{self._prefix}:*"])

    def _open_database(self, running: RunningEngine) -> tuple[sa.Engine, str]:
        """Connections to a database with our tables in it, and what the keys that go with it begin with."""
        engine = open_tables(running, _LAB_CONNECTIONS)
        try:
            with engine.connect() as connection:
                prefix = key_prefix(require_tables(connection))
        except sa.exc.SQLAlchemyError as error:
            engine.dispose()
            raise EngineError(one_sentence(error, running.name)) from None
        if running.embedded and self._options.data_dir is None:
            self._passing.append(f"{prefix}:*")
        return engine, prefix

    def _leave_no_keys(self) -> None:
        """Keys in somebody's server that belong to a database which goes with this lab would stay for ever."""
        if not self._redis.embedded:
            client = create_redis(self._redis.url, max_connections=1, socket_timeout=_LAST_WORDS_S)
            delete_keys(client, self._redis, self._passing)
            client.close()

    def _spawn_sender(self, argv: list[str]) -> None:
        self._supervisor.spawn("sender", argv, env={}, cwd=PROJECT)

    def _take_steps(self, steps: list[Step]) -> None:
        self.steps.add(steps)
        self._disturber.see(steps)
        self._on_steps(steps)

    def _gateway_changed(self) -> None:
        if not self._closing:
            self._on_engines()

    def _find_child(self, number: int) -> Child | None:
        """The process of an instance or of a consumer."""
        instances = {instance.number: instance.child for instance in self._pool.instances}
        return instances.get(number) or self._consumers.child(number)

    def _engine_replaced(self, before: RunningEngine, now: RunningEngine) -> None:
        with self._engines_guard:
            self._databases = {name: now if engine is before else engine for name, engine in self._databases.items()}
            if before is self._database:
                self._database = now
            elif before is self._redis:
                self._redis = now

    def _instance_ended(self, number: int, again: bool) -> None:
        code = ProcessCode.INSTANCE_RESTARTING if again else ProcessCode.INSTANCE_GIVEN_UP
        self._health.process_ended(number, say(code, number=number))

    def _status(self, engine: RunningEngine) -> EngineStatus:
        trouble = self._health.trouble(engine.kind)
        health = Health.PAUSED if self._disturber.is_paused(engine.kind) else Health.DOWN
        status = engine.status(health=health if trouble else Health.UP)
        return replace(status, note=trouble or status.note)

    def _forget(self) -> None:
        self.ledger.clear()
        self.steps.clear()
        self.forms.clear()
