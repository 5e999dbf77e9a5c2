"""What protection costs: submissions of distinct intents, in turns with no protection at all.

Baseline, variant, baseline, variant, ..., baseline: whatever slows the machine down for a while slows both, so their
ratio stays. Each round of the variant stands between two of the baseline; it is divided by their mean, and the second
of them by the first says what the baseline differs from itself in the same moment. A ratio within that is no ratio. The
ratio is the median over the rounds, which one bad moment cannot move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from backend.comparison.cost_records import Cost, Load, OtherLoad
from backend.comparison.questions import Subject
from backend.lab.tally import percentiles
from backend.model.observed import Reply
from backend.model.vocabulary import Answer, EngineKind


@dataclass(frozen=True, slots=True)
class Round:
    """One burst of submissions, each of an intent of its own."""

    replies: tuple[Reply, ...]
    steps: Mapping[EngineKind, float]
    """Per submission."""

    @property
    def per_second(self) -> float:
        """Submissions answered a second, from the first that left to the last that was answered."""
        if not self.replies:
            return 0.0
        first = min(reply.sent_ns for reply in self.replies)
        last = max(reply.received_ns for reply in self.replies)
        return len(self.replies) / ((last - first) / 1e9)


@dataclass(frozen=True, slots=True)
class Turns:
    """Rounds of both sides in turns: one more of the baseline, which comes first and last."""

    baseline: tuple[Round, ...]
    variant: tuple[Round, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Throughput of each round of the variant by the mean of the baseline's before and after it."""
        beside = [fmean((before.per_second, after.per_second)) for before, after in pairwise(self.baseline)]
        return tuple(one.per_second / mean for one, mean in zip(self.variant, beside, strict=True) if mean)

    @property
    def itself(self) -> tuple[float, ...]:
        """Throughput of each round of the baseline by that of the one before it."""
        return tuple(
            after.per_second / before.per_second
            for before, after in pairwise(self.baseline)
            if before.per_second and after.per_second
        )


def in_turns(baseline: Callable[[], Round], variant: Callable[[], Round], rounds: int) -> Turns:
    """Run both in turns. A first pair warms up connections and statements and is not counted."""
    baseline(), variant()
    of_baseline, of_variant = [baseline()], []
    for _ in range(rounds):
        of_variant.append(variant())
        of_baseline.append(baseline())
    return Turns(tuple(of_baseline), tuple(of_variant))


def cost_of(subject: Subject, turns: Turns, others: OtherLoad | None) -> Cost:
    """The cost that measured turns come to."""
    return Cost(subject, load_of(turns.variant), load_of(turns.baseline), turns.ratios, turns.itself, others)


def load_of(rounds: Sequence[Round]) -> Load:
    """All rounds of one side together."""
    replies = [reply for one in rounds for reply in one.replies]
    p50, p99 = percentiles(sorted(reply.latency_ms for reply in replies))
    return Load(
        submissions=len(replies),
        refused=sum(reply.answer is not Answer.CREATED for reply in replies),
        per_second=fmean(one.per_second for one in rounds),
        p50_ms=p50 or 0.0,
        p99_ms=p99 or 0.0,
        steps=_mean(one.steps for one in rounds),
    )


def _mean(counts: Iterable[Mapping[EngineKind, float]]) -> dict[EngineKind, float]:
    rounds = list(counts)
    engines = sorted({engine for steps in rounds for engine in steps})
    return {engine: round(fmean(steps.get(engine, 0.0) for steps in rounds), 2) for engine in engines}
