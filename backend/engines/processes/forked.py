"""A process that has imported what others need, and is forked for each of them, which would import it anew. Linux only.

The supervisor asks over one pipe and is answered over the other. What is forked is forked twice, so that it is a child
of the supervisor by the time that it runs, as if it had been executed there: its end is heard, and it ends with the
supervisor. It does not begin before it is told that it is known. No thread runs in this process, nothing is connected,
and no strategies but ours are loaded, so that a fork of it is what a fresh process would be. As soon as that is not so
any more, it ends, and commands are executed.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import select
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from backend.engines.processes.fork_server import GO, PIPES
from backend.engines.processes.service import Service
from backend.files.project import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOOK_S = 0.0005
_THREADS = "/proc/self/task"


def serve(load: Callable[[], object], folder: Path = PROJECT / "backend") -> None:
    """Fork whenever the supervisor asks; in a fork, run `main` of the module that it is for.

    Args:
        load: imports what will be needed.
        folder: whose code counts as ours. A file of it that is loaded and changes is the end of this process.
    """
    requests, answers = map(int, os.environ.pop(PIPES).split())
    gc.disable()
    load()
    code = _code(folder)
    gc.freeze()  # a collection in a fork would make a copy of it all
    os.write(answers, b"ready\n")
    while line := _line(requests):
        if len(os.listdir(_THREADS)) > 1 or _code(folder) != code:  # noqa: PTH208  also of those that are not Python's
            return
        message = json.loads(line)
        if _fork(message, requests, answers):
            _run(message["argv"])


def _code(folder: Path) -> Mapping[str, float]:
    """When the files of a folder that are loaded, and data files beside them, were changed: who starts reads these."""
    files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    ours = [file for file in files if file.startswith(f"{folder}{os.sep}")]
    return {file: _changed(file) for code in ours for file in (code, f"{code.removesuffix('.py')}.toml")}


def _changed(file: str) -> float:
    try:
        return os.stat(file).st_mtime  # noqa: PTH116  of hundreds of files, before each fork
    except FileNotFoundError:
        return 0.0


def _fork(message: dict[str, Any], requests: int, answers: int) -> bool:
    """Fork for a request. Returns whether this is the new process."""
    done, busy = os.pipe()
    between = os.fork()
    if not between:
        between = os.getpid()
        if os.fork():
            os._exit(0)
        os.close(done)
        _become(message, between, requests, answers)
        os.close(busy)
        return True
    os.waitpid(between, 0)
    os.close(busy)
    os.read(done, 1)  # until it has heard what comes for it, through the pipe of requests
    os.close(done)
    return False


def _become(message: dict[str, Any], between: int, requests: int, answers: int) -> None:
    """Make this copy the process that was asked for; it ends here where nobody wants it any more."""
    try:
        while os.getppid() == between:
            select.select([], [], [], _LOOK_S)
        is_ours = Service(message).settle(message["supervisor"])
        os.write(answers, b"%d\n" % (os.getpid() if is_ours else 0))
        if os.read(requests, len(GO)) != GO:  # no more than that: the next request may be there already
            os._exit(127)
    except OSError:
        os.write(answers, b"0\n")
        os._exit(127)
    os.close(requests)
    os.close(answers)
    os.environ.update(message["env"])  # beside what Python has put there: the process had no environment but the pipes
    _show(message["argv"])


def _line(requests: int) -> bytes:
    """A request of the supervisor, which makes one at a time; nothing where it makes no more."""
    line = b""
    while not line.endswith(b"\n"):
        if not (data := os.read(requests, 65536)):
            return b""
        line += data
    return line


def _run(argv: list[str]) -> NoReturn:
    """Do what ``python -m MODULE`` would do."""
    gc.enable()
    sys.orig_argv, sys.argv = argv, argv[2:]
    module = importlib.import_module(argv[2])
    if hasattr(module, "__path__"):
        module = importlib.import_module(f"{argv[2]}.__main__")
    module.main()
    _end()


def _end() -> NoReturn:
    """End as Python does, but for taking all modules apart: that would make a copy of them, and takes 30 ms."""
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  what `os._exit` leaves out, as all that follows
    atexit._run_exitfuncs()  # noqa: SLF001
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _show(argv: list[str]) -> None:
    """Have the system show the command of this process.

    It is written over that of the process which was forked, and where it is longer, over the environment that lies
    behind it; then it must be one string (proc(5), `/proc/pid/cmdline`).
    """
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    start, end, last = int(fields[45]), int(fields[46]), int(fields[48])
    line = "".join(f"{part}\0" for part in argv).encode().ljust(end - start, b"\0")
    if len(line) > end - start:
        line = line[:-1].replace(b"\0", b" ") + b"\0"
    if start and len(line) <= last - start:
        ctypes.memmove(start, line, len(line))
