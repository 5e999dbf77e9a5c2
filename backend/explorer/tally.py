"""What schedules came to, as plain data: it can be sent, and the tallies of two parts make that of both."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from backend.explorer.counterexample import Candidate, to_counterexample
from backend.explorer.footprints import canonical
from backend.explorer.question import Counterexample
from backend.model.sentence import Sentence
from backend.model.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backend.explorer.counterexample import Readable
    from backend.explorer.footprints import Footprint
    from backend.explorer.question import Choice, Question
    from backend.explorer.traced_event import TracedEvent

Place = tuple[int, ...]
"""Where a schedule stands among all of them; see `Search.place`."""
_DIGEST_BYTES = 16


class Complete(Protocol):
    """A schedule that was played to its end."""

    @property
    def events(self) -> Sequence[TracedEvent]:
        """What happened, in order."""

    @property
    def fixture(self) -> Readable:
        """Whose names it has."""

    @property
    def trace(self) -> Sequence[tuple[str, str, Footprint]]:
        """For each choice whose it was, its name, and what it touched."""


def class_of(trace: Sequence[tuple[str, str, Footprint]]) -> bytes:
    """A digest of the class of a schedule. Not Python's hash, which is another one in each process.

    Args:
        trace: see `Complete`.
    """
    return hashlib.blake2b(repr(canonical(trace)).encode(), digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Example:
    """A schedule that is worth telling."""

    cost: tuple[int, int, int]
    """See `Candidate.cost`."""
    place: Place
    schedule: Counterexample

    @property
    def rank(self) -> tuple[tuple[int, int, int], Place]:
        """The simplest first; of those that are equally simple, the one that comes first."""
        return self.cost, self.place


@dataclass(slots=True)
class Tally:
    """Counts schedules, and keeps the simplest example of each verdict."""

    outcomes: Counter[Verdict] = field(default_factory=Counter)
    classes: set[bytes] = field(default_factory=set)
    """See `class_of`."""
    examples: dict[Verdict, Example] = field(default_factory=dict)
    failures: dict[Sentence, tuple[int, Place]] = field(default_factory=dict)
    """How the strategy itself failed: in how many schedules, and in which first."""

    @property
    def schedules(self) -> int:
        """How many there are."""
        return self.outcomes.total()

    @property
    def worst(self) -> Verdict | None:
        """The worst verdict; None where every schedule came to exactly one effect, or none was played."""
        bad = (verdict for verdict, count in self.outcomes.items() if count and verdict is not Verdict.EXACTLY_ONCE)
        return max(bad, key=lambda verdict: verdict.severity, default=None)

    def add(
        self,
        question: Question,
        verdict: Verdict,
        execution: Complete,
        path: tuple[Choice, ...],
        place: Place,
        failures: Iterable[Sentence] = (),
        kind: bytes = b"",
    ) -> None:
        """A schedule was judged.

        Args:
            question: what is explored.
            verdict: of the schedule.
            execution: how it went.
            path: its choices.
            place: where it stands among all schedules.
            failures: how the strategy itself failed in it.
            kind: its class, where that was told before.
        """
        self.outcomes[verdict] += 1
        self.classes.add(kind or class_of(execution.trace))
        candidate = Candidate(verdict, execution, path)
        known, cost = self.examples.get(verdict), candidate.cost
        if known is None or (cost, place) < known.rank:
            self.examples[verdict] = Example(cost, place, to_counterexample(question, candidate))
        for failure in failures:
            self._count_failure(failure, 1, place)

    def merge(self, other: Tally) -> None:
        """Add what was found in another part of the tree."""
        self.outcomes.update(other.outcomes)
        self.classes |= other.classes
        for verdict, example in other.examples.items():
            known = self.examples.get(verdict)
            if known is None or example.rank < known.rank:
                self.examples[verdict] = example
        for failure, (count, place) in other.failures.items():
            self._count_failure(failure, count, place)

    def common_failures(self, most: int) -> list[tuple[Sentence, int]]:
        """The commonest failures with their counts; of those that are equally common, the one that came first."""
        ranked = sorted(self.failures.items(), key=lambda item: (-item[1][0], item[1][1]))
        return [(failure, count) for failure, (count, _) in ranked[:most]]

    def _count_failure(self, failure: Sentence, count: int, place: Place) -> None:
        before, first = self.failures.get(failure, (0, place))
        self.failures[failure] = (before + count, min(first, place))
