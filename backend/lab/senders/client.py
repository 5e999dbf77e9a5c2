"""The lab's side of the sender process."""

from __future__ import annotations

import contextlib
import itertools
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from backend.lab.senders.messages import (
    Cancel,
    Delivery,
    FromProcess,
    Job,
    More,
    Outcome,
    Target,
    ToProcess,
)
from backend.lab.senders.sending import CancelledError, OnOutcomes, SenderCode, SenderError, Sending
from backend.model.frames import framed, read_frame
from backend.model.sentence import Sentence, say

_LOOK_SECONDS = 0.1
"""Between two looks whether somebody still waits for the process."""
_FORM_JOBS_FROM = 1 << 40
"""Jobs that open forms are numbered from here, runs from 1."""

WhyEnded = Callable[[], Sentence | None]
"""Tells why nothing comes of a process that was started: it has ended, or stands still. None while it gets on."""


class _Link:
    """One sender process and what it is doing. Thread-safe."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._guard = threading.Lock()
        self._under_way: dict[int, Sending] = {}
        self._alive = True
        self._thread = threading.Thread(target=self._listen, name="sender", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the process still holds its end, as far as one knows."""
        return self._alive

    def begin(self, job: Job, sending: Sending) -> bool:
        """Hand a job over; False if the process is gone, and so has not begun it."""
        with self._guard:
            if not self._alive:
                return False
            self._under_way[job.job_id] = sending
            if self._send(job):
                return True
            del self._under_way[job.job_id]
            return False

    def feed(self, more: More) -> None:
        """Hand further deliveries of a job over, if it is under way."""
        with self._guard:
            if more.job_id in self._under_way:
                self._send(more)

    def cancel(self, job_id: int) -> None:
        """Cancel a job, if it is under way."""
        with self._guard:
            if job_id in self._under_way:
                self._send(Cancel(job_id))

    def close(self) -> None:
        """Hang up; the process ends, and jobs under way fail."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _forget_if_over(self, job_id: int, sending: Sending) -> None:
        if sending.is_over:
            with self._guard:
                self._under_way.pop(job_id, None)

    def _send(self, message: ToProcess) -> bool:
        try:
            self._connection.sendall(framed(message))
        except OSError:
            return False
        return True

    def _listen(self) -> None:
        decoder = msgspec.msgpack.Decoder(FromProcess)
        with self._connection.makefile("rb") as stream:
            while content := read_frame(stream):
                message = decoder.decode(content)
                with self._guard:
                    sending = self._under_way.get(message.job_id)
                if sending:
                    sending.take(message)
                    self._forget_if_over(message.job_id, sending)
        with self._guard:
            self._alive = False
            self._connection.close()
            forsaken = list(self._under_way.values())
        for sending in forsaken:
            sending.take(None)


class Sender:
    """Starts the sender process when it is needed, and gives it jobs. Thread-safe.

    Args:
        spawn: starts a command that ends with the lab at the latest; returns what tells its end.
        socket_path: where the process connects to.
    """

    def __init__(self, spawn: Callable[[list[str]], WhyEnded], socket_path: Path) -> None:
        self._spawn = spawn
        self._path = socket_path
        self._guard = threading.Lock()
        self._link: _Link | None = None
        self._form_jobs = itertools.count(_FORM_JOBS_FROM)
        self._closed = False

    def start(self) -> None:
        """Start the process, unless it runs already.

        Raises:
            SenderError: the process did not come up.
        """
        with self._guard:
            self._living_link()

    def close(self) -> None:
        """Hang up; the process ends. Jobs under way fail, and no more are taken."""
        self._closed = True  # a start that waits for the process, and has the guard meanwhile, sees it
        with self._guard:
            link = self._link
        if link:
            link.close()

    def submit(self, job: Job, on_outcomes: OnOutcomes, rest: Iterable[Delivery] = ()) -> Sending:
        """Begin a job. If the process went away since the last one, another is started.

        Args:
            job: what to send; its id must not be that of another job under way.
            on_outcomes: called on the sender's thread, about every 10 ms.
            rest: the deliveries that follow, where the job has more; taken on the sender's thread.

        Raises:
            SenderError: the process could not be started.
        """
        with self._guard:
            for _ in range(2):
                link = self._living_link()
                sending = Sending(job, on_outcomes, partial(link.cancel, job.job_id), rest, link.feed)
                if link.begin(job, sending):
                    return sending
                link.close()
        raise SenderError(say(SenderCode.WENT_AWAY))

    def fetch(
        self,
        deliveries: Sequence[Delivery],
        targets: Sequence[Target],
        begun: Callable[[Sending], None] = lambda _sending: None,
    ) -> list[Outcome]:
        """Send these and wait for all of them; the outcomes in the same order.

        Args:
            deliveries: what to send.
            targets: where to.
            begun: gets the job, for somebody who may want to cancel it.

        Raises:
            CancelledError: the job was cancelled before all were sent.
            SenderError: the process went away.
        """
        found: dict[str, Outcome] = {}

        def keep(outcomes: Sequence[Outcome]) -> None:
            found.update((outcome.submission_id, outcome) for outcome in outcomes)

        job = Job(next(self._form_jobs), tuple(targets), tuple(deliveries), connections=16)
        sending = self.submit(job, keep)
        begun(sending)
        if sending.wait(None).cancelled:
            raise CancelledError(say(SenderCode.CANCELLED))
        return [found[delivery.submission_id] for delivery in deliveries]

    def _living_link(self) -> _Link:
        if self._closed:
            raise SenderError(say(SenderCode.CLOSED))
        if self._link is None or not self._link.alive:
            self._link = _Link(self._connect())
        return self._link

    def _connect(self) -> socket.socket:
        self._path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen(1)
            listener.settimeout(_LOOK_SECONDS)
            why_ended = self._spawn([sys.executable, "-m", "backend.lab.senders.process", str(self._path)])
            try:
                connection = self._accepted(listener, why_ended)
            finally:
                self._path.unlink(missing_ok=True)
        connection.settimeout(None)
        return connection

    def _accepted(self, listener: socket.socket, why_ended: WhyEnded) -> socket.socket:
        while not self._closed:
            with contextlib.suppress(TimeoutError):
                return listener.accept()[0]
            if reason := why_ended():
                raise SenderError(say(SenderCode.NOT_STARTED, reason=reason))
        raise SenderError(say(SenderCode.CLOSED))
