"""The lab's end of the trace channel, and the book of steps that it fills."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from backend.model import EngineKind, Step
from backend.tap.trace import LENGTH_BYTES, Hello, Pausing, Steps, TraceMessage, Wanted, Welcome, framed, to_steps

_CHUNK = 1 << 18
_WAKE_SECONDS = 0.2
_LAST_STEPS = ("reply", "crash")
"""After these nothing more comes of a submission. Other steps of HTTP are marks of faults."""


class StepBook:
    """The steps of the submissions of late; the oldest make room for new ones.

    Args:
        capacity: submissions to keep.
    """

    def __init__(self, capacity: int = 50_000) -> None:
        self._capacity = capacity
        self._changed = threading.Condition()
        self._steps: OrderedDict[str, list[Step]] = OrderedDict()
        self._answered: set[str] = set()
        self._gone_ns: dict[int, int] = {}
        self._closed = False

    def close(self) -> None:
        """Nothing more will come: nobody shall wait for it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def add(self, steps: Sequence[Step]) -> None:
        """Keep steps."""
        with self._changed:
            for step in steps:
                self._steps.setdefault(step.submission_id, []).append(step)
                if step.engine is EngineKind.HTTP and step.command.startswith(_LAST_STEPS):
                    self._answered.add(step.submission_id)
            while len(self._steps) > self._capacity:
                forgotten, _ = self._steps.popitem(last=False)
                self._answered.discard(forgotten)
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget all steps."""
        with self._changed:
            self._steps.clear()
            self._answered.clear()

    def of(self, submission_id: str) -> tuple[Step, ...]:
        """The steps of a submission, in order."""
        with self._changed:
            return tuple(sorted(self._steps.get(submission_id, ()), key=lambda step: step.number))

    def wait_until_answered(self, submissions: Iterable[str], timeout: float) -> set[str]:
        """Wait until the backend has replied to all of these; which of them it has not within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        waiting = set(submissions)
        with self._changed:
            waiting -= self._answered
            while waiting and not self._closed and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
                waiting -= self._answered
        return waiting

    def instance_gone(self, instance: int) -> None:
        """A backend process has ended: whatever it was handling will never be answered."""
        with self._changed:
            self._gone_ns[instance] = time.monotonic_ns()
            self._changed.notify_all()

    def wait_until_over(self, submissions: Mapping[str, tuple[int, int]], timeout: float) -> set[str]:
        """Wait until nothing more can come of these; of which it still can after `timeout` seconds.

        Args:
            submissions: with the number of the instance that each went to, and when it was sent, in nanoseconds.
            timeout: in seconds.
        """
        deadline = time.monotonic() + timeout
        waiting = dict(submissions)
        with self._changed:
            while True:
                waiting = {name: sent for name, sent in waiting.items() if not self._is_over(name, *sent)}
                left = deadline - time.monotonic()
                if not waiting or self._closed or left <= 0:
                    return set(waiting)
                self._changed.wait(left)

    def _is_over(self, submission: str, instance: int, sent_ns: int) -> bool:
        return submission in self._answered or self._gone_ns.get(instance, 0) > sent_ns

    def mean_per_submission(self, submissions: Sequence[str]) -> dict[EngineKind, float]:
        """Mean number of steps per submission, by engine, over those that left steps."""
        with self._changed:
            traced = [self._steps[submission] for submission in submissions if submission in self._steps]
        counts = Counter(step.engine for steps in traced for step in steps if step.engine is not EngineKind.HTTP)
        return {engine: round(count / len(traced), 3) for engine, count in sorted(counts.items())}


class TraceServer:
    """Listens on a Unix socket for the traces of all instances.

    Args:
        path: where to listen.
        on_steps: called on the server's thread with each batch.
        on_ready: called on the server's thread with the number of an instance that is ready.
        on_wanted: called on the server's thread when an instance wants the gateway.
        on_pausing: called on the server's thread with the number of an instance that is to be stopped for so many
            milliseconds, and with what to call when it has been continued.
        on_gone: called on the server's thread with the number of an instance that has hung up: it has ended.
    """

    def __init__(
        self,
        path: Path,
        on_steps: Callable[[list[Step]], None],
        on_ready: Callable[[int], None] = lambda _number: None,
        on_wanted: Callable[[], None] = lambda: None,
        on_pausing: Callable[[int, int, Callable[[], None]], None] = lambda _number, _ms, go_on: go_on(),
        on_gone: Callable[[int], None] = lambda _number: None,
    ) -> None:
        self._on_steps = on_steps
        self._on_ready = on_ready
        self._on_wanted = on_wanted
        self._on_pausing = on_pausing
        self._on_gone = on_gone
        self._peers: dict[socket.socket, int] = {}
        self._decoder = msgspec.msgpack.Decoder(TraceMessage)
        self._buffers: dict[socket.socket, bytearray] = {}
        self._met = threading.Condition()
        self._greeting: dict[int, socket.socket] = {}
        self._ready: set[int] = set()
        self._welcomes: dict[int, Welcome] = {}
        self._stopped = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="trace-server", daemon=True)
        self._thread.start()

    def forget(self, instance: int) -> None:
        """The instance is about to be started anew."""
        with self._met:
            self._welcomes.pop(instance, None)
            self._greeting.pop(instance, None)
            self._ready.discard(instance)

    def welcome(self, instance: int, welcome: Welcome, timeout: float) -> bool:
        """Wait until this instance has said hello, tell it its engines, wait until it is ready; whether it is.

        Should the instance be started again by the supervisor later, it is told the same.
        """
        deadline = time.monotonic() + timeout
        with self._met:
            if not self._met.wait_for(lambda: instance in self._greeting, timeout):
                return False
            connection = self._greeting.pop(instance)
            self._welcomes[instance] = welcome
        if not _tell(connection, welcome):
            return False
        with self._met:
            return self._met.wait_for(lambda: instance in self._ready, deadline - time.monotonic())

    def close(self) -> None:
        """Stop listening."""
        self._stopped.set()
        self._thread.join()
        for connection in [*self._buffers, self._listener]:
            connection.close()
        self._selector.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            for key, _ in self._selector.select(_WAKE_SECONDS):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._receive(key.fileobj)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        self._buffers[connection] = bytearray()
        self._selector.register(connection, selectors.EVENT_READ)

    def _receive(self, connection: socket.socket) -> None:
        try:
            chunk = connection.recv(_CHUNK)
        except ConnectionError:
            chunk = b""
        if not chunk:
            self._selector.unregister(connection)
            del self._buffers[connection]
            connection.close()
            if (gone := self._peers.pop(connection, None)) is not None:
                self._on_gone(gone)
            return
        buffer = self._buffers[connection]
        buffer += chunk
        for frame in _take_frames(buffer):
            self._take(connection, self._decoder.decode(frame))

    def _take(self, connection: socket.socket, message: TraceMessage) -> None:
        if isinstance(message, Steps):
            self._on_steps(to_steps(message))
            return
        if isinstance(message, Hello):
            self._peers[connection] = message.instance
            self._greet(connection, message.instance)
            return
        if isinstance(message, Pausing):
            self._on_pausing(message.instance, message.ms, partial(_go_on, connection))
            return
        if isinstance(message, Wanted):
            self._on_wanted()
            return
        with self._met:
            self._ready.add(message.instance)
            self._met.notify_all()
        self._on_ready(message.instance)

    def _greet(self, connection: socket.socket, instance: int) -> None:
        with self._met:
            known = self._welcomes.get(instance)
            if known is None:
                self._greeting[instance] = connection
                self._met.notify_all()
        if known:
            _tell(connection, known)


def _tell(connection: socket.socket, welcome: Welcome) -> bool:
    try:
        connection.sendall(framed(welcome))
    except OSError:
        return False
    return True


def _go_on(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(bytes(LENGTH_BYTES))


def _take_frames(buffer: bytearray) -> list[bytes]:
    frames = []
    start = 0
    while len(buffer) - start >= LENGTH_BYTES:
        end = start + LENGTH_BYTES + int.from_bytes(buffer[start : start + LENGTH_BYTES])
        if end > len(buffer):
            break
        frames.append(bytes(buffer[start + LENGTH_BYTES : end]))
        start = end
    del buffer[:start]
    return frames
