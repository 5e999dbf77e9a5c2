"""What protection costs: submissions of distinct intents, in turns with no protection at all.

Baseline, variant, baseline, variant, ..., baseline: whatever slows the machine down for a while slows both, so their
ratio stays. Each round of the variant stands between two of the baseline; it is divided by their mean, and the second
of them by the first says what the baseline differs from itself in the same moment. A ratio within that is no ratio. The
ratio is the median over the rounds, which one bad moment cannot move.

Which rounds count is decided by what other programs took meanwhile, never by how a round came out: a turn in which they
took too much is run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean

from backend.comparison.cost_records import BUSY_SHARE, Cost, Load, OtherLoad
from backend.comparison.machine_load import processors
from backend.comparison.questions import Subject
from backend.lab.tally import percentiles
from backend.model.observed import Reply
from backend.model.vocabulary import Answer, EngineKind

_WARM_UP = 2
"""Pairs before those that count: connections, and statements that each connection prepares after a few times."""
_MOST = 2
"""Times as many turns as are wanted are run at most."""


@dataclass(frozen=True, slots=True)
class Round:
    """One burst of submissions, each of an intent of its own."""

    replies: tuple[Reply, ...]
    steps: Mapping[EngineKind, float]
    """Per submission."""
    others: float | None = None
    """Processors that other programs took meanwhile; None where the system does not tell."""

    @property
    def per_second(self) -> float:
        """Submissions answered a second, from the first that left to the last that was answered."""
        if not self.replies:
            return 0.0
        first = min(reply.sent_ns for reply in self.replies)
        last = max(reply.received_ns for reply in self.replies)
        return len(self.replies) / ((last - first) / 1e9)

    @property
    def is_crowded(self) -> bool:
        """Whether other programs took too much of the machine."""
        return self.others is not None and self.others > BUSY_SHARE * processors()


@dataclass(frozen=True, slots=True)
class Turn:
    """A round of the variant between two of the baseline."""

    before: Round
    variant: Round
    after: Round

    @property
    def rounds(self) -> tuple[Round, Round, Round]:
        """In the order in which they were run."""
        return self.before, self.variant, self.after

    @property
    def is_crowded(self) -> bool:
        """Whether other programs took too much of the machine in any of its rounds."""
        return any(one.is_crowded for one in self.rounds)


@dataclass(frozen=True, slots=True)
class Turns:
    """Rounds of both sides in turns: one more of the baseline, which comes first and last."""

    baseline: tuple[Round, ...]
    variant: tuple[Round, ...]
    wanted: int = 0
    """How many turns were asked for."""

    @property
    def all(self) -> tuple[Turn, ...]:
        """In their order."""
        pairs = pairwise(self.baseline)
        return tuple(Turn(before, one, after) for (before, after), one in zip(pairs, self.variant, strict=True))

    @property
    def quiet(self) -> tuple[Turn, ...]:
        """Those in which other programs left the machine alone."""
        return tuple(turn for turn in self.all if not turn.is_crowded)

    @property
    def counted(self) -> tuple[Turn, ...]:
        """Those that the cost is made of: the quiet ones, if they are half of what was asked for; else all."""
        quiet = self.quiet
        return quiet if quiet and 2 * len(quiet) >= self.wanted else self.all

    @property
    def others(self) -> float:
        """Processors that other programs took: in the rounds that they have spoilt, if such ones had to be counted."""
        rounds = [one for turn in self.counted for one in turn.rounds]
        spoilt = [one for one in rounds if one.is_crowded]
        return fmean(one.others or 0.0 for one in spoilt or rounds) if rounds else 0.0

    @property
    def ratios(self) -> tuple[float, ...]:
        """Throughput of each round of the variant by the mean of the baseline's before and after it."""
        beside = ((turn.variant.per_second, _beside(turn)) for turn in self.counted)
        return tuple(rate / mean for rate, mean in beside if mean)

    @property
    def itself(self) -> tuple[float, ...]:
        """Throughput of each round of the baseline by that of the one before it."""
        rates = ((turn.before.per_second, turn.after.per_second) for turn in self.counted)
        return tuple(after / before for before, after in rates if before and after)


def _beside(turn: Turn) -> float:
    return fmean((turn.before.per_second, turn.after.per_second))


def in_turns(baseline: Callable[[], Round], variant: Callable[[], Round], rounds: int) -> Turns:
    """Run both in turns until so many turns were quiet; where nothing is, or little, it ends all the same.

    The first pairs warm up and are not counted.
    """
    for _ in range(_WARM_UP):
        baseline(), variant()
    turns = Turns((baseline(),), (), rounds)
    for tried in range(_MOST * rounds):
        quiet = len(turns.quiet)
        if quiet >= rounds or (not quiet and tried > rounds // 2):
            break
        one = variant()
        turns = replace(turns, variant=(*turns.variant, one), baseline=(*turns.baseline, baseline()))
    return turns


def cost_of(subject: Subject, turns: Turns, others: OtherLoad | None) -> Cost:
    """The cost that measured turns come to."""
    counted = turns.counted
    of_baseline = {id(one): one for turn in counted for one in (turn.before, turn.after)}
    return Cost(
        subject,
        load_of([turn.variant for turn in counted]),
        load_of(list(of_baseline.values())),
        turns.ratios,
        turns.itself,
        others,
        left_out=len(turns.all) - len(counted),
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
