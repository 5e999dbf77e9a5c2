"""What protection costs: submissions of distinct intents, in turns with no protection at all.

Baseline, variant, baseline, variant: whatever slows the machine down for a while slows both, so their ratio stays. The
ratio is the median over the pairs, which one bad moment cannot move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from backend.comparison.records import Cost, Load, Subject
from backend.ledger import percentiles
from backend.model import Answer, EngineKind, Reply


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


def in_turns(baseline: Callable[[], Round], variant: Callable[[], Round], pairs: int) -> list[tuple[Round, Round]]:
    """Run both in turns. A first pair warms up connections and statements and is not counted."""
    return [(baseline(), variant()) for _ in range(pairs + 1)][1:]


def cost_of(subject: Subject, pairs: Sequence[tuple[Round, Round]]) -> Cost:
    """The cost that measured pairs of (baseline, variant) come to."""
    return Cost(
        subject=subject,
        load=load_of([variant for _, variant in pairs]),
        baseline=load_of([baseline for baseline, _ in pairs]),
        ratios=tuple(variant.per_second / baseline.per_second for baseline, variant in pairs if baseline.per_second),
    )


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
