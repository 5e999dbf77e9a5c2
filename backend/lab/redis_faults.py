"""Faults of several Redis-protocol servers: one of them, the link between two, or the primary is gone for a while.

Where there are several, a server that is killed stays away: until the sentinels have promoted its replica, or until the
run is over. One that is restarted is back at once.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import redis

from backend.engines.patience import STANDSTILL_S
from backend.engines.redis_client import create_redis
from backend.engines.redis_servers import is_linked, port_of
from backend.engines.says import EngineCode
from backend.engines.sentences import one_sentence
from backend.model.errors import EngineError
from backend.model.faults import server_number
from backend.model.sentence import plain, say
from backend.model.vocabulary import FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backend.engines.health import HealthBoard
    from backend.engines.keeper import Keeper
    from backend.engines.key_store import Key
    from backend.engines.redis_servers import RedisServers
    from backend.engines.running import RunningEngine
    from backend.model.plan import Fault

_LOOK_S = 0.01


class RedisFaults:
    """Carries out such faults. Thread-safe: they come one after the other.

    Args:
        servers: those in use.
        keeper_of: who keeps a server alive.
        health: told what happened.
        on_changed: called when another one is the primary.
    """

    def __init__(
        self,
        servers: Callable[[], RedisServers],
        keeper_of: Callable[[RunningEngine], Keeper],
        health: HealthBoard,
        on_changed: Callable[[], None],
    ) -> None:
        self._servers = servers
        self._keeper_of = keeper_of
        self._health = health
        self._on_changed = on_changed
        self._turns = threading.RLock()
        self._closed = threading.Event()
        self._behind = False
        """Whether the replica is stopped and its link cut."""
        self._unreachable: dict[int, Path] = {}
        """Servers that nobody reaches, with where their socket is meanwhile."""
        self._away: dict[int, Mapping[str, Key] | None] = {}
        """Servers that are dead, with what they held."""

    def close(self) -> None:
        """End every wait."""
        self._closed.set()

    def prepare(self, faults: Sequence[Fault]) -> None:
        """Before anything of a run leaves: what is to be cut off from the start, or to be promoted without it, is.

        Raises:
            EngineError: a server does not answer.
        """
        with self._turns:
            servers = self._servers()
            for fault in faults:
                if fault.kind is FaultKind.FAILOVER:
                    self._cut_off_replica(servers)
                elif fault.kind is FaultKind.PARTITION and fault.nth is None:
                    self._begin_partition(servers, server_number(fault))

    def disturb(self, fault: Fault) -> bool:
        """Carry out the fault, if it is one of several servers; returns when it has come about.

        Returns:
            False where there is a single server, or nothing is special about several.

        Raises:
            EngineError: a server does not answer, or nobody is promoted.
        """
        servers = self._servers()
        if len(servers.servers) == 1 or fault.kind in {FaultKind.RESTART, FaultKind.PAUSE}:
            return False
        with self._turns:
            number = server_number(fault) or servers.primary
            if fault.kind is FaultKind.PARTITION:
                self._partition(servers, server_number(fault), fault.ms)
            elif servers.sentinels and number == servers.primary:
                self._fail_over(servers)
            else:
                self._kill(servers, number)
        return True

    def restore(self) -> None:
        """The run is over: whoever is away comes back, and replicas catch up.

        Raises:
            EngineError: a server does not answer again.
        """
        with self._turns:
            servers = self._servers()
            for number in tuple(self._unreachable):
                self._reach_again(servers, number)
            if self._behind:
                self._link_again(servers)
            away, self._away = self._away, {}
            for number, held in away.items():
                self._keeper_of(servers.server(number)).bring_back(held)
            if servers.replica is not None and not self._closed.is_set():
                self._await_link(servers)

    # Independent servers

    def _kill(self, servers: RedisServers, number: int) -> None:
        server = servers.server(number)
        self._away[number] = self._keeper_of(server).take_away(say(EngineCode.STAYS_AWAY, name=server.name))
        self._health.tell(say(EngineCode.STAYS_AWAY, name=server.name))

    def _partition(self, servers: RedisServers, number: int | None, ms: int) -> None:
        self._begin_partition(servers, number)
        if not ms:
            return
        self._closed.wait(ms / 1000)
        if self._is_about_link(servers, number):
            self._link_again(servers)
        else:
            self._reach_again(servers, number or 1)

    def _is_about_link(self, servers: RedisServers, number: int | None) -> bool:
        return servers.replica is not None and number in {None, servers.replica, servers.primary}

    def _begin_partition(self, servers: RedisServers, number: int | None) -> None:
        if self._is_about_link(servers, number):
            if self._behind:
                return
            self._cut_off_replica(servers)
            self._health.tell(say(EngineCode.CUT_OFF, name=servers.server(servers.replica or 0).name))
        elif (number := number or 1) not in self._unreachable:
            server = servers.server(number)
            self._unreachable[number] = _hide(server)
            self._health.tell(say(EngineCode.UNREACHABLE, name=server.name))

    def _reach_again(self, servers: RedisServers, number: int) -> None:
        if hidden := self._unreachable.pop(number, None):
            hidden.rename(_socket_of(servers.server(number)))
            self._health.tell(say(EngineCode.REACHABLE, name=servers.server(number).name))

    # Primary and replica

    def _cut_off_replica(self, servers: RedisServers) -> None:
        """Have the replica get all there is, and nothing that comes: stopped, and its link cut.

        What has been sent to a process that is stopped would still be there for it when it goes on.
        """
        if self._behind or servers.replica is None:
            return
        self._await_link(servers)
        self._signal(servers.server(servers.replica), stop=True)
        self._behind = True
        client = create_redis(servers.server(servers.primary).url, max_connections=1)
        try:
            client.client_kill_filter(_type="replica")
            while client.info("replication")["connected_slaves"] and not self._closed.wait(_LOOK_S):
                client.client_kill_filter(_type="replica")
        except redis.RedisError as error:
            raise EngineError(one_sentence(error, plain(servers.server(servers.primary).name))) from None
        finally:
            client.close()

    def _link_again(self, servers: RedisServers) -> None:
        if servers.replica is None:
            return
        replica = servers.server(servers.replica)
        self._signal(replica, stop=False)
        self._behind = False
        self._await_link(servers)
        self._health.tell(say(EngineCode.LINKED_AGAIN, name=replica.name))

    def _await_link(self, servers: RedisServers) -> None:
        """Until the replica has got all that the primary has answered for so far.

        Raises:
            EngineError: it does not come to that.
        """
        assert servers.replica is not None  # noqa: S101  asked for where there is one
        replica = servers.server(servers.replica)
        client = create_redis(servers.server(servers.primary).url, max_connections=1)
        try:
            for _ in range(int(STANDSTILL_S / _LOOK_S)):
                if is_linked(replica) and client.wait(1, 1_000):
                    return
                if self._closed.wait(_LOOK_S):
                    return
        except redis.RedisError as error:
            raise EngineError(one_sentence(error, plain(servers.server(servers.primary).name))) from None
        finally:
            client.close()
        raise EngineError(say(EngineCode.DID_NOT_COME_BACK, name=replica.name))

    def _fail_over(self, servers: RedisServers) -> None:
        """Kill the primary; the sentinels promote the replica, as far as it is."""
        assert servers.sentinels  # noqa: S101  asked for where there are some
        old, new = servers.primary, servers.replica or 0
        dead, promoted = servers.server(old), servers.server(new)
        keeper = self._keeper_of(dead)
        held = keeper.take_away(say(EngineCode.PRIMARY_GONE, name=dead.name))
        self._signal(promoted, stop=False)
        code = EngineCode.FAILED_OVER if self._behind else EngineCode.FAILED_OVER_IN_STEP
        self._behind = False
        try:
            servers.promoted(servers.sentinels.promote(port_of(dead), self._closed))
            self._on_changed()
        finally:
            self._bring_back(keeper, dead.name, promoted, code, held)

    def _bring_back(
        self, keeper: Keeper, name: str, promoted: RunningEngine, code: EngineCode, held: Mapping[str, Key] | None
    ) -> None:
        found = promoted.keys.compare(held) if promoted.keys else None
        parts = found or {"kept": 0, "lost": 0, "keys": 0, "locks": plain("")}
        keeper.bring_back(sentence=say(code, name=name, promoted=promoted.name, **parts))

    def _signal(self, server: RunningEngine, *, stop: bool) -> None:
        if server.child is None:
            return
        if stop:
            server.child.pause()
        else:
            server.child.resume()


def _socket_of(server: RunningEngine) -> Path:
    return Path(unquote(urlsplit(server.url).path))


def _hide(server: RunningEngine) -> Path:
    """Take a server's address away, and end the connections that it has; what was sent to it has been carried out.

    Returns:
        Where its socket is meanwhile.
    """
    socket = _socket_of(server)
    hidden = socket.with_suffix(".hidden")
    client = create_redis(server.url, max_connections=1)
    try:
        client.ping()
        socket.rename(hidden)
        client.client_kill_filter(_type="normal", skipme=True)
    except redis.RedisError as error:
        raise EngineError(one_sentence(error, plain(server.name))) from None
    finally:
        client.close()
    return hidden
