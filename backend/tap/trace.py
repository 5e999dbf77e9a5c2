"""The trace: what the tap saw, sent to the lab over a Unix stream socket.

On the hot path a step costs one ``deque.append``. A thread wakes every 5 ms, words what has come since and sends it as
one frame: a length of four bytes, then MessagePack. The same socket carries the greeting: an instance loads its code
while the engines still start, says hello, and is told where they are.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from backend.model import EngineKind, Step
from backend.tap.wording import answer_text, command_text, error_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backend.tap.observer import Call

FLUSH_SECONDS = 0.005
LENGTH_BYTES = 4


class Hello(msgspec.Struct, array_like=True, tag="hello"):
    """The first message of an instance: it has loaded its code and asks for its engines."""

    instance: int


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
    gateway: str = ""
    """The file that says where the gateway is, once it runs."""


class Ready(msgspec.Struct, array_like=True, tag="ready"):
    """The instance is connected to its engines and warm."""

    instance: int


class Steps(msgspec.Struct, array_like=True, tag="steps"):
    """Steps in the order in which they ended."""

    instance: int
    steps: list[tuple[str, int, str, str, str, str, int, int, int]]
    """Submission, number, engine, command, answer, error, start and end in nanoseconds, process of the server."""


TraceMessage = Hello | Ready | Steps | Wanted | Pausing


def to_steps(message: Steps) -> list[Step]:
    """The steps of a message in the words of the model."""
    return [
        Step(submission, number, message.instance, EngineKind(engine), command, answer, error, started, ended, pid)
        for submission, number, engine, command, answer, error, started, ended, pid in message.steps
    ]


class Trace:
    """An observer that sends every step to the lab.

    Args:
        instance: number of this backend process.
        path: the lab's Unix socket.
    """

    def __init__(self, instance: int, path: Path) -> None:
        self._instance = instance
        self._ended: deque[Call] = deque()
        self._flushing = threading.Lock()
        self._pausing = threading.Lock()
        self._stopped = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._send(Hello(instance))
        self._thread = threading.Thread(target=self._flush_regularly, name="trace", daemon=True)

    def await_welcome(self) -> Welcome:
        """Wait until the lab names the engines.

        Raises:
            EOFError: the lab has hung up.
        """
        with self._socket.makefile("rb") as stream:
            length = int.from_bytes(stream.read(LENGTH_BYTES))
            content = stream.read(length)
        if not content:
            raise EOFError
        return msgspec.msgpack.decode(content, type=Welcome)

    def get_ready(self) -> None:
        """Tell the lab that this process is ready, and begin to send steps."""
        self._send(Ready(self._instance))
        self._thread.start()

    def want_gateway(self) -> None:
        """Have the lab start the gateway."""
        with self._flushing:
            self._send(Wanted(self._instance))

    def want_zookeeper(self) -> None:
        """Have the lab start ZooKeeper."""
        with self._flushing:
            self._send(Wanted(self._instance, EngineKind.ZOOKEEPER))

    def before(self, call: Call) -> None:
        """Nothing: a step is told when it has ended."""

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
            with self._flushing:
                self._flush()
                self._send(Pausing(self._instance, ms))
            self._socket.recv(LENGTH_BYTES, socket.MSG_WAITALL)

    def _flush(self) -> None:
        if self._ended:
            waiting = len(self._ended)
            self._send(Steps(self._instance, [_worded(self._ended.popleft()) for _ in range(waiting)]))

    def close(self) -> None:
        """Send the rest and hang up."""
        self._stopped.set()
        self._thread.join()
        self.flush()
        self._socket.close()

    def _flush_regularly(self) -> None:
        while not self._stopped.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except OSError:
                return

    def _send(self, message: TraceMessage) -> None:
        self._socket.sendall(framed(message))


def framed(message: TraceMessage | Welcome) -> bytes:
    """A message as it goes over the socket."""
    content = msgspec.msgpack.encode(message)
    return len(content).to_bytes(LENGTH_BYTES) + content


def _worded(call: Call) -> tuple[str, int, str, str, str, str, int, int, int]:
    is_sql = call.engine.is_database
    return (
        call.flow.submission_id,
        call.number,
        call.engine.value,
        command_text(call.command, call.parameters, is_sql=is_sql),
        "" if call.error else answer_text(call.answer, is_sql=is_sql),
        error_text(call.error) if call.error else "",
        call.started_ns,
        call.ended_ns,
        call.server_pid,
    )
