"""How long a comparison still takes: what each kind of task took so far, or a guess until one of its kind is done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean


class TimeLeft:
    """Estimates from tasks done, kind by kind.

    Args:
        alone: the kind of each task that is done by itself.
        beside: the kind of each task that is done beside others of these.
        guesses: seconds of a kind that nothing is known about yet.
        labs: how many of those are done at a time.
    """

    def __init__(
        self, alone: Iterable[str], beside: Iterable[str], guesses: Mapping[str, float], labs: int = 1
    ) -> None:
        self._alone, self._beside = Counter(alone), Counter(beside)
        self._guesses = guesses
        self._took: defaultdict[str, list[float]] = defaultdict(list)
        self.labs = labs
        self.total = self._alone.total() + self._beside.total()
        self.done = 0

    def note(self, kind: str, seconds: float) -> None:
        """A task of this kind is done, and took so long."""
        self._took[kind].append(seconds)
        (self._alone if self._alone[kind] else self._beside)[kind] -= 1
        self.done += 1

    @property
    def seconds(self) -> float:
        """For all that is left."""
        return self._for(self._alone) + self._for(self._beside) / self.labs

    def _for(self, kinds: Counter[str]) -> float:
        return sum(self._estimate(kind) * count for kind, count in kinds.items())

    def _estimate(self, kind: str) -> float:
        if took := self._took.get(kind):
            return fmean(took)
        guessed = sum(self._guesses[kind] * len(took) for kind, took in self._took.items())
        measured = sum(sum(took) for took in self._took.values())
        return self._guesses[kind] * (measured / guessed if guessed else 1.0)
