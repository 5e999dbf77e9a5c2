"""The Redis-protocol servers of a lab: one, a primary and its replica under sentinels, or several that stand alone."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import redis

from backend.engines.bare import start_redis
from backend.engines.redis_client import create_redis
from backend.engines.says import EngineCode
from backend.engines.sentinels import Sentinels
from backend.engines.start import wait_until_up
from backend.engines.valkey import NAME, Member, start_valkey
from backend.model.faults import FaultCode, server_number
from backend.model.sentence import say
from backend.model.vocabulary import FaultKind, RedisPersistence, RedisTopology

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.engines.processes.supervisor import Supervisor
    from backend.engines.running import RunningEngine
    from backend.model.options import LabOptions
    from backend.model.plan import Fault
    from backend.model.sentence import Sentence

COUNTS = {
    RedisTopology.SINGLE: 1,
    RedisTopology.SENTINEL: 2,
    RedisTopology.THREE: 3,
    RedisTopology.FIVE: 5,
}
"""How many servers hold keys."""
_ALONE = {
    RedisTopology.THREE: EngineCode.THREE_SERVERS,
    RedisTopology.FIVE: EngineCode.FIVE_SERVERS,
}


class RedisServers:
    """Servers that belong together, and which of them is the primary. The first has number 1.

    Args:
        topology: what they are to each other.
        servers: those that hold keys.
        sentinels: that watch over them; None where nobody does.
        roles: who is whose replica; None where nobody is.
    """

    def __init__(
        self,
        topology: RedisTopology,
        servers: Sequence[RunningEngine],
        sentinels: Sentinels | None = None,
        roles: Roles | None = None,
    ) -> None:
        self.topology = topology
        self.servers = list(servers)
        self.sentinels = sentinels
        self._roles = roles

    @property
    def primary(self) -> int:
        """Number of the server that clients write to first."""
        return self._roles.primary if self._roles else 1

    @property
    def replica(self) -> int | None:
        """Number of the replica; None where there is none."""
        return len(self.servers) + 1 - self.primary if self._roles else None

    def server(self, number: int) -> RunningEngine:
        """The one with this number."""
        return self.servers[number - 1]

    @property
    def everything(self) -> tuple[RunningEngine, ...]:
        """All of them that are servers of ours, sentinels included."""
        return (*self.servers, *(self.sentinels.engines if self.sentinels else ()))

    @property
    def engine(self) -> RunningEngine:
        """All of them as clients see it: where they find the one to write to."""
        first = self.server(self.primary)
        return replace(first, name=NAME, url=self.sentinels.url) if self.sentinels else first

    @property
    def urls(self) -> tuple[str, ...]:
        """Of each server that stands alone, for who asks several; else of the only one to ask."""
        return (self.engine.url,) if self.sentinels else tuple(server.url for server in self.servers)

    @property
    def about(self) -> Sentence | None:
        """What they are to each other; None for a single one."""
        if self._roles:
            return say(EngineCode.PRIMARY_AND_REPLICA, primary=self.primary, replica=self.replica or 0)
        code = _ALONE.get(self.topology)
        return say(code) if code else None

    def replace(self, before: RunningEngine, now: RunningEngine) -> None:
        """One of them was started again."""
        self.servers = [now if server is before else server for server in self.servers]
        if self.sentinels:
            self.sentinels.replace(before, now)

    def promoted(self, port: int) -> None:
        """The sentinels have promoted the server with this port."""
        if self._roles:
            self._roles.promoted(port)

    def look(self) -> None:
        """Ask the sentinels who is the primary: they may have promoted another one by themselves."""
        port = self.sentinels.primary_port() if self.sentinels else None
        if self._roles and port in self._roles.ports:
            self._roles.promoted(port)

    def refusal(self, fault: Fault) -> Sentence | None:
        """Why a fault cannot be had of them; None if it can."""
        number, count = server_number(fault), len(self.servers)
        if self.engine.child is None:
            return say(FaultCode.NOT_OURS, fault=str(fault), name=self.engine.name)
        if fault.kind is FaultKind.FAILOVER and not self._roles:
            return say(FaultCode.NEEDS_SENTINELS, fault=str(fault))
        if fault.kind is FaultKind.PARTITION and count == 1:
            return say(FaultCode.NEEDS_SEVERAL, fault=str(fault))
        if number and number > count:
            return say(FaultCode.NO_SUCH_SERVER, fault=str(fault), number=number, servers=count)
        return None

    def use_persistence(self, mode: RedisPersistence | None) -> RedisPersistence | None:
        """Have all of them persist keys this way, or as they were started; how they do; None if they are not ours.

        Raises:
            EngineError: a server does not persist keys in that way.
        """
        modes = []
        for keys in (server.keys for server in self.servers if server.keys):
            keys.use(mode or keys.started_with)
            modes.append(keys.mode)
        return modes[0] if modes else None


class Roles:
    """Who is whose replica; the first server is the primary until another one is promoted."""

    def __init__(self) -> None:
        self.primary = 1
        self.ports: list[int] = []

    def lines(self, number: int) -> Sequence[str]:
        """What the configuration of a server says about it, at its next start."""
        if number == self.primary:
            return ()
        return (f"replicaof 127.0.0.1 {self.ports[self.primary - 1]}",)

    def promoted(self, port: int) -> None:
        """The server with this port is the primary from now on."""
        self.primary = self.ports.index(port) + 1


def start_redis_servers(supervisor: Supervisor, options: LabOptions, topology: RedisTopology) -> RedisServers:
    """Start servers, or connect to the one that runs already; blocks until clients can use them.

    Only a single server keeps its keys in the folder of the options.

    Raises:
        EngineError: a server could not be started, or does not answer at its URL.
    """
    if topology is RedisTopology.SINGLE or options.redis:
        engine = start_redis(supervisor, options.redis, options.data_dir, options.redis_persistence)
        return RedisServers(RedisTopology.SINGLE, [engine])
    if topology is RedisTopology.SENTINEL:
        return _with_sentinels(supervisor, options.redis_persistence)
    password = secrets.token_urlsafe(24)
    members = [_member(topology, number, password) for number in range(1, COUNTS[topology] + 1)]
    persistence = options.redis_persistence
    return RedisServers(
        topology, [start_valkey(supervisor, persistence=persistence, member=member) for member in members]
    )


def _with_sentinels(supervisor: Supervisor, persistence: RedisPersistence | None) -> RedisServers:
    topology, roles, password = RedisTopology.SENTINEL, Roles(), secrets.token_urlsafe(24)
    servers = []
    for number in range(1, COUNTS[topology] + 1):
        member = _member(topology, number, password, roles)
        servers.append(start_valkey(supervisor, persistence=persistence, member=member))
        roles.ports.append(port_of(servers[-1]))
    replica = servers[-1]
    assert replica.child  # noqa: S101  it was started here
    wait_until_up(NAME, replica.child, supervisor, lambda: True if is_linked(replica) else None)
    # Sentinels ask the primary for its replicas as soon as they start, and then only every ten seconds.
    sentinels = Sentinels(supervisor, roles.ports[0], password)
    sentinels.await_acquaintance()
    return RedisServers(topology, servers, sentinels, roles)


def _member(topology: RedisTopology, number: int, password: str, roles: Roles | None = None) -> Member:
    name, folder = f"{NAME} {number}", f"valkey-{topology.value}-{number}"
    if roles is None:
        return Member(name, folder, password)
    common = (f"masterauth {password}", "repl-diskless-sync-delay 0")
    return Member(name, folder, password, lambda: (*common, *roles.lines(number)))


def port_of(server: RunningEngine) -> int:
    """The loopback port of a server of ours."""
    return int(server.address.rpartition(":")[2])


def is_linked(replica: RunningEngine) -> bool:
    """Whether a replica has all that its primary had when it joined, and hears what comes."""
    try:
        with create_redis(replica.url, max_connections=1) as client:
            info: dict[str, object] = client.info("replication")
            return info.get("master_link_status") == "up"
    except redis.RedisError:
        return False
