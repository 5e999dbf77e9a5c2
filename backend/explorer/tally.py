"""What an exploration has found so far."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from backend.explorer.counterexample import Candidate, replace_if_better, to_counterexample
from backend.explorer.footprints import canonical
from backend.explorer.question import Exploration, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.explorer.counterexample import Readable
    from backend.explorer.footprints import Footprint
    from backend.explorer.question import Choice, Counterexample, Question
    from backend.explorer.traced_event import TracedEvent
    from backend.model.sentence import Sentence
    from backend.model.vocabulary import Verdict


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


class Tally:
    """Counts schedules, and keeps the best example of each verdict.

    Args:
        question: what is explored.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self.started = time.monotonic()
        self.forget()

    def forget(self) -> None:
        """Begin again; the time that has passed still counts."""
        self._outcomes: Counter[Verdict] = Counter()
        self._classes: set[int] = set()
        self._best: Candidate | None = None
        self._shortest: dict[Verdict, Candidate] = {}

    def add(self, verdict: Verdict, execution: Complete, path: tuple[Choice, ...]) -> None:
        """A schedule was judged."""
        self._classes.add(hash(canonical(execution.trace)))
        self._outcomes[verdict] += 1
        candidate = Candidate(verdict, execution, path)
        self._best = replace_if_better(self._best, candidate)
        known = self._shortest.get(verdict)
        if known is None or candidate.cost < known.cost:
            self._shortest[verdict] = candidate

    def progress(self) -> Progress:
        """How far it is."""
        return Progress(sum(self._outcomes.values()), dict(self._outcomes), time.monotonic() - self.started)

    def found(
        self, recorded: Callable[[Candidate], Counterexample], notes: tuple[Sentence, ...], *, exhaustive: bool
    ) -> Exploration:
        """All of it.

        Args:
            recorded: plays the worst example again, to tell what the engines held.
            notes: what this exploration cannot show.
            exhaustive: whether no schedule is left.
        """
        outcomes = {verdict: self._outcomes[verdict] for verdict in sorted(self._outcomes, key=lambda v: v.severity)}
        worst = self._best.verdict if self._best else None
        examples = {
            verdict: recorded(shortest) if verdict is worst else to_counterexample(self._question, shortest)
            for verdict, shortest in self._shortest.items()
        }
        return Exploration(
            question=self._question,
            exhaustive=exhaustive,
            schedules=sum(outcomes.values()),
            classes=len(self._classes),
            outcomes=outcomes,
            counterexample=examples[self._best.verdict] if self._best else None,
            examples=examples,
            seconds=time.monotonic() - self.started,
            notes=notes,
        )
