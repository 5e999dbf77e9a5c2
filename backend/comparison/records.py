"""What is asked of a comparison, and what it answers, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from backend.model import Answer, EngineKind, OperationKey, Plan, Setup, Verdict
from backend.sentence import Sentence

FAILURES = frozenset({Verdict.DUPLICATED, Verdict.LOST, Verdict.STUCK})
"""Verdicts that no protection may come to."""


class SituationKey(StrEnum):
    """How a submission arrives twice."""

    CLICKS = "clicks"
    ONE_AFTER_ANOTHER = "one-after-another"
    RETRY = "retry"
    LEASE = "lease"
    REDELIVERY = "redelivery"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class ComparisonQuestion:
    """What to compare."""

    operations: tuple[OperationKey, ...] = (OperationKey.PLACE_ORDER,)
    databases: tuple[str, ...] = ("postgresql",)
    """Names or URLs, as a lab takes them."""
    strategies: tuple[str, ...] = ()
    """Keys of strategies, or ``strategy/variant``; none for all."""
    situations: tuple[SituationKey, ...] = tuple(SituationKey)
    quick: bool = False
    """Fewer intents and fewer rounds."""
    cost: bool = True


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: a variant that guards an operation on a database."""

    operation: OperationKey
    database: EngineKind
    strategy: str
    variant: str
    strategy_title: str
    variant_title: str
    sound: bool
    """What the strategy says of itself. The cells say whether it is so."""

    @property
    def name(self) -> str:
        """``strategy/variant``."""
        return f"{self.strategy}/{self.variant}"


@dataclass(frozen=True, slots=True)
class Part:
    """One run of a situation."""

    title: str
    setup: Setup
    plan: Plan
    """Without its intents."""
    instances: int
    intents: int
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

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict among its intents."""
        return worst_of(self.verdicts)


@dataclass(frozen=True, slots=True)
class Cell:
    """A subject in a situation."""

    subject: Subject
    situation: SituationKey
    parts: tuple[PartResult, ...] = ()
    failure: str = ""
    """Why it could not be measured; empty if it was."""

    @property
    def verdicts(self) -> Counter[Verdict]:
        """Over all parts."""
        return sum((Counter(part.verdicts) for part in self.parts), Counter())

    @property
    def answers(self) -> Counter[Answer]:
        """Over all parts."""
        return sum((Counter(part.answers) for part in self.parts), Counter())

    @property
    def intents(self) -> int:
        """Intents in all parts."""
        return sum(self.verdicts.values())

    @property
    def effects(self) -> int:
        """Effects in all parts."""
        return sum(part.effects for part in self.parts)

    @property
    def contradictions(self) -> tuple[Sentence, ...]:
        """Of all parts."""
        return tuple(sentence for part in self.parts for sentence in part.contradictions)

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict; None where nothing was measured."""
        return worst_of(self.verdicts)

    @property
    def survived(self) -> bool:
        """Whether nothing was duplicated, lost or stuck."""
        return self.worst is not None and self.worst not in FAILURES

    @property
    def telling(self) -> PartResult | None:
        """The part to look at: the one with the worst verdict."""
        return max(self.parts, key=lambda part: part.worst.severity if part.worst else -1, default=None)


@dataclass(frozen=True, slots=True)
class Load:
    """How one side coped with submissions of distinct intents."""

    submissions: int
    refused: int
    """Those that were not told “created”."""
    per_second: float
    """From the first sent to the last answered, the mean over all rounds."""
    p50_ms: float
    p99_ms: float
    steps: Mapping[EngineKind, float]
    """Round trips per submission."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What protection costs where nothing arrives twice, against no protection in the same minute."""

    subject: Subject
    load: Load | None = None
    baseline: Load | None = None
    ratios: tuple[float, ...] = ()
    """Throughput of the subject by that of the baseline, one for each pair of rounds."""
    failure: str = ""

    @property
    def ratio(self) -> float | None:
        """The median of the pairs."""
        return median(self.ratios) if self.ratios else None


@dataclass(frozen=True, slots=True)
class Line:
    """All about a subject."""

    subject: Subject
    cells: tuple[Cell, ...] = ()
    cost: Cost | None = None

    def cell(self, situation: SituationKey) -> Cell | None:
        """The cell of a situation, if it is there yet."""
        return next((cell for cell in self.cells if cell.situation is situation), None)

    @property
    def broken_by(self) -> tuple[SituationKey, ...]:
        """Situations that it did not survive."""
        return tuple(cell.situation for cell in self.cells if cell.worst in FAILURES)

    @property
    def unmeasured(self) -> tuple[SituationKey, ...]:
        """Situations that could not be measured."""
        return tuple(cell.situation for cell in self.cells if cell.worst is None)

    @property
    def survived(self) -> int:
        """How many situations it survived."""
        return sum(cell.survived for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where and when it was measured."""

    machine: str
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


def worst_of(verdicts: Mapping[Verdict, int]) -> Verdict | None:
    """The worst verdict that some intent came to; None where there is none."""
    return max(
        (verdict for verdict, count in verdicts.items() if count), key=lambda verdict: verdict.severity, default=None
    )


@dataclass(frozen=True, slots=True)
class Baseline:
    """What everything is compared with."""

    strategy: str = "none"
    variant: str = "direct"


BASELINE = Baseline()
