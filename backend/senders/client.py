"""The lab's side of the sender process."""

from __future__ import annotations

import itertools
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from backend.errors import SubmitTwiceError
from backend.senders.messages import (
    LENGTH_BYTES,
    Cancel,
    Delivery,
    Finished,
    FromProcess,
    Job,
    Outcome,
    Outcomes,
    Target,
    ToProcess,
    frame,
)

_START_SECONDS = 10.0
_FORM_JOBS_FROM = 1 << 40
"""Jobs that open forms are numbered from here, runs from 1."""

OnOutcomes = Callable[[Sequence[Outcome]], None]


class SenderError(SubmitTwiceError):
    """The sender process could not be started, or went away."""


class Sending:
    """A job under way."""

    def __init__(self, job: Job, on_outcomes: OnOutcomes, cancel: Callable[[], None]) -> None:
        self.job_id = job.job_id
        self._on_outcomes = on_outcomes
        self._cancel = cancel
        self._ended = threading.Event()
        self._finished: Finished | None = None

    def cancel(self) -> None:
        """Send no more; returns at once."""
        self._cancel()

    def wait(self, timeout: float | None) -> Finished:
        """Block until every delivery has ended; all outcomes have been told by then.

        Raises:
            TimeoutError: it takes longer.
            SenderError: the sender process went away.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError
        if self._finished is None:
            raise SenderError("The sender process ended in mid-run; what it had sent is in the tables.")
        return self._finished

    def take(self, message: Outcomes | Finished | None) -> None:
        """More has come from the process; None if it went away."""
        if isinstance(message, Outcomes):
            self._on_outcomes(message.outcomes)
        else:
            self._finished = message
            self._ended.set()


class Sender:
    """Starts the sender process when it is needed, and gives it jobs. Thread-safe.

    Args:
        spawn: starts a command that ends with the lab at the latest.
        socket_path: where the process connects to.
    """

    def __init__(self, spawn: Callable[[list[str]], None], socket_path: Path) -> None:
        self._spawn = spawn
        self._path = socket_path
        self._guard = threading.RLock()
        self._connection: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._under_way: dict[int, Sending] = {}
        self._form_jobs = itertools.count(_FORM_JOBS_FROM)
        self._closed = False

    def start(self) -> None:
        """Start the process, unless it runs already.

        Raises:
            SenderError: it did not come up.
        """
        with self._guard:
            if self._connection:
                return
            self._path.unlink(missing_ok=True)
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
                listener.bind(str(self._path))
                listener.listen(1)
                listener.settimeout(_START_SECONDS)
                self._spawn([sys.executable, "-m", "backend.senders.process", str(self._path)])
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    raise SenderError("The sender process did not start.") from None
            connection.settimeout(None)
            self._connection = connection
            self._thread = threading.Thread(target=self._listen, args=(connection,), name="sender", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Hang up; the process ends."""
        with self._guard:
            self._closed = True
            connection, thread = self._connection, self._thread
            if connection:
                connection.shutdown(socket.SHUT_RDWR)
        if thread:
            thread.join()

    def submit(self, job: Job, on_outcomes: OnOutcomes) -> Sending:
        """Begin a job. `on_outcomes` is called on the sender's thread, about every 10 ms.

        Raises:
            SenderError: the process could not be started.
        """
        sending = Sending(job, on_outcomes, lambda: self._cancel(job.job_id))
        with self._guard:
            self.start()
            self._under_way[job.job_id] = sending
            self._send(job)
        return sending

    def fetch(self, deliveries: Sequence[Delivery], targets: Sequence[Target]) -> list[Outcome]:
        """Send these and wait for all of them; the outcomes in the same order.

        Raises:
            SenderError: the process went away.
        """
        found: dict[str, Outcome] = {}

        def keep(outcomes: Sequence[Outcome]) -> None:
            found.update((outcome.submission_id, outcome) for outcome in outcomes)

        job = Job(next(self._form_jobs), tuple(targets), tuple(deliveries), connections=16)
        self.submit(job, keep).wait(None)
        return [found[delivery.submission_id] for delivery in deliveries]

    def _cancel(self, job_id: int) -> None:
        with self._guard:
            if job_id in self._under_way:
                self._send(Cancel(job_id))

    def _send(self, message: ToProcess) -> None:
        if self._connection is None:
            raise SenderError("The sender process is not running.")
        try:
            self._connection.sendall(frame(message))
        except OSError:
            raise SenderError("The sender process went away.") from None

    def _listen(self, connection: socket.socket) -> None:
        decoder = msgspec.msgpack.Decoder(FromProcess)
        stream = connection.makefile("rb")
        while len(head := _read(stream.read, LENGTH_BYTES)) == LENGTH_BYTES:
            content = _read(stream.read, int.from_bytes(head))
            message = decoder.decode(content)
            with self._guard:
                sending = self._under_way[message.job_id]
                if isinstance(message, Finished):
                    del self._under_way[message.job_id]
            sending.take(message)
        stream.close()
        self._hang_up(connection)

    def _hang_up(self, connection: socket.socket) -> None:
        with self._guard:
            connection.close()
            self._connection = None
            forsaken, self._under_way = self._under_way, {}
        for sending in forsaken.values():
            sending.take(None)


def _read(read: Callable[[int], bytes], length: int) -> bytes:
    try:
        return read(length)
    except OSError:
        return b""
