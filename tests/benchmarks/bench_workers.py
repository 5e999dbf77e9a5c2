"""What a second worker gains: the same command with one and with two, in turns, from its start to its end.

``uv run python -m tests.benchmarks.bench_workers``. Partner: one worker. Both start engines, and two workers start two
of each. The first line is the command that people wait for, every variant with every operation; the second one takes
some ten seconds, and what starts and ends weighs more there. It takes some minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import Figure, in_turns, tell

ROOT = Path(__file__).parents[2]
COMMANDS: Mapping[str, int] = {"": 1, "--strategy distributed-lock --variant redis --crashes 1": 3}
"""What is asked besides ``--all``, and in how many rounds."""


def explored(asked: str, workers: int) -> int:
    """Run the command; how many interleavings there were."""
    argv = [sys.executable, "main.py", "explore", "--all", *asked.split(), "--workers", str(workers), "--json", "-"]
    told = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return sum(int(cell["schedules"]) for cell in json.loads(told)["cells"])


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.parse_args()
    for asked, rounds in COMMANDS.items():
        works = [partial(explored, asked, count) for count in (1, 2)]
        alone, together = in_turns(works, rounds, warm_up=False)
        found = (
            f"{alone.wall / together.wall:.2f} ({1 / together.wall:.0f} and {1 / alone.wall:.0f} interleavings a "
            f"second, start and end included; processors {together.cpu / alone.cpu:.2f} each)"
        )
        tell(Figure(f"`{f'explore --all {asked}'.strip()}` with two workers", "one", found, "1.6 or more"))


if __name__ == "__main__":
    main()
