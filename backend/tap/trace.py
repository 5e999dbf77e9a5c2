"""The trace: what the tap saw, sent to the lab over a Unix stream socket.

On the hot path a step costs one ``deque.append``. A thread wakes every 5 ms, words what has come since and sends it as
one frame: a length of four bytes, then MessagePack. The same socket carries the greeting: an instance loads its code
while the engines still start, says hello, and is told where they are.

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
from backend.model.observed import Step
from backend.model.vocabulary import EngineKind
from backend.tap.wording import answer_text, command_text, error_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from backend.tap.observer import Call

FLUSH_SECONDS = 0.005
LONG_NS = 50_000_000
"""A step that takes longer is told while it is under way."""


class Hello(msgspec.Struct, array_like=True, tag="hello"):
    """The first message of an instance: it has loaded its code and asks for its engines."""

    instance: int
    process: int = 0
    """Its process id."""


class Wanted(msgspec.Struct, array_like=True, tag="wanted"):
    """The instance is to call the gateway or ZooKeeper, which is not running yet."""

    instance: int
    engine: EngineKind = EngineKind.GATEWAY


class Pausing(msgspec.Struct, array_like=True, tag="pausing"):
    """The instance asks to be stopped and continued; the lab answers with an empty frame when it goes on."""

    instance: int
    ms: int


class Welcome(msgspec.Struct, array_like=True, tag="welcome"):
    """The lab's answer: URLs of the engines, with their passwords."""

    database: str
    redis: str
    """Of each server that stands alone, as `redis_urls` takes them."""
    gateway: str = ""
    """The file that says where the gateway is, once it runs."""


class Ready(msgspec.Struct, array_like=True, tag="ready"):
    """The instance is connected to its engines and warm."""

    instance: int


class Steps(msgspec.Struct, array_like=True, tag="steps"):
    """Steps in the order in which they ended; one that takes long also before that, without an end."""

    instance: int
    steps: list[tuple[str, int, str, str, str, str, int, int, int]]
    """Submission, number, engine, command, answer, error, start and end in nanoseconds, process of the server."""


class Handling(msgspec.Struct, array_like=True, tag="handling"):
    """What the instance has begun to handle and has not ended yet, and what of that it has ended."""

    instance: int
    begun: list[tuple[int, str, str, str, int]]
    """A number that is unique in the process; submission, operation, business key, when in nanoseconds."""
    ended: list[int]


class Ask(msgspec.Struct, array_like=True, tag="ask"):
    """The lab wants to know all that has happened so far."""

    number: int


class Told(msgspec.Struct, array_like=True, tag="told"):
    """All that had happened when the lab asked has been sent before this."""

    instance: int
    number: int


class GoOn(msgspec.Struct, array_like=True, tag="go-on"):
    """The instance was stopped and continued."""


TraceMessage = Hello | Ready | Steps | Handling | Told | Wanted | Pausing
LabMessage = Welcome | Ask | GoOn


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


def to_steps(message: Steps) -> list[Step]:
    """The steps of a message in the words of the model."""
    return [
        Step(submission, number, message.instance, EngineKind(engine), command, answer, error, started, ended, pid)
        for submission, number, engine, command, answer, error, started, ended, pid in message.steps
    ]


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
        self._flushing = threading.Lock()
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

    def want_gateway(self) -> None:
        """Have the lab start the gateway."""
        with self._flushing:
            self._send(Wanted(self._instance))

    def want_zookeeper(self) -> None:
        """Have the lab start ZooKeeper."""
        with self._flushing:
            self._send(Wanted(self._instance, EngineKind.ZOOKEEPER))

    @contextmanager
    def handling(self, submission_id: str, operation: str, key: str) -> Iterator[None]:
        """A submission is being handled: something may come of it until this ends."""
        work = _Work(next(self._numbers), submission_id, operation, key, time.monotonic_ns())
        self._begun_works.append(work)
        try:
            yield
        finally:
            work.ended = True
            self._ended_works.append(work)

    def before(self, call: Call) -> None:
        """Know what this thread is at; called for marks too, which have begun already."""
        self._latest[threading.get_ident()] = call

    def after(self, call: Call) -> None:
        """Keep the step for the next frame."""
        self._ended.append(call)

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
            self._send(Steps(self._instance, [_worded(self._ended.popleft()) for _ in range(waiting)]))
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
            self._send(Steps(self._instance, [_worded_under_way(call) for call in late]))

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
        self._thread.join()
        self.flush()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._listener.join()
        self._stream.close()
        self._socket.close()

    def _flush_regularly(self) -> None:
        while not self._stopped.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except OSError:
                return  # the listener notices as well

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
        with self._flushing:
            self._flush()
            self._send(Told(self._instance, number))

    def _send(self, message: TraceMessage) -> None:
        self._socket.sendall(framed(message))


def _read(stream: IO[bytes]) -> LabMessage | None:
    """The lab's next message; None at the end."""
    content = read_frame(stream)
    return msgspec.msgpack.decode(content, type=LabMessage) if content else None


def _command(call: Call) -> str:
    text = command_text(call.command, call.parameters, is_sql=call.engine.is_database)
    return f"{text} @{call.server}" if call.server else text


def _worded_under_way(call: Call) -> tuple[str, int, str, str, str, str, int, int, int]:
    command = _command(call)
    return (
        call.flow.submission_id, call.number, call.engine.value, command, "", "", call.started_ns, 0, call.server_pid
    )  # fmt: skip


def _worded(call: Call) -> tuple[str, int, str, str, str, str, int, int, int]:
    is_sql = call.engine.is_database
    return (
        call.flow.submission_id,
        call.number,
        call.engine.value,
        _command(call),
        "" if call.error else answer_text(call.answer, is_sql=is_sql),
        error_text(call.error) if call.error else "",
        call.started_ns,
        call.ended_ns,
        call.server_pid,
    )
