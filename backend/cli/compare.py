"""The command `compare`: every strategy in the same situations, with what it costs."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial

from tqdm import tqdm

from backend.archive.entries import Entry
from backend.archive.urls import kept_comparison
from backend.cli.record import as_record
from backend.comparison.claims import standing, surprises
from backend.comparison.documents import comparison_csv, comparison_document, comparison_markdown
from backend.comparison.on_a_lab import compare
from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.records import CellState, Comparison, ComparisonProgress
from backend.comparison.says import CompareCode
from backend.comparison.tasks import check
from backend.comparison.web_page import comparison_html
from backend.comparison.words import (
    cell_facts,
    cell_word,
    cost_facts,
    noisy,
    ratio_text,
    sentence_of,
    task_term,
    title_of,
    title_text,
    where_and_when,
)
from backend.files.output import OutputFiles
from backend.model.errors import SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.sentence import ENGLISH, say, words
from backend.model.vocabulary import OperationKey, Replication

_WRITERS: dict[str, Callable[[Comparison, str], str]] = {
    "json": lambda found, language: (
        json.dumps(comparison_document(found, language), ensure_ascii=False, indent=2) + "\n"
    ),
    "markdown": comparison_markdown,
    "csv": comparison_csv,
    "html": comparison_html,
}


def compare_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> None:
    """Compare and report. An interrupt ends it with what was measured so far.

    Raises:
        SubmitTwiceError: it cannot be asked, a file cannot be written, or the lab cannot be started or is lost.
    """
    asked, language = question_of(chosen), chosen.language or ENGLISH
    check(asked)
    files = OutputFiles({**{name: getattr(chosen, name) for name in _WRITERS}, "record": chosen.save_record})
    with ProgressBar(language) as bar:
        found = compare(asked, options, bar.show, interrupted)
    files.write("record", lambda: as_record(Entry(found.surroundings.began, kept_comparison(found))))
    for name, writer in _WRITERS.items():
        files.write(name, partial(writer, found, language))
    files.tell(summary(found, language))
    if found.broken_off:
        raise SubmitTwiceError(found.broken_off)


def question_of(chosen: argparse.Namespace) -> ComparisonQuestion:
    """What the arguments ask."""
    situations = () if chosen.cost_only else tuple(SituationKey(key) for key in chosen.situations or SituationKey)
    return ComparisonQuestion(
        operations=tuple(OperationKey(key) for key in chosen.operation or [OperationKey.PLACE_ORDER]),
        databases=tuple(chosen.database.split(",")),
        strategies=tuple(chosen.strategy or ()),
        situations=situations,
        quick=chosen.quick,
        cost=not chosen.no_cost,
        replication=Replication(chosen.replication),
    )


def summary(found: Comparison, language: str = ENGLISH) -> Iterator[str]:
    """A line for each line, what was not reached or not expected and why, and how to measure again what was noisy."""
    for line in found.lines:
        table = title_text(title_of(line), language)
        if line.cells:
            yield f"{table}: {line.subject.name}: {words(standing(line), language)}"
            heads = (
                f"{words(task_term(cell.situation), language)}: {cell_word(cell, language)}" for cell in line.cells
            )
            yield "    " + "; ".join(heads)
        for cell in line.cells:
            if cell.state in {CellState.NOT_REACHED, CellState.NOT_MEASURED}:
                facts = " ".join(words(fact, language) for fact in cell_facts(cell))
                yield f"    {words(task_term(cell.situation), language)}: {facts}"
        if line.cost:
            facts = " ".join(words(fact, language) for fact in cost_facts(line.cost))
            name = line.subject.name if not line.cells else words(say(CompareCode.COLUMN_THROUGHPUT), language)
            yield f"    {name}: {ratio_text(line.cost, language)}. {facts}"
    yield from (f"! {words(sentence, language)}" for sentence in surprises(found))
    if any(line.was_run for line in found.lines):
        yield words(sentence_of(found.lines), language)
    if again := noisy(found.lines):
        yield words(say(CompareCode.REPEAT, count=len(again), command=command_to_repeat(found)), language)
    yield " ".join(words(sentence, language) for sentence in where_and_when(found))


def command_to_repeat(found: Comparison) -> str:
    """The command line that measures again what was too noisy."""
    again, asked = noisy(found.lines), found.asked
    parts = ["main.py compare --cost-only"]
    parts += [f"--operation {key}" for key in dict.fromkeys(line.subject.operation for line in again)]
    if len(again) < len(found.lines) or asked.strategies:
        parts += [f"--strategy {name}" for name in dict.fromkeys(line.subject.name for line in again)]
    databases = dict.fromkeys(line.subject.database.value for line in again)
    if asked.databases != ("postgresql",) and not any("://" in name for name in asked.databases):
        parts.append(f"--database {','.join(databases)}")
    return " ".join(parts)


class ProgressBar:
    """What is being measured and how long it takes, on a terminal; nothing in a pipe."""

    def __init__(self, language: str = ENGLISH) -> None:
        self._language = language
        self._bar = tqdm(disable=None, bar_format="{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} {desc}")

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: ComparisonProgress) -> None:
        """So far."""
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        self._bar.total = progress.total
        self._bar.n = progress.done
        doing = f"{progress.line.subject.name}, {words(task_term(progress.doing), self._language)}"
        self._bar.set_description_str(f"{minutes}:{seconds:02d} left  {doing}", refresh=False)
        self._bar.refresh()
