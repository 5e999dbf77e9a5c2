"""A process that forks services of our tests for `forked`: to import psycopg and redis-py takes 0.2 s, a fork 0.01 s.

What a script imports first of all is imported here when it is first asked for. Nothing is connected here, and no thread
runs. It ends with whoever holds the other end of its standard input, and what it has forked ends with it.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import gc
import marshal
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, NoReturn

from backend.engines.processes.service import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent
COMMAND = [sys.executable, "-I", "-S", str(_HERE / "forked.py")]
"""Before a script and its arguments: it runs as a service that was forked."""
_WORD = 4


@contextlib.contextmanager
def forking(socket_path: Path) -> Iterator[None]:
    """Fork services for whoever connects to a socket."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(socket_path))
        listening.listen(64)
        number = listening.fileno()
        argv = [sys.executable, "-m", "tests.services.forking", str(number)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, pass_fds=[number], cwd=_HERE.parents[1]):
            listening.close()
            yield


class Forking:
    """Forks, and tells who has asked how the fork has ended."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._codes: dict[str, CodeType] = {}
        self._asked: dict[int, socket.socket] = {}
        """Who stands for which fork."""
        self._ended, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Until the end of standard input."""
        gc.disable()
        while True:
            forks = {asked: pid for pid, asked in self._asked.items()}
            watched: list[int | socket.socket] = [0, self._listening, self._ended, *forks]
            ready = select.select(watched, [], [])[0]
            if 0 in ready:
                return
            for gone in forks.keys() & set(ready):
                os.kill(forks[gone], signal.SIGKILL)
                del self._asked[forks[gone]]
                gone.close()
            if self._ended in ready:
                os.read(self._ended, 4096)
            self._reap()
            if self._listening in ready:
                self._fork(self._listening.accept()[0])

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if asked := self._asked.pop(ended[0], None):
                    with contextlib.suppress(OSError), asked:
                        asked.send(str(os.waitstatus_to_exitcode(ended[1])).encode())

    def _fork(self, asked: socket.socket) -> None:
        head, output, _, _ = socket.recv_fds(asked, _WORD, 2)
        body = b""
        while len(body) < int.from_bytes(head) and (data := asked.recv(1 << 16)):
            body += data
        try:
            argv, environment, folder = marshal.loads(body)  # noqa: S302  what our own process has written
        except (EOFError, ValueError):  # it was killed meanwhile
            asked.close()
        else:
            code = self._code(argv[0], os.path.join(folder, argv[0]))  # noqa: PTH118
            pid = os.fork()
            if not pid:
                self._become(output, environment, folder)
                _run(code, argv)
            self._asked[pid] = asked
        for number in output:
            os.close(number)

    def _code(self, name: str, file: str) -> CodeType:
        """Of a script, whose imports are done."""
        if file not in self._codes:
            text = Path(file).read_text(encoding="utf-8")
            for node in ast.parse(text).body:
                if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__":
                    exec(compile(ast.Module([node], []), name, "exec"), {})  # noqa: S102
            self._codes[file] = compile(text, name, "exec", dont_inherit=True)
            gc.freeze()  # a collection in a fork would make a copy of it all
        return self._codes[file]

    def _become(self, output: list[int], environment: dict[str, str], folder: str) -> None:
        die_with_parent(signal.SIGKILL)
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_RDONLY)
        for number, standard in zip((null, *output), range(3), strict=True):
            os.dup2(number, standard)
        os.closerange(3, max(self._ended, *output, *(one.fileno() for one in self._asked.values())) + 8)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)


def _run(code: CodeType, argv: list[str]) -> NoReturn:
    """As ``python SCRIPT`` would, but for taking all modules apart in the end."""
    gc.enable()
    sys.argv = argv
    sys.path.insert(0, os.path.dirname(os.path.abspath(argv[0])))  # noqa: PTH100, PTH120
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__file__ = argv[0]
    status = 0
    try:
        exec(code, main.__dict__)  # noqa: S102
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  as Python does
        sys.excepthook(*sys.exc_info())
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]  # what `os._exit` leaves out
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    Forking(socket.socket(fileno=int(sys.argv[1]))).serve()
