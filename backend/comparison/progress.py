"""How long a comparison still takes: what each kind of task took so far, or a guess until one of its kind is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean


class TimeLeft:
    """Estimates from tasks done, kind by kind.

    Args:
        tasks: the kind of each task to come, in order.
        guesses: seconds of a kind that nothing is known about yet.
    """

    def __init__(self, tasks: Iterable[str], guesses: Mapping[str, float]) -> None:
        self._tasks = list(tasks)
        self._guesses = guesses
        self._took: defaultdict[str, list[float]] = defaultdict(list)
        self.total = len(self._tasks)
        self.done = 0

    def note(self, seconds: float) -> None:
        """The next task is done, and took so long."""
        self._took[self._tasks[self.done]].append(seconds)
        self.done += 1

    @property
    def seconds(self) -> float:
        """For all that is left."""
        return sum(self._estimate(kind) for kind in self._tasks[self.done :])

    def _estimate(self, kind: str) -> float:
        if took := self._took.get(kind):
            return fmean(took)
        guessed = sum(self._guesses[kind] * len(took) for kind, took in self._took.items())
        measured = sum(sum(took) for took in self._took.values())
        return self._guesses[kind] * (measured / guessed if guessed else 1.0)
