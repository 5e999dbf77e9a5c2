"""The trace: what the tap saw, sent to the lab over a Unix stream socket.

On the hot path a step costs one ``deque.append``. While something is being handled, a thread wakes every 10 ms, which
is less than a frame of a window, and sends what has come since as one frame: a length of four bytes, then MessagePack.
It is the lab that words it. The same socket carries the greeting: an instance loads its code while the engines still
start, says hello, and is told where they are.

It also tells which submissions the process is handling, so that the lab knows when nothing of a run is at work any
more. Handling that begins and ends between two frames is not worth telling. What the lab asks is answered after all
that has happened before; a process that has lost the lab ends, so that it cannot work on unseen.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from backend.model.frames import framed, read_frame
from backend.model.vocabulary import EngineKind
from backend.tap.trace_messages import (
    Ask,
    GoOn,
    Handling,
    Hello,
    LabMessage,
    Pausing,
    Ready,
    RedisConnection,
    Session,
    Steps,
    Told,
    TracedStep,
    TraceMessage,
    Wanted,
    Welcome,
)
from backend.tap.wording import (
    error_text,
    plain_answer,
    plain_parameters,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import IO

    from backend.tap.observer import Call

FLUSH_SECONDS = 0.01
LONG_NS = 50_000_000
"""A step that takes longer is told while it is under way."""


@dataclass(slots=True)
class _Work:
    """A submission that is being handled."""

    number: int
    submission_id: str
    operation: str
    key: str
    began_ns: int
    told: bool = False
    """Whether the lab knows of it."""
    ended: bool = False


class _AtWork:
    """Something is handled as long as this is entered. A generator would cost each submission more."""

    __slots__ = ("_begin", "_end", "_work")

    def __init__(self, work: _Work, begin: Callable[[_Work], None], end: Callable[[_Work], None]) -> None:
        self._work, self._begin, self._end = work, begin, end

    def __enter__(self) -> None:
        self._begin(self._work)

    def __exit__(self, *_: object) -> None:
        self._end(self._work)


class Taking:
    """Somebody takes work that nobody was told of yet: from before it is taken until it is handled, or there was none.

    Args:
        under_way: all of them.
        ended: notified when one of them ends; it guards them.
    """

    def __init__(self, under_way: set[Taking], ended: threading.Condition) -> None:
        self._under_way, self._ended = under_way, ended
        self._begin()

    def _begin(self) -> None:
        with self._ended:
            self._under_way.add(self)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """What was taken is being handled meanwhile; the next may be here already."""
        self.end()
        try:
            yield
        finally:
            self._begin()

    @contextmanager
    def handed_over(self) -> Iterator[None]:
        """What was taken is being handled from now on."""
        self.end()
        yield

    def end(self) -> None:
        """What was taken is being handled, or nothing was; safe to call twice."""
        with self._ended:
            self._under_way.discard(self)
            self._ended.notify_all()


def _end_this_process() -> None:
    """As a crash does: nothing of it is at work any more, and the supervisor, if it is there, starts it again."""
    os.kill(os.getpid(), signal.SIGKILL)


class Trace:
    """An observer that sends every step to the lab.

    Args:
        instance: number of this backend process.
        path: the lab's Unix socket.
        on_lost: called when the lab has hung up.
    """

    def __init__(self, instance: int, path: Path, on_lost: Callable[[], None] = _end_this_process) -> None:
        self._instance = instance
        self._on_lost = on_lost
        self._ended: deque[Call] = deque()
        self._latest: dict[int, Call] = {}
        """What each thread began last."""
        self._begun_works: deque[_Work] = deque()
        self._ended_works: deque[_Work] = deque()
        self._numbers = itertools.count(1)
        self._flying: set[int] = set()
        """Numbers of what is being handled."""
        self._came = threading.Event()
        """Whether there is, or will be, something to tell."""
        self._taken = threading.Condition()
        self._takings: set[Taking] = set()
        self._ready = threading.Event()
        """Whether the lab knows that this process handles submissions, and so asks it."""
        self._flushing = threading.RLock()
        """Reentrant: garbage is collected at any moment, and a connection that nobody closed is closed with it."""
        self._pausing = threading.Lock()
        self._continued = threading.Event()
        self._stopped = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._stream = self._socket.makefile("rb")
        self._send(Hello(instance, os.getpid()))
        self._thread = threading.Thread(target=self._flush_regularly, name="trace", daemon=True)
        self._listener = threading.Thread(target=self._listen, name="trace-listener", daemon=True)

    def await_welcome(self) -> Welcome:
        """Wait until the lab names the engines.

        Raises:
            EOFError: the lab has hung up.
        """
        message = _read(self._stream)
        if isinstance(message, Welcome):
            return message
        raise EOFError

    def get_ready(self) -> None:
        """Tell the lab that this process is ready, and begin to send steps."""
        self._send(Ready(self._instance))
        self._listener.start()
        self._thread.start()
        self._ready.set()

    def note_session(self, server_pid: int, is_open: bool) -> None:
        """Tell the lab of a connection to the database, before anything is asked over it, and when it is closed.

        What a server was asked for it may do after whoever asked has died, which is told by nobody then.
        """
        with self._flushing, suppress(OSError):  # a lab that is gone ends this process
            self._send(Session(self._instance, server_pid, is_open))

    def note_redis(self, name: str, is_open: bool) -> None:
        """Tell the lab of a connection to a Redis-protocol server, as of a session of the database."""
        with self._flushing, suppress(OSError):
            self._send(RedisConnection(self._instance, name, is_open))

    def want_gateway(self) -> None:
        """Have the lab start the gateway."""
        with self._flushing:
            self._send(Wanted(self._instance))

    def want_zookeeper(self) -> None:
        """Have the lab start ZooKeeper."""
        with self._flushing:
            self._send(Wanted(self._instance, EngineKind.ZOOKEEPER))

    def handling(self, submission_id: str, operation: str, key: str) -> AbstractContextManager[None]:
        """A submission is being handled: something may come of it until this ends.

        None is before the lab knows that this process is ready: it would not be asked what it is at.
        """
        work = _Work(next(self._numbers), submission_id, operation, key, time.monotonic_ns())
        return _AtWork(work, self._begin, self._end)

    def taking(self) -> Taking:
        """Somebody is about to take something off a queue, that others may acknowledge meanwhile.

        The lab gets no answer before it has been handed over to `handling`, or there was nothing to be taken.
        """
        return Taking(self._takings, self._taken)

    def _begin(self, work: _Work) -> None:
        if not self._ready.is_set():
            self._ready.wait()
        self._begun_works.append(work)
        self._flying.add(work.number)
        self._wake()

    def _end(self, work: _Work) -> None:
        work.ended = True
        self._ended_works.append(work)
        self._flying.discard(work.number)
        self._wake()

    def before(self, call: Call) -> None:
        """Know what this thread is at; called for marks too, which have begun already."""
        self._latest[threading.get_ident()] = call

    def after(self, call: Call) -> None:
        """Keep the step for the next frame."""
        self._ended.append(call)
        self._wake()

    def _wake(self) -> None:
        if not self._came.is_set():
            self._came.set()

    def flush(self) -> None:
        """Send what has come so far."""
        with self._flushing:
            self._flush()

    @contextmanager
    def complete(self) -> Iterator[None]:
        """All that has come is sent, and nothing more is while this lasts; a lab that is gone gets nothing."""
        with self._flushing:
            with suppress(OSError):
                self._flush()
            yield

    def pause(self, ms: int) -> None:
        """Have the lab stop this process for so long; returns when it goes on. One pause at a time."""
        with self._pausing, suppress(OSError):
            self._continued.clear()
            with self._flushing:
                self._flush()
                self._tell_under_way(longer_than_ns=0)
                self._send(Pausing(self._instance, ms))
            self._continued.wait()

    def _flush(self) -> None:
        ended_works = [self._ended_works.popleft() for _ in range(len(self._ended_works))]
        if self._ended:  # the steps of what has ended go before its end
            waiting = len(self._ended)
            self._send(Steps(self._instance, [_traced(self._ended.popleft()) for _ in range(waiting)]))
        self._flush_works(ended_works)
        self._tell_under_way(LONG_NS)

    def _tell_under_way(self, longer_than_ns: int) -> None:
        now = time.monotonic_ns()
        late = [
            call
            for call in list(self._latest.values())
            if call.started_ns and not call.ended_ns and not call.told and now - call.started_ns >= longer_than_ns
        ]
        if late:
            for call in late:
                call.told = True
            self._send(Steps(self._instance, [_traced(call) for call in late]))

    def _flush_works(self, ended: list[_Work]) -> None:
        ended_numbers = [work.number for work in ended if work.told]
        begun = []
        for _ in range(len(self._begun_works)):
            work = self._begun_works.popleft()
            if not work.ended:
                work.told = True
                begun.append((work.number, work.submission_id, work.operation, work.key, work.began_ns))
        if begun or ended_numbers:
            self._send(Handling(self._instance, begun, ended_numbers))

    def close(self) -> None:
        """Send the rest and hang up."""
        self._stopped.set()
        self._came.set()
        self._thread.join()
        self.flush()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._listener.join()
        self._stream.close()
        self._socket.close()

    def _flush_regularly(self) -> None:
        """Every few milliseconds while something is being handled; a process that has nothing to do sleeps."""
        while not self._stopped.is_set():
            self._came.wait()
            while not self._stopped.wait(FLUSH_SECONDS):
                self._came.clear()
                try:
                    self.flush()
                except OSError:
                    return  # the listener notices as well
                if not self._flying and not self._came.is_set():
                    break

    def _listen(self) -> None:
        """Hear the lab, until it hangs up."""
        with suppress(OSError):
            while message := _read(self._stream):
                if isinstance(message, GoOn):
                    self._continued.set()
                elif isinstance(message, Ask):
                    self._tell(message.number)
        self._continued.set()
        if not self._stopped.is_set():
            self._on_lost()

    def _tell(self, number: int) -> None:
        with self._taken:
            before = set(self._takings)
            self._taken.wait_for(lambda: not before & self._takings)
        with self._flushing:
            self._flush()
            self._send(Told(self._instance, number))

    def _send(self, message: TraceMessage) -> None:
        self._socket.sendall(framed(message))


def _read(stream: IO[bytes]) -> LabMessage | None:
    """The lab's next message; None at the end."""
    content = read_frame(stream)
    return msgspec.msgpack.decode(content, type=LabMessage) if content else None


def _traced(call: Call) -> TracedStep:
    """A step with nothing in it that cannot be sent; one that is still under way without answer and end."""
    return TracedStep(
        call.flow.submission_id,
        call.number,
        call.engine,
        call.command,
        plain_parameters(call.parameters),
        plain_answer(call.answer, is_sql=call.engine.is_database) if call.ended_ns else None,
        error_text(call.error) if call.error else "",
        call.started_ns,
        call.ended_ns,
        call.server_pid,
        call.server,
    )
