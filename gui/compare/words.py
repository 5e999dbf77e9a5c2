"""The comparison's words in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from backend.comparison.claims import saved_by_sqlite
from backend.comparison.records import FAILURES, Cell, Cost, Line, SituationKey
from backend.comparison.words import NOTHING, steps_text
from gui.lab.catalogue import catalogue_text
from gui.lab.words import answer_word, verdict_word
from gui.speech import speak
from gui.theme import VERDICT_GLYPHS

if TYPE_CHECKING:
    from collections.abc import Iterator


def situation_word(key: SituationKey) -> str:
    """A situation in full."""
    return {
        SituationKey.CLICKS: QCoreApplication.translate("Compare", "Simultaneous clicks"),
        SituationKey.ONE_AFTER_ANOTHER: QCoreApplication.translate("Compare", "Retries after answers"),
        SituationKey.RETRY: QCoreApplication.translate("Compare", "Retry during processing"),
        SituationKey.LEASE: QCoreApplication.translate("Compare", "Work longer than the lease"),
        SituationKey.REDELIVERY: QCoreApplication.translate("Compare", "Redelivery by a queue"),
        SituationKey.CRASH: QCoreApplication.translate("Compare", "Crash and retry"),
    }[key]


def situation_head(key: SituationKey) -> str:
    """A situation as the head of a column."""
    return {
        SituationKey.CLICKS: QCoreApplication.translate("Compare", "Clicks"),
        SituationKey.ONE_AFTER_ANOTHER: QCoreApplication.translate("Compare", "After answers"),
        SituationKey.RETRY: QCoreApplication.translate("Compare", "In processing"),
        SituationKey.LEASE: QCoreApplication.translate("Compare", "Lease runs out"),
        SituationKey.REDELIVERY: QCoreApplication.translate("Compare", "Redelivery"),
        SituationKey.CRASH: QCoreApplication.translate("Compare", "Crash"),
    }[key]


def task_word(kind: str) -> str:
    """What is being measured."""
    if kind in set(SituationKey):
        return situation_word(SituationKey(kind))
    return QCoreApplication.translate("Compare", "cost")


def cell_text(cell: Cell) -> str:
    """Glyph and word of the worst verdict."""
    if cell.failure or cell.worst is None:
        return QCoreApplication.translate("Compare", "! not measured")
    return f"{VERDICT_GLYPHS[cell.worst]} {verdict_word(cell.worst)}"


def cell_numbers(cell: Cell) -> str:
    """Everything about a cell, a fact a line, for its tool tip."""
    return "\n".join(_cell_lines(cell))


def _cell_lines(cell: Cell) -> Iterator[str]:
    yield f"{cell.subject.name}: {situation_word(cell.situation)}"
    if cell.failure:
        yield cell.failure
        return
    bad = sum(count for verdict, count in cell.verdicts.items() if verdict in FAILURES)
    text = QCoreApplication.translate("Compare", "%1 of %2 intents came out badly; %3 effects.")
    yield text.replace("%1", str(bad)).replace("%2", str(cell.intents)).replace("%3", str(cell.effects))
    yield ", ".join(f"{count} {verdict_word(verdict)}" for verdict, count in cell.verdicts.items())
    told = ", ".join(f"{count} {answer_word(answer)}" for answer, count in cell.answers.items())
    yield QCoreApplication.translate("Compare", "Told: %1").replace("%1", told)
    for part in cell.parts:
        if part.part.title and part.worst:
            yield f"{catalogue_text(part.part.title)}: {VERDICT_GLYPHS[part.worst]} {verdict_word(part.worst)}"
    yield from map(speak, cell.contradictions)
    yield QCoreApplication.translate("Compare", "Enter opens it in the Lab.")


def cost_numbers(cost: Cost | None) -> str:
    """Everything about a cost, a fact a line."""
    if cost is None:
        return ""
    return "\n".join([cost.subject.name, *_cost_lines(cost)])


def _cost_lines(cost: Cost) -> Iterator[str]:
    if cost.failure or cost.load is None or cost.baseline is None:
        yield cost.failure
        return
    pairs = ", ".join(f"{ratio:.2f}" for ratio in cost.ratios)
    text = QCoreApplication.translate("Compare", "Throughput against no protection, pair by pair: %1")
    yield text.replace("%1", pairs)
    text = QCoreApplication.translate("Compare", "%1 and %2 a second; p50 %3 and %4 ms; p99 %5 and %6 ms")
    numbers = (
        f"{cost.load.per_second:.0f}", f"{cost.baseline.per_second:.0f}", f"{cost.load.p50_ms:.1f}",
        f"{cost.baseline.p50_ms:.1f}", f"{cost.load.p99_ms:.1f}", f"{cost.baseline.p99_ms:.1f}",
    )  # fmt: skip
    for number, value in enumerate(numbers, 1):
        text = text.replace(f"%{number}", value)
    yield text
    if cost.load.refused:
        text = QCoreApplication.translate("Compare", "%1 of %2 were not told “created”")
        yield text.replace("%1", str(cost.load.refused)).replace("%2", str(cost.load.submissions))
    yield QCoreApplication.translate("Compare", "Round trips per submission: %1").replace("%1", steps_text(cost))


def standing_text(line: Line) -> str:
    """What a line comes to, in a few words. What could not be measured is not passed over."""
    if not line.cells:
        return NOTHING
    missing = ", ".join(situation_head(key).lower() for key in line.unmeasured)
    if not missing:
        return _measured_standing(line)
    text = QCoreApplication.translate("Compare", "%1; not measured: %2")
    return text.replace("%1", _measured_standing(line)).replace("%2", missing)


def _measured_standing(line: Line) -> str:
    broken_by = ", ".join(situation_head(key).lower() for key in line.broken_by)
    if line.subject.sound and not broken_by:
        return QCoreApplication.translate("Compare", "sound")
    if line.subject.sound:
        return QCoreApplication.translate("Compare", "sound, but broken by: %1").replace("%1", broken_by)
    if broken_by:
        return QCoreApplication.translate("Compare", "broken by: %1").replace("%1", broken_by)
    if saved_by_sqlite(line):
        return QCoreApplication.translate("Compare", "not broken here: SQLite runs one transaction at a time")
    return QCoreApplication.translate("Compare", "called broken, not broken here")


def sentence_of(lines: list[Line]) -> str:
    """The finding in one sentence."""
    whole = sum(1 for line in lines if line.cells and not line.broken_by and not line.unmeasured)
    text = QCoreApplication.translate("Compare", "%1 of %2 variants let nothing through.")
    return text.replace("%1", str(whole)).replace("%2", str(len(lines)))


def time_left(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
