"""The lab's side of ZooKeeper: it starts, or is connected to, when it is first needed."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

import msgspec

from backend.engines.running import RunningEngine
from backend.errors import EngineError
from backend.model import EngineKind, EngineStatus, Health
from backend.sentence import plain
from backend.zookeeper.client import ZooKeeperAddress, address_file
from backend.zookeeper.server import NAME, ask_version, start_zookeeper, what_is_missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.supervisor import Supervisor

_PORT = 2181


class ZooKeeperKeeper:
    """Starts it on demand. Thread-safe.

    Args:
        supervisor: under which it runs; its directory holds the file by which clients find it.
        hosts: of servers that run already, ``host:port,host:port``; None to start a private one.
        on_change: called when it came or went.
    """

    def __init__(self, supervisor: Supervisor, hosts: str | None, on_change: Callable[[], None]) -> None:
        self._supervisor = supervisor
        self._hosts = hosts
        self._on_change = on_change
        self._guard = threading.Lock()
        self._running: RunningEngine | None = None
        self._ended = False
        self._closing = False

    @property
    def missing(self) -> str:
        """What to install before it can be had; empty if it can."""
        return what_is_missing(self._hosts)

    @property
    def address(self) -> ZooKeeperAddress:
        """Where it runs, once it was required."""
        return msgspec.json.decode(address_file(self._supervisor.directory).read_bytes(), type=ZooKeeperAddress)

    def require(self) -> None:
        """Have it running.

        Raises:
            EngineError: it is not installed, or does not answer.
        """
        with self._guard:
            if self._running and not self._ended:
                return
            self._running = self._connect(self._hosts) if self._hosts else self._start()
            self._ended = False
        self._on_change()

    def close(self) -> None:
        """Say nothing more of it. The supervisor ends the process."""
        self._closing = True

    @property
    def statuses(self) -> tuple[EngineStatus, ...]:
        """ZooKeeper with its health; nothing before it was needed."""
        if self._running is None:
            return ()
        ended = "ZooKeeper has ended; the next run that needs it starts it again."
        note = plain(ended) if self._ended else None
        return (self._running.status(Health.DOWN if note else Health.UP, note),)

    def _start(self) -> RunningEngine:
        child, port, version = start_zookeeper(self._supervisor)
        child.on_exit(lambda _code: self._note_end())
        address = f"127.0.0.1:{port}"
        self._tell(ZooKeeperAddress(address, secrets.token_urlsafe(24)))
        return RunningEngine(EngineKind.ZOOKEEPER, NAME, version, address, address, embedded=True, child=child)

    def _connect(self, hosts: str) -> RunningEngine:
        for host in hosts.split(","):
            name, _, port = host.partition(":")
            if version := ask_version(name, int(port or _PORT)):
                self._tell(ZooKeeperAddress(hosts, secrets.token_urlsafe(24)))
                return RunningEngine(EngineKind.ZOOKEEPER, NAME, version, hosts, hosts, embedded=False)
        raise EngineError(f"ZooKeeper at {hosts} does not answer the command “srvr”.")

    def _tell(self, address: ZooKeeperAddress) -> None:
        file = address_file(self._supervisor.directory)
        partial = file.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_bytes(msgspec.json.encode(address))
        partial.replace(file)

    def _note_end(self) -> None:
        self._ended = True
        if not self._closing:
            self._on_change()
