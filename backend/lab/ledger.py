"""The book of a lab: intents, answers and effects since the last reset, and the judgement on them.

Kept up to date batch by batch, so that judging 20,000 submissions again costs little while they come in.
"""

from __future__ import annotations

import threading
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import lru_cache

from backend.lab.answers_told import AnswersTold
from backend.lab.contradictions import Contradictions
from backend.lab.effect_makers import EffectMakers
from backend.lab.entries import Entries, Entry
from backend.lab.known_intents import KnownIntents
from backend.lab.name_set import NameSet
from backend.lab.number_map import NONE
from backend.lab.ordinals import Ordinals
from backend.lab.tally import Tally
from backend.model import intents as of_plans
from backend.model.judgement import Judgement
from backend.model.observed import GoneRow, Renumbered, Reply, Row
from backend.model.plan import Intent
from backend.model.sentence import Sentence
from backend.model.submission_ids import is_of_a_lab, run_of
from backend.model.verdict import Facts, contradicts, judge
from backend.model.vocabulary import Answer, OperationKey, Verdict
from backend.shop.operations import OPERATIONS
from backend.shop.schema import order_deletions, orders

Unchecked = Mapping[tuple[Answer, Tally], NameSet]
"""Submissions by what they were told, and in which run."""


class Ledger:
    """Thread-safe. Rows of intents that nobody announced (another client) open an entry of their own.

    It has a tally of everything and one of each run. Runs that share an intent share a tally: each click is a run, and
    whoever clicks three times on one form wants one verdict. An intent is known until the book is cleared, in some 30
    bytes; of a submission it knows some bits.
    """

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._intents = KnownIntents()
            self.has_others = False
            """Whether an effect was made by who is of no run: a caller from outside, another lab, somebody by hand."""
            self._effects = Ordinals()
            self._told = AnswersTold()
            self._unchecked: defaultdict[tuple[Answer, Tally], NameSet] = defaultdict(NameSet)
            self._batches: list[Unchecked] = []
            """What was handed out by `answered` and not compared yet."""
            self._contradictions = Contradictions()
            self._of_runs: defaultdict[str, Contradictions] = defaultdict(Contradictions)
            self._makers = EffectMakers()
            self._created = NameSet()
            """Submissions that were told that they have made an effect."""
            self._barred: frozenset[Entry] = frozenset()
            self._unheard: set[Entry] = set()
            self._all = Tally()
            self._run: Tally | None = None

    def announce(self, intents: Sequence[Intent]) -> Tally:
        """These are wanted, once each. Returns the tally of their run, which is the current one from now on."""
        with self._guard:
            numbers = array("i", map(self._number, entries_of(intents)))
            run = next(filter(None, map(self._intents.run, numbers)), None) or Tally()
            self._intents.announce(intents, numbers, run)
            for entry, number in zip(entries_of(intents), numbers, strict=True):
                if run.want(entry):
                    effects = self._effects.count(number)
                    run.change(effects, None, _verdict_with(effects))
            self._run = run
        return run

    def _number(self, entry: Entry) -> int:
        """The number of an intent, which is known from now on."""
        number = self._intents.number(entry)
        if number == NONE:
            number = self._intents.add(entry)
            self._effects.begin()
            self._told.begin()
        return number

    def add_replies(self, replies: Sequence[Reply], entry: Callable[[str], Entry], run: Tally) -> None:
        """Callers of intents, which `entry` tells by key, got their answers in this run."""
        with self._guard:
            for reply in replies:
                self._all.answered.add(reply)
                run.answered.add(reply)
                if not reply.held_back:
                    self._unchecked[reply.answer, run].add(reply.submission_id)
                    if reply.answer is Answer.CREATED:
                        self._created.add(reply.submission_id)
                    number = self._intents.number(entry(reply.intent_key))
                    if number != NONE:
                        self._told.add(number, reply.answer)

    def add_rows(self, rows: Sequence[Row]) -> list[Row]:
        """Effects were read back. Returns the rows with their ordinals; `moved` tells of others whose have changed."""
        with self._guard:
            numbers = [self._add_row(row) for row in rows]
            ordinals = (self._effects.of(number, row.id) for number, row in zip(numbers, rows, strict=True))
            return [
                row if row.ordinal == ordinal else replace(row, ordinal=ordinal)
                for row, ordinal in zip(rows, ordinals, strict=True)
            ]

    def _add_row(self, row: Row) -> int:
        entry = row.table, row.key
        number = self._number(entry)
        if not (self._intents.is_announced(number) and is_of_a_lab(row.submission_id)):
            self.has_others = True
        if self._makers.add(row.submission_id) and row.submission_id in self._created:
            for book in self._books(row.submission_id, self._intents.run(number)):
                book.discard(row.submission_id)
        self._effects.add(number, row.id, entry)
        self._count(number, 1)
        return number

    def moved(self, told: Iterable[Row] = ()) -> list[Renumbered]:
        """Effects that count otherwise than when they were told, each change once.

        Args:
            told: what was added last, with its ordinals.
        """
        with self._guard:
            return self._effects.moved({row.place for row in told})

    def remove(self, effects: Iterable[GoneRow], found: Iterable[Row] = ()) -> list[GoneRow]:
        """Effects are not there any more. Returns those that do not count any more.

        They were deleted by hand, unless a submission asked us to cancel that order: it was placed, and counts.

        Args:
            effects: which.
            found: what the same reading found and is not added yet: cancellations may be among it.
        """
        cancelled = {row.key for row in found if row.table == order_deletions.name}
        with self._guard:
            return [
                one
                for one in effects
                if one.table != orders.name or not (one.key in cancelled or self._cancelled(one.key))
                if self._remove(one)
            ]

    def _remove(self, one: GoneRow) -> bool:
        """Whether it was known, and does not count any more."""
        entry = one.table, one.key
        number = self._intents.number(entry)
        if number == NONE or not self._effects.remove(number, one.id, entry):
            return False
        self._makers.remove(one)
        self._count(number, -1)
        return True

    def _cancelled(self, key: str) -> bool:
        return self._effects_of((order_deletions.name, key)) > 0

    def _effects_of(self, entry: Entry) -> int:
        number = self._intents.number(entry)
        return 0 if number == NONE else self._effects.count(number)

    def answered(self) -> tuple[Unchecked, ...]:
        """Submissions whose answers were not compared with the rows yet."""
        with self._guard:
            if self._unchecked:
                self._batches.append(self._unchecked)
                self._unchecked = defaultdict(NameSet)
            return tuple(self._batches)

    def compare(
        self, batches: Sequence[Unchecked], overtaken: Callable[[str], bool] = lambda _name: False
    ) -> list[str]:
        """Compare the answers of these submissions with the rows. All rows must have been read since they came.

        Whoever was told that it has made a row that has gone since is compared once more.

        Args:
            batches: which.
            overtaken: whether one has committed on a server whose place another one has taken: its row may be lost.

        Returns:
            Those that contradict the rows, and did not before.
        """
        with self._guard:
            found = [
                name
                for batch in batches
                if any(batch is known for known in self._batches)
                for (answer, run), names in batch.items()
                for name in self._contradicting(answer, names, overtaken)
                if self._note(name, run, answer)
            ]
            self._batches = [known for known in self._batches if not any(known is batch for batch in batches)]
            for name, row in self._makers.gone():
                if name in self._created and not overtaken(name):
                    run = self._intents.run(self._intents.number((row.table, row.key)))
                    found += [name] if self._note(name, run, Answer.CREATED) else []
        return found

    def _contradicting(self, answer: Answer, names: NameSet, overtaken: Callable[[str], bool]) -> Iterator[str]:
        if contradicts(answer, has_row=True):
            yield from names.which(self._makers.names, are_in=True)
        if contradicts(answer, has_row=False):
            yield from (name for name in names.which(self._makers.names, are_in=False) if not overtaken(name))

    def _note(self, name: str, run: Tally | None, answer: Answer) -> bool:
        """A submission was told this, and the rows say otherwise; whether that is new."""
        row = self._makers.last_of(name) if answer is Answer.CREATED else None
        return sum(book.add(name, answer, row) for book in self._books(name, run)) > 0

    def _books(self, name: str, run: Tally | None) -> tuple[Contradictions, ...]:
        """Where contradictions of a submission are kept."""
        of_all = self._contradictions, self._of_runs[run_of(name)]
        return (*of_all, run.contradictions) if run else of_all

    def set_barred(self, intents: Iterable[Intent]) -> None:
        """These intents can never be completed without repair."""
        with self._guard:
            self._barred = frozenset(entry_of(intent.operation, intent.key) for intent in intents)

    def leave_open(self, entries: Iterable[Entry]) -> None:
        """Not all was heard of these intents, and never will be: another effect may come until the book is cleared."""
        with self._guard:
            self._unheard.update(entries)

    def entries(self) -> frozenset[Entry]:
        """All intents that are known."""
        with self._guard:
            return frozenset(self._intents.entries)

    def without_effect(self) -> list[Intent]:
        """Announced intents that no row was found for."""
        with self._guard:
            waiting = (number for number in range(len(self._intents)) if not self._effects.count(number))
            return list(filter(None, map(self._intents.intent, waiting)))

    def effects_of(self, entries: Set[Entry]) -> int:
        """Effects of these intents."""
        with self._guard:
            return sum(map(self._effects_of, entries))

    def verdicts_of(self, entries: Set[Entry], at_work: Iterable[Entry] = ()) -> Counter[Verdict]:
        """Verdicts on these intents, of which some may be at work."""
        with self._guard:
            return self._verdicts(entries, self._unheard.union(at_work))

    def lost_of(self, entries: Set[Entry], at_work: Iterable[Entry] = ()) -> tuple[str, ...]:
        """The business keys of those of these intents that are lost."""
        with self._guard:
            at_work = self._unheard.union(at_work)
            lost = (entry for entry in entries if judge(self._facts(entry, at_work)) is Verdict.LOST)
            return tuple(sorted(key for _, key in lost))

    def judgement(
        self, *, final: bool = True, at_work: Iterable[Entry] = (), untold: Iterable[Entry] = ()
    ) -> Judgement:
        """Judge everything, and the current run. Until it is final, intents without an effect are left out.

        Args:
            final: whether all rows have been read that there can be by now.
            at_work: intents that another effect may still come of.
            untold: those of them of which one does not know whether it may.
        """
        with self._guard:
            unheard = self._unheard.union(untold)
            open_ones = unheard.union(at_work) if final else set()
            whole = self._judged(self._all, self._intents.entries, self._contradictions, open_ones, final=final)
            whole = replace(whole, unheard=len(unheard))
            if self._run is None:
                return whole
            run = self._run
            part = self._judged(run, run.entries, run.contradictions, open_ones, final=final)
            heard_in_part = sum(entry in run.entries for entry in unheard)
            return replace(whole, run=replace(part, wanted=run.wanted, unheard=heard_in_part))

    def contradictions(self, run: str | None = None) -> tuple[int, tuple[Sentence, ...]]:
        """How many answers, of this run or of all, do not fit the rows; and a handful of them in words."""
        with self._guard:
            if run is None:
                return self._contradictions.in_words()
            return self._of_runs[run].in_words() if run in self._of_runs else (0, ())

    def _judged(
        self,
        tally: Tally,
        entries: Entries,
        contradicting: Contradictions,
        at_work: set[Entry],
        *,
        final: bool,
    ) -> Judgement:
        verdicts = +tally.verdicts
        if final:
            if verdicts.total() < len(entries):
                verdicts += self._verdicts(entry for entry in entries if not self._effects_of(entry))
            for entry in at_work:
                if entry in entries:
                    verdicts[judge(self._facts(entry))] -= 1
                    verdicts[judge(self._facts(entry, at_work))] += 1
        count, examples = contradicting.in_words()
        judged = tally.judgement(len(entries))
        return replace(judged, verdicts=dict(+verdicts), contradictions=examples, contradicting=count, final=final)

    def _verdicts(self, entries: Iterable[Entry], at_work: Container[Entry] = ()) -> Counter[Verdict]:
        """There are few different facts, however many intents there are."""
        verdicts: Counter[Verdict] = Counter()
        for facts, count in Counter(self._facts(entry, at_work) for entry in entries).items():
            verdicts[judge(facts)] += count
        return verdicts

    def _count(self, number: int, change: int) -> None:
        """Of all intents, only those with a row that came or went can have changed."""
        effects = self._effects.count(number)
        before, now = _verdict_with(effects - change), _verdict_with(effects)
        self._all.change(change, before, now)
        if run := self._intents.run(number):
            run.change(change, before, now)

    def _facts(self, entry: Entry, at_work: Container[Entry] = ()) -> Facts:
        number = self._intents.number(entry)
        effects, told = (
            (self._effects.count(number), self._told.of(number)) if number != NONE else (0, frozenset[Answer]())
        )
        return Facts(effects, told, entry in self._barred, entry in at_work)


@lru_cache(maxsize=16)
def _verdict_with(effects: int) -> Verdict | None:
    """The verdict on an intent that has so many effects, whatever was told; None where that is still open."""
    return judge(Facts(effects)) if effects else None


def entry_of(operation: OperationKey, key: str) -> Entry:
    """Where the effects of an intent are counted."""
    return OPERATIONS[operation].effects.name, key


def entries_of(intents: Iterable[Intent]) -> Iterator[Entry]:
    """The same of each of these."""
    return (entry_of(operation, key) for operation, key in of_plans.names(intents))
