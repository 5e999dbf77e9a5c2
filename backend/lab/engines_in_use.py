"""The database and the Redis-protocol server that a lab uses: starting, switching, emptying, taking leave."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.engines.bare import open_tables, start_database
from backend.engines.redis_client import create_redis, redis_text
from backend.engines.redis_servers import RedisServers, start_redis_servers
from backend.engines.says import EngineCode
from backend.engines.sql import one_sentence, retire
from backend.engines.standby_keeper import StandbyKeeper, Wanted, require_standby
from backend.engines.whereabouts import follow_primary
from backend.instance.announced import queues_key
from backend.instance.queue import Queue
from backend.lab.clearing import clear_database, delete_keys, keys_of
from backend.model.errors import EngineError, NotApplicableError
from backend.model.faults import FaultCode, server_number, to_servers
from backend.model.sentence import say
from backend.model.vocabulary import FaultKind, RedisTopology
from backend.shop.ownership.mark import key_prefix
from backend.shop.tables import require_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis import Redis

    from backend.engines.health import HealthBoard
    from backend.engines.processes.supervisor import Supervisor
    from backend.engines.running import RunningEngine
    from backend.lab.forms import HandedOut
    from backend.model.options import LabOptions
    from backend.model.plan import Fault, Setup
    from backend.model.sentence import Sentence
    from backend.model.vocabulary import RedisPersistence

_LAST_WORDS_S = 2.0
"""How long somebody's server may take when a lab takes leave of it."""
_LAB_CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class OpenDatabase:
    """A database with our tables in it, and connections to it that nobody has taken into use yet."""

    name: str
    """As it was asked for: `postgresql`, `mariadb`, `sqlite` or a URL."""
    running: RunningEngine
    engine: sa.Engine
    prefix: str
    """What the keys that go with it begin with."""


class EnginesInUse:
    """Starts both, and knows which database is in use. Start both, then `open`, before anything else.

    Args:
        supervisor: owner of what is started.
        options: which ones, where their data are kept, and whether to begin with empty tables.
        health: told of a standby that is away, and of what becomes of it.
        on_started: told each server or connection as soon as it is there.
    """

    database: RunningEngine
    servers: RedisServers
    """The Redis-protocol servers."""
    engine: sa.Engine
    """Untapped connections to the database."""
    client: Redis
    """An untapped client."""
    prefix: str
    """What our keys begin with."""

    def __init__(
        self,
        supervisor: Supervisor,
        options: LabOptions,
        health: HealthBoard,
        on_started: Callable[[RunningEngine], None],
    ) -> None:
        self._supervisor = supervisor
        self._options = options
        self._on_started = on_started
        self.standby = StandbyKeeper(supervisor, health)
        self._guard = threading.Lock()
        """One that was started again comes from a thread of its own."""
        self._databases: dict[str, RunningEngine] = {}
        self._names: dict[str, str] = {}
        """Of all databases that there were, by URL: one whose standby has taken over has another one."""
        self._topologies: dict[RedisTopology, RedisServers] = {}
        self._to_be_emptied: set[str] = set()
        """Databases of ours that were not in use when everything was emptied: they are when they are used again."""
        self._passing: list[str] = []
        """Patterns of the keys that belong to databases which do not outlive the lab."""

    def start_database(self) -> None:
        """Start or connect the database of the options.

        Raises:
            EngineError: the database could not be started, or does not answer at its URL.
        """
        self.database = self._start_database(self._options.database)

    def start_redis(self) -> None:
        """Start the Redis-protocol servers, or connect to the one of the options.

        Raises:
            EngineError: a server could not be started, or does not answer at its URL.
        """
        self.servers = self._start_servers(self.started_topology)

    def _start_servers(self, topology: RedisTopology) -> RedisServers:
        servers = start_redis_servers(self._supervisor, self._options, topology)
        with self._guard:
            self._topologies[servers.topology] = servers
        for server in servers.everything:
            self._on_started(server)
        return servers

    @property
    def redis(self) -> RunningEngine:
        """The Redis-protocol server that clients write to."""
        return self.servers.engine

    @property
    def started_topology(self) -> RedisTopology:
        """Which servers are in use where nobody asks for others."""
        return RedisTopology.SINGLE if self._options.redis else self._options.redis_topology

    def choose_topology(self, topology: RedisTopology) -> RedisServers:
        """Have such servers running.

        Raises:
            EngineError: a server could not be started.
        """
        return self._topologies.get(topology) or self._start_servers(topology)

    def use_servers(self, servers: RedisServers) -> None:
        """Use these from now on."""
        client = self.client
        self.client, self.servers = create_redis(servers.engine.url), servers
        client.close()

    def open(self) -> None:
        """Connect to both, have our tables in the database, and empty them if that was asked for.

        Raises:
            EngineError: one of them does not answer, or the database is not ours to use.
        """
        opened = self._open(self._options.database, self.database)
        self.engine, self.prefix = opened.engine, opened.prefix
        self.client = create_redis(self.redis.url)
        if self._options.reset:
            clear_database(self.engine, self.database, None)
            self._delete_keys([f"{self.prefix}:*"])

    @property
    def urls(self) -> tuple[str, str]:
        """Of the database and of the Redis-protocol servers, as `redis_urls` takes them, passwords included."""
        return self.database.url, redis_text(self.servers.urls)

    @property
    def database_urls(self) -> frozenset[str]:
        """All that the database in use has had, as processes were told them when they started."""
        with self._guard:
            name = self._names.get(self.database.url)
            return frozenset(url for url, other in self._names.items() if other == name)

    @property
    def redis_urls(self) -> list[str]:
        """Of all Redis-protocol servers that have keys of their own, also of those that are not in use just now."""
        with self._guard:
            return [url for servers in self._topologies.values() for url in servers.urls]

    def faulted(self, fault: Fault) -> RunningEngine:
        """The one that a fault is about."""
        if fault.place == "redis":
            return self.servers.server(server_number(fault) or self.servers.primary)
        return self.database

    def require_setup(self, setup: Setup) -> None:
        """Check that the faults and the knobs of a setup can be had on the engines in use.

        Raises:
            NotApplicableError: a fault or a knob is about a server that we have not started.
        """
        for fault in to_servers(setup.faults):
            if fault.place in {"broker", "zookeeper"}:
                continue  # it is known to a run only
            about_redis = fault.place == "redis"
            if reason := self.servers.refusal(fault) if about_redis else self._database_refusal(fault, setup):
                raise NotApplicableError(reason)
        if setup.is_replicated:
            require_standby(self.database)
        if setup.redis_persistence and not self.redis.keys:
            raise NotApplicableError(say(EngineCode.NOT_OUR_REDIS, name=self.redis.name))

    def require_topology(self, topology: RedisTopology | None) -> None:
        """Check that such servers can be had.

        Raises:
            NotApplicableError: the server in use was not started here.
        """
        if topology not in {None, RedisTopology.SINGLE} and self._options.redis:
            raise NotApplicableError(say(EngineCode.NOT_OUR_TOPOLOGY, name=self.redis.name))

    def _database_refusal(self, fault: Fault, setup: Setup) -> Sentence | None:
        """Why a fault of the database cannot be had; None if it can."""
        if self.database.child is None:
            return say(FaultCode.NOT_OURS, fault=str(fault), name=self.database.name)
        if fault.kind is FaultKind.FAILOVER and not setup.is_replicated:
            return say(FaultCode.NEEDS_REPLICA, fault=str(fault), name=self.database.name)
        return None

    def use_persistence(self, mode: RedisPersistence | None) -> RedisPersistence | None:
        """Have the Redis-protocol servers persist keys this way, or as they were started; None if they are not ours.

        Raises:
            EngineError: a server does not persist keys in that way.
        """
        return self.servers.use_persistence(mode)

    def use_replication(self, setup: Setup) -> None:
        """Have the database replicated as a setup wants it.

        Raises:
            NotApplicableError: the database can have no standby.
            EngineError: the standby cannot be had.
        """
        self.standby.require(self.database, Wanted(setup.replication, setup.replica_lag_ms))

    def require_tables(self) -> None:
        """Check that the tables are still those that we have made; a database that does not answer is told of later.

        Raises:
            EngineError: a table was exchanged for something else.
        """
        with suppress(sa.exc.SQLAlchemyError), self.engine.connect() as connection:
            require_tables(connection, with_triggers=True)

    def choose(self, name: str) -> OpenDatabase | None:
        """Start or connect another database; None if it is in use already.

        Raises:
            EngineError: the database cannot be started, does not answer, or is not ours to use.
        """
        known = self._databases.get(name)
        if known is self.database:
            return None
        # A server of ours runs on; anything else may have become somebody else's meanwhile.
        return self._open(name, known if known and known.embedded else self._start_database(name))

    def use(self, chosen: OpenDatabase, await_rest: Callable[[], None]) -> None:
        """Use this one from now on.

        Args:
            chosen: the database.
            await_rest: called when it is in use, and before it is emptied.

        Raises:
            EngineError: the database was to be emptied, and did not answer.
        """
        retire(self.engine)
        with self._guard:
            self.engine, self.prefix, self.database = chosen.engine, chosen.prefix, self._databases[chosen.name]
        self.standby.require(self.database, Wanted())
        if chosen.name in self._to_be_emptied:
            self._to_be_emptied.discard(chosen.name)
            await_rest()
            clear_database(self.engine, self.database, None)
            self._delete_keys([f"{self.prefix}:*"])

    def empties_all(self, *, only_own: bool) -> bool:
        """Whether a reset empties the database in use, or removes only what this lab has made."""
        return self.database.embedded and not only_own

    def clear_tables(self, made: HandedOut, *, only_own: bool) -> None:
        """Empty the tables, or remove from them what was made.

        Raises:
            EngineError: the database did not answer, or a table is not ours any more; nothing was changed.
        """
        self.standby.require(self.database, Wanted())  # or each statement might wait as long as it is behind
        clear_database(self.engine, self.database, None if self.empties_all(only_own=only_own) else made)

    def clear_keys(self, made: HandedOut, lab: str, *, only_own: bool) -> None:
        """Delete our keys, or those that were made, and what consumers of a lab have told of deliveries too late.

        Raises:
            EngineError: the server did not answer.
        """
        patterns = [f"{self.prefix}:*"] if self.empties_all(only_own=only_own) else []
        queues = Queue(f"{lab}-*")
        self._delete_keys([*patterns, queues.reports, queues.deliveries], keys_of(made, self.prefix))

    def clear_queues(self, lab: str) -> None:
        """Delete what runs that broke off could not: consumers would go on delivering their messages.

        Raises:
            EngineError: the server did not answer.
        """
        self._delete_keys([Queue(f"{lab}-*").stream], [queues_key(lab)])

    def _delete_keys(self, patterns: Sequence[str], keys: Sequence[str] = ()) -> None:
        """On each server that has keys of its own, also those that are not in use just now.

        Raises:
            EngineError: a server did not answer.
        """
        for url in self.redis_urls:
            client = create_redis(url, max_connections=1)
            try:
                delete_keys(client, self.redis, patterns, keys)
            finally:
                client.close()

    def empty_the_others_later(self) -> None:
        """Databases of ours that are not in use shall be empty when they are used again."""
        others = (name for name, other in self._databases.items() if other is not self.database)
        self._to_be_emptied.update(name for name in others if self._databases[name].embedded)

    def replace(self, before: RunningEngine, now: RunningEngine) -> None:
        """A server of ours was started again."""
        with self._guard:
            if before.url in self._names:
                self._names[now.url] = self._names[before.url]
            self._databases = {name: now if engine is before else engine for name, engine in self._databases.items()}
            if before is self.database:
                self.database = now
            for servers in self._topologies.values():
                servers.replace(before, now)

    def take_leave(self) -> None:
        """Keys in somebody's server that belong to a database which goes with this lab would stay for ever.

        Raises:
            EngineError: the server did not answer.
        """
        if not self.redis.embedded:
            client = create_redis(self.redis.url, max_connections=1, socket_timeout=_LAST_WORDS_S)
            delete_keys(client, self.redis, self._passing)
            client.close()

    def _start_database(self, name: str) -> RunningEngine:
        running = start_database(self._supervisor, name, self._options.data_dir)
        with self._guard:
            self._databases[name] = running
            self._names[running.url] = name
        self._on_started(running)
        return running

    def _open(self, name: str, running: RunningEngine) -> OpenDatabase:
        engine = open_tables(running, _LAB_CONNECTIONS)
        if running.server:
            follow_primary(engine, running.url, self._supervisor.private)
        try:
            with engine.connect() as connection:
                prefix = key_prefix(require_tables(connection))
        except sa.exc.SQLAlchemyError as error:
            engine.dispose()
            raise EngineError(one_sentence(error, running.name)) from None
        if running.embedded and self._options.data_dir is None:
            self._passing.append(f"{prefix}:*")
        return OpenDatabase(name, running, engine, prefix)
