"""The book of a lab: intents, answers and effects since the last reset, and the judgement on them.

Kept up to date batch by batch, so that judging 20,000 submissions again costs little while they come in.
"""

from __future__ import annotations

import threading
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from backend.model import Answer, Intent, Judgement, Reply, Row, Verdict
from backend.verdict import Facts, contradictions, judge


class Ledger:
    """Thread-safe. Rows of intents that nobody announced (another client) open an entry of their own."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._intents: dict[str, Intent | None] = {}
            self._effects: Counter[str] = Counter()
            self._told: defaultdict[str, set[Answer]] = defaultdict(set)
            self._replies: dict[str, Reply] = {}
            self._answers: Counter[Answer] = Counter()
            self._effect_makers: set[str] = set()
            self._happened: dict[str, Verdict] = {}
            self._verdicts: Counter[Verdict] = Counter()
            self._ordered_latencies: list[float] = []
            self._barred: frozenset[str] = frozenset()
            self._sent = 0
            self._held_back = 0

    def announce(self, intents: Iterable[Intent]) -> None:
        """These are wanted, once each."""
        with self._guard:
            for intent in intents:
                self._intents[intent.key] = intent

    def add_replies(self, replies: Sequence[Reply]) -> None:
        """Callers got their answers."""
        with self._guard:
            for reply in replies:
                if reply.held_back:
                    self._held_back += 1
                    continue
                self._sent += 1
                self._replies[reply.submission_id] = reply
                self._answers[reply.answer] += 1
                self._told[reply.intent_key].add(reply.answer)
                insort(self._ordered_latencies, reply.latency_ms)

    def add_rows(self, rows: Sequence[Row]) -> list[Row]:
        """Effects were read back. Returns the rows with their ordinals."""
        numbered = []
        with self._guard:
            for row in rows:
                self._intents.setdefault(row.key, None)
                self._effects[row.key] += 1
                self._effect_makers.add(row.submission_id)
                self._judge_again(row.key)
                numbered.append(replace(row, ordinal=self._effects[row.key]))
        return numbered

    def set_barred(self, keys: Iterable[str]) -> None:
        """These intents can never be completed without repair."""
        with self._guard:
            self._barred = frozenset(keys)

    def without_effect(self) -> list[Intent]:
        """Announced intents that no row was found for."""
        with self._guard:
            return [intent for key, intent in self._intents.items() if intent and not self._effects[key]]

    def effects_of(self, keys: Iterable[str]) -> int:
        """Effects of these intents."""
        with self._guard:
            return sum(self._effects[key] for key in keys)

    def verdicts_of(self, keys: Iterable[str]) -> Counter[Verdict]:
        """Verdicts on these intents."""
        with self._guard:
            return Counter(judge(self._facts(key)) for key in keys)

    def judgement(self, *, in_flight: int = 0, final: bool = True) -> Judgement:
        """Judge everything. Until it is final, intents without an effect are left out: a row may be on its way."""
        with self._guard:
            verdicts = self._verdicts + self._verdicts_without_effect() if final else self._verdicts
            p50, p99 = percentiles(self._ordered_latencies)
            return Judgement(
                intents=len(self._intents),
                effects=self._effects.total(),
                submissions=self._sent,
                in_flight=in_flight,
                held_back=self._held_back,
                verdicts={verdict: count for verdict, count in verdicts.items() if count},
                answers=dict(self._answers),
                p50_ms=p50,
                p99_ms=p99,
                contradictions=self.contradictions() if final else (),
                final=final,
            )

    def _judge_again(self, key: str) -> None:
        """Of all intents, only those with a new row can have changed."""
        verdict = judge(self._facts(key))
        before = self._happened.get(key)
        if verdict is not before:
            self._happened[key] = verdict
            self._verdicts[verdict] += 1
            if before:
                self._verdicts[before] -= 1

    def _verdicts_without_effect(self) -> Counter[Verdict]:
        return Counter(judge(self._facts(key)) for key in self._intents if key not in self._happened)

    def contradictions(self) -> tuple[str, ...]:
        """Answers that do not fit the rows."""
        with self._guard:
            told = ((submission, reply.answer) for submission, reply in self._replies.items())
            return contradictions(told, frozenset(self._effect_makers))

    def _facts(self, key: str) -> Facts:
        return Facts(self._effects[key], frozenset(self._told.get(key, ())), key in self._barred)


def percentiles(ordered: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 99th percentile of ascending values; None where there is nothing to count."""
    if not ordered:
        return None, None
    return ordered[(len(ordered) - 1) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
