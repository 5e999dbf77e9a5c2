"""A crew on the workers of a Dask cluster that runs already: one player on each, with engines of its own there."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self

from backend.explorer.crew.members import News, Tidings
from backend.explorer.crew.there import carry_out_there, end_there, our_code
from backend.explorer.says import ExplorerCode
from backend.model.errors import EngineError
from backend.model.sentence import plain, say

if TYPE_CHECKING:
    from backend.explorer.crew.members import Member, Opening, Task

_CONNECT_S = 10.0
_LOOK_S = 1.0
"""How often the scheduler is asked who is there."""
_END_S = 20.0


class DaskMember:
    """A worker of the cluster.

    Args:
        client: of the cluster.
        address: of the worker.
        key: of this exploration.
        opening: opens a player there.
        news: where it tells.
    """

    was_ready = True

    def __init__(self, client: Any, address: str, key: str, opening: Opening, news: queue.Queue[News]) -> None:  # noqa: ANN401  Dask has no types
        self.address = address
        self._news = news
        there = {"workers": [address], "allow_other_workers": False, "pure": False, "retries": 0}
        self._submit = partial(client.submit, carry_out_there, key, opening, our_code(), **there)
        self._end = partial(client.submit, end_there, key, **there)
        self._future: Any = None
        news.put(News(self, Tidings.READY))

    def give(self, task: Task) -> None:
        """See `Member`."""
        self._future = self._submit(task)
        self._future.add_done_callback(self._done)

    def die(self) -> None:
        """The scheduler knows it no more."""
        future, self._future = self._future, None
        if future is not None:
            future.cancel()
        self._news.put(News(self, Tidings.GONE))

    def close(self) -> None:
        """See `Member`. Its engines would be stopped by themselves after a while."""
        with suppress(Exception):  # whatever it is, that comes to the same
            self._end().result(timeout=_END_S)

    def _done(self, future: Any) -> None:  # noqa: ANN401  as above
        if future is not self._future:
            return
        if future.status == "finished":
            tidings, value = future.result()
            self._news.put(News(self, tidings, value))
        else:
            error = future.exception() if future.status == "error" else None
            why = say(ExplorerCode.WORKER_BROKE_OFF, what=f"{self.address}: {error!r}") if error else None
            self._news.put(News(self, Tidings.GONE, why))


class DaskCrew:
    """A context manager.

    Args:
        address: of the scheduler.
        opening: opens a player on a worker.
    """

    def __init__(self, address: str, opening: Opening) -> None:
        self.news: queue.Queue[News] = queue.Queue()
        self.members: list[Member] = []
        self._address = address
        self._opening = opening
        self._lost: set[str] = set()
        """Those that have failed, though the scheduler knows them."""
        self._look_at = 0.0

    def __enter__(self) -> Self:
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            raise EngineError(say(ExplorerCode.NO_DASK)) from None
        try:
            self._client = distributed.Client(self._address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:  # of which Python's time-out is one
            why = plain(str(error).splitlines()[0] if str(error) else type(error).__name__)
            raise EngineError(say(ExplorerCode.NO_CLUSTER, address=self._address, why=why)) from None
        self._key = self._client.id
        self.tend()
        if not self.members:
            self._client.close()
            raise EngineError(say(ExplorerCode.EMPTY_CLUSTER, address=self._address))
        return self

    def __exit__(self, *_: object) -> None:
        closing = [threading.Thread(target=member.close) for member in self.members]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self._client.close()

    @property
    def may_grow(self) -> bool:
        """See `Crew`."""
        return False

    def tend(self) -> None:
        """See `Crew`: take in who has joined the cluster, and do without who has left it."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + _LOOK_S
        there = set(self._client.nthreads())
        for member in self.members:
            if isinstance(member, DaskMember) and member.address not in there:
                self._lost.add(member.address)
                member.die()
        known = {member.address for member in self.members if isinstance(member, DaskMember)}
        for address in sorted(there - known - self._lost):
            self.members.append(DaskMember(self._client, address, self._key, self._opening, self.news))

    def lose(self, member: Member) -> None:
        """See `Crew`."""
        if member in self.members:
            self.members.remove(member)
        if isinstance(member, DaskMember):
            self._lost.add(member.address)
