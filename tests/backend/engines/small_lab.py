"""A small lab to kill: starts a supervisor and both servers, says what it started, then ends as told.

Run as ``python -m tests.backend.engines.small_lab END`` with END one of ``wait``, ``mariadb`` (instead of PostgreSQL,
and wait), ``fork`` (and wait), ``return``, ``raise``, ``raise-early``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from backend.engines.mariadb import start_mariadb
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.valkey import start_valkey


def main(end: str) -> None:
    supervisor = Supervisor().start()
    supervisor.spawn("shell", ["/bin/sh", "-c", "trap '' TERM INT; sleep 1000 & sleep 1000"])
    if end == "raise-early":
        say(supervisor, {})
        raise RuntimeError(end)
    with ThreadPoolExecutor(2) as starters:
        database = starters.submit(start_mariadb if end == "mariadb" else start_postgresql, supervisor)
        redis = starters.submit(start_valkey, supervisor)
    say(supervisor, {"database": database.result().url, "redis": redis.result().url})
    if end == "fork":
        fork_a_keeper()
    if end in {"wait", "fork", "mariadb"}:
        threading.Event().wait()
    if end == "raise":
        raise RuntimeError(end)


def fork_a_keeper() -> None:
    """A copy of this process, which holds every file and socket of it open."""
    keeper = os.fork()
    if keeper == 0:
        signal.pause()
    sys.stdout.write(json.dumps({"keeper": keeper}) + "\n")
    sys.stdout.flush()


def say(supervisor: Supervisor, urls: dict[str, str]) -> None:
    news = {"pid": os.getpid(), "supervisor": supervisor.pid, "directory": str(supervisor.directory), **urls}
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
