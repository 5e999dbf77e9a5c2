"""What a comparison answers, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from backend.comparison.cost_records import Cost
from backend.comparison.questions import ComparisonQuestion, SituationKey, Subject
from backend.comparison.says import CompareCode
from backend.engines.says import ProcessCode
from backend.model.plan import Plan, Setup
from backend.model.sentence import Sentence
from backend.model.vocabulary import Answer, EngineKind, Verdict

FAILURES = frozenset({Verdict.DUPLICATED, Verdict.LOST, Verdict.STUCK})
"""Verdicts that no protection may come to."""
_BREAK_OFF = frozenset({ProcessCode.SUPERVISOR_ENDED, CompareCode.STAYS_AWAY})
"""Failures of what is measured on, by which no strategy could be judged."""


class Proof(StrEnum):
    """What the engines and the trace must show before a situation counts as reached."""

    OVERLAP = "overlap"
    """Two submissions of the intent were at work at the same time, or the client held one back."""
    AFTER_ANSWER = "after-answer"
    """A second submission came after the answer to the first, or the client held it back then."""
    IN_PROCESSING = "in-processing"
    """A retry began while the first attempt was at work."""
    LEASE_RAN_OUT = "lease-ran-out"
    """An engine granted the claim to a second attempt while the first one was still at work with it."""
    REDELIVERED = "redelivered"
    """The work was done, the consumer died before it acknowledged, and the queue delivered the message again."""
    CRASHED = "crashed"
    """The process died at the step, and the caller came again."""
    FAILED_OVER = "failed-over"
    """Redis granted to a second submission what the first one still held: the promoted server knew nothing of it."""
    TOOK_OVER = "took-over"
    """The standby was promoted, and what a submission had committed, or was about to, was on the old primary only."""


class CellState(StrEnum):
    """What a cell has to tell."""

    MEASURED = "measured"
    NOT_REACHED = "not-reached"
    """The situation did not come about, so nothing is known; neither good nor bad."""
    DOES_NOT_APPLY = "does-not-apply"
    """The variant cannot get into this situation."""
    NOT_MEASURED = "not-measured"
    """A run could not be carried out, or was not over in time."""
    NEVER_RUN = "never-run"
    """The comparison was cancelled before."""


@dataclass(frozen=True, slots=True)
class Part:
    """One run of a situation."""

    setup: Setup
    plan: Plan
    """Without its intents."""
    instances: int
    intents: int
    proof: Proof
    title: Sentence | None = None
    """Where the situation has several runs."""
    needs: EngineKind | None = None
    """The engine that it disturbs: without a step there, nothing happened that is worth telling."""


@dataclass(frozen=True, slots=True)
class PartResult:
    """What a run came to."""

    part: Part
    verdicts: Mapping[Verdict, int]
    answers: Mapping[Answer, int]
    effects: int
    p50_ms: float | None
    p99_ms: float | None
    steps: Mapping[EngineKind, float]
    contradictions: tuple[Sentence, ...]
    seconds: float
    proven: int
    """Intents for which the situation is proved to have come about."""
    tries: int = 1
    """How often it was run until it came about, or was given up; only the last run counts."""
    had_time: bool = False
    """Whether all that it needs came at the right time: with more of it, no more would be proved."""

    @property
    def reached(self) -> bool:
        """Whether the situation came about for at least one intent."""
        return self.proven > 0

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict among its intents."""
        return worst_of(self.verdicts)


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A subject in a situation."""

    subject: Subject
    situation: SituationKey
    parts: tuple[PartResult, ...] = ()
    failure: Sentence | None = None
    """Why it could not be measured; None if it was."""
    exempt: Sentence | None = None
    """Why the subject cannot get into the situation; None if it can."""
    never_run: bool = False
    """Whether the comparison was cancelled before it came to this."""

    @property
    def state(self) -> CellState:
        """What the cell has to tell. A failure that was reached counts, also where another part was not reached."""
        if self.never_run:
            return CellState.NEVER_RUN
        if self.failure is not None:
            return CellState.NOT_MEASURED
        if self.exempt is not None:
            return CellState.DOES_NOT_APPLY
        reached = [part for part in self.parts if part.reached]
        if reached and (len(reached) == len(self.parts) or any(part.worst in FAILURES for part in reached)):
            return CellState.MEASURED
        return CellState.NOT_REACHED

    @property
    def counted(self) -> tuple[PartResult, ...]:
        """The runs that the verdict is about: those that reached the situation."""
        return tuple(part for part in self.parts if part.reached)

    @property
    def verdicts(self) -> Counter[Verdict]:
        """Over all runs that reached the situation."""
        return sum((Counter(part.verdicts) for part in self.counted), Counter())

    @property
    def answers(self) -> Counter[Answer]:
        """Over all runs that reached the situation."""
        return sum((Counter(part.answers) for part in self.counted), Counter())

    @property
    def intents(self) -> int:
        """Intents in the runs that reached the situation."""
        return sum(self.verdicts.values())

    @property
    def proven(self) -> int:
        """For how many of them it is proved that they reached it."""
        return sum(part.proven for part in self.counted)

    @property
    def effects(self) -> int:
        """Effects in the runs that reached the situation."""
        return sum(part.effects for part in self.counted)

    @property
    def contradictions(self) -> tuple[Sentence, ...]:
        """Of all runs."""
        return tuple(sentence for part in self.parts for sentence in part.contradictions)

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict; None where the situation was not reached, or nothing was measured."""
        return self._worst_counted if self.state is CellState.MEASURED else None

    @property
    def _worst_counted(self) -> Verdict | None:
        found = (part.worst for part in self.parts if part.reached)
        return max((worst for worst in found if worst), key=lambda worst: worst.severity, default=None)

    @property
    def survived(self) -> bool:
        """Whether the situation came about, and each intent took effect exactly once all the same."""
        return self.worst is Verdict.EXACTLY_ONCE

    @property
    def telling(self) -> PartResult | None:
        """The run to look at: the one with the worst verdict among those that reached the situation, else the first."""
        return max(
            self.parts,
            key=lambda part: part.worst.severity if part.reached and part.worst else -1,
            default=None,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """All about a subject."""

    subject: Subject
    cells: tuple[ComparedCell, ...] = ()
    cost: Cost | None = None

    def cell(self, situation: SituationKey) -> ComparedCell | None:
        """The cell of a situation, if it is there yet."""
        return next((cell for cell in self.cells if cell.situation is situation), None)

    @property
    def broken_by(self) -> tuple[SituationKey, ...]:
        """Situations that it did not survive."""
        return tuple(cell.situation for cell in self.cells if cell.worst in FAILURES)

    @property
    def undecided(self) -> tuple[SituationKey, ...]:
        """Situations in which an intent had no effect, and nobody was told that it is done."""
        return tuple(cell.situation for cell in self.cells if cell.worst is Verdict.UNDECIDED)

    def in_state(self, state: CellState) -> tuple[SituationKey, ...]:
        """The situations whose cells are in this state."""
        return tuple(cell.situation for cell in self.cells if cell.state is state)

    @property
    def reached(self) -> int:
        """How many situations came about."""
        return len(self.in_state(CellState.MEASURED))

    @property
    def survived(self) -> int:
        """How many situations it survived, of those that came about."""
        return sum(cell.survived for cell in self.cells)

    @property
    def was_run(self) -> bool:
        """Whether anything was run for any of its situations, whatever came of it."""
        return any(cell.state is not CellState.NEVER_RUN for cell in self.cells)

    @property
    def is_whole(self) -> bool:
        """Whether every situation that applies came about, and none had more or less than one effect."""
        applies = [cell for cell in self.cells if cell.state is not CellState.DOES_NOT_APPLY]
        return bool(applies) and all(cell.survived for cell in applies)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where and when it was measured."""

    machine: Sentence
    engines: tuple[str, ...]
    began: float
    """Unix time in seconds."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found."""

    asked: ComparisonQuestion
    lines: tuple[Line, ...]
    surroundings: Surroundings
    seconds: float
    complete: bool
    """False if it was cancelled: what is there was measured all the same."""
    never_begun: tuple[Sentence, ...] = ()
    """What it was to compare, too, when it was cancelled: there is no line for it."""

    @property
    def broken_off(self) -> Sentence | None:
        """With what a lab was lost or an engine stayed away, where something could not be measured because of that."""
        failures = (one.failure for line in self.lines for one in (line.cost, *line.cells) if one)
        return next((why for why in failures if why and why.code in _BREAK_OFF), None)

    def with_costs_of(self, again: Comparison) -> Comparison:
        """The same, with the costs that were measured again."""
        costs = {line.subject: line.cost for line in again.lines if line.cost}
        lines = tuple(replace(line, cost=costs.get(line.subject, line.cost)) for line in self.lines)
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class ComparisonProgress:
    """How far a comparison is."""

    done: int
    total: int
    seconds_left: float
    line: Line
    """The line under way, as far as it is measured."""
    doing: str
    """What is being measured now."""
    number: int
    """Of the line: several may be under way, and not in their order."""


def worst_of(verdicts: Mapping[Verdict, int]) -> Verdict | None:
    """The worst verdict that some intent came to; None where there is none."""
    return max(
        (verdict for verdict, count in verdicts.items() if count), key=lambda verdict: verdict.severity, default=None
    )
