"""Runs the benchmarks one after the other and writes their figures into the README.

``uv run python -m tests.benchmarks.everything [NAME...]``. With names, such as ``http lock``, only those are measured
again; the other figures stay as they are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from tests.benchmarks.measuring import Figure

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
KEPT = ROOT / "docs" / "figures.json"
BEGIN, END = "<!-- figures:begin -->\n", "<!-- figures:end -->"
NAMES = ("start", "http", "lock", "release", "replay", "explorer", "workers", "table", "timeline", "memory")
OFFSCREEN = frozenset({"start", "table", "timeline"})


def main() -> None:
    """Measure, keep, write."""
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}
    for name in sys.argv[1:] or NAMES:
        found = figures_of(name)
        day = date.today().isoformat()  # noqa: DTZ011  a day is enough
        kept[name] = {"measured": day, "load": round(os.getloadavg()[0], 1), "figures": found}
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    README.write_text(with_figures(README.read_text("utf-8"), kept), "utf-8")


def figures_of(name: str) -> list[dict[str, str]]:
    """What a benchmark tells."""
    environment = {**os.environ, **({"QT_QPA_PLATFORM": "offscreen"} if name in OFFSCREEN else {})}
    argv = [sys.executable, "-m", f"tests.benchmarks.bench_{name}", "--json"]
    told = subprocess.run(argv, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in told.splitlines() if line.startswith("{")]


def with_figures(readme: str, kept: dict[str, dict[str, object]]) -> str:
    """The README with the table as it is to be."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table(kept)}{END}{after}"


def table(kept: dict[str, dict[str, object]]) -> str:
    """A line a figure, in the order of the benchmarks."""
    lines = ["| what | against | measured | goal | benchmark |", "| --- | --- | --- | --- | --- |"]
    for name in NAMES:
        found = kept.get(name, {}).get("figures")
        lines += [row(name, Figure(**each)) for each in (found if isinstance(found, list) else [])]
    busy = ", ".join(f"{name} {kept[name].get('load', '-')}" for name in NAMES if name in kept)
    remark = f"\nOther work on the machine makes each of them worse. Load average while measuring: {busy}.\n"
    return "".join(f"{line}\n" for line in lines) + remark


def row(name: str, figure: Figure) -> str:
    """A line of the table."""
    return f"| {figure.what} | {figure.partner} | {figure.found} | {figure.goal} | `bench_{name}` |".replace(
        "|  |", "| |"
    )


if __name__ == "__main__":
    main()
