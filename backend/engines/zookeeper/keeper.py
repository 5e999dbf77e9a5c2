"""The lab's side of ZooKeeper: started, or connected to, when it is first needed, and kept alive from then on."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

import msgspec

from backend.engines.health import HealthBoard
from backend.engines.keeper import Keeper
from backend.engines.running import RunningEngine
from backend.engines.zookeeper.address import ZooKeeperAddress, address_file
from backend.engines.zookeeper.says import ZooKeeperCode
from backend.engines.zookeeper.server import NAME, Started, ask_version, start_zookeeper, what_is_missing
from backend.files.private import write_privately
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.observed import EngineStatus
from backend.model.sentence import plain, say, to_document
from backend.model.vocabulary import EngineKind, Health

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.supervisor import Supervisor
    from backend.model.sentence import Sentence

_PORT = 2181


class ZooKeeperKeeper:
    """Starts it on demand, and again when it has ended. Thread-safe.

    Args:
        supervisor: under which it runs; its directory holds the file by which clients find it.
        hosts: of servers that run already, ``host:port,host:port``; None to start a private one.
        on_change: called when it came or went.
        on_incident: told that it ended, and that it is back.
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
        self._health = HealthBoard(on_change, on_incident)
        self._guard = threading.Lock()
        self._running: RunningEngine | None = None
        self._keeper: Keeper | None = None
        self._starter: threading.Thread | None = None

    @property
    def missing(self) -> Sentence | None:
        """What to install before it can be had; None if it can."""
        return what_is_missing(self._hosts)

    @property
    def address(self) -> ZooKeeperAddress:
        """Where it runs, once it was required."""
        return msgspec.json.decode(address_file(self._supervisor.private).read_bytes(), type=ZooKeeperAddress)

    def require(self) -> None:
        """Have it running.

        Raises:
            EngineError: ZooKeeper is not installed, or does not answer.
        """
        with self._guard:
            if self._running and not (self._keeper and self._keeper.has_given_up):
                return
            self._running = self._connect(self._hosts) if self._hosts else self._start()
        self._health.set_trouble(EngineKind.ZOOKEEPER, None)
        self._on_change()

    def want(self) -> None:
        """Have it started, if it is not; returns at once. A client that waits for its address learns of a failure."""
        if self._starter is None or not self._starter.is_alive():
            self._starter = threading.Thread(target=self._bring_up, name="zookeeper-start", daemon=True)
            self._starter.start()

    def close(self) -> None:
        """Start nothing again, and say nothing more of it. The supervisor ends the process."""
        self._health.close()
        if self._keeper:
            self._keeper.stop()

    @property
    def statuses(self) -> tuple[EngineStatus, ...]:
        """ZooKeeper with its health; nothing before it was needed."""
        running = self._running
        if running is None:
            return ()
        trouble = self._health.trouble(EngineKind.ZOOKEEPER)
        return (running.status(Health.DOWN if trouble else Health.UP, trouble),)

    def _bring_up(self) -> None:
        try:
            self.require()
        except (SubmitTwiceError, OSError) as error:
            why = error.sentence if isinstance(error, SubmitTwiceError) else plain(str(error))
            self._tell(ZooKeeperAddress("", "", to_document(why)))

    def _start(self) -> RunningEngine:
        running = _engine(start_zookeeper(self._supervisor))
        self._tell(ZooKeeperAddress(running.address, secrets.token_urlsafe(24)))
        self._keeper = Keeper(running, self._health, self._replaced)
        return running

    def _replaced(self, _before: RunningEngine, now: RunningEngine) -> None:
        self._running = now

    def _connect(self, hosts: str) -> RunningEngine:
        for name, port in _parsed(hosts):
            if version := ask_version(name, port):
                self._tell(ZooKeeperAddress(hosts, secrets.token_urlsafe(24)))
                return RunningEngine(EngineKind.ZOOKEEPER, NAME, version, hosts, hosts, embedded=False)
        raise EngineError(say(ZooKeeperCode.NO_SRVR, hosts=hosts))

    def _tell(self, address: ZooKeeperAddress) -> None:
        write_privately(address_file(self._supervisor.private), msgspec.json.encode(address))


def _engine(started: Started) -> RunningEngine:
    address = f"127.0.0.1:{started.port}"
    return RunningEngine(
        kind=EngineKind.ZOOKEEPER,
        name=NAME,
        version=started.version,
        address=address,
        url=address,
        embedded=True,
        child=started.child,
        start_again=lambda: _engine(started.start_again()),
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
