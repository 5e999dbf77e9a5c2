"""A process that says what it finds itself to be, as JSON, and may then wait, or fail."""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import random
import resource
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_FORKED = "backend.engines.processes.forked"
"""Who forks has loaded it; who is executed has no use for it."""
IDLE = ThreadPoolExecutor(1)
"""Once used, its thread waits for more until it is told to end."""


def state() -> dict[str, str]:
    lines = (line.partition(":\t") for line in Path("/proc/self/status").read_text().splitlines())
    return {name: value for name, _, value in lines}


def death_signal() -> int:
    found = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(found), 0, 0, 0)
    return found.value


def target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""  # of the listing itself


def facts() -> dict[str, object]:
    known = state()
    return {
        "argv": sys.argv[1:],
        "executable": sys.executable,
        "path": sys.path,
        "command": Path("/proc/self/cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode(),
        "name": known["Name"],
        "signals": [known[which] for which in ("SigBlk", "SigIgn", "SigCgt")],
        "handlers": {number.name: str(signal.getsignal(number)).split(" at ")[0] for number in signal.Signals},
        "dies with its parent by": death_signal(),
        "leads its session": os.getsid(0) == os.getpid() == os.getpgid(0),
        "niceness": os.nice(0),
        "folder": str(Path.cwd()),
        "environment": dict(os.environ),
        "files": sorted(filter(None, map(target, Path("/proc/self/fd").iterdir()))),
        "limits": [resource.getrlimit(which) for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)],
        "mask": os.umask(0),
        "threads": [thread.name for thread in threading.enumerate()],
        "tasks": len(list(Path("/proc/self/task").iterdir())),
        "collects": gc.isenabled(),
        "flags": str(sys.flags),
        "users": [known[which] for which in ("Uid", "Gid")],
    }  # fmt: skip


def main() -> None:
    own = {"pid": os.getpid(), "drawn": random.random(), "forked": _FORKED in sys.modules}  # noqa: S311
    print(json.dumps({"facts": facts(), **own}), flush=True)  # noqa: T201
    if "end" in sys.argv:
        atexit.register(print, "at exit")
        sys.stdout.write("not flushed")
        threading.Thread(target=lambda: threading.Event().wait(0.1) or print(", a thread")).start()  # noqa: T201
        IDLE.submit(threading.get_ident).result()
    if "wait" in sys.argv:
        threading.Event().wait()
    if "fail" in sys.argv:
        raise SystemExit(9)


if __name__ == "__main__":
    main()
