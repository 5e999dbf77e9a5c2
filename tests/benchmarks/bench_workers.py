"""What a second worker gains: the same question by one and by two, in turns.

``uv run python -m tests.benchmarks.bench_workers``. Partner: one worker. Both crews are complete before anything is
timed; how long it takes until a second worker has its engines is told beside it.
"""

from __future__ import annotations

import argparse
import threading
import time
from contextlib import ExitStack
from functools import partial

from backend.engines.bare import bare_engines
from backend.explorer.crew.explore import explore_together
from backend.explorer.crew.local import LocalCrew
from backend.explorer.crew.openings import opening_elsewhere
from backend.explorer.on_own_engines import explorer_on
from backend.explorer.question import Question
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey
from tests.benchmarks.measuring import Figure, in_turns, tell

ROUNDS = 5
QUESTION = Question(OperationKey.PLACE_ORDER, "distributed-lock", "redis", crashes=1)
"""Some seconds of work, in which connections break and are opened, and nothing waits for long."""


def explored(crew: LocalCrew) -> int:
    """Ask once; how many schedules there were."""
    return explore_together(crew, QUESTION, lambda _: None, threading.Event()).schedules


def complete(crew: LocalCrew, count: int) -> float:
    """Work until all of a crew have their engines; how many seconds that took."""
    began = time.monotonic()
    while len(crew.members) < count or not all(member.was_ready for member in crew.members):
        explored(crew)
    return time.monotonic() - began


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.parse_args()
    options = LabOptions()
    with bare_engines(options) as engines, ExitStack() as opened:
        here, elsewhere, never = partial(explorer_on, engines), opening_elsewhere(options), threading.Event()
        one, two = (opened.enter_context(LocalCrew(here, elsewhere, count, never)) for count in (1, 2))
        started = complete(two, 2)
        alone, together = in_turns([partial(explored, one), partial(explored, two)], ROUNDS)
    found = (
        f"{alone.wall / together.wall:.2f} times the schedules ({1 / together.wall:.0f} and {1 / alone.wall:.0f} a "
        f"second; processors {together.cpu / alone.cpu:.2f} a schedule; the second was ready after {started:.1f} s)"
    )
    tell(Figure("explorer with two workers", "one", found, "1.6 or more"))


if __name__ == "__main__":
    main()
