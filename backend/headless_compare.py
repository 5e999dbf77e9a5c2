"""The command `compare`: every strategy in the same situations, with what it costs."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from backend.comparison.claims import standing, surprises
from backend.comparison.compare import check
from backend.comparison.documents import comparison_csv, comparison_document, comparison_markdown
from backend.comparison.on_a_lab import compare
from backend.comparison.records import Comparison, ComparisonProgress, ComparisonQuestion, SituationKey
from backend.comparison.web_page import comparison_html
from backend.comparison.words import cell_word, ratio_text, title_of, where_and_when
from backend.model import OperationKey
from backend.options import LabOptions
from backend.output_files import require_writable

_WRITERS: dict[str, Callable[[Comparison], str]] = {
    "json": lambda comparison: json.dumps(comparison_document(comparison), ensure_ascii=False, indent=2) + "\n",
    "markdown": comparison_markdown,
    "csv": comparison_csv,
    "html": comparison_html,
}


def compare_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> None:
    """Compare and report. An interrupt ends it with what was measured so far.

    Raises:
        SubmitTwiceError: it cannot be asked, a file cannot be written, or the lab cannot be started.
    """
    asked = question_of(chosen)
    check(asked)
    targets = {name: getattr(chosen, name) for name in _WRITERS if getattr(chosen, name)}
    for target in targets.values():
        if target != "-":
            require_writable(Path(target))
    with ProgressBar() as bar:
        found = compare(asked, options, bar.show, interrupted)
    for name, target in targets.items():
        _write(_WRITERS[name](found), target)
    if "-" not in targets.values():
        sys.stdout.write(summary(found))


def question_of(chosen: argparse.Namespace) -> ComparisonQuestion:
    """What the arguments ask."""
    return ComparisonQuestion(
        operations=tuple(OperationKey(key) for key in chosen.operation or [OperationKey.PLACE_ORDER]),
        databases=tuple(chosen.database.split(",")),
        strategies=tuple(chosen.strategy or ()),
        situations=tuple(SituationKey(key) for key in chosen.situations or SituationKey),
        quick=chosen.quick,
        cost=not chosen.no_cost,
    )


def _write(text: str, target: str) -> None:
    if target == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        Path(target).write_text(text, encoding="utf-8")


def summary(found: Comparison) -> str:
    """A line for each line, and what was not expected."""
    lines = []
    for line in found.lines:
        cells = ", ".join(f"{cell.situation}: {cell_word(cell)}" for cell in line.cells)
        lines.append(f"{title_of(line)}: {line.subject.name}: {standing(line)}")
        lines.append(f"    {cells}; throughput {ratio_text(line.cost)}")
        lines += [f"    {cell.situation}: {cell.failure}" for cell in line.cells if cell.failure]
    lines += [f"! {sentence}" for sentence in surprises(found)]
    lines.append(where_and_when(found.surroundings, found.seconds, complete=found.complete))
    return "\n".join(lines) + "\n"


class ProgressBar:
    """What is being measured and how long it takes, on a terminal; nothing in a pipe."""

    def __init__(self) -> None:
        self._bar = tqdm(disable=None, bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} {desc}", unit=" cells")

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: ComparisonProgress) -> None:
        """So far."""
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        self._bar.total = progress.total
        self._bar.n = progress.done
        self._bar.set_description_str(
            f"{minutes}:{seconds:02d} left  {progress.line.subject.name} {progress.doing}", refresh=False
        )
        self._bar.refresh()
