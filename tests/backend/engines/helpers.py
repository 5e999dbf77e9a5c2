"""Running small labs, and looking for what they leave behind."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

PASSING = ("postgres: submit_twice", "postgres: autovacuum worker", "postgres: [")
"""What PostgreSQL's processes are called that come and go with a connection."""
PROJECT = Path(__file__).parents[3]


def connected(path: Path) -> socket.socket:
    """A Unix domain socket to it."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.connect(str(path))
    return client


def wait_until(condition: Callable[[], bool], seconds: float = 30.0, every_s: float = 0.01) -> bool:
    """Whether the condition comes true in time."""
    tick = threading.Event()
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        tick.wait(every_s)
    return True


class SmallLab:
    """A small lab in a process of its own."""

    def __init__(self, end: str, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.backend.engines.small_lab", end],
            cwd=PROJECT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        self.news: dict[str, Any] = json.loads(line)
        self.directory = Path(self.news["directory"])
        self.processes = self.without_connections()

    def without_connections(self) -> list[psutil.Process]:
        """The supervisor and all below it, once the processes are gone that served the connections of the start."""
        found: list[psutil.Process] = []

        def at_rest() -> bool:
            found[:] = family(self.news["supervisor"])
            commands = [command_of(process) for process in found]
            return all(commands) and not any(command.startswith(PASSING) for command in commands)

        assert wait_until(at_rest)
        return found

    def nothing_left(self, seconds: float = 30.0) -> bool:
        """Whether every process and the directory are gone before long: two seconds where nothing else runs."""

        def nobody() -> bool:
            """Asks for those that are known first: to look at every process of the machine takes much longer."""
            return not (self.directory.exists() or any(map(lives, self.processes)) or self.left())

        return wait_until(nobody, seconds)

    def left(self) -> list[str]:
        """What is left of this lab."""
        alive = [str(process) for process in self.processes if lives(process)]
        named = [str(process) for process in psutil.process_iter() if str(self.directory) in command_of(process)]
        return [*alive, *named, *([str(self.directory)] if self.directory.exists() else [])]

    def close(self) -> None:
        """End it, for a test that failed before it could."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.communicate()


@contextlib.contextmanager
def small_lab(end: str, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None) -> Iterator[SmallLab]:
    lab = SmallLab(end, prefix, env)
    try:
        yield lab
    finally:
        lab.close()


def family(pid: int) -> list[psutil.Process]:
    """A process and all its descendants; nobody if it has ended."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def explores(pid: int) -> bool:
    """Whether the explorer below this process has a connection to PostgreSQL for each request, and one of its own."""
    return sum(command_of(process).startswith("postgres: submit_twice") for process in family(pid)) > 3


def stop(*processes: psutil.Process) -> None:
    """SIGSTOP, until it holds: one thread sees it first, and until it does, which takes a while where all processors
    are busy, the others go on and answer."""
    for process in processes:
        process.suspend()
    assert wait_until(lambda: all(map(_stands_still, processes)), every_s=0.001)


def _stands_still(process: psutil.Process) -> bool:
    threads = Path(f"/proc/{process.pid}/task")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
        if threads.exists():
            states = [(thread / "stat").read_text().rpartition(")")[2].split()[0] for thread in threads.iterdir()]
            return set(states) <= {"T", "Z"}
    return not lives(process) or process.status() == psutil.STATUS_STOPPED


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
