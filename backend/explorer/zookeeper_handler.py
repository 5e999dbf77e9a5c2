"""Kazoo without threads: its connection moves while somebody waits for it, in the thread of whoever waits.

By itself kazoo hands each call over to a thread and the answer back, and waking the two takes longer than the server
does. The explorer does one thing at a time, so here kazoo's routines are greenlets, as with its handler for gevent, and
whoever waits for an answer has them run until it is there. What nobody waits for stands still, heartbeats included:
see `Handler.tend`.
"""

from __future__ import annotations

import logging
import select
import socket
import time
from contextvars import Context
from functools import partial
from queue import SimpleQueue
from threading import Event, Lock, RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from greenlet import getcurrent, greenlet
from kazoo.handlers import utils
from kazoo.handlers.threading import KazooTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kazoo.protocol.states import Callback

    Sockets = Sequence[socket.socket]
    Ready = tuple[list[socket.socket], list[socket.socket], list[socket.socket]]

log = logging.getLogger(__name__)

_LONGEST_CONNECT_S = 10.0


class _Wanted(NamedTuple):
    """What a routine waits for."""

    readers: Sockets = ()
    writers: Sockets = ()
    until: float | None = None
    """By the monotonic clock."""

    @property
    def is_late(self) -> bool:
        """Whether its time is over."""
        return self.until is not None and time.monotonic() >= self.until


class _Routine(greenlet):
    """A function of kazoo's. Where it would block, whoever has it run goes on instead."""

    wanted: _Wanted = _Wanted(until=0.0)
    """One that has not begun waits for nothing."""
    _ready: Ready = ([], [], [])
    _runner: greenlet

    def resume(self, ready: Ready) -> None:
        """Have it run until it waits for something, or ends."""
        self._ready = ready
        self._runner = self.parent = getcurrent()
        self.switch()

    def await_sockets(self, wanted: _Wanted) -> Ready:
        """Called in it."""
        self.wanted = wanted
        self._runner.switch()
        return self._ready


class Handler:
    """What kazoo wants of its surroundings (``kazoo.interfaces.IHandler``). Use it in one thread."""

    name = "in_thread_handler"
    timeout_exception = KazooTimeoutError
    lock_object = Lock
    rlock_object = RLock

    def __init__(self) -> None:
        self.running = False
        self.completion_queue: SimpleQueue[Callable[[], object]] = SimpleQueue()
        """What is to be called since something has come; kazoo puts it there."""
        self._routines: list[_Routine] = []

    def run_until(self, is_over: Callable[[], bool], seconds: float | None) -> bool:
        """Have kazoo run until something has come about; whether it has.

        Args:
            is_over: whether it has.
            seconds: how long to wait at most; None for as long as it takes.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while not is_over():
            if self._has_called() or self._move(end):
                continue
            if not self._routines or (end is not None and time.monotonic() >= end):
                return False
        return True

    def tend(self) -> None:
        """Do what is due by now: every few seconds kazoo tells the server that a session lives."""
        while self._has_called() or self._move(0.0):
            pass

    def _has_called(self) -> bool:
        """Call what is to be called next; whether there was something."""
        if self.completion_queue.empty():
            return False
        try:
            Context().run(self.completion_queue.get())  # it belongs to no submission
        except Exception:
            log.exception("What kazoo was to call has failed")
        return True

    def _move(self, end: float | None) -> bool:
        """Wait for what the routines wait for; whether one of them went on.

        Args:
            end: when to wait no longer, by the monotonic clock.
        """
        self._routines = [one for one in self._routines if not one.dead]
        if not self._routines:
            return False
        wanted = [one.wanted for one in self._routines]
        limits = [end, *(each.until for each in wanted)]
        until = min((limit for limit in limits if limit is not None), default=None)
        readers = [each for one in wanted for each in one.readers]
        can_read, can_write, _ = _select(readers, [each for one in wanted for each in one.writers], until)
        moved = False
        for one in self._routines:
            read = [each for each in one.wanted.readers if each in can_read]
            write = [each for each in one.wanted.writers if each in can_write]
            if read or write or one.wanted.is_late:
                one.resume((read, write, []))
                moved = True
        return moved

    # What kazoo calls

    def start(self) -> None:
        """Begin; there is nothing to start."""
        self.running = True

    def stop(self) -> None:
        """From now on kazoo calls by itself what is to be called."""
        self.running = False

    def spawn(self, function: Callable[..., object], *args: object, **options: object) -> _Spawned:
        """Run something beside everything else: while somebody waits."""
        self._routines.append(_Routine(partial(function, *args, **options)))
        return _Spawned(self, self._routines[-1])

    def select(self, readers: Sockets, writers: Sockets, _: Sockets, timeout: float | None = None) -> Ready:
        """As in the standard library."""
        wanted = _Wanted(readers, writers, None if timeout is None else time.monotonic() + timeout)
        here = getcurrent()
        if not isinstance(here, _Routine):
            return _select(readers, writers, wanted.until)
        if len(readers) + len(writers) == 1:  # it is in the middle of something, so it is likely to be ready
            ready = _select(readers, writers, 0.0)
            if ready[0] or ready[1]:
                return ready
        return here.await_sockets(wanted)

    def sleep_func(self, seconds: float) -> None:
        """Pause before another trial. A recipe that tries again never stops the thread of the schedules."""
        here = getcurrent()
        if isinstance(here, _Routine):
            here.await_sockets(_Wanted(until=time.monotonic() + seconds))

    def create_connection(self, *args: Any, timeout: float = _LONGEST_CONNECT_S, **options: Any) -> Any:  # noqa: ANN401  as in kazoo
        """Connect to a server."""
        return utils.create_tcp_connection(socket, *args, timeout=min(timeout, _LONGEST_CONNECT_S), **options)

    def create_socket_pair(self) -> tuple[socket.socket, _Bell]:
        """Two ends: kazoo waits at the one, and the other says that there is something to send."""
        ours, theirs = utils.create_socket_pair(socket)
        return ours, _Bell(theirs, partial(self._move, None))

    def event_object(self) -> _Event:
        """As in `threading`."""
        return _Event(self)

    def async_result(self) -> utils.AsyncResult:
        """A result that will come."""
        return utils.AsyncResult(self, partial(_Condition, self), KazooTimeoutError)

    def dispatch_callback(self, callback: Callback) -> None:
        """Call somebody who watches a node."""
        self.completion_queue.put(partial(callback.func, *callback.args))


class _Bell:
    """Rung for each call, and heard only when kazoo runs: where it is not heard for too long, kazoo runs now."""

    def __init__(self, end: socket.socket, run: Callable[[], object]) -> None:
        self._end = end
        self._end.setblocking(False)
        self._run = run

    def send(self, data: bytes) -> int:
        """Ring."""
        while True:
            try:
                return self._end.send(data)
            except BlockingIOError:
                self._run()

    def close(self) -> None:
        """Ring no more."""
        self._end.close()


class _Spawned:
    """What is known of a routine: as much as kazoo wants of a thread."""

    def __init__(self, handler: Handler, routine: _Routine) -> None:
        self._handler = handler
        self._routine = routine

    def join(self) -> None:
        """Return when it has ended."""
        self._handler.run_until(lambda: self._routine.dead, None)


class _Event:
    """As in `threading`. Whoever waits has kazoo run meanwhile."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._is_set = False

    def is_set(self) -> bool:
        """Whether it has come about."""
        return self._is_set

    def set(self) -> None:
        """It has come about."""
        self._is_set = True

    def clear(self) -> None:
        """It has not come about yet."""
        self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Return when it has come about, or when the time is over; whether it has."""
        return self._handler.run_until(self.is_set, timeout)


class _Condition:
    """As in `threading`, as far as kazoo's results use it. There is nobody to lock out."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._notified = 0

    def __enter__(self) -> None:
        """Nothing."""

    def __exit__(self, *_: object) -> None:
        """Nothing."""

    def notify_all(self) -> None:
        """Wake all who wait."""
        self._notified += 1

    def wait(self, timeout: float | None = None) -> bool:
        """Return when it is notified, or when the time is over; whether it was."""
        before = self._notified
        return self._handler.run_until(lambda: self._notified != before, timeout)


def _select(readers: Sockets, writers: Sockets, until: float | None) -> Ready:
    """Those that are ready, waiting for the first of them until then."""
    seconds = None if until is None else max(0.0, until - time.monotonic())
    if readers or writers:
        return select.select(readers, writers, (), seconds)
    Event().wait(seconds)  # as not every system selects from nothing
    return [], [], []
