"""What benchmarks share: a thing and its partner take turns, so that both meet the same machine."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one piece of work."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processors in this process and in all below it, user and system."""


def cost_of(work: Callable[[], int]) -> Cost:
    """What a piece costs; `work` returns how many pieces it has done."""
    cpu, wall = _cpu(), time.perf_counter()
    count = work()
    return Cost((time.perf_counter() - wall) / count, (_cpu() - cpu) / count)


def in_turns(works: Sequence[Callable[[], int]], rounds: int, *, warm_up: bool = True) -> list[Cost]:
    """The medians of each, after a round that is not counted, unless there is nothing to warm up."""
    found: list[list[Cost]] = [[] for _ in works]
    for number in range(rounds + warm_up):
        for work, costs in zip(works, found, strict=True):
            cost = cost_of(work)
            if number or not warm_up:
                costs.append(cost)
    return [Cost(statistics.median(c.wall for c in costs), statistics.median(c.cpu for c in costs)) for costs in found]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table of figures."""

    what: str
    partner: str
    """What it is compared with; empty where it stands by itself."""
    found: str
    """With what the two took, for whoever wants to know how big it is."""
    goal: str


def tell(*figures: Figure) -> None:
    """Print figures; as JSON where somebody collects them (`tests.benchmarks.everything`)."""
    if "--json" in sys.argv:
        for figure in figures:
            print(json.dumps(asdict(figure)))
        return
    for figure in figures:
        beside = f", against {figure.partner}" if figure.partner else ""
        print(f"{figure.what}{beside}: {figure.found}; goal {figure.goal}; {load()}")


def load() -> str:
    """How busy the machine is: a figure that was taken beside others says so."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _cpu() -> float:
    """Of this process and those below it, the living and those that it has waited for."""
    total = 0.0
    this = psutil.Process()
    for process in (this, *this.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
