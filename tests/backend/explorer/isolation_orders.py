"""All orders of two requests that isolationtester finds possible.

A request's later statements depend on what its earlier ones returned, so it has several paths. Every order of every two
paths is a candidate; they are enumerated here, without a word from the explorer. isolationtester runs them, and a
candidate falls for one of two reasons:

- a wait had to be cancelled: a request that waits cannot take its next step;
- a step returned something else than on the path: the request would have gone another way. That way must be among the
  paths, or one of them was never explored.

What happened up to a step is the same for all candidates that begin alike, so one of them speaks for the others.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Answer
from tests.backend.explorer.isolation_schedules import (
    COMMIT,
    Event,
    Path,
    Schedule,
    effects,
    result_of_rows,
    returning,
)
from tests.backend.explorer.isolation_tester import Permutation, Shown, Specification

Names = tuple[str, ...]
_MOST_WAVES = 40
_DOOMED_TOGETHER = 4
"""Each of them takes a second of waiting; to start isolationtester takes a twentieth of work."""
Run = Callable[[Specification, Sequence[Sequence[Names]]], Iterable[list[Permutation]]]
"""Runs batches of permutations, at the same time where it can."""


@dataclass(frozen=True)
class Asked:
    """What is put to isolationtester."""

    setup: str
    begin: str
    """How a transaction begins."""
    effects: str
    """The table in which effects are counted."""
    told: Callable[[Path], Answer]
    """What a request is told that went this way."""


@dataclass(frozen=True)
class Candidate:
    """An order of the steps of two paths."""

    paths: Mapping[str, Path]
    order: str
    steps: Names


@dataclass
class Looked:
    """What is known of all candidates that begin with the same steps."""

    shown: list[Shown] = field(default_factory=list)
    """What followed from the last of these steps."""
    cancelled: bool = False


class StepNames:
    """Names for the steps of all paths: two paths share a step as long as they have sent the same.

    Args:
        paths: for each request.
        begin: how a transaction begins.
    """

    def __init__(self, paths: Mapping[str, Collection[Path]], begin: str) -> None:
        self._begin = begin
        self.sql: dict[str, dict[str, str]] = {}
        self._names: dict[str, dict[Names, str]] = {}
        for actor, several in paths.items():
            self.sql[actor.lower()], self._names[actor] = {}, {}
            for path in several:
                self._name(actor, self.sent(path))

    def of(self, actor: str, path: Path) -> Names:
        """The names of a path's steps."""
        texts = self.sent(path)
        return tuple(self._names[actor][texts[:number]] for number in range(1, len(texts) + 1))

    def sent(self, path: Path) -> Names:
        """What is sent for each step: BEGIN goes with the first statement, ROLLBACK with the last."""
        texts, is_open, failed = [], False, False
        for done in path:
            text = returning(done.sql)
            if not is_open:
                text = f"{'ROLLBACK; ' if failed else ''}{self._begin}; {text}"
            is_open, failed = done.sql != COMMIT and not done.rolled_back, done.failed
            if done.rolled_back and not done.failed:
                text += "; ROLLBACK"  # after an error the server has rolled back already
            texts.append(text)
        return tuple(texts)

    def _name(self, actor: str, texts: Names) -> None:
        for number, text in enumerate(texts, 1):
            known = self._names[actor]
            name = known.setdefault(texts[:number], f"{actor.lower()}{len(known) + 1}")
            self.sql[actor.lower()][name] = text


class Orders:
    """Has isolationtester try all candidates.

    Args:
        asked: what is put to it.
        paths: the paths of A and of B.
        run: isolationtester.
    """

    def __init__(self, asked: Asked, paths: Mapping[str, Collection[Path]], run: Run) -> None:
        self._asked = asked
        self._paths = paths
        self._run = run
        self._names = StepNames(paths, asked.begin)
        self._looked: dict[Names, Looked] = {}
        self._left_behind: dict[Names, tuple[str, ...]] = {}

    def schedules(self) -> Counter[Schedule]:
        """Those that are possible.

        Raises:
            AssertionError: isolationtester saw a request go a way that is not among the paths.
        """
        undecided = list(self._candidates())
        found: Counter[Schedule] = Counter()
        for _ in range(_MOST_WAVES):
            self._look(self._next(undecided))
            for candidate in undecided:
                if not self._falls(candidate) and candidate.steps in self._left_behind:
                    found[self._schedule(candidate)] += 1
            undecided = [each for each in undecided if self._unknown(each) is not None and not self._falls(each)]
            if not undecided:
                return found
        raise AssertionError(f"isolationtester comes to no end; {len(undecided)} candidates are left")

    def _candidates(self) -> Iterator[Candidate]:
        for first, second in itertools.product(self._paths["A"], self._paths["B"]):
            paths = {"A": first, "B": second}
            for places in itertools.combinations(range(len(first) + len(second)), len(first)):
                order = "".join("A" if place in places else "B" for place in range(len(first) + len(second)))
                names = {actor: iter(self._names.of(actor, path)) for actor, path in paths.items()}
                yield Candidate(paths, order, tuple(next(names[actor]) for actor in order))

    def _unknown(self, candidate: Candidate) -> Names | None:
        """The shortest beginning of which nothing is known yet; all of it, where it did not end there."""
        beginnings = (candidate.steps[:length] for length in range(1, len(candidate.steps) + 1))
        new = next((beginning for beginning in beginnings if beginning not in self._looked), None)
        return candidate.steps if new is None and candidate.steps not in self._left_behind else new

    def _next(self, undecided: Sequence[Candidate]) -> list[list[Names]]:
        """One candidate for each beginning that is not known yet. Those that will be cancelled come last."""
        alike: defaultdict[Names | None, list[Candidate]] = defaultdict(list)
        for candidate in undecided:
            alike[self._unknown(candidate)].append(candidate)
        chosen = {new: max(several, key=partial(_good_sense, len(new or ()))) for new, several in alike.items()}
        doomed = {new for new in chosen if new and self._waits(new)}
        quick = [candidate.steps for new, candidate in chosen.items() if new not in doomed]
        slow = [candidate.steps for new, candidate in chosen.items() if new in doomed]
        return [quick] if quick else [slow[at : at + _DOOMED_TOGETHER] for at in range(0, len(slow), _DOOMED_TOGETHER)]

    def _waits(self, beginning: Names) -> bool:
        """Whether the last step belongs to a request that was last seen waiting."""
        waiting: set[str] = set()
        for length in range(1, len(beginning)):
            for shown in self._looked[beginning[:length]].shown:
                (waiting.add if shown.waits else waiting.discard)(shown.step[0])
        return beginning[-1][0] in waiting

    def _look(self, batches: list[list[Names]]) -> None:
        specification = Specification(self._asked.setup, self._names.sql)
        for permutation in itertools.chain.from_iterable(self._run(specification, batches)):
            if permutation.cancelled and not _has_waited(permutation):
                continue  # the machine stood still for a second; it runs again in the next wave
            for length, shown in enumerate(permutation.shown, 1):
                looked = self._looked.setdefault(permutation.steps[:length], Looked(shown))
                assert [_seen(each) for each in looked.shown] == [_seen(each) for each in shown], "seen in two ways"
            if permutation.cancelled and len(permutation.shown) < len(permutation.steps):
                self._looked[permutation.steps[: len(permutation.shown) + 1]] = Looked(cancelled=True)
            elif not permutation.cancelled:
                self._left_behind[permutation.steps] = permutation.left_behind

    def _falls(self, candidate: Candidate) -> bool:
        at = {"A": 0, "B": 0}
        for length in range(1, len(candidate.steps) + 1):
            looked = self._looked.get(candidate.steps[:length])
            if looked is None:
                return False
            if looked.cancelled:
                return True
            for shown in looked.shown:
                if shown.waits:
                    continue
                actor = shown.step[0].upper()
                path = candidate.paths[actor]
                result = _result(path[at[actor]].sql, shown)
                if result != path[at[actor]].result:
                    self._require_another_path(actor, path[: at[actor]], path[at[actor]].sql, result)
                    return True
                at[actor] += 1
        return False

    def _require_another_path(self, actor: str, before: Path, sql: str, result: str) -> None:
        went = [(done.sql, done.result) for done in before] + [(sql, result)]
        known = ([(done.sql, done.result) for done in path[: len(went)]] for path in self._paths[actor])
        assert went in known, f"never explored: {actor} runs {sql} and gets {result}"

    def _schedule(self, candidate: Candidate) -> Schedule:
        events, at = [], {"A": 0, "B": 0}
        for length in range(1, len(candidate.steps) + 1):
            for shown in self._looked[candidate.steps[:length]].shown:
                actor = shown.step[0].upper()
                sql = candidate.paths[actor][at[actor]].sql
                if shown.waits:
                    events.append(Event(actor, "waits", sql))
                else:
                    events.append(Event(actor, "ends" if shown.ends else "runs", sql, _result(sql, shown)))
                    at[actor] += 1
        told = self._asked.told
        answers = told(candidate.paths["A"]), told(candidate.paths["B"])
        rows = self._left_behind[candidate.steps]
        verdict = judge(Facts(effects(rows, self._asked.effects), frozenset(answers)))
        return Schedule(candidate.order, tuple(events), rows, answers, verdict)


def _has_waited(permutation: Permutation) -> bool:
    """Whether the step that was cancelled had to end before the next one, or before the end."""
    waiting = [shown.step for several in permutation.shown for shown in several if shown.waits]
    stopped_at = (*permutation.steps, permutation.cancelled)[len(permutation.shown)]
    return permutation.cancelled in waiting and stopped_at[0] == permutation.cancelled[0]


def _good_sense(length: int, candidate: Candidate) -> tuple[bool, int]:
    """Better where, after a beginning, whoever got further goes first, so that nobody waits in vain; then long ones."""
    begun, rest = candidate.order[:length], candidate.order[length:]
    first = max("AB", key=lambda actor: (begun.count(actor), actor != begun[-1:]))
    return rest == "".join(sorted(rest, key=lambda actor: actor != first)), len(candidate.steps)


def _result(sql: str, shown: Shown) -> str:
    if shown.error:
        return shown.error
    return "" if sql == COMMIT else result_of_rows(sql, shown.rows)


def _seen(shown: Shown) -> tuple[str, bool, bool, int, str]:
    return shown.step, shown.waits, shown.ends, len(shown.rows), shown.error
