"""A history of 10,000 runs: how long the list takes to open, and to be searched. Goals: 0.3 s and 0.1 s.

Run: uv run python -m tests.benchmarks.bench_history
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from backend.archive.entries import RunRecord
from backend.archive.history import MOST_ENTRIES, History
from backend.model.vocabulary import Verdict
from tests.backend.archive.samples import BEGAN, run_entry

ROUNDS = 9
SEARCHES = ("duplicated", "重复", "place-order delay@sql", "no such words", "a")


def fill(history: History) -> None:
    chance = random.Random(7)  # noqa: S311  no secret
    with history.together():
        for number in range(MOST_ENTRIES):
            entry = run_entry(chance.choice(list(Verdict)), BEGAN + number, chance.choice(("none", "unique-index")))
            assert isinstance(entry.content, RunRecord)
            history.add(replace(entry, content=replace(entry.content, steps=entry.content.steps * 6)))


def timed(action: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.sqlite3"
        fill(History(file))
        print(f"{MOST_ENTRIES} runs, {file.stat().st_size / 1e6:.0f} MB")
        opened = timed(lambda: History(file).entries())
        print(f"opened in {opened:.3f} s (goal 0.3)")
        for words in SEARCHES:
            search = partial(History(file).entries, words)
            print(f"searched in {timed(search):.3f} s (goal 0.1): {words!r}, {len(search())} found")


if __name__ == "__main__":
    main()
