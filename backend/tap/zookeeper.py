"""How a backend process uses ZooKeeper: one session, opened when it is first wanted, whose calls pass the tap."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec

from backend.engines.zookeeper.address import ZooKeeperAddress
from backend.engines.zookeeper.says import ZooKeeperCode
from backend.model.errors import ZooKeeperError
from backend.model.sentence import from_document, say
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kazoo.client import KazooClient

    from backend.tap.observer import Tap

SESSION_S = 1.0
"""Silence after which the server ends a session, and with it frees its locks."""
_START_SECONDS = 5.0
_WANTED_SECONDS = 60.0
"""For callers from outside, who wait no longer than they want to: a run has it started before it begins."""
_AWAY_SECONDS = 3.0
"""How long a server that went away is waited for: it is started again within this time, or not at all."""
_POLL_SECONDS = 0.01
_DIGITS = 10
"""Length of the number that ends the name of a sequential node."""


class ZooKeeperSessions:
    """The session of this process. Thread-safe; a client serves all threads.

    Args:
        address: the file that says where the servers are.
        tap: where calls pass.
        want: asks for ZooKeeper to be started.
    """

    def __init__(self, address: Path, tap: Tap, want: Callable[[], None] = lambda: None) -> None:
        self._file = address
        self._tap = tap
        self._want = want
        self._guard = threading.Lock()
        self._client: KazooClient | None = None
        self._written = 0
        self._changed = threading.Condition()
        self._lost_at: float | None = None

    def client(self) -> KazooClient:
        """A client that is connected.

        Raises:
            ZooKeeperError: no server can be reached.
        """
        with self._guard:
            address = self._address()
            written = self._file.stat().st_mtime_ns
            if self._client is None or written != self._written:
                if self._client is not None:
                    self._client.stop()
                    self._client.close()
                self._client, self._written = self._open(address), written
            client = self._client
        self._await_connection()
        return client

    def _address(self) -> ZooKeeperAddress:
        if not self._file.exists():
            self._want()
        pause, end = threading.Event(), time.monotonic() + _WANTED_SECONDS
        while not self._file.exists():
            if time.monotonic() > end:
                raise ZooKeeperError(say(ZooKeeperCode.NOT_RUNNING))
            pause.wait(_POLL_SECONDS)
        address = msgspec.json.decode(self._file.read_bytes(), type=ZooKeeperAddress)
        if address.failure:
            raise ZooKeeperError(from_document(address.failure) or say(ZooKeeperCode.NOT_RUNNING))
        return address

    def _open(self, address: ZooKeeperAddress) -> KazooClient:
        from kazoo.handlers.threading import KazooTimeoutError  # noqa: PLC0415, RUF100  most processes never want it

        from backend.tap.bounded_kazoo import BoundedHandler, quick_retry  # noqa: PLC0415, RUF100  as above

        handler = BoundedHandler()
        client = tapped_client(self._tap.run)(
            hosts=address.hosts,
            timeout=SESSION_S,
            handler=handler,
            connection_retry=quick_retry(handler),
            auth_data=[("digest", f"submit-twice:{address.password}")],
            logger=logging.getLogger("backend.engines.zookeeper"),
        )
        client.add_listener(self._note_state)
        try:
            client.start(timeout=_START_SECONDS)
        except KazooTimeoutError:
            client.stop()
            client.close()
            raise ZooKeeperError(say(ZooKeeperCode.NO_ANSWER)) from None
        return client

    def _note_state(self, state: str) -> None:
        """On kazoo's thread."""
        with self._changed:
            if state == "CONNECTED":
                self._lost_at = None
            elif self._lost_at is None:
                self._lost_at = time.monotonic()
            self._changed.notify_all()

    def _await_connection(self) -> None:
        """A server that has just ended is being started again: what comes meanwhile waits for it, but not for long."""
        with self._changed:
            if self._lost_at is not None:
                left = self._lost_at + _AWAY_SECONDS - time.monotonic()
                if not self._changed.wait_for(lambda: self._lost_at is None, max(0.0, left)):
                    raise ZooKeeperError(say(ZooKeeperCode.NO_ANSWER))


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
