"""How a backend process uses ZooKeeper: one session, opened when it is first wanted, whose calls pass the tap."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import msgspec

from backend.errors import ZooKeeperError
from backend.model import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kazoo.client import KazooClient

    from backend.tap.observer import Tap

SESSION_S = 1.0
"""Silence after which the server ends a session, and with it frees its locks."""
_START_SECONDS = 5.0
_DIGITS = 10
"""Length of the number that ends the name of a sequential node."""


class ZooKeeperAddress(msgspec.Struct, frozen=True):
    """Where the servers are, and the digest that our nodes ask for."""

    hosts: str
    password: str


def address_file(directory: Path) -> Path:
    """The file by which a client finds the servers; it is there once they run."""
    return directory / "zookeeper.json"


class ZooKeeperSessions:
    """The session of this process. Thread-safe; a client serves all threads.

    Args:
        address: the file that says where the servers are.
        tap: where calls pass.
    """

    def __init__(self, address: Path, tap: Tap) -> None:
        self._file = address
        self._tap = tap
        self._guard = threading.Lock()
        self._client: KazooClient | None = None
        self._written = 0

    def client(self) -> KazooClient:
        """A client with a session.

        Raises:
            ZooKeeperError: there is none to be had.
        """
        with self._guard:
            if not self._file.exists():
                raise ZooKeeperError("ZooKeeper is not running; nothing was done.")
            written = self._file.stat().st_mtime_ns
            if self._client is None or written != self._written:
                if self._client is not None:
                    self._client.stop()
                self._client, self._written = self._open(), written
            return self._client

    def _open(self) -> KazooClient:
        from kazoo.handlers.threading import KazooTimeoutError  # noqa: PLC0415, RUF100  most processes never want it

        address = msgspec.json.decode(self._file.read_bytes(), type=ZooKeeperAddress)
        client = tapped_client(self._tap.run)(
            hosts=address.hosts,
            timeout=SESSION_S,
            auth_data=[("digest", f"submit-twice:{address.password}")],
            logger=logging.getLogger("backend.zookeeper"),
        )
        try:
            client.start(timeout=_START_SECONDS)
        except KazooTimeoutError:
            raise ZooKeeperError("ZooKeeper does not answer; nothing was done.") from None
        return client


def tapped_client(run: Callable[..., Any]) -> type[KazooClient]:
    """A client class whose calls, those of its recipes included, are steps."""
    from kazoo.client import KazooClient  # noqa: PLC0415, RUF100  its import takes 0.3 s
    from kazoo.security import CREATOR_ALL_ACL  # noqa: PLC0415, RUF100

    class TappedKazooClient(KazooClient):  # type: ignore[misc]
        def create(self, path: str, value: bytes = b"", **options: Any) -> Any:  # noqa: ANN401  as in kazoo
            options.setdefault("acl", CREATOR_ALL_ACL)
            execute = super().create
            return run(EngineKind.ZOOKEEPER, "create", (path,), lambda: execute(path, value, **options))

        def ensure_path(self, path: str, acl: Any = None) -> Any:  # noqa: ANN401
            execute = super().ensure_path
            return run(
                EngineKind.ZOOKEEPER, "ensure", (path,), lambda: execute(path, acl or CREATOR_ALL_ACL), lambda _: "ok"
            )

        def get_children(self, path: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401
            execute = super().get_children
            return run(
                EngineKind.ZOOKEEPER, "getChildren", (path,), lambda: execute(path, *args, **options), _children_text
            )

        def exists(self, path: str, *args: Any) -> Any:  # noqa: ANN401
            execute = super().exists
            return run(
                EngineKind.ZOOKEEPER,
                "exists",
                (path,),
                lambda: execute(path, *args),
                lambda stat: f"czxid {stat.czxid}" if stat else "no node",
            )

        def delete(self, path: str, *args: Any, **options: Any) -> Any:  # noqa: ANN401
            execute = super().delete
            return run(EngineKind.ZOOKEEPER, "delete", (path,), lambda: execute(path, *args, **options), lambda _: "ok")

    return TappedKazooClient


def _children_text(found: object) -> object:
    """Sequential nodes in the order of their numbers: the server gives them in none."""
    if not isinstance(found, list):
        return found
    return ", ".join(sorted(found, key=lambda name: (name[-_DIGITS:], name))) or "no children"
