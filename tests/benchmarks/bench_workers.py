"""What a second worker gains: the same questions by one and by two, in turns.

``uv run python -m tests.benchmarks.bench_workers``. Partner: one worker. Each time the crew is made anew, so the second
worker starts engines of its own meanwhile, as with ``explore --all``. It takes some minutes.
"""

from __future__ import annotations

import argparse
import threading
from functools import partial

from backend.engines.bare import BareEngines, bare_engines
from backend.explorer.on_own_engines import survey_on
from backend.explorer.survey import Scope
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey
from tests.benchmarks.measuring import Figure, in_turns, tell

ROUNDS = 3
PAIRS = frozenset((operation, "distributed-lock", "redis") for operation in OperationKey)
SCOPE = Scope(crashes=1)
"""Some ten seconds of work, in which connections break and are opened, and nothing waits for long."""
OPTIONS = LabOptions()


def explored(engines: BareEngines, workers: int) -> int:
    """Ask them all; how many schedules there were."""
    never = threading.Event()
    found = survey_on(
        engines, SCOPE, lambda _: None, lambda _: None, never, options=OPTIONS, workers=workers, pairs=PAIRS
    )
    return sum(cell.schedules for cell in found.cells)


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.parse_args()
    with bare_engines(OPTIONS) as engines:
        alone, together = in_turns([partial(explored, engines, count) for count in (1, 2)], ROUNDS)
    found = (
        f"{alone.wall / together.wall:.2f} ({1 / together.wall:.0f} and {1 / alone.wall:.0f} schedules a second; "
        f"processors {together.cpu / alone.cpu:.2f} a schedule)"
    )
    tell(Figure("explorer with two workers", "one", found, "1.6 or more"))


if __name__ == "__main__":
    main()
