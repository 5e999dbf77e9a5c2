"""The book of a lab: intents, answers and effects since the last reset, and the judgement on them.

Kept up to date batch by batch, so that judging 20,000 submissions again costs little while they come in.
"""

from __future__ import annotations

import threading
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from backend.model import Answer, Intent, Judgement, Reply, Row, Verdict
from backend.operations import OPERATIONS
from backend.sentence import Sentence
from backend.verdict import Facts, contradictions, judge

_MOST_CONTRADICTIONS = 3

Entry = tuple[str, str]
"""Table of the effect and business key: an order that is placed and then paid is two intents with one key."""


class Ledger:
    """Thread-safe. Rows of intents that nobody announced (another client) open an entry of their own."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._intents: dict[Entry, Intent | None] = {}
            self._effects: Counter[Entry] = Counter()
            self._told: defaultdict[Entry, set[Answer]] = defaultdict(set)
            self._answers: Counter[Answer] = Counter()
            self._unchecked: dict[str, Answer] = {}
            self._contradictions: dict[str, Sentence] = {}
            self._effect_makers: set[str] = set()
            self._happened: dict[Entry, Verdict] = {}
            self._verdicts: Counter[Verdict] = Counter()
            self._ordered_latencies: list[float] = []
            self._barred: frozenset[Entry] = frozenset()
            self._sent = 0
            self._held_back = 0

    def announce(self, intents: Iterable[Intent]) -> None:
        """These are wanted, once each."""
        with self._guard:
            for intent in intents:
                self._intents[_entry(intent)] = intent

    def add_replies(self, replies: Sequence[Reply], intents: Mapping[str, Intent]) -> None:
        """Callers of these intents, given by key, got their answers."""
        with self._guard:
            for reply in replies:
                if reply.held_back:
                    self._held_back += 1
                    continue
                self._sent += 1
                self._unchecked[reply.submission_id] = reply.answer
                self._answers[reply.answer] += 1
                self._told[_entry(intents[reply.intent_key])].add(reply.answer)
                insort(self._ordered_latencies, reply.latency_ms)

    def add_rows(self, rows: Sequence[Row]) -> list[Row]:
        """Effects were read back. Returns the rows with their ordinals."""
        numbered = []
        with self._guard:
            for row in rows:
                entry = (row.table, row.key)
                self._intents.setdefault(entry, None)
                self._effects[entry] += 1
                self._effect_makers.add(row.submission_id)
                self._judge_again(entry)
                numbered.append(replace(row, ordinal=self._effects[entry]))
        return numbered

    def answered(self) -> tuple[str, ...]:
        """Submissions whose answers were not compared with the rows yet."""
        with self._guard:
            return tuple(self._unchecked)

    def compare(self, submissions: Sequence[str]) -> None:
        """Compare the answers of these submissions with the rows. All rows must have been read since they came."""
        with self._guard:
            told = [(name, self._unchecked.pop(name)) for name in submissions if name in self._unchecked]
            if len(self._contradictions) < _MOST_CONTRADICTIONS:
                self._contradictions.update(contradictions(told, self._effect_makers))

    def set_barred(self, intents: Iterable[Intent]) -> None:
        """These intents can never be completed without repair."""
        with self._guard:
            self._barred = frozenset(map(_entry, intents))

    def without_effect(self) -> list[Intent]:
        """Announced intents that no row was found for."""
        with self._guard:
            return [intent for entry, intent in self._intents.items() if intent and not self._effects[entry]]

    def effects_of(self, intents: Iterable[Intent]) -> int:
        """Effects of these intents."""
        with self._guard:
            return sum(self._effects[entry] for entry in set(map(_entry, intents)))

    def verdicts_of(self, intents: Iterable[Intent]) -> Counter[Verdict]:
        """Verdicts on these intents."""
        with self._guard:
            return Counter(judge(self._facts(entry)) for entry in set(map(_entry, intents)))

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
                contradictions=self.contradictions(),
                final=final,
            )

    def contradictions(self, submissions: Container[str] | None = None) -> tuple[Sentence, ...]:
        """Answers, of these submissions or of all, that do not fit the rows; at most a handful."""
        with self._guard:
            return tuple(
                sentence
                for submission, sentence in self._contradictions.items()
                if submissions is None or submission in submissions
            )

    def _judge_again(self, entry: Entry) -> None:
        """Of all intents, only those with a new row can have changed."""
        verdict = judge(self._facts(entry))
        before = self._happened.get(entry)
        if verdict is not before:
            self._happened[entry] = verdict
            self._verdicts[verdict] += 1
            if before:
                self._verdicts[before] -= 1

    def _verdicts_without_effect(self) -> Counter[Verdict]:
        return Counter(judge(self._facts(entry)) for entry in self._intents if entry not in self._happened)

    def _facts(self, entry: Entry) -> Facts:
        return Facts(self._effects[entry], frozenset(self._told.get(entry, ())), entry in self._barred)


def _entry(intent: Intent) -> Entry:
    return OPERATIONS[intent.operation].effects.name, intent.key


def percentiles(ordered: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 99th percentile of ascending values; None where there is nothing to count."""
    if not ordered:
        return None, None
    return ordered[(len(ordered) - 1) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
