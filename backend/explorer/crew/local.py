"""A crew on this machine: a thread that begins at once, and processes that follow where there is enough to do."""

from __future__ import annotations

import queue
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Self

from backend.explorer.crew.members import News, ThreadMember, Tidings
from backend.files.project import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.explorer.crew.members import Member, Opening, Task

_WORKER = "backend.explorer.crew.worker"
_GROW_AFTER_S = 0.5
"""What is over sooner is not worth starting engines for."""
_STOP_S = 10.0


class ProcessMember:
    """Explores in a process of its own, on engines of its own.

    Args:
        opening: opens the player there.
        news: where it tells.
        niceness: how much it steps back for others.
    """

    def __init__(self, opening: Opening, news: queue.Queue[News], niceness: int) -> None:
        self._news = news
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _WORKER, str(theirs.fileno()), str(niceness)],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # a key on the terminal is for us, who then tell them
            )
            self._connection = Connection(ours.detach())
        self.was_ready = False
        """Whether it could ever be given a task."""
        self._tell_it(opening)
        self._thread = threading.Thread(target=self._listen, name="hears-worker")
        self._thread.start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def give(self, task: Task) -> None:
        """See `Member`."""
        self._tell_it(task)

    def close(self) -> None:
        """See `Member`. One that is still starting is not waited for: its end stops what it has started."""
        if self.was_ready:
            self._tell_it(None)
        else:
            self._process.kill()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._thread.join()
        self._connection.close()

    def _tell_it(self, what: Opening | Task | None) -> None:
        with suppress(OSError):  # it is gone, which is told by whoever listens
            self._connection.send(what)

    def _listen(self) -> None:
        is_told = False
        with suppress(EOFError, OSError):
            while True:
                tidings, value = self._connection.recv()
                self.was_ready = self.was_ready or tidings is Tidings.READY
                is_told = is_told or tidings is Tidings.GONE
                self._news.put(News(self, tidings, value))
        if not is_told:
            self._news.put(News(self, Tidings.GONE))


class LocalCrew:
    """A context manager.

    Args:
        here: opens a player in a thread of this process; None for processes only, or for one that comes by `joined`.
        elsewhere: opens one in another process.
        count: how many explore in all.
        cancelled: set it from anywhere, and tasks end soon.
        niceness: how much other processes step back for others.
    """

    def __init__(
        self,
        here: Opening | None,
        elsewhere: Opening,
        count: int,
        cancelled: threading.Event,
        niceness: int = 0,
    ) -> None:
        self.news: queue.Queue[News] = queue.Queue()
        self._here = here
        self._elsewhere = elsewhere
        self._count = count
        self._cancelled = cancelled
        self._niceness = niceness
        self._grow_at = time.monotonic() + (_GROW_AFTER_S if here else 0.0)
        self.members: list[Member] = []

    def __enter__(self) -> Self:
        if self._here is not None:
            self._join(self._here)
        return self

    def __exit__(self, *_: object) -> None:
        members, self.members, self._count = self.members, [], 0
        closing = [threading.Thread(target=member.close) for member in members]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()

    def set_out(self) -> None:
        """Have the others on their way while somebody here still prepares to join them."""
        self._grow(self._count - 1)

    @contextmanager
    def joined(self, here: Opening) -> Iterator[Self]:
        """With one in a thread of this process; all of them have gone at the end."""
        self._join(here)
        with self:
            yield self

    def _join(self, here: Opening) -> None:
        self.members.append(ThreadMember(here, self.news, self._cancelled))

    @property
    def may_grow(self) -> bool:
        """See `Crew`."""
        return len(self.members) < self._count

    def tend(self) -> None:
        """See `Crew`."""
        if time.monotonic() >= self._grow_at and not self._cancelled.is_set():
            self._grow(self._count)

    def _grow(self, count: int) -> None:
        while len(self.members) < count:
            try:
                self.members.append(ProcessMember(self._elsewhere, self.news, self._niceness))
            except OSError:
                if not self.members and count == self._count:
                    raise
                self._count = max(1, len(self.members))  # this machine has no room for more
                return

    def lose(self, member: Member) -> None:
        """See `Crew`."""
        self.members.remove(member)
        self._count -= not member.was_ready  # another one would not come up either
        member.close()
