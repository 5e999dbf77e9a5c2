"""The comparison's words in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from backend.comparison.claims import standing
from backend.comparison.says import head_of_situation, title_of_situation
from backend.comparison.words import NOTHING, cell_facts, cell_word, cost_facts, ratio_text, steps_text, task_term
from gui.wording.speech import language, speak

if TYPE_CHECKING:
    from backend.comparison.cost_records import Cost
    from backend.comparison.questions import SituationKey
    from backend.comparison.records import ComparedCell, Line


def situation_word(key: SituationKey) -> str:
    """A situation in full."""
    return speak(title_of_situation(key))


def situation_head(key: SituationKey) -> str:
    """A situation as the head of a column."""
    return speak(head_of_situation(key))


def task_word(kind: str) -> str:
    """What is being measured."""
    return speak(task_term(kind))


def cell_text(cell: ComparedCell | None) -> str:
    """Glyph and word: the worst verdict, or why there is none."""
    return cell_word(cell, language())


def cell_numbers(cell: ComparedCell) -> str:
    """Everything about a cell, a fact a line, for its tool tip."""
    lines = [f"{cell.subject.name}: {situation_word(cell.situation)}", *map(speak, cell_facts(cell))]
    if cell.telling is not None:
        lines.append(QCoreApplication.translate("Compare", "Enter opens it in the Lab."))
    return "\n".join(lines)


def ratio(line: Line) -> str:
    """Throughput against no protection, or why there is no such number."""
    return ratio_text(line.cost, language())


def round_trips(line: Line) -> str:
    """Round trips per submission."""
    return steps_text(line.cost, language())


def cost_numbers(cost: Cost | None) -> str:
    """Everything about a cost, a fact a line."""
    return "" if cost is None else "\n".join([cost.subject.name, *map(speak, cost_facts(cost))])


def standing_text(line: Line) -> str:
    """What a line comes to, in a few words."""
    return speak(standing(line)) if line.cells else NOTHING


def time_left(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
