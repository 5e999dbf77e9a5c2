"""A command that the supervisor runs, as the lab sees it."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

OnExit = Callable[[int], None]


class Owner(Protocol):
    """What a child wants of the supervisor."""

    def signal(self, key: int, number: signal.Signals, /) -> None:
        """Send a signal to a child and its descendants."""

    def forgive(self, key: int) -> None:
        """Do not hold a child's crash against it."""

    def terminate(self, key: int, grace_s: float) -> None:
        """End a child for good."""

    def guarded(self, callback: OnExit, code: int, /) -> None:
        """Call what was given to `Child.on_exit`; an exception in it ends no thread."""


class Child:
    """A command that the supervisor runs. Made by `Supervisor.spawn`."""

    def __init__(self, supervisor: Owner, key: int, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._supervisor = supervisor
        self._key = key
        self._lock = threading.Lock()
        self._pid = 0
        self._code: int | None = None
        self._ended = threading.Event()
        self._callbacks: list[OnExit] = []

    @property
    def pid(self) -> int:
        """Process id; of the latest process where the command was started again."""
        return self._pid

    @property
    def alive(self) -> bool:
        """Whether a process of this command is running, or is about to be started again."""
        return not self._ended.is_set()

    def log_tail(self, lines: int = 5) -> str:
        """The last lines that the command wrote to its standard output and standard error."""
        try:
            with self.log.open(encoding="utf-8", errors="replace") as file:
                return "".join(deque(file, lines)).rstrip()
        except OSError:
            return ""

    def pause(self) -> None:
        """Stop the process and its descendants (SIGSTOP); they keep their connections and answer nothing."""
        self._supervisor.signal(self._key, signal.SIGSTOP)

    def resume(self) -> None:
        """Continue after `pause`."""
        self._supervisor.signal(self._key, signal.SIGCONT)

    def kill(self) -> None:
        """Kill the process and its descendants with SIGKILL.

        This is a crash: a command spawned with ``restart=True`` is started again.
        """
        self._supervisor.signal(self._key, signal.SIGKILL)

    def forgive(self) -> None:
        """The crash that comes, or just came, is on purpose: it is started again at once, and not counted."""
        self._supervisor.forgive(self._key)

    def terminate(self, grace_s: float = 2.0) -> None:
        """Ask the process to end, for good; SIGKILL follows after `grace_s` seconds. Returns at once."""
        self._supervisor.terminate(self._key, grace_s)

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code (negative: the signal that ended it) once it ended for good; None after `timeout` seconds."""
        self._ended.wait(timeout)
        return self._code if self._ended.is_set() else None

    def on_exit(self, callback: OnExit) -> None:
        """Have `callback` called with the exit code each time a process of this command ends.

        It is called on the supervisor's reader thread: it must return quickly and may signal children, but not spawn
        one or wait for one. It is not called while the supervisor is being closed, and at once if the command has
        ended already.
        """
        with self._lock:
            self._callbacks.append(callback)
            ended = self._code if self._ended.is_set() else None
        if ended is not None:
            callback(ended)

    def started(self, pid: int) -> None:
        """For the supervisor: a process runs."""
        self._pid = pid

    def exited(self, code: int, *, final: bool, tell: bool) -> None:
        """For the supervisor: the process ended."""
        with self._lock:
            self._code = code
            if final:
                self._ended.set()
            callbacks = list(self._callbacks) if tell else []
        for callback in callbacks:
            self._supervisor.guarded(callback, code)
