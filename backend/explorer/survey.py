"""Many questions at once, as plain data: a grid of what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backend.explorer.question import Counterexample, Exploration, Question, example_document
from backend.explorer.says import ExplorerCode
from backend.model.sentence import Sentence
from backend.model.vocabulary import GatewayKeys, OperationKey, Verdict

_OF_ONE_VARIANT = frozenset({ExplorerCode.STRATEGY_FAILED, ExplorerCode.SERVER_CHOSE})
"""What would be said without its name."""
Combination = tuple[OperationKey, str, str]
"""Operation, strategy and variant: a place in the grid."""


class CellState(StrEnum):
    """What a cell says."""

    PROVEN = "proven"
    """Every schedule ran, and in each of them it took effect exactly once."""
    COUNTEREXAMPLE = "counterexample"
    NOT_FINISHED = "not finished"
    """Some schedules ran, all of them well."""
    NOT_ASKED = "not asked"
    """The survey ended before its turn."""
    NOT_GUARDED = "not guarded"
    FAILED = "failed"
    """It could not be explored; nothing is said of the strategy."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What each question of a survey allows to happen, and when it is given up."""

    requests: int = 2
    crashes: int = 0
    expiries: int = 0
    gateway_keys: GatewayKeys = GatewayKeys.NONE
    """Matters only to operations whose effect is at the gateway."""
    limit: int | None = None
    """Most schedules for a question; None for all."""
    seconds: float | None = None
    """Longest time for a question; None for as long as it takes."""
    failovers: int = 0

    @property
    def has_mishaps(self) -> bool:
        """Whether anything but the order of steps can go wrong."""
        return bool(self.crashes or self.expiries or self.failovers)

    def question(self, pair: Combination) -> Question:
        """What is asked about a place in the grid."""
        return Question(*pair, self.requests, self.crashes, self.expiries, self.gateway_keys, self.failovers)


@dataclass(frozen=True, slots=True)
class SurveyCell:
    """What was found about one variant that guards one operation."""

    operation: OperationKey
    strategy: str
    variant: str
    sound: bool
    """What the variant is declared to be."""
    state: CellState
    exhaustive: bool = False
    schedules: int = 0
    classes: int = 0
    outcomes: Mapping[Verdict, int] = field(default_factory=dict)
    seconds: float = 0.0
    sentence: str = ""
    """What was found; else why nothing was. In English, for files; `backend.explorer.survey_says` speaks of it."""
    counterexample: Counterexample | None = None
    why: dict[str, Any] | None = None
    """Why nothing was found, as the data of a `Sentence`."""

    @property
    def pair(self) -> Combination:
        """Its place in the grid."""
        return self.operation, self.strategy, self.variant

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict that any schedule came to; None where none ran."""
        seen = (verdict for verdict, count in self.outcomes.items() if count)
        return max(seen, key=lambda verdict: verdict.severity, default=None)

    @property
    def contradicts(self) -> bool:
        """Whether a variant that is declared sound did harm. No effect is no harm where nobody is told of one."""
        harmless = self.worst in {None, Verdict.EXACTLY_ONCE, Verdict.UNDECIDED}
        return self.sound and not harmless

    @property
    def unrefuted(self) -> bool:
        """Whether a variant that is declared broken was proven to hold: what breaks it was not among the questions."""
        return not self.sound and self.state is CellState.PROVEN


@dataclass(frozen=True, slots=True)
class Survey:
    """The whole grid."""

    scope: Scope
    cells: tuple[SurveyCell, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False
    stopped: str = ""
    """Why it ended early by itself, in English; empty if it did not."""
    notes: tuple[str, ...] = ()
    """What these engines cannot show, in English."""
    why_stopped: dict[str, Any] | None = None
    """The same as `stopped`, as the data of a `Sentence`."""
    remarks: tuple[dict[str, Any], ...] = ()
    """The same as `notes`."""

    def count(self, state: CellState) -> int:
        """Cells that say this."""
        return sum(cell.state is state for cell in self.cells)

    @property
    def contradictions(self) -> tuple[SurveyCell, ...]:
        """Cells of variants that are declared sound and did harm."""
        return tuple(cell for cell in self.cells if cell.contradicts)


@dataclass(frozen=True, slots=True)
class SurveyProgress:
    """How far a survey is."""

    number: int
    """Of the question under way, from 1."""
    questions: int
    pair: Combination
    schedules: int
    """Of the question under way, so far."""
    schedules_in_all: int
    seconds: float
    seconds_left: float | None
    """An estimate: as if the questions left took as long as those before, on average. None before the first is done."""


def notes_of(found: Iterable[Sequence[Sentence]]) -> tuple[Sentence, ...]:
    """Of what was noted with each question, what is true of all of them: what these engines cannot show."""
    return tuple(dict.fromkeys(note for notes in found for note in notes if note.code not in _OF_ONE_VARIANT))


def cell_of(pair: Combination, *, sound: bool, found: Exploration) -> SurveyCell:
    """The cell for what an exploration found."""
    return SurveyCell(
        *pair,
        sound=sound,
        state=_state_of(found),
        exhaustive=found.exhaustive,
        schedules=found.schedules,
        classes=found.classes,
        outcomes=dict(found.outcomes),
        seconds=found.seconds,
        sentence=str(found.finding),
        counterexample=found.counterexample,
    )


def _state_of(found: Exploration) -> CellState:
    if any(count for verdict, count in found.outcomes.items() if verdict is not Verdict.EXACTLY_ONCE):
        return CellState.COUNTEREXAMPLE
    if found.schedules == 0:
        return CellState.NOT_ASKED
    return CellState.PROVEN if found.exhaustive else CellState.NOT_FINISHED


def survey_document(survey: Survey) -> dict[str, object]:
    """The JSON document of ``explore --all --json``; its cells are worded like that of a single question."""
    return {
        "requests": survey.scope.requests,
        "crashes": survey.scope.crashes,
        "expiries": survey.scope.expiries,
        **({"failovers": survey.scope.failovers} if survey.scope.failovers else {}),
        "gateway_keys": survey.scope.gateway_keys.value,
        "limit": survey.scope.limit,
        "cells": [_cell_document(cell) for cell in survey.cells],
        "cancelled": survey.cancelled,
        "stopped": survey.stopped,
        "notes": list(survey.notes),
        "seconds": round(survey.seconds, 3),
    }


def _cell_document(cell: SurveyCell) -> dict[str, object]:
    return {
        "operation": cell.operation.value,
        "strategy": cell.strategy,
        "variant": cell.variant,
        "sound": cell.sound,
        "state": cell.state.value,
        "exhaustive": cell.exhaustive,
        "schedules": cell.schedules,
        "classes": cell.classes,
        "outcomes": {verdict.value: count for verdict, count in cell.outcomes.items()},
        "counterexample": cell.counterexample and example_document(cell.counterexample),
        "sentence": cell.sentence,
        "seconds": round(cell.seconds, 3),
    }
