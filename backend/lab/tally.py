"""What is counted while submissions are answered and rows come in: of a whole lab, or of one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from backend.model.judgement import Judgement
from backend.model.observed import Reply
from backend.model.vocabulary import Answer, Verdict


class Tally:
    """Counts. Not thread-safe: the ledger takes turns."""

    def __init__(self) -> None:
        self.entries: set[tuple[str, str]] = set()
        """Of a run: table of the effect and business key of its intents."""
        self.verdicts: Counter[Verdict] = Counter()
        """On the intents that have an effect."""
        self.contradictions: dict[str, Answer] = {}
        """Submissions of a run whose answers do not fit the rows."""
        self._effects = 0
        self._sent = 0
        self._held_back = 0
        self._answers: Counter[Answer] = Counter()
        self._latencies: list[float] = []
        self._wanted: frozenset[tuple[str, str]] | None = None

    @property
    def wanted(self) -> frozenset[tuple[str, str]]:
        """The intents of a run; the same object until there are more."""
        if self._wanted is None:
            self._wanted = frozenset(self.entries)
        return self._wanted

    def want(self, entry: tuple[str, str]) -> bool:
        """Another intent of the run; whether it is a new one."""
        if entry in self.entries:
            return False
        self.entries.add(entry)
        self._wanted = None
        return True

    def add_reply(self, reply: Reply) -> None:
        """Somebody was answered."""
        if reply.held_back:
            self._held_back += 1
            return
        self._sent += 1
        self._answers[reply.answer] += 1
        self._latencies.append(reply.latency_ms)

    def change(self, effects: int, before: Verdict | None, now: Verdict | None) -> None:
        """An intent has so many more effects, and with them perhaps another verdict."""
        self._effects += effects
        if before:
            self.verdicts[before] -= 1
        if now:
            self.verdicts[now] += 1

    def judgement(self, intents: int) -> Judgement:
        """What was counted."""
        self._latencies.sort()  # all but the latest are in order already, which costs next to nothing
        p50, p99 = percentiles(self._latencies)
        return Judgement(
            intents=intents,
            effects=self._effects,
            submissions=self._sent,
            held_back=self._held_back,
            answers=dict(self._answers),
            p50_ms=p50,
            p99_ms=p99,
        )


def percentiles(ordered: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 99th percentile of ascending values; None where there is nothing to count."""
    if not ordered:
        return None, None
    return ordered[(len(ordered) - 1) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
