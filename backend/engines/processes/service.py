"""One command that the supervisor process runs, and how it becomes a process.

Standard library only, as `backend.engines.processes.supervisor_process`.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time

TYPE_CHECKING = False  # to import `typing` would be a tenth of the start
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Message = dict[str, Any]


class Service:
    """One command that the supervisor runs, and its present process."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.key: int = message["key"]
        self.argv: list[str] = message["argv"]
        self.env: dict[str, str] | None = message["env"]
        self.cwd: str | None = message["cwd"]
        self.log: str = message["log"]
        self.stdin: str = message["stdin"]
        self.user: list[int] | None = message["user"]
        self.restart: bool = message["restart"]
        self.forked_from: list[str] | None = message["forked_from"]
        self.stop_signal: int = message["stop_signal"]
        self.pid = 0
        self.started_at = 0.0
        self.quick_deaths = 0
        self.forgiven = False
        """Whether its next end is on purpose."""
        self.dismissed = False
        self.kill_at: float | None = None
        self.start_at: float | None = None

    def start(self) -> None:
        """Fork and execute.

        Raises:
            OSError: the command cannot be executed.
        """
        reader, writer = os.pipe()
        supervisor = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            self._become(supervisor, writer)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            failure = pipe.read()
        if failure:
            os.waitpid(self.pid, 0)
            self.pid = 0
            number = int(failure)
            raise OSError(number, os.strerror(number))
        self.has_started(self.pid)

    def has_started(self, pid: int) -> None:
        """This is its process from now on."""
        self.pid = pid
        self.started_at = time.monotonic()
        self.start_at = None

    def forgive(self) -> None:
        """Its end, which comes or just came, is on purpose."""
        if self.pid:
            self.forgiven = True
        elif self.start_at is not None:
            self.quick_deaths = 0
            self.start_at = time.monotonic()

    def _become(self, supervisor: int, writer: int) -> NoReturn:
        """Turn the forked copy into the command; reports an error number through the pipe."""
        try:
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            program: str | int = self.argv[0]
            if self.user and os.execve in os.supports_fd:
                # Opened as root, so that a program below a private folder can be executed by the other user.
                program = os.open(self.argv[0], os.O_RDONLY)
            if self.settle(supervisor):
                os.execve(program, self.argv, os.environ if self.env is None else self.env)  # noqa: S606
        except OSError as error:
            os.write(writer, str(error.errno or errno.EINVAL).encode())
        finally:
            os._exit(127)

    def settle(self, supervisor: int) -> bool:
        """Make the calling process, a child of the supervisor, what the command is to find; False where that is gone.

        Raises:
            OSError: this cannot be done.
        """
        os.setsid()
        self._redirect()
        os.chdir(self.cwd or "/")
        if self.user:
            os.setgroups([])
            os.setgid(self.user[1])
            os.setuid(self.user[0])
        die_with_parent(self.stop_signal if self.stop_signal == signal.SIGQUIT else signal.SIGKILL)
        return os.getppid() == supervisor

    def _redirect(self) -> None:
        if self.stdin:
            path = f"{self.log}.{os.getpid()}.stdin"
            source = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            os.unlink(path)  # noqa: PTH108
            os.write(source, self.stdin.encode())
            os.lseek(source, 0, os.SEEK_SET)
        else:
            source = os.open(os.devnull, os.O_RDONLY)
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(source, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(source)
        os.close(log)


def die_with_parent(number: int) -> None:
    """Linux: have the kernel send us a signal when our parent ends. Elsewhere nothing happens."""
    _prctl(1, number)


def adopt_orphans() -> None:
    """Linux: become the parent of descendants whose own parent ends. Elsewhere nothing happens."""
    _prctl(36, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
