"""The lab's side of the supervisor: start commands, signal them, learn of their end.

A second process, `supervisor_process`, is the parent of everything that a lab starts. It notices the end of the lab by
the end of a socket, so nothing is left running and no temporary directory is left behind, however the lab ended;
SIGKILL included.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from backend.engines.processes.child import Child
from backend.engines.processes.control import Control
from backend.engines.processes.folder import remove_directory
from backend.engines.processes.launch import folders, launch, learn_directory
from backend.engines.processes.process_tree import kill_hard
from backend.engines.processes.server_user import ServerUser, server_user
from backend.engines.processes.shared_memory import release_segments
from backend.engines.processes.surroundings import forget_foreign_settings
from backend.engines.says import ProcessCode
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, say

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

_CLOSE_LIMIT_S = 20.0
"""More than it takes to end all servers on a busy machine: a supervisor that is killed leaves its folder behind."""


class Supervisor:
    """Owner of all processes and of the temporary directory of one lab.

    Use it as a context manager, or call `start` and `close`. All methods may be called from any thread.

    Args:
        niceness: how much everything that it starts steps back for others (0 to 19), so that a window stays smooth
            while its servers use every core.
        on_lost: told on the reader's thread if the process ends without being asked to: all of the lab is gone then.
        on_trouble: told of what should not happen: somebody who was to be told of an end has failed.
    """

    def __init__(
        self,
        niceness: int = 0,
        on_lost: Callable[[], None] = lambda: None,
        on_trouble: Callable[[Sentence], None] = lambda _sentence: None,
    ) -> None:
        self._niceness = niceness
        self._on_lost = on_lost
        self._on_trouble = on_trouble
        self._mark: int | None = None
        self._lock = threading.Lock()
        self._control = Control()
        self._written = threading.Condition(self._lock)
        self._writers = 0
        """How many write into the directory just now."""
        self._socket: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._directory: Path | None = None
        self._user: ServerUser | None = None
        self._children: dict[int, Child] = {}
        self._closing = False
        self._is_lost = False

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def directory(self) -> Path:
        """The temporary directory; it goes when the supervisor goes."""
        if self._directory is None:
            raise EngineError(say(ProcessCode.SUPERVISOR_NOT_RUNNING))
        return self._directory

    @property
    def private(self) -> Path:
        """A folder in it that only we may enter, for sockets and files with secrets."""
        return self.directory / "private"

    @property
    def pid(self) -> int:
        """Process id of the supervisor process."""
        return self._process.pid if self._process else 0

    @property
    def is_lost(self) -> bool:
        """Whether the process has ended without being asked to.

        Asked of the socket, whose end comes before that of the children: who has seen one of them die knows why, though
        nobody may have been told yet.
        """
        with self._lock:
            connection = None if self._closing else self._socket
            if connection is None:
                return self._is_lost
            poll = select.poll()
            poll.register(connection, 0)
            return bool(poll.poll(0))

    @property
    def user(self) -> ServerUser | None:
        """The user of children spawned with ``as_server_user``; None where that is ourselves."""
        return self._user

    def start(self) -> Self:
        """Start the supervisor process and have the temporary directory made.

        Raises:
            EngineError: the process cannot be started, or the directory cannot be made.
        """
        if sys.platform == "win32":
            raise EngineError(say(ProcessCode.NEEDS_UNIX))
        forget_foreign_settings()
        from backend.engines.processes.old_folders import hold, sweep  # not to be had on Windows

        self._user = server_user()
        ours, theirs = socket.socketpair()
        try:
            self._process = launch(theirs, self._user, self._niceness)
        except OSError as error:
            ours.close()
            raise EngineError(say(ProcessCode.SUPERVISOR_NOT_STARTED, reason=error.strerror or str(error))) from None
        finally:
            theirs.close()
        with self._lock:
            self._socket = ours
            self._control.open(ours)
            closed_meanwhile = self._closing
        if closed_meanwhile:
            self.close()
            raise EngineError(say(ProcessCode.CLOSING))
        try:
            self._directory = learn_directory(ours, self._user)
        except EngineError:
            self.close()
            raise
        with contextlib.suppress(FileNotFoundError):  # it goes when somebody closes meanwhile
            self.private.mkdir(mode=0o700, exist_ok=True)
            self._mark = hold(self._directory)
        with self._lock:  # who closes meanwhile finds no reader, or one that has begun
            closed_meanwhile = self._closing
            if not closed_meanwhile:
                self._reader = threading.Thread(target=self._read, name="supervisor", daemon=True)
                self._reader.start()
        if closed_meanwhile:
            self.close()
            raise EngineError(say(ProcessCode.CLOSING))
        threading.Thread(target=sweep, args=(folders(self._user),), name="sweep", daemon=True).start()
        return self

    def spawn(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        as_server_user: bool = False,
        restart: bool = False,
        forked_from: Sequence[str] | None = None,
        cwd: Path | None = None,
        stdin: str = "",
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> Child:
        """Start a command, in a session of its own, its output in ``directory/name.log``.

        Args:
            name: for the log file and for messages.
            argv: the program's absolute path, and its arguments.
            env: the complete environment; None hands down our own.
            as_server_user: as root, run as ``nobody``.
            restart: start it again whenever it ends without having been terminated. A command that ends within a
                second is started again after a short pause, and at most four times in a row.
            forked_from: the command of a process that runs `forked.serve`, and is started when it is first named. On
                Linux, a child with an environment of its own whose command is ``python -m`` and a module with a
                `main` is forked from it; should that fail, its command is executed.
            cwd: its working directory; the root directory by default.
            stdin: what it reads from standard input, through a file without a name: the place for a secret.
            stop_signal: what `Child.terminate` and the end of the lab send first.

        Raises:
            EngineError: it cannot be executed, or the supervisor is gone.
        """
        key = self._control.take_number()
        child = Child(self, key, name, self.directory / f"{name}.log")
        with self._lock:
            self._children[key] = child
        user = self._user if as_server_user else None
        can_fork = sys.platform == "linux" and env is not None
        try:
            self._control.ask(
                {
                    "do": "spawn",
                    "key": key,
                    "argv": [str(part) for part in argv],
                    "env": None if env is None else dict(env),
                    "user": None if user is None else [user.uid, user.gid],
                    "restart": restart,
                    "forked_from": list(forked_from) if forked_from and can_fork else None,
                    "cwd": None if cwd is None else str(cwd),
                    "log": str(child.log),
                    "stdin": stdin,
                    "stop_signal": int(stop_signal),
                },
                key,
                child,
            )
        except EngineError as error:
            self._children.pop(key, None)
            raise EngineError(say(ProcessCode.NOT_STARTED, name=name, reason=error.sentence)) from None
        return child

    def signal(self, key: int, number: signal.Signals) -> None:
        """Send a signal to a child and its descendants; returns when it was sent. See `Child`."""
        self._ask_about(key, {"do": "signal", "signal": int(number)})

    def forgive(self, key: int) -> None:
        """Do not hold a child's crash against it. See `Child`."""
        self._ask_about(key, {"do": "forgive"})

    def terminate(self, key: int, grace_s: float) -> None:
        """End a child for good. See `Child`."""
        self._ask_about(key, {"do": "terminate", "grace": grace_s})

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Write many files into the directory: it is not removed meanwhile.

        Raises:
            EngineError: the supervisor is being closed.
        """
        with self._written:
            if self._closing:
                raise EngineError(say(ProcessCode.SUPERVISOR_NOT_RUNNING))
            self._writers += 1
        try:
            yield
        finally:
            with self._written:
                self._writers -= 1
                self._written.notify_all()

    def close(self) -> None:
        """Stop all children, remove the directory, end. Safe to call twice, from several threads, after a failure."""
        with self._written:
            self._closing = True
            self._control.refuse()
            self._written.wait_for(lambda: not self._writers, _CLOSE_LIMIT_S)
            connection, process = self._socket, self._process
        if connection is None or process is None:
            return
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        try:
            process.wait(_CLOSE_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._let_go()
        if self._reader is not None and self._reader is not threading.current_thread():
            self._reader.join(_CLOSE_LIMIT_S)
        connection.close()

    def _let_go(self) -> None:
        mark, self._mark = self._mark, None
        if mark is not None:
            os.close(mark)

    # Talking to the process

    def _ask_about(self, key: int, message: dict[str, Any]) -> None:
        if key not in self._children:
            return
        number = self._control.take_number()
        with contextlib.suppress(EngineError):
            self._control.ask(message | {"key": key, "id": number}, number)

    def _read(self) -> None:
        """Carry news from the process to children, until the process ends."""
        self._control.read(lambda message: self.guarded(self._handle, message))
        self._gone()

    def guarded(self, call: Callable[[T], None], argument: T) -> None:
        """Call somebody who is to be told something; should that fail, it is told, and the reader goes on."""
        try:
            call(argument)
        except Exception as error:  # noqa: BLE001  whatever it is, nobody else would learn of ends and answers
            self._on_trouble(say(ProcessCode.TOLD_WRONGLY, what="supervisor", error=type(error).__name__))

    def _handle(self, message: dict[str, Any]) -> None:
        if child := self._children.get(message.get("started", 0)):
            child.started(message["pid"])
        elif child := self._children.get(message.get("exit", 0)):
            if message["final"]:
                del self._children[message["exit"]]
            child.exited(message["code"], final=message["final"], tell=not self._closing)

    def _gone(self) -> None:
        """The process ended: because we closed it, or because somebody killed it. Then we do its last duty."""
        with self._lock:
            children, self._children = list(self._children.values()), {}
            expected = self._closing
            self._closing, self._is_lost = True, not expected
        self._control.refuse()
        if not expected and self._process is not None:
            self._on_lost()
            for child in children:
                kill_hard(child.pid)
            if self._directory is not None:
                release_segments(str(self._directory))
                remove_directory(str(self._directory))
            self._let_go()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_CLOSE_LIMIT_S)
        for child in children:
            child.exited(-signal.SIGKILL, final=True, tell=not expected)
        self._control.end()
