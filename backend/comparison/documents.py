"""A comparison as JSON, as CSV and as Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import groupby

from backend.comparison.claims import standing, surprises
from backend.comparison.cost_records import Cost, Finding, Load
from backend.comparison.records import CellState, ComparedCell, Comparison, Line, PartResult
from backend.comparison.says import CompareCode, about_situation, head_of_situation, title_of_situation
from backend.comparison.situations import SITUATIONS
from backend.comparison.words import (
    cell_facts,
    cell_word,
    milliseconds,
    noise_facts,
    ratio_text,
    steps_text,
    title_of,
    title_text,
    where_and_when,
    why_not_reached,
)
from backend.model.sentence import ENGLISH, Sentence, say, words
from backend.model.vocabulary import Answer, Verdict

_CSV_HEAD = (
    "operation", "database", "strategy", "variant", "sound", "measured", "state", "verdict", "proven", "intents",
    "effects", *(verdict.value for verdict in Verdict), *(f"told_{answer}" for answer in Answer), "contradictions",
    "submissions", "per_second", "baseline_per_second", "finding", "throughput_ratio", "baseline_spread", "p50_ms",
    "p99_ms", "baseline_p50_ms", "baseline_p99_ms", "steps", "why",
)  # fmt: skip
_COST_COLUMNS = (CompareCode.COLUMN_THROUGHPUT, CompareCode.COLUMN_P50, CompareCode.COLUMN_STEPS)


def comparison_document(comparison: Comparison, language: str = ENGLISH) -> dict[str, object]:
    """The document that ``main.py compare --json`` writes. Its keys are the same in every language."""
    asked = comparison.asked
    return {
        "operations": [operation.value for operation in asked.operations],
        "situations": {
            key.value: {
                "title": words(title_of_situation(key), language),
                "sentence": words(about_situation(key), language),
            }
            for key in SITUATIONS
            if key in asked.situations
        },
        "quick": asked.quick,
        "machine": words(comparison.surroundings.machine, language),
        "engines": list(comparison.surroundings.engines),
        "began": comparison.surroundings.began,
        "seconds": round(comparison.seconds, 1),
        "complete": comparison.complete,
        "never_begun": _texts(comparison.never_begun, language),
        "surprises": _texts(surprises(comparison), language),
        "lines": [_line(line, language) for line in comparison.lines],
    }


def _texts(sentences: Iterable[Sentence], language: str) -> list[str]:
    return [words(sentence, language) for sentence in sentences]


def _line(line: Line, language: str) -> dict[str, object]:
    subject = line.subject
    return {
        "operation": subject.operation.value,
        "database": subject.database.value,
        "strategy": subject.strategy,
        "variant": subject.variant,
        "sound": subject.sound,
        "standing": words(standing(line), language),
        "survived": line.survived,
        "reached": line.reached,
        "broken_by": [key.value for key in line.broken_by],
        "cells": [_cell(cell, language) for cell in line.cells],
        "cost": _cost(line.cost, language) if line.cost else None,
    }


def _cell(cell: ComparedCell, language: str) -> dict[str, object]:
    return {
        "situation": cell.situation.value,
        "state": cell.state.value,
        "verdict": cell.worst.value if cell.worst else None,
        "verdicts": {verdict.value: count for verdict, count in cell.verdicts.items()},
        "answers": {answer.value: count for answer, count in cell.answers.items()},
        "intents": cell.intents,
        "proven": cell.proven,
        "effects": cell.effects,
        "contradictions": _texts(cell.contradictions, language),
        "runs": [_run(part, language) for part in cell.parts],
        "why": _why(cell, language) or None,
        "failure": words(cell.failure, language) if cell.failure else None,
    }


def _why(cell: ComparedCell, language: str) -> str:
    """Why there is no verdict; empty where there is one."""
    said = why_not_reached(cell) if cell.state is CellState.NOT_REACHED else cell_facts(cell)
    return "" if cell.state is CellState.MEASURED else " ".join(_texts(said, language))


def _run(result: PartResult, language: str) -> dict[str, object]:
    setup, plan = result.part.setup, result.part.plan
    return {
        "title": words(result.part.title, language) if result.part.title else None,
        "proof": result.part.proof.value,
        "proven": result.proven,
        "tries": result.tries,
        "source": plan.source.value,
        "pace": plan.pace.value,
        "submissions": plan.submissions,
        "retries": plan.retries,
        "timeout_ms": plan.timeout_ms,
        "processing_delay_ms": setup.processing_delay_ms,
        "lease_ms": setup.lease_ms,
        "faults": [str(fault) for fault in setup.faults],
        "instances": result.part.instances,
        "verdicts": {verdict.value: count for verdict, count in result.verdicts.items()},
        "answers": {answer.value: count for answer, count in result.answers.items()},
        "effects": result.effects,
        "latency_ms": {"p50": _rounded(result.p50_ms), "p99": _rounded(result.p99_ms)},
        "steps_per_submission": {engine.value: count for engine, count in result.steps.items()},
    }


def _cost(cost: Cost, language: str) -> dict[str, object]:
    others = cost.others
    return {
        "finding": cost.finding.value,
        "throughput_ratio": _rounded(cost.ratio),
        "rounds": [] if cost.finding is Finding.NOISY else [_rounded(ratio) for ratio in cost.ratios],
        "baseline_against_itself": [_rounded(ratio) for ratio in cost.itself],
        "baseline_spread": _rounded(cost.spread),
        "rounds_left_out": cost.left_out,
        "processors_of_others": {"before": _rounded(others.before), "during": _rounded(others.during)}
        if others
        else None,
        "why": " ".join(_texts(noise_facts(cost), language)) if cost.finding is Finding.NOISY else None,
        "load": _load(cost.load) if cost.load else None,
        "baseline": _load(cost.baseline) if cost.baseline else None,
        "failure": words(cost.failure, language) if cost.failure else None,
    }


def _load(load: Load) -> dict[str, object]:
    return {
        "submissions": load.submissions,
        "not_created": load.refused,
        "per_second": round(load.per_second, 1),
        "latency_ms": {"p50": _rounded(load.p50_ms), "p99": _rounded(load.p99_ms)},
        "steps_per_submission": {engine.value: count for engine, count in load.steps.items()},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def comparison_csv(comparison: Comparison, language: str = ENGLISH) -> str:
    """One row for each cell and one for each cost; ``measured`` says which."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _CSV_HEAD, restval="", lineterminator="\n")
    writer.writeheader()
    for line in comparison.lines:
        subject = line.subject
        names = {
            "operation": subject.operation, "database": subject.database, "strategy": subject.strategy,
            "variant": subject.variant, "sound": "yes" if subject.sound else "no",
        }  # fmt: skip
        writer.writerows({**names, **_cell_row(cell, language)} for cell in line.cells)
        if line.cost:
            writer.writerow({**names, **_cost_row(line.cost, language)})
    return text.getvalue()


def _cell_row(cell: ComparedCell, language: str) -> dict[str, object]:
    return {
        "measured": cell.situation,
        "state": cell.state,
        "verdict": cell.worst or "",
        "proven": cell.proven,
        "intents": cell.intents,
        "effects": cell.effects,
        **{verdict.value: cell.verdicts[verdict] for verdict in Verdict},
        **{f"told_{answer}": cell.answers[answer] for answer in Answer},
        "contradictions": len(cell.contradictions),
        "why": _why(cell, language),
    }


def _cost_row(cost: Cost, language: str) -> dict[str, object]:
    noisy = cost.finding is Finding.NOISY
    why = " ".join(_texts(noise_facts(cost), language)) if noisy else ""
    row: dict[str, object] = {
        "measured": "cost",
        "finding": cost.finding,
        "throughput_ratio": _rounded(cost.ratio),
        "why": words(cost.failure, language) if cost.failure else why,
    }
    if cost.load and cost.baseline and not noisy:
        row |= {
            "baseline_spread": _rounded(cost.spread),
            "submissions": cost.load.submissions,
            "per_second": round(cost.load.per_second, 1),
            "baseline_per_second": round(cost.baseline.per_second, 1),
            "p50_ms": _rounded(cost.load.p50_ms),
            "p99_ms": _rounded(cost.load.p99_ms),
            "baseline_p50_ms": _rounded(cost.baseline.p50_ms),
            "baseline_p99_ms": _rounded(cost.baseline.p99_ms),
        }
    return row | {"steps": steps_text(cost) if cost.load else ""}


def comparison_markdown(comparison: Comparison, language: str = ENGLISH) -> str:
    """A table for each operation and database, and how it was measured."""
    return "\n".join(_markdown(comparison, language)) + "\n"


def _markdown(comparison: Comparison, language: str) -> Iterator[str]:
    keys = [key for key in SITUATIONS if key in comparison.asked.situations]
    costs = _COST_COLUMNS if comparison.asked.cost else ()
    for title, lines in groupby(comparison.lines, title_of):
        yield f"**{title_text(title, language)}**\n"
        columns = (CompareCode.COLUMN_STRATEGY, *(head_of_situation(key).code for key in keys), *costs)
        yield _row(*(words(Sentence(code), language) for code in columns))
        yield _row(*["---"] * (1 + len(keys)), *["---:"] * (len(costs) - 1), *["---"] * bool(costs))
        for line in lines:
            cells = (_cell_text(line.cell(key), language) for key in keys)
            yield _row(f"`{line.subject.name}`", *cells, *(_cost_texts(line.cost, language) if costs else ()))
        yield ""
    yield from _notes(comparison, language)
    yield " ".join(_texts(where_and_when(comparison), language))


def _notes(comparison: Comparison, language: str) -> Iterator[str]:
    """How it was measured, what was not reached and why, and what was not expected."""
    keys = [key for key in SITUATIONS if key in comparison.asked.situations]
    for key in keys:
        yield f"- *{words(head_of_situation(key), language)}*: {words(about_situation(key), language)}"
    if comparison.asked.cost:
        name = words(say(CompareCode.COLUMN_THROUGHPUT), language)
        yield f"- *{name}*: {words(say(CompareCode.ABOUT_THROUGHPUT), language)}"
    yield f"- {words(say(CompareCode.ABOUT_STATES), language)}"
    for line in comparison.lines:
        for cell in line.cells:
            if cell.state in {CellState.NOT_REACHED, CellState.NOT_MEASURED}:
                head = words(head_of_situation(cell.situation), language)
                yield f"- `{line.subject.name}`, {head}: {_why(cell, language)}"
        if line.cost and line.cost.finding is Finding.NOISY:
            yield f"- `{line.subject.name}`: {' '.join(_texts(noise_facts(line.cost), language))}"
    yield from (f"- {text}" for text in _texts(surprises(comparison), language))
    yield ""


def _row(*texts: str) -> str:
    return f"| {' | '.join(text.replace('|', '/') for text in texts)} |"


def _cell_text(cell: ComparedCell | None, language: str) -> str:
    text = cell_word(cell, language)
    return f"**{text}**" if cell and cell.worst and not cell.survived else text


def _cost_texts(cost: Cost | None, language: str) -> tuple[str, ...]:
    return ratio_text(cost, language), milliseconds(cost, "p50_ms"), steps_text(cost, language)
