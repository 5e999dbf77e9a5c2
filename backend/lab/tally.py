"""What is counted while submissions are answered and rows come in: of a whole lab, or of one run."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from backend.lab.contradictions import Contradictions
from backend.lab.entries import Entries, Entry
from backend.model.judgement import Judgement
from backend.model.observed import Reply
from backend.model.vocabulary import Answer, Verdict

_MOST_EXACT = 10_000


class Latencies:
    """Milliseconds, of which the median and the 99th percentile are wanted; many are kept to four digits."""

    def __init__(self) -> None:
        self._exact: list[float] = []
        self._rounded: Counter[float] = Counter()
        """How often each value came, once there are many: there are a few thousand values, however many come."""

    def add(self, milliseconds: float) -> None:
        """One more."""
        if self._rounded:
            self._rounded[_rounded(milliseconds)] += 1
            return
        self._exact.append(milliseconds)
        if len(self._exact) > _MOST_EXACT:
            self._rounded.update(map(_rounded, self._exact))
            self._exact.clear()

    def percentiles(self) -> tuple[float | None, float | None]:
        """The median and the 99th percentile; None where there is nothing to count."""
        if not self._rounded:
            self._exact.sort()  # all but the latest are in order already, which costs next to nothing
            return percentiles(self._exact)
        values = sorted(self._rounded)
        upto = list(accumulate(self._rounded[value] for value in values))
        p50, p99 = (values[bisect_right(upto, place)] for place in _places(upto[-1]))
        return p50, p99


class AnswerCount:
    """What submissions were told, and after how long; clicks that were held back apart. Not thread-safe."""

    def __init__(self) -> None:
        self.answers: Counter[Answer] = Counter()
        self.held_back = 0
        self._latencies = Latencies()

    @property
    def sent(self) -> int:
        """How many were told something."""
        return self.answers.total()

    def add(self, reply: Reply) -> None:
        """Somebody was answered."""
        if reply.held_back:
            self.held_back += 1
            return
        self.answers[reply.answer] += 1
        self._latencies.add(reply.latency_ms)

    def percentiles(self) -> tuple[float | None, float | None]:
        """The median and the 99th percentile of the latencies in milliseconds; None where nobody was answered."""
        return self._latencies.percentiles()


class Tally:
    """Counts. Not thread-safe: the ledger takes turns."""

    def __init__(self) -> None:
        self.entries = Entries()
        """Of a run: its intents."""
        self.verdicts: Counter[Verdict] = Counter()
        """On the intents that have an effect."""
        self.contradictions = Contradictions()
        """Of a run."""
        self._effects = 0
        self.answered = AnswerCount()
        self._wanted: Entries | None = None

    @property
    def wanted(self) -> Entries:
        """The intents of a run, for whoever may read; the same object, which nobody changes, until there are more."""
        if self._wanted is None:
            self._wanted = self.entries.copy()
        return self._wanted

    def want(self, entry: Entry) -> bool:
        """Another intent of the run; whether it is a new one."""
        is_new = self.entries.add(entry)
        if is_new:
            self._wanted = None
        return is_new

    def change(self, effects: int, before: Verdict | None, now: Verdict | None) -> None:
        """An intent has so many more effects, and with them perhaps another verdict."""
        self._effects += effects
        if before:
            self.verdicts[before] -= 1
        if now:
            self.verdicts[now] += 1

    def judgement(self, intents: int) -> Judgement:
        """What was counted."""
        p50, p99 = self.answered.percentiles()
        return Judgement(
            intents=intents,
            effects=self._effects,
            submissions=self.answered.sent,
            held_back=self.answered.held_back,
            answers=dict(self.answered.answers),
            p50_ms=p50,
            p99_ms=p99,
        )


def percentiles(ordered: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 99th percentile of ascending values; None where there is nothing to count."""
    if not ordered:
        return None, None
    p50, p99 = _places(len(ordered))
    return ordered[p50], ordered[p99]


def _places(count: int) -> tuple[int, int]:
    """Where the two stand among so many ascending values."""
    return (count - 1) // 2, min(count - 1, int(count * 0.99))


def _rounded(milliseconds: float) -> float:
    return float(f"{milliseconds:.4g}")
