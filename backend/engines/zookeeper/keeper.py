"""The lab's side of ZooKeeper: started, or connected to, when it is first needed, and kept alive from then on."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from backend.engines.health import HealthBoard
from backend.engines.keeper import Keeper
from backend.engines.running import RunningEngine
from backend.engines.zookeeper.address import ZooKeeperAddress, address_file
from backend.engines.zookeeper.ensemble import Election, leader_of, start_ensemble
from backend.engines.zookeeper.says import ZooKeeperCode
from backend.engines.zookeeper.server import NAME, Started, ask_version, start_zookeeper, what_is_missing
from backend.files.private import write_privately
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.observed import EngineStatus
from backend.model.sentence import plain, say, to_document
from backend.model.vocabulary import EngineKind, Health

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.engines.processes.supervisor import Supervisor
    from backend.model.plan import Fault
    from backend.model.sentence import Sentence

_PORT = 2181
_LOOK_SECONDS = 0.02


@dataclass(slots=True)
class _Server:
    """One of our own, and who keeps it alive."""

    running: RunningEngine
    health: HealthBoard
    keeper: Keeper

    @property
    def trouble(self) -> Sentence | None:
        """Why it is away; None if it is not."""
        return self.health.trouble(EngineKind.ZOOKEEPER)

    def replace(self, _before: RunningEngine, now: RunningEngine) -> None:
        """It was started again."""
        self.running = now


class ZooKeeperKeeper:
    """Starts it on demand, and again when it has ended. Thread-safe.

    Args:
        supervisor: under which it runs; its directory holds the file by which clients find it.
        hosts: of servers that run already, ``host:port,host:port``; None to start private ones.
        on_change: called when one came or went.
        on_incident: told that one ended, and that it is back.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        hosts: str | None,
        on_change: Callable[[], None],
        on_incident: Callable[[Sentence], None] = lambda _sentence: None,
    ) -> None:
        self._supervisor = supervisor
        self._hosts = hosts
        self._on_change = on_change
        self._on_incident = on_incident
        self._guard = threading.Lock()
        self._password = secrets.token_urlsafe(24)
        """For all servers that are started: their data outlive them."""
        self._elsewhere: RunningEngine | None = None
        self._servers: list[_Server] = []
        self._leader: int | None = None
        self._starter: threading.Thread | None = None
        self._closed = threading.Event()

    @property
    def missing(self) -> Sentence | None:
        """What to install before it can be had; None if it can."""
        return what_is_missing(self._hosts)

    @property
    def address(self) -> ZooKeeperAddress:
        """Where it runs, once it was required."""
        return msgspec.json.decode(address_file(self._supervisor.private).read_bytes(), type=ZooKeeperAddress)

    def require(self, servers: int | None = None) -> None:
        """Have it running.

        Args:
            servers: how many; None for as many as there are, or for one.

        Raises:
            EngineError: ZooKeeper is not installed, or does not answer.
        """
        with self._guard:
            if self._hosts:
                self._elsewhere = self._elsewhere or self._connect(self._hosts)
            elif not self._servers or servers not in {None, len(self._servers)} or self._has_given_up:
                self._start(servers or 1)
        self._on_change()

    def want(self) -> None:
        """Have it started, if it is not; returns at once. A client that waits for its address learns of a failure."""
        if self._starter is None or not self._starter.is_alive():
            self._starter = threading.Thread(target=self._bring_up, name="zookeeper-start", daemon=True)
            self._starter.start()

    def disturb(self, fault: Fault) -> None:
        """Kill or restart the server that leads, or the only one; returns when it answers again.

        Raises:
            EngineError: it does not answer again.
        """
        servers = list(self._servers)
        if not servers:
            return
        led = self._find_leader() or 1
        waiting = threading.Thread(
            target=self._tell_who_leads, args=(servers, led), name="zookeeper-leader", daemon=True
        )
        if len(servers) > 1:
            waiting.start()
        servers[led - 1].keeper.disturb(fault.kind, fault.ms)

    def close(self) -> None:
        """Start nothing again, and say nothing more of it. The supervisor ends the processes."""
        self._closed.set()
        for server in self._servers:
            server.health.close()
            server.keeper.stop()

    @property
    def statuses(self) -> tuple[EngineStatus, ...]:
        """ZooKeeper with its health; nothing before it was needed."""
        if self._elsewhere:
            return (self._elsewhere.status(),)
        servers = list(self._servers)
        if not servers:
            return ()
        ports = ",".join(server.running.address.rpartition(":")[2] for server in servers)
        away = [server.trouble for server in servers if server.trouble]
        health = Health.DOWN if 2 * len(away) >= len(servers) else Health.UP
        note = away[0] if away else None
        if note is None and self._leader and len(servers) > 1:
            note = say(ZooKeeperCode.LEADS, number=self._leader)
        whole = replace(servers[0].running, name=NAME, address=f"127.0.0.1:{ports}")
        return (whole.status(health, note),)

    @property
    def _has_given_up(self) -> bool:
        return any(server.keeper.has_given_up for server in self._servers)

    def _bring_up(self) -> None:
        try:
            self.require()
        except (SubmitTwiceError, OSError) as error:
            why = error.sentence if isinstance(error, SubmitTwiceError) else plain(str(error))
            self._tell(ZooKeeperAddress("", "", to_document(why)))

    def _start(self, servers: int) -> None:
        before, self._servers = self._servers, []
        for server in before:
            server.health.close()
            server.keeper.stop()
            if server.running.child:
                server.running.child.kill()
        started = (start_zookeeper(self._supervisor),) if servers == 1 else start_ensemble(self._supervisor)
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in started)
        self._tell(ZooKeeperAddress(hosts, self._password))
        names = [NAME] if servers == 1 else [f"{NAME} {number}" for number in range(1, servers + 1)]
        self._servers = [self._kept(_engine(name, one)) for name, one in zip(names, started, strict=True)]
        self._leader = self._find_leader()

    def _kept(self, running: RunningEngine) -> _Server:
        health = HealthBoard(self._on_change, self._on_incident)
        server = _Server(running, health, Keeper(running, health, lambda before, now: server.replace(before, now)))
        return server

    def _find_leader(self) -> int | None:
        return leader_of([int(server.running.address.rpartition(":")[2]) for server in self._servers])

    def _tell_who_leads(self, servers: Sequence[_Server], led: int) -> None:
        """Say who leads once that is decided: another one, or the same if it was back in time for the election.

        Args:
            servers: the ensemble; nothing is said once there is another one.
            led: which of them was disturbed, from 1.
        """
        election = Election(led)
        while not self._closed.wait(_LOOK_SECONDS) and self._servers == servers:
            leader = election.winner(self._find_leader(), is_away=servers[led - 1].trouble is not None)
            if leader is None:
                continue
            self._leader = leader
            same, other = (
                say(ZooKeeperCode.LEADS_AGAIN, before=led),
                say(ZooKeeperCode.LEADS_NOW, before=led, now=leader),
            )
            self._on_incident(same if leader == led else other)
            self._on_change()
            return

    def _connect(self, hosts: str) -> RunningEngine:
        for name, port in _parsed(hosts):
            if version := ask_version(name, port):
                self._tell(ZooKeeperAddress(hosts, self._password))
                return RunningEngine(EngineKind.ZOOKEEPER, NAME, version, hosts, hosts, embedded=False)
        raise EngineError(say(ZooKeeperCode.NO_SRVR, hosts=hosts))

    def _tell(self, address: ZooKeeperAddress) -> None:
        write_privately(address_file(self._supervisor.private), msgspec.json.encode(address))


def _engine(name: str, started: Started) -> RunningEngine:
    address = f"127.0.0.1:{started.port}"
    return RunningEngine(
        kind=EngineKind.ZOOKEEPER,
        name=name,
        version=started.version,
        address=address,
        url=address,
        embedded=True,
        child=started.child,
        start_again=lambda: _engine(name, started.start_again()),
    )


def _parsed(hosts: str) -> list[tuple[str, int]]:
    """Hosts and ports of ``host:port,host``; a folder behind them, as kazoo takes it, is left out.

    Raises:
        EngineError: the text is no list of hosts.
    """
    found = []
    for host in hosts.partition("/")[0].split(","):
        name, _, port = host.strip().rpartition(":") if ":" in host else (host.strip(), "", str(_PORT))
        if not name or not port.isdecimal() or not 0 < int(port) < 1 << 16:
            raise EngineError(say(ZooKeeperCode.BAD_HOSTS, hosts=hosts))
        found.append((name.strip("[]"), int(port)))
    return found
