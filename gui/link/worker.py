"""A thread that carries out jobs one after the other, so that the window never waits."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Worker:
    """Jobs run in the order in which they were given, on one daemon thread that starts with the first job.

    A job handles its own errors. Daemon, because a job may be stuck in a call to an unreachable server when the
    window closes.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: deque[Callable[[], object]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(self, job: Callable[[], object]) -> None:
        """Put a job at the end of the queue; ignored once the worker is stopping."""
        with self._changed:
            if self._stopping:
                return
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()

    def stop(self, last: Callable[[], object] | None = None) -> None:
        """Drop the jobs that wait, carry out `last` after the one under way, and end. Returns at once."""
        with self._changed:
            if self._stopping:
                return
            self._jobs.clear()
            if last is not None:
                self._jobs.append(last)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                    self._thread.start()
            self._stopping = True
            self._changed.notify()

    def join(self, timeout: float) -> bool:
        """Wait until the thread has ended; False if it has not within `timeout` seconds."""
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._jobs) or self._stopping)
                if not self._jobs:
                    return
                job = self._jobs.popleft()
            job()
