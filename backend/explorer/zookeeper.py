"""The ZooKeeper side of a sandbox: a session for each request, and the end of a session as an event of a schedule.

A session stands for a process. Its ephemeral nodes outlive a request that crashes, until the schedule lets the session
expire or is over. A live holder whose session has expired finds out as kazoo lets it: its client has opened a session
anew, and its node is gone.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from kazoo.exceptions import ConnectionLoss, KazooException, NoNodeError, NotEmptyError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.retry import KazooRetry

from backend.explorer.errors import HarnessError
from backend.explorer.limits import PATIENCE_S
from backend.explorer.says import ExplorerCode
from backend.explorer.zookeeper_expiry import end_session
from backend.explorer.zookeeper_handler import Handler
from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.tap.observer import Tap
from backend.tap.zookeeper import tapped_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kazoo.client import KazooClient

    from backend.engines.zookeeper.address import ZooKeeperAddress
    from backend.tap.observer import Call

_SESSION_S = 60.0
"""As long as a private server allows: no session ends by waiting."""
_START_S = 10.0
_TRIALS = 22
_PAUSE_S, _LONGEST_PAUSE_S = 0.0005, 0.1
_UNHEARD = logging.CRITICAL + 1
"""Sessions end here because a schedule says so, and nobody needs to be warned of that."""


class Session:
    """A client with its session.

    Args:
        address: of the servers; all sessions are with the first, so that each of them sees what the others did.
        folder: below which its paths lie; empty for all of them.
        run: where its calls pass.
    """

    def __init__(self, address: ZooKeeperAddress, folder: str, run: Callable[..., Any]) -> None:
        self._handler = handler = Handler()
        self._host = address.hosts.partition(",")[0]
        self.client: KazooClient = tapped_client(run)(
            hosts=self._host + folder,
            timeout=_SESSION_S,
            handler=handler,
            connection_retry=KazooRetry(
                max_tries=_TRIALS, delay=_PAUSE_S, max_delay=_LONGEST_PAUSE_S, sleep_func=handler.sleep_func
            ),
            auth_data=[("digest", f"submit-twice:{address.password}")],
            logger=logging.Logger("backend.explorer.zookeeper", _UNHEARD),  # noqa: LOG001  nobody is to hear it
        )
        try:
            self.client.start(timeout=_START_S)
        except KazooTimeoutError:
            self.close()
            raise EngineError(say(ExplorerCode.ZOOKEEPER_SILENT)) from None
        self._known = self._identity()

    def _identity(self) -> tuple[int, bytes] | None:
        known: tuple[int, bytes] | None = self.client.client_id
        return known

    @property
    def number(self) -> int:
        """The server's number for it."""
        return self._known[0] if self._known else 0

    @property
    def has_lasted(self) -> bool:
        """Whether it has ended only when it was to."""
        return self._identity() == self._known

    def expire(self) -> None:
        """Let it end; returns when the client knows, and has a session anew.

        Raises:
            EngineError: the server does not answer.
            HarnessError: the client does not come back.
        """
        ended = self._known
        if ended is None:
            raise HarnessError(say(ExplorerCode.LOST_CONTROL, what=say(ExplorerCode.SESSION_NEVER_BEGAN)))
        end_session(self._host, *ended)
        if not self._handler.run_until(lambda: self._identity() not in {None, ended}, PATIENCE_S):
            raise HarnessError(say(ExplorerCode.LOST_CONTROL, what=say(ExplorerCode.CLIENT_GONE)))
        self._known = self._identity()

    def begin(self) -> None:
        """Another schedule: a session that has ended while nobody looked after it begins anew.

        Raises:
            EngineError: the server does not answer.
        """
        self._handler.tend()
        if not self.has_lasted:
            if not self._handler.run_until(lambda: self._identity() is not None, _START_S):
                raise EngineError(say(ExplorerCode.ZOOKEEPER_GONE, what=ConnectionLoss.__name__))
            self._known = self._identity()

    def close(self) -> None:
        """End it for good."""
        self.client.stop()
        self.client.close()


class Sessions:
    """The sessions of all requests. A folder of their own keeps them from everybody else's nodes.

    Args:
        address: of the servers.
        name: of the folder.
        tap: where calls of the requests pass.
    """

    def __init__(self, address: ZooKeeperAddress, name: str, tap: Tap) -> None:
        self._address = address
        self._tap = tap
        self._folder = f"/{name}"
        self._all: list[Session] = []
        self._idle: list[Session] = []
        self._made: dict[str, int | None] = {}
        """Nodes that were created in this schedule, in this order, and are there, each with its owner if that is known;
        0 is nobody."""
        outside = Session(address, "", Tap().run)
        try:
            self._ask(outside.client.create, self._folder)
        finally:
            outside.close()
        self._own = Session(address, self._folder, Tap().run)

    def begin(self) -> None:
        """Another schedule: whatever the sessions hold is nobody's concern any more."""
        self._idle = self._all[::-1]
        self._made.clear()
        for one in (self._own, *self._all):
            one.begin()

    def take(self) -> Session:
        """A session that nobody has used in this schedule."""
        if not self._idle:
            self._all.append(Session(self._address, self._folder, self._tap.run))
            return self._all[-1]
        return self._idle.pop()

    def note(self, call: Call) -> None:
        """A request has made this call."""
        if call.command == "create" and call.error is None:
            self._made[str(call.answer)] = None
        elif call.command == "delete":
            self._made.pop(str(next(iter(call.parameters))), None)

    def held(self) -> str:
        """The oldest ephemeral node, which is the lock; empty if there is none."""
        for path, owner in self._made.items():
            if owner is None:
                state = self._ask(self._own.client.exists, path)
                self._made[path] = owner = int(state.ephemeralOwner) if state else 0
            if owner:
                return path
        return ""

    def nodes(self) -> Iterator[tuple[str, str, int]]:
        """Path, content and owner of each node of this schedule that is still there, in the order of their creation."""
        for path in self._made:
            with suppress(NoNodeError):
                content, state = self._ask(self._own.client.get, path)
                yield path, content.decode(errors="replace"), int(state.ephemeralOwner)

    def expire(self, path: str) -> None:
        """Let the session end that owns a node."""
        ended = self._made[path]
        holder = next((one for one in self._all if one.number == ended), None)
        if holder is None:
            raise HarnessError(say(ExplorerCode.LOST_CONTROL, what=say(ExplorerCode.NODE_WITHOUT_SESSION)))
        holder.expire()
        self._made = {made: owner for made, owner in self._made.items() if owner != ended}
        if self._ask(self._own.client.exists, path):
            raise HarnessError(say(ExplorerCode.LOST_CONTROL, what=say(ExplorerCode.NODE_OUTLASTS_SESSION)))

    def check(self) -> None:
        """Make sure that no session has ended by itself.

        Raises:
            HarnessError: a session has ended by itself; what its request did says nothing.
        """
        if not all(one.has_lasted for one in self._all):
            raise HarnessError(say(ExplorerCode.LOST_CONTROL, what=say(ExplorerCode.SESSION_ENDED)))

    def remove(self, folders: Iterable[str]) -> None:
        """Remove what schedules have left in these folders; mostly they are empty."""
        filled = self._delete(folders)
        children = [(folder, self._own.client.get_children_async(folder)) for folder in filled]
        self._delete(f"{folder}/{child}" for folder, found in children for child in self._ask(found.get))
        self._delete(filled)

    def _delete(self, paths: Iterable[str]) -> list[str]:
        """Delete nodes, all at once; those that are not empty stay, and are returned."""
        filled = []
        for path, deleted in [(path, self._own.client.delete_async(path)) for path in paths]:
            try:
                self._ask(deleted.get)
            except NotEmptyError:
                filled.append(path)
            except NoNodeError:
                pass  # nobody has made it, or it ended with its session
        return filled

    def close(self) -> None:
        """End all sessions and remove the folder."""
        for one in self._all:
            one.close()
        with suppress(EngineError):
            self._ask(self._own.client.delete, "/", recursive=True)
        self._own.close()

    def _ask(self, call: Callable[..., Any], *arguments: object, **options: object) -> Any:  # noqa: ANN401
        try:
            return call(*arguments, **options)
        except (NoNodeError, NotEmptyError):
            raise
        except KazooException as error:
            raise EngineError(say(ExplorerCode.ZOOKEEPER_GONE, what=type(error).__name__)) from None
