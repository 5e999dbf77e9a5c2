"""How many labs may measure situations at a time: nearly all of that is waiting."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from backend.comparison.tasks import START_SECONDS, guesses, stages_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.comparison.questions import ComparisonQuestion
    from backend.comparison.tasks import Stage, Task
    from backend.model.options import LabOptions

MOST_LABS = 4
_MEMORY = Path("/proc/meminfo")
_BYTES_EACH = 1 << 29
"""More than a lab takes: 280 MiB, and those servers that a failover and ZooKeeper want."""


def labs_for(stage: Stage, asked: ComparisonQuestion, options: LabOptions) -> int:
    """How many work at the situations of a stage.

    Several only where nothing is shared: servers behind a URL would see the load of all of them, and a failover or a
    reset of one lab in mid-work of another. One for each core and one more, which waits as they do; not in the process
    of a window, which hears all of them and would stop for more than 50 ms.

    Args:
        stage: what is measured.
        asked: the whole question.
        options: of the labs.
    """
    if shares_something(options, [stage.database]) or not stage.jobs:
        return 1
    worth = round(_seconds_for(stage.jobs, asked) / (2 * START_SECONDS))
    able = _cores() + (not options.niceness)
    return max(1, min(MOST_LABS, able, len(stage.jobs), worth, 1 + _more_that_fit()))


def shares_something(options: LabOptions, databases: Iterable[str]) -> bool:
    """Whether a lab has anything that was there before it, or that others use: a server behind a URL, a kept folder."""
    urls = any("://" in database for database in databases)
    return urls or bool(options.redis or options.zookeeper or options.data_dir)


def seconds_of(asked: ComparisonQuestion, options: LabOptions) -> float:
    """About how long a comparison takes.

    Raises:
        UnknownKeyError: there is no such strategy or variant.
    """
    return START_SECONDS + sum(
        _seconds_for(stage.costs, asked) + _seconds_for(stage.jobs, asked) / labs_for(stage, asked, options)
        for stage in stages_of(asked)
    )


def _seconds_for(some: Iterable[Iterable[Task]], asked: ComparisonQuestion) -> float:
    known = guesses(asked)
    return sum(known[task.takes_as] for tasks in some for task in tasks)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _more_that_fit() -> int:
    """So many labs would still fit into memory; where the system does not tell, as many as anybody wants."""
    try:
        told = _MEMORY.read_text(encoding="ascii")
    except OSError:
        return MOST_LABS
    kilobytes = next((line.split()[1] for line in told.splitlines() if line.startswith("MemAvailable:")), None)
    return MOST_LABS if kilobytes is None else int(kilobytes) * 1024 // _BYTES_EACH
