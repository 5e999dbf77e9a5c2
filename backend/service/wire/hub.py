"""One thread that carries everything between services and their engines."""

from __future__ import annotations

import heapq
import itertools
import select
import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from backend.service.wire.end import End
from backend.service.wire.link import Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.service.wire.link import Handler
    from backend.service.wire.unit import Dialect

LOOPBACK = "127.0.0.1"
_BACKLOG = 128
_FINE_S = 0.002
_MOST_FD = 1024
"""Of what `select.select` takes."""
_FINE_SELECTORS = tuple(filter(None, [getattr(selectors, "EpollSelector", None)]))


class Listens(Protocol):
    """Anything else that the hub's thread looks after."""

    def can_read(self) -> None:
        """There is something to read, or the other side has hung up."""


@dataclass(slots=True)
class Door:
    """A port on which one instance finds one engine."""

    instance: int
    listener: socket.socket
    dialect: Callable[[], Dialect]
    connect: Callable[[], socket.socket]
    """To the engine."""
    is_shut: bool = False
    """Whether newcomers are turned away, as by a host that is gone."""

    @property
    def port(self) -> int:
        """Where it listens, on the loopback."""
        return int(self.listener.getsockname()[1])


class Hub:
    """Doors, links and whatever else listens; `poll` moves all of it, in the calling thread.

    Args:
        handler: decides what becomes of units and replies.
        awaits_servers: as in `Link`.
    """

    def __init__(self, handler: Handler, *, awaits_servers: bool = False) -> None:
        self._awaits_servers = awaits_servers
        self._handler = handler
        self._selector = selectors.DefaultSelector()
        self._fd = self._selector.fileno() if isinstance(self._selector, _FINE_SELECTORS) else -1
        self._doors: list[Door] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self.links: set[Link] = set()

    def open_door(self, instance: int, dialect: Callable[[], Dialect], connect: Callable[[], socket.socket]) -> Door:
        """Listen on a port of its own for this instance's connections to one engine."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, 0))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
        door = Door(instance, listener, dialect, connect)
        self._doors.append(door)
        self._selector.register(listener, selectors.EVENT_READ, door)
        return door

    def watch(self, socket_: socket.socket, listens: Listens) -> None:
        """Look after another socket."""
        self._selector.register(socket_, selectors.EVENT_READ, listens)

    def unwatch(self, socket_: socket.socket) -> None:
        """Do not look after it any more."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(socket_)

    def shut(self, instance: int) -> None:
        """Cut all connections of an instance, and turn new ones away."""
        self._set_shut(instance, is_shut=True)
        for link in [link for link in self.links if link.instance == instance]:
            link.cut()
            if link.is_over:
                self.links.discard(link)

    def reopen(self, instance: int) -> None:
        """Let an instance in again."""
        self._set_shut(instance, is_shut=False)

    def poll(self, seconds: float | None) -> bool:
        """Move what can be moved, waiting so long for the first; whether there was anything."""
        events = self._select(self._until_timer(seconds))
        self._run_timers()
        for key, mask in events:
            found = key.data
            if isinstance(found, End):
                self._move(found, mask)
            elif isinstance(found, Door):
                self._accept(found)
            else:
                found.can_read()
        return bool(events)

    def _select(self, seconds: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        """As the selector does; but epoll counts in whole milliseconds, and looking at epoll itself does not."""
        if seconds is not None and 0 < seconds < _FINE_S and 0 <= self._fd < _MOST_FD:
            select.select([self._fd], [], [], seconds)
            seconds = 0
        return self._selector.select(seconds)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done in the hub's thread after so long."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), do))

    def _until_timer(self, seconds: float | None) -> float | None:
        if not self._timers:
            return seconds
        left = max(0.0, self._timers[0][0] - time.monotonic())
        return left if seconds is None else min(left, seconds)

    def _run_timers(self) -> None:
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
            self.links = {link for link in self.links if not link.is_over}

    def close(self) -> None:
        """Hang up everywhere."""
        for link in list(self.links):
            link.cut()
            link.server.close()
        for door in self._doors:
            door.listener.close()
        self._selector.close()

    def _set_shut(self, instance: int, *, is_shut: bool) -> None:
        for door in self._doors:
            if door.instance == instance:
                door.is_shut = is_shut

    def _move(self, end: End[Link], mask: int) -> None:
        link = end.link
        if mask & selectors.EVENT_WRITE and not end.is_closed:
            end.flush()
        if mask & selectors.EVENT_READ and not end.is_closed and (link.is_open or link.is_leaving):
            link.took(end)
        if link.is_over:
            self.links.discard(link)

    def _accept(self, door: Door) -> None:
        with suppress(BlockingIOError, ConnectionError):
            client, _ = door.listener.accept()
            if door.is_shut:
                client.close()
                return
            try:
                server = door.connect()
            except OSError:
                client.close()  # the engine is away: so it is for the service
                return
            link = Link(
                door.instance,
                door.dialect(),
                client,
                server,
                self._handler,
                self._selector,
                awaits_server=self._awaits_servers,
            )
            self.links.add(link)
