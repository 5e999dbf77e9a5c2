"""Several labs at work at a time: who takes which job, and how what they find comes to the calling thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from typing import Generic, TypeVar

from backend.comparison.runs import CancelledError

Item = TypeVar("Item")
News = Callable[[], None]
Tell = Callable[[News], None]


class Jobs(Generic[Item]):
    """What is left to be done, for whoever is free. Thread-safe.

    Args:
        jobs: each of several things that one does, one after the other.
    """

    def __init__(self, jobs: Sequence[Sequence[Item]]) -> None:
        self._jobs = deque(jobs)
        self._guard = threading.Lock()
        self._takers = 0

    def join(self) -> None:
        """One more takes jobs from now on."""
        with self._guard:
            self._takers += 1

    def take(self) -> Sequence[Item] | None:
        """The next one; None where none is left: whoever asked has left then."""
        with self._guard:
            if self._jobs:
                return self._jobs.popleft()
            self._takers -= 1
            return None

    def leave(self, rest: Sequence[Item]) -> bool:
        """Who can do no more leaves the rest of a job to others; False if there is nobody else to do it."""
        with self._guard:
            if self._takers < 2:
                return False
            self._takers -= 1
            if rest:
                self._jobs.appendleft(rest)
            return True


@dataclass(frozen=True, slots=True)
class _Told:
    news: News
    taken: threading.Event = field(default_factory=threading.Event)


class _Desk:
    """Where workers hand over their news, in the thread that has begun all this."""

    def __init__(self, cancelled: threading.Event) -> None:
        self._told: SimpleQueue[_Told | None] = SimpleQueue()
        self._cancelled = cancelled
        self._closed = False
        self.failures: list[BaseException] = []

    def tell(self, news: News) -> None:
        """Have this called there, and wait until that is done.

        Raises:
            CancelledError: nobody is there any more.
        """
        told = _Told(news)
        self._told.put(told)
        told.taken.wait()
        if self._closed:
            raise CancelledError

    def work(self, worker: Callable[[Tell], None]) -> None:
        """On a thread of its own."""
        try:
            worker(self.tell)
        except CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001  raised again where all this was begun
            self.failures.append(error)
            self._cancelled.set()
        finally:
            self._told.put(None)

    def serve(self, workers: int) -> None:
        """Take what they tell until so many workers have ended. If that fails, they end soon, and are waited for."""
        try:
            while workers:
                told = self._told.get()
                if told is None:
                    workers -= 1
                    continue
                try:
                    told.news()
                finally:
                    told.taken.set()
        finally:
            if workers:
                self._closed = True
                self._cancelled.set()
            while workers:
                if told := self._told.get():
                    told.taken.set()
                else:
                    workers -= 1


def _start(threads: Sequence[threading.Thread]) -> list[threading.Thread]:
    """Those that the system has room for; the first one at least, or it is told."""
    started: list[threading.Thread] = []
    for thread in threads:
        try:
            thread.start()
        except RuntimeError:
            if not started:
                raise
            break
        started.append(thread)
    return started


def side_by_side(workers: Sequence[Callable[[Tell], None]], cancelled: threading.Event) -> None:
    """Let each work on a thread of its own; blocks until all have ended.

    Args:
        workers: each is given what to tell its news with, which are called in this thread, one after the other; that
            returns when it was done.
        cancelled: ends them; set also when one of them has failed, so that the others end.

    Raises:
        Exception: what a worker, or the first of its news, has raised.
    """
    desk = _Desk(cancelled)
    threads = [
        threading.Thread(target=partial(desk.work, worker), name=f"lab-{number}", daemon=True)
        for number, worker in enumerate(workers, 1)
    ]
    started = _start(threads)
    desk.serve(len(started))
    for thread in started:
        thread.join()
    for failure in desk.failures:
        raise failure
