"""What is found, in the words of the reports."""

from __future__ import annotations

import time

from backend.comparison.records import FAILURES, Cell, Cost, Line, Surroundings
from backend.model import EngineKind, Verdict

GLYPHS = {
    Verdict.EXACTLY_ONCE: "\N{CHECK MARK}",
    Verdict.DUPLICATED: "\N{MULTIPLICATION SIGN}2",
    Verdict.LOST: "\N{EMPTY SET}",
    Verdict.STUCK: "\N{CIRCLED DIVISION SLASH}",
    Verdict.UNDECIDED: "?",
}
NOTHING = "\N{EN DASH}"
_ENGINES = {
    EngineKind.POSTGRESQL: "SQL",
    EngineKind.MARIADB: "SQL",
    EngineKind.SQLITE: "SQL",
    EngineKind.REDIS: "Redis",
    EngineKind.ZOOKEEPER: "ZooKeeper",
    EngineKind.GATEWAY: "gateway",
}


def verdict_word(verdict: Verdict) -> str:
    """A verdict in one or two words."""
    return verdict.value.replace("_", " ")


def cell_word(cell: Cell | None) -> str:
    """The worst verdict and, where it is a failure, how many intents came to it."""
    if cell is None:
        return NOTHING
    if cell.failure or cell.worst is None:
        return "not measured"
    word = f"{GLYPHS[cell.worst]} {verdict_word(cell.worst)}"
    if cell.worst in FAILURES:
        return f"{word} {cell.verdicts[cell.worst]}/{cell.intents}"
    return word


def cell_sentence(cell: Cell) -> str:
    """All numbers of a cell."""
    if cell.failure:
        return cell.failure
    verdicts = ", ".join(f"{count} {verdict_word(verdict)}" for verdict, count in cell.verdicts.items())
    answers = ", ".join(f"{count} {answer}" for answer, count in cell.answers.items())
    points = "; ".join(
        f"{part.part.title}: {verdict_word(part.worst)}" for part in cell.parts if part.part.title and part.worst
    )
    found = f"{cell.intents} intents: {verdicts}. {cell.effects} effects. Told: {answers}."
    return f"{found} {points}." if points else found


def ratio_text(cost: Cost | None) -> str:
    """Throughput against no protection."""
    return NOTHING if cost is None or cost.ratio is None else f"{cost.ratio:.2f}"


def steps_text(cost: Cost | None) -> str:
    """Round trips per submission, by engine."""
    if cost is None or cost.load is None:
        return NOTHING
    return " + ".join(f"{count:g} {_ENGINES.get(engine, engine.value)}" for engine, count in cost.load.steps.items())


def milliseconds(cost: Cost | None, percentile: str) -> str:
    """``p50_ms`` or ``p99_ms`` of the subject."""
    return NOTHING if cost is None or cost.load is None else f"{getattr(cost.load, percentile):.1f}"


def where_and_when(surroundings: Surroundings, seconds: float, *, complete: bool) -> str:
    """On which machine, when, with what."""
    began = time.strftime("%d %B %Y, %H:%M UTC", time.gmtime(surroundings.began)).lstrip("0")
    engines = ", ".join(surroundings.engines)
    end = "" if complete else " It was cancelled before its end."
    return f"Measured on {began}, in {seconds:.0f} seconds, on a machine with {surroundings.machine}; {engines}.{end}"


def title_of(line: Line) -> str:
    """Of the table that a line belongs to."""
    return f"{line.subject.operation} on {line.subject.database}"
