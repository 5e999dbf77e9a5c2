"""The System V segment by which PostgreSQL sees that a cluster is in use; one that is killed leaves it behind.

A start on the same cluster removes it. What remains is that of a cluster that nobody starts again. Standard library
only, as `backend.engines.processes.supervisor_process`.
"""

import glob
import os
import sys

_FILE = "postmaster.pid"
_LINE = 6
"""Where that file has the segment's key and number (src/include/utils/pidfile.h, LOCK_FILE_LINE_SHMEM_KEY)."""
_REMOVE = 0
_SEGMENTS = "/proc/sysvipc/shm"


def release_segments(folder: str) -> None:
    """Remove the segments of dead clusters in `folder` or up to two levels below; one that is attached stays."""
    if not os.path.exists(_SEGMENTS):  # noqa: PTH110 - the supervisor process must start quickly
        return
    for depth in ("", "*/", "*/*/"):
        for path in glob.glob(f"{glob.escape(folder)}/{depth}{_FILE}"):  # noqa: PTH207
            named = _named_in(path)
            if named is not None and named in _unattached():
                _remove(named[1])


def is_attached(lock_file: str) -> bool:
    """Whether a process still has the segment that a lock file names."""
    named = _named_in(lock_file) if os.path.exists(_SEGMENTS) else None  # noqa: PTH110
    return named is not None and named in _segments() and named not in _unattached()


def _named_in(path: str) -> "tuple[int, int] | None":
    """Key and number of the segment that a lock file names."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:  # noqa: PTH123
            fields = file.read().splitlines()[_LINE].split()
        return int(fields[0]), int(fields[1])
    except (OSError, IndexError, ValueError):
        return None


def _unattached() -> "set[tuple[int, int]]":
    """Key and number of all segments of this machine that no process has attached."""
    return {named for named, attached in _segments().items() if not attached}


def _segments() -> "dict[tuple[int, int], int]":
    """Key and number of all segments of this machine, with how many processes have attached each."""
    found = {}
    with open(_SEGMENTS, encoding="ascii") as file:  # noqa: PTH123
        names = file.readline().split()
        for line in file:
            row = dict(zip(names, line.split(), strict=False))
            found[int(row["key"]), int(row["shmid"])] = int(row["nattch"])
    return found


def _remove(number: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).shmctl(number, _REMOVE, None)
