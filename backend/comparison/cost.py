"""What protection costs: submissions of distinct intents, in turns with no protection at all.

Baseline, some variants, baseline, the same variants the other way round, baseline, ...: whatever slows the machine down
for a while slows all of them, so their ratios stay. Each round of a variant stands between two of the baseline; it is
divided by what the baseline comes to in between, on the straight line from the one to the other, and the second of them
by the first says what the baseline differs from itself meanwhile. A ratio within that is no ratio. The ratio is the
median over the rounds, which one bad moment cannot move.

Which rounds count is decided by what other programs took meanwhile, never by how a round came out: a turn in which they
took too much is run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
    """A round of a variant between two of the baseline."""

    before: Round
    variant: Round
    after: Round
    place: float = 0.5
    """Where between them it stood: towards 0 the nearer to the one before, towards 1 to the one after."""

    @property
    def rounds(self) -> tuple[Round, Round, Round]:
        """In the order in which they were run."""
        return self.before, self.variant, self.after

    @property
    def is_crowded(self) -> bool:
        """Whether other programs took too much of the machine in any of its rounds."""
        return any(one.is_crowded for one in self.rounds)

    @property
    def beside(self) -> float:
        """Throughput of the baseline at that place, as far as the rounds before and after tell."""
        return (1 - self.place) * self.before.per_second + self.place * self.after.per_second


@dataclass(frozen=True, slots=True)
class Turns:
    """All turns of a variant, in their order."""

    all: tuple[Turn, ...] = ()
    wanted: int = 0
    """How many were asked for."""

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
    def are_enough(self) -> bool:
        """Whether no more are run: so many were quiet, or none is, or too few, however often it is tried."""
        quiet, tried = len(self.quiet), len(self.all)
        return quiet >= self.wanted or tried >= _MOST * self.wanted or (not quiet and tried > self.wanted // 2)

    @property
    def others(self) -> float:
        """Processors that other programs took: in the rounds that they have spoilt, if such ones had to be counted."""
        rounds = [one for turn in self.counted for one in turn.rounds]
        spoilt = [one for one in rounds if one.is_crowded]
        return fmean(one.others or 0.0 for one in spoilt or rounds) if rounds else 0.0

    @property
    def ratios(self) -> tuple[float, ...]:
        """Throughput of each round of the variant by that of the baseline beside it."""
        return tuple(turn.variant.per_second / turn.beside for turn in self.counted if turn.beside)

    @property
    def itself(self) -> tuple[float, ...]:
        """Throughput of each round of the baseline by that of the one before it."""
        rates = ((turn.before.per_second, turn.after.per_second) for turn in self.counted)
        return tuple(after / before for before, after in rates if before and after)


def in_turns(
    baseline: Callable[[], Round], variants: Sequence[Callable[[], Round | None]], rounds: int
) -> tuple[Turns, ...]:
    """Run them in turns until each variant had so many quiet ones; where nothing is quiet, or little, it ends as well.

    The variants come in one order and in the other by turns, so that none is always the nearest to the baseline before
    it. One that has all its turns takes part no more. The first rounds of each warm up and are not counted.

    Args:
        baseline: runs a round of it.
        variants: each runs a round of one; None where that cannot be had any more, and then it is not asked again.
        rounds: quiet turns that are wanted of each.
    """
    group = _Group(variants, rounds)
    for _ in range(_WARM_UP):
        baseline()
        group.go_round()
    before = baseline()
    while group.due:
        between = group.go_round()
        after = baseline()
        group.note(before, between, after)
        before = after
    return group.turns


class _Group:
    """Variants that share rounds of the baseline."""

    def __init__(self, variants: Sequence[Callable[[], Round | None]], rounds: int) -> None:
        self._variants = variants
        self._turns = [Turns(wanted=rounds) for _ in variants]
        self._there = list(range(len(variants)))
        """Those that take part, in the order in which they come next."""

    @property
    def turns(self) -> tuple[Turns, ...]:
        """Of each variant."""
        return tuple(self._turns)

    @property
    def due(self) -> bool:
        """Whether any of them wants more turns."""
        return any(not self._turns[one].are_enough for one in self._there)

    def go_round(self) -> list[tuple[int, Round]]:
        """A round of each that wants more, with its number; nothing if one of them ended meanwhile.

        How long the others stood beside the baseline is not known then.
        """
        wanting = [one for one in self._there if not self._turns[one].are_enough]
        ran = [(one, self._variants[one]()) for one in wanting]
        self._there = [one for one in reversed(wanting) if (one, None) not in ran]
        found = [(one, what) for one, what in ran if what]
        return found if len(found) == len(ran) else []

    def note(self, before: Round, between: Sequence[tuple[int, Round]], after: Round) -> None:
        """These were run between two rounds of the baseline."""
        for place, (one, what) in enumerate(between, 1):
            turn = Turn(before, what, after, place / (len(between) + 1))
            self._turns[one] = replace(self._turns[one], all=(*self._turns[one].all, turn))


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
