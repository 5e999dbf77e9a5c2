"""How cost grows with submissions, instances, requests and crashes; keeps what it measured for docs/performance.md.

``uv run python -m tests.benchmarks.growth [submissions|instances|explorer ...] [--most N]``; then
``uv run python -m resources.draw_growth`` writes the page and its plots. A million submissions (``--most 1000000``)
took ten minutes, and 2.5 GiB while an intent still took 2.5 KiB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psutil

from backend.engines.bare import bare_engines
from backend.explorer.explore import Explorer
from backend.explorer.question import Question
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey
from tests.benchmarks.measuring import load

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "growth.json"
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
INSTANCES = (1, 2, 3, 4)
LOOK_S = 0.05
EXPLORED = (
    ("none", "check-then-act"),
    ("token", "delete-first"),
    ("unique-index", "catch-violation"),
    ("distributed-lock", "redis"),
)
SCOPES = ((2, 0), (2, 1), (3, 0), (3, 1))
"""Requests and crashes."""
LONGEST_S = 20.0

Row = dict[str, object]


def run(*arguments: str) -> tuple[dict[str, object], int]:
    """What `run` reports, and the most memory that its own process had, in bytes."""
    argv = [sys.executable, "main.py", "run", "--operation", "place-order", "--strategy", "none", *arguments]
    with subprocess.Popen([*argv, "--json", "-"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        peak, over = [0], threading.Event()

        def watch() -> None:
            this = psutil.Process(process.pid)
            while not over.wait(LOOK_S):
                try:
                    peak[0] = max(peak[0], this.memory_info().rss)
                except psutil.Error:
                    return

        watcher = threading.Thread(target=watch)
        watcher.start()
        told, _ = process.communicate()
        over.set()
        watcher.join()
    return json.loads(told), peak[0]


def submissions(most: int) -> list[Row]:
    """One intent each, all at once."""
    rows: list[Row] = []
    for count in (size for size in SIZES if size <= most):
        report, peak = run("--intents", str(count), "--submissions", "1")
        rows.append({"submissions": count, "seconds": report["seconds"], "peak_mib": round(peak / 2**20)})
        print(rows[-1], load(), flush=True)
    return rows


def instances(_most: int) -> list[Row]:
    """The same work for more backend processes."""
    rows: list[Row] = []
    for count in INSTANCES:
        report, _ = run("--intents", "4000", "--submissions", "1", "--instances", str(count))
        rows.append({"instances": count, "submissions": 4_000, "seconds": report["seconds"]})
        print(rows[-1], load(), flush=True)
    return rows


def explorer(_most: int) -> list[Row]:
    """Interleavings and time; a question is given up after 20 seconds."""
    rows: list[Row] = []
    with bare_engines(LabOptions()) as engines, Explorer(engines.database, engines.redis) as player:
        for strategy, variant in EXPLORED:
            for requests, crashes in SCOPES:
                question = Question(OperationKey.PLACE_ORDER, strategy, variant, requests, crashes)
                over = threading.Event()
                timer = threading.Timer(LONGEST_S, over.set)
                timer.start()
                started = time.perf_counter()
                found = player.explore(question, lambda _: None, over)
                timer.cancel()
                rows.append(
                    {
                        "variant": f"{strategy}/{variant}",
                        "requests": requests,
                        "crashes": crashes,
                        "schedules": found.schedules,
                        "classes": found.classes,
                        "seconds": round(time.perf_counter() - started, 2),
                        "exhaustive": found.exhaustive,
                    }
                )
                print(rows[-1], load(), flush=True)
    return rows


PARTS: dict[str, Callable[[int], list[Row]]] = {
    "submissions": submissions,
    "instances": instances,
    "explorer": explorer,
}


def main() -> None:
    """Measure what is asked for, and keep it beside what is known."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], default=[])
    parser.add_argument("--most", type=int, default=10_000)
    asked = parser.parse_args()
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}
    for name in asked.parts or PARTS:
        kept[name] = {"measured": date.today().isoformat(), "rows": PARTS[name](asked.most), "load": load()}  # noqa: DTZ011
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
