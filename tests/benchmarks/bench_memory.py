"""Memory that a run on the command line takes for each submission: its own process, without servers and instances.

``uv run python -m tests.benchmarks.bench_memory [--most N]``. Two runs of `none`, one of them ten times as long; the
growth is the difference of what both had at most. A million submissions take the better part of an hour.
"""

from __future__ import annotations

import argparse

from tests.benchmarks.growth import run
from tests.benchmarks.measuring import Figure, tell


def main() -> None:
    """Tell the growth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    most = parser.parse_args().most
    few = most // 10
    (_, least), (_, peak) = (run("--submissions", str(count)) for count in (few, most))
    each = (peak - least) / (most - few) / 1024
    found = f"{each:.1f} KiB each ({least / 2**20:.0f} MiB after {few:,}, {peak / 2**20:.0f} MiB after {most:,})"
    tell(Figure("memory of a run on the command line, by submission", "", found, "bounded"))


if __name__ == "__main__":
    main()
