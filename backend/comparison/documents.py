"""A comparison as JSON, as CSV and as Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import groupby

from backend.comparison.claims import standing, surprises
from backend.comparison.records import Cell, Comparison, Cost, Line, Load, PartResult
from backend.comparison.situations import SITUATIONS
from backend.comparison.words import cell_word, milliseconds, ratio_text, steps_text, title_of, where_and_when
from backend.model import Answer, Verdict

_CSV_HEAD = (
    "operation", "database", "strategy", "variant", "sound", "measured", "verdict", "intents", "effects",
    *(verdict.value for verdict in Verdict), *(f"told_{answer}" for answer in Answer), "contradictions",
    "submissions", "per_second", "baseline_per_second", "throughput_ratio", "p50_ms", "p99_ms", "baseline_p50_ms",
    "baseline_p99_ms", "steps", "failure",
)  # fmt: skip


def comparison_document(comparison: Comparison) -> dict[str, object]:
    """The document that ``main.py compare --json`` writes."""
    asked = comparison.asked
    return {
        "operations": [operation.value for operation in asked.operations],
        "situations": {
            key.value: {"title": each.title, "sentence": each.sentence}
            for key, each in SITUATIONS.items()
            if key in asked.situations
        },
        "quick": asked.quick,
        "machine": comparison.surroundings.machine,
        "engines": list(comparison.surroundings.engines),
        "began": comparison.surroundings.began,
        "seconds": round(comparison.seconds, 1),
        "complete": comparison.complete,
        "surprises": list(surprises(comparison)),
        "lines": [_line(line) for line in comparison.lines],
    }


def _line(line: Line) -> dict[str, object]:
    subject = line.subject
    return {
        "operation": subject.operation.value,
        "database": subject.database.value,
        "strategy": subject.strategy,
        "variant": subject.variant,
        "sound": subject.sound,
        "standing": standing(line),
        "broken_by": [key.value for key in line.broken_by],
        "cells": [_cell(cell) for cell in line.cells],
        "cost": _cost(line.cost) if line.cost else None,
    }


def _cell(cell: Cell) -> dict[str, object]:
    return {
        "situation": cell.situation.value,
        "verdict": cell.worst.value if cell.worst else None,
        "verdicts": {verdict.value: count for verdict, count in cell.verdicts.items()},
        "answers": {answer.value: count for answer, count in cell.answers.items()},
        "intents": cell.intents,
        "effects": cell.effects,
        "contradictions": list(map(str, cell.contradictions)),
        "runs": [_run(part) for part in cell.parts],
        "failure": cell.failure or None,
    }


def _run(result: PartResult) -> dict[str, object]:
    setup, plan = result.part.setup, result.part.plan
    return {
        "title": result.part.title or None,
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


def _cost(cost: Cost) -> dict[str, object]:
    return {
        "throughput_ratio": _rounded(cost.ratio),
        "pairs": [_rounded(ratio) for ratio in cost.ratios],
        "load": _load(cost.load) if cost.load else None,
        "baseline": _load(cost.baseline) if cost.baseline else None,
        "failure": cost.failure or None,
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


def comparison_csv(comparison: Comparison) -> str:
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
        writer.writerows({**names, **_cell_row(cell)} for cell in line.cells)
        if line.cost:
            writer.writerow({**names, **_cost_row(line.cost)})
    return text.getvalue()


def _cell_row(cell: Cell) -> dict[str, object]:
    return {
        "measured": cell.situation,
        "verdict": cell.worst or "",
        "intents": cell.intents,
        "effects": cell.effects,
        **{verdict.value: cell.verdicts[verdict] for verdict in Verdict},
        **{f"told_{answer}": cell.answers[answer] for answer in Answer},
        "contradictions": len(cell.contradictions),
        "failure": cell.failure,
    }


def _cost_row(cost: Cost) -> dict[str, object]:
    row: dict[str, object] = {"measured": "cost", "throughput_ratio": _rounded(cost.ratio), "failure": cost.failure}
    if cost.load and cost.baseline:
        row |= {
            "submissions": cost.load.submissions,
            "per_second": round(cost.load.per_second, 1),
            "baseline_per_second": round(cost.baseline.per_second, 1),
            "p50_ms": _rounded(cost.load.p50_ms),
            "p99_ms": _rounded(cost.load.p99_ms),
            "baseline_p50_ms": _rounded(cost.baseline.p50_ms),
            "baseline_p99_ms": _rounded(cost.baseline.p99_ms),
            "steps": steps_text(cost),
        }
    return row


def comparison_markdown(comparison: Comparison) -> str:
    """A table for each operation and database, and how it was measured."""
    return "\n".join(_markdown(comparison)) + "\n"


def _markdown(comparison: Comparison) -> Iterator[str]:
    keys = [key for key in SITUATIONS if key in comparison.asked.situations]
    costs = ("throughput", "p50 ms", "round trips") if comparison.asked.cost else ()
    for title, lines in groupby(comparison.lines, title_of):
        yield f"**{title}**\n"
        yield _row("strategy", *(SITUATIONS[key].short.lower() for key in keys), *costs)
        yield _row(*["---"] * (1 + len(keys)), *["---:"] * (len(costs) - 1), *["---"] * bool(costs))
        for line in lines:
            cells = (_cell_text(line.cell(key)) for key in keys)
            yield _row(f"`{line.subject.name}`", *cells, *(_cost_texts(line.cost) if costs else ()))
        yield ""
    for key in keys:
        yield f"- *{SITUATIONS[key].short}*: {SITUATIONS[key].sentence}"
    if costs:
        yield (
            "- *Throughput*: against no protection, in turns within the same run, each submission of an intent of its "
            "own; *p50* under the same bursts."
        )
    yield ""
    yield where_and_when(comparison.surroundings, comparison.seconds, complete=comparison.complete)


def _row(*texts: str) -> str:
    return f"| {' | '.join(text.replace('|', '/') for text in texts)} |"


def _cell_text(cell: Cell | None) -> str:
    text = cell_word(cell)
    return f"**{text}**" if cell and cell.worst and not cell.survived else text


def _cost_texts(cost: Cost | None) -> tuple[str, ...]:
    return ratio_text(cost), milliseconds(cost, "p50_ms"), steps_text(cost)
