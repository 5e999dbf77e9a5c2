"""Memory that a run takes for each submission: of the command's or the window's own process, without servers.

``uv run python -m tests.benchmarks.bench_memory [--most N] [--in-window N]``. Two runs of `none`, one of them ten times
as long, of one intent, and two of as many intents as submissions; the growth is the difference of what both had at
most. A million submissions take a quarter of an hour, each time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from tests.benchmarks.growth import ROOT, run
from tests.benchmarks.measuring import Figure, tell


def in_window(count: int) -> dict[str, int]:
    """What a window came to."""
    argv = [sys.executable, "-m", "tests.benchmarks.window_memory", str(count)]
    told = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: dict[str, int] = json.loads(told.splitlines()[-1])
    return found


def figure(what: str, few: int, least: int, most: int, peak: int, more: str = "") -> Figure:
    """The growth between two runs, of bytes."""
    each = (peak - least) / (most - few)
    found = (
        f"{each:.0f} bytes each ({least / 2**20:.0f} MiB after {few:,}, {peak / 2**20:.0f} MiB after {most:,}{more})"
    )
    return Figure(f"memory of a run {what}, by submission", "", found, "bounded")


def main() -> None:
    """Tell the growth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--in-window", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    few, most = asked.most // 10, asked.most
    (_, least), (_, peak) = (run("--submissions", str(count)) for count in (few, most))
    tell(figure("on the command line", few, least, most, peak))
    (_, least), (_, peak) = (run("--intents", str(count), "--submissions", "1") for count in (few, most))
    tell(figure("on the command line, an intent each", few, least, most, peak))
    few, most = asked.in_window // 10, asked.in_window
    first, last = in_window(few), in_window(most)
    shown = f"; {last['rows']:,} rows, {last['answers']:,} answers, {last['lanes']:,} lanes shown"
    tell(figure("in the window", few, first["resident"], most, last["resident"], shown))


if __name__ == "__main__":
    main()
