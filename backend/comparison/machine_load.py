"""What other programs take of the machine while something is measured.

``/proc/stat`` counts the time that all processors worked, ``/proc/PID/stat`` that of each process and of its children
that have ended (proc(5)). What is neither idle nor that of this process and its descendants was taken by others. Where
there is no such folder, nothing is known.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_IDLE = (3, 4)
"""Places of idle and iowait among the numbers of a processor."""
_GUESTS = 8
"""Guest time comes after these, and is counted in user time already."""
_PARENT, _TIMES = 1, slice(11, 15)
"""Places behind the name: the parent; user and system time, its own and of its children that have ended."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Processor seconds since the system started, at an instant."""

    at: float
    busy: float
    """Of all processes."""
    own: float
    """Of this process and its descendants."""


def snapshot() -> Snapshot | None:
    """Now; None where the system does not tell."""
    try:
        first = (_PROC / "stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    except OSError:
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    busy = sum(int(count) for place, count in enumerate(first[:_GUESTS]) if place not in _IDLE)
    return Snapshot(time.monotonic(), busy / ticks, _own() / ticks)


def taken_by_others(before: Snapshot | None, after: Snapshot | None) -> float | None:
    """Processors that others took between two snapshots; None where nothing is known."""
    if before is None or after is None or after.at <= before.at:
        return None
    others = (after.busy - before.busy) - (after.own - before.own)
    return max(0.0, others / (after.at - before.at))


def load_average() -> float:
    """Processes that ran or wanted to, over the last minute; 0 where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def processors() -> int:
    """How many there are."""
    return os.cpu_count() or 1


def _own() -> int:
    """Ticks of this process and of all its descendants."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    spent: dict[int, int] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (numbers := _numbers(folder)):
            pid = int(folder.name)
            children[int(numbers[_PARENT])].append(pid)
            spent[pid] = sum(map(int, numbers[_TIMES]))
    total, waiting = 0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        total += spent.get(pid, 0)
        waiting += children[pid]
    return total


def _numbers(folder: Path) -> list[str]:
    """What stands behind the name of a process; nothing if it has ended meanwhile."""
    try:
        return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
