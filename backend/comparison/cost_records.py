"""What protection costs, and what may be said of it, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from statistics import median

from backend.comparison.questions import BASELINE, Subject
from backend.model.sentence import Sentence
from backend.model.vocabulary import EngineKind

NOISE = 1.4
"""A baseline that differs from itself by more than this factor carries no ratio."""
_USUAL_SHARE = 2 / 3
"""The part of the rounds in which the baseline differs from itself by no more than its spread."""
BUSY_SHARE = 0.25
"""Nor does a machine on which other programs take more than this part of its processors."""


class Finding(StrEnum):
    """What a measured cost comes to."""

    RATIO = "ratio"
    NO_DIFFERENCE = "no-difference"
    """The ratio is within what the baseline differs from itself."""
    BASELINE = "baseline"
    """It is what the others are measured against."""
    NOISY = "noisy"
    """The machine was too busy, or the baseline differed too much from itself, for any ratio."""
    NOT_MEASURED = "not-measured"


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
class OtherLoad:
    """What other programs took of the machine's processors."""

    cores: int
    before: float
    """Processors, just before the measurement."""
    during: float
    """Processors, while it went on."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What protection costs where nothing arrives twice, against no protection in the same minute."""

    subject: Subject
    load: Load | None = None
    baseline: Load | None = None
    ratios: tuple[float, ...] = ()
    """Throughput of the subject by that of the baseline beside it, one for each round."""
    itself: tuple[float, ...] = ()
    """Throughput of the baseline after the subject by that of the baseline before it, one for each round."""
    others: OtherLoad | None = None
    """None where the system does not tell."""
    failure: Sentence | None = None
    left_out: int = 0
    """Rounds of the subject that do not count, since other programs took too much of the machine."""

    @property
    def ratio(self) -> float | None:
        """The median of the rounds; None where there is none that could be relied on."""
        return median(self.ratios) if self.finding in {Finding.RATIO, Finding.NO_DIFFERENCE} else None

    @property
    def spread(self) -> float:
        """The factor within which the baseline stayed beside itself in two rounds of three; 1 is no difference at all.

        Not the largest one: a single moment would decide, and the more rounds there are, the surer one has it. A moment
        spoils two pairs of rounds; twelve rounds bear two such moments, as the median of their ratios does.
        """
        factors = sorted(max(ratio, 1 / ratio) for ratio in self.itself)
        return factors[ceil(_USUAL_SHARE * len(factors)) - 1] if factors else 1.0

    @property
    def is_crowded(self) -> bool:
        """Whether other programs took too much of the machine."""
        return self.others is not None and self.others.during > BUSY_SHARE * self.others.cores

    @property
    def finding(self) -> Finding:
        """What may be said of it."""
        if self.failure is not None or not self.ratios:
            return Finding.NOT_MEASURED
        if self.is_crowded or self.spread > NOISE:
            return Finding.NOISY
        if self.subject.name == BASELINE.name:
            return Finding.BASELINE
        measured = median(self.ratios)
        return Finding.NO_DIFFERENCE if max(measured, 1 / measured) <= self.spread else Finding.RATIO
