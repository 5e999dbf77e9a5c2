"""The lock file of a PostgreSQL server that was killed.

PostgreSQL asks whether somebody has the number in it. A process that was killed keeps its number until its exit code is
fetched, and where the parent of orphans does not do that, as in many containers, for good; and a number that is free
may be given to anybody.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path

from backend.engines.processes.process_tree import is_dead, parent_of
from backend.engines.processes.shared_memory import is_attached

LOCK_FILE = "postmaster.pid"
_DYING_S = 5.0
"""A killed server of a dead lab is gone after so long, also on a busy machine."""
_LOOK_S = 0.02
_SUPERVISOR = b"supervisor_process"
_SERVER = b"postgres"


def release_lock_of_dead(file: Path) -> None:
    """Remove a lock file if its owner is dead and nothing of it is at work; waits for an owner that nobody supervises.

    That of a server at work stays: PostgreSQL refuses to start beside it.

    Args:
        file: below the data directory; it may be missing.
    """
    if not Path("/proc/self").is_dir():
        return
    end = time.monotonic() + _DYING_S
    while (owner := _owner(file)) is not None:
        if not _is_server(owner) and not is_attached(str(file)):
            file.unlink(missing_ok=True)
        elif _is_supervised(owner) or time.monotonic() > end:
            return
        else:
            threading.Event().wait(_LOOK_S)


def _owner(file: Path) -> int | None:
    """The number of the process that has made the file; None where there is none."""
    try:
        return abs(int(file.read_text(encoding="ascii", errors="replace").partition("\n")[0]))
    except (OSError, ValueError):
        return None


def _is_server(pid: int) -> bool:
    with suppress(OSError):
        return not is_dead(pid) and Path(f"/proc/{pid}/comm").read_bytes().startswith(_SERVER)
    return False


def _is_supervised(pid: int) -> bool:
    """Whether its parent is the supervisor of a lab that lives."""
    with suppress(OSError):
        return _SUPERVISOR in Path(f"/proc/{parent_of(pid)}/cmdline").read_bytes()
    return False
