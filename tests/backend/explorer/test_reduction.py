"""Three requests: what is left out must make no difference, and nothing else may be left out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from backend import strategies
from backend.engines.running import RunningEngine
from backend.explorer.footprints import canonical
from backend.explorer.observer import Watcher
from backend.explorer.play import Play
from backend.explorer.question import Question
from backend.explorer.search import Search
from backend.explorer.stage import Stage
from backend.model import Answer, OperationKey, Verdict

PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK
Class = tuple[tuple[int, str], ...]
Outcome = tuple[Verdict, tuple[tuple[str, Answer | None], ...]]


class Reduction:
    """Plays all schedules of a question with and without leaving any out."""

    def __init__(self, stage: Stage, watcher: Watcher) -> None:
        self._stage = stage
        self._watcher = watcher

    def outcomes(self, question: Question, *, reduce: bool) -> list[tuple[Class, Outcome]]:
        variant = strategies.find(question.strategy, question.variant)[1]
        search = Search(partial(Play, self._stage, self._watcher, question, variant), reduce=reduce)
        plays = list(search.schedules())
        verdicts = self._stage.judge([(play.scene, play.answers) for play in plays])
        return [
            (canonical(play.trace), (verdict, tuple((one.actor, one.answer) for one in play.submissions)))
            for play, verdict in zip(plays, verdicts, strict=True)
        ]


@pytest.fixture(scope="module")
def on_postgresql(postgresql: RunningEngine, valkey: RunningEngine) -> Iterator[Reduction]:
    watcher = Watcher()
    with Stage(postgresql.url, valkey.url, watcher) as stage:
        yield Reduction(stage, watcher)


@pytest.fixture(scope="module")
def on_sqlite(valkey: RunningEngine) -> Iterator[Reduction]:
    watcher = Watcher()
    with Stage("sqlite:///", valkey.url, watcher) as stage:
        yield Reduction(stage, watcher)


def check(reduction: Reduction, question: Question) -> None:
    everything = reduction.outcomes(question, reduce=False)
    by_class: dict[Class, set[Outcome]] = {}
    for kind, outcome in everything:
        by_class.setdefault(kind, set()).add(outcome)
    assert {len(outcomes) for outcomes in by_class.values()} == {1}

    reduced = reduction.outcomes(question, reduce=True)
    assert len(reduced) == len(by_class)
    assert {kind: {outcome} for kind, outcome in reduced} == by_class


@pytest.mark.parametrize(
    "question",
    [
        Question(PLACE, "none", "check-then-act", 2),
        Question(PLACE, "token", "delete-last", 2),
        Question(PLACE, "unique-index", "on-conflict", 3),
        Question(PAY, "pessimistic-lock", "lock-then-check", 3),
    ],
    ids=lambda question: f"{question.strategy}/{question.variant} {question.requests}",
)
def test_on_sqlite_too_nothing_that_matters_is_left_out(on_sqlite: Reduction, question: Question) -> None:
    check(on_sqlite, question)


@pytest.mark.parametrize(
    "question",
    [
        Question(PLACE, "none", "direct", 3),
        Question(ADD, "none", "direct", 3),
        Question(PLACE, "token", "delete-first", 3),
        Question(PLACE, "unique-index", "catch-violation", 3),
        Question(PLACE, "unique-index", "on-conflict", 3),
        Question(PLACE, "distributed-lock", "redis-no-check", 3),
        Question(PAY, "pessimistic-lock", "repeatable-read", 3),
        Question(PLACE, "local-lock", "in-process", 3),
        Question(PLACE, "distributed-lock", "redis-no-check", 2, 0, 1),
        Question(PLACE, "unique-index", "catch-violation", 2, 1),
        Question(PLACE, "token", "get-then-delete", 2),
    ],
    ids=lambda question: f"{question.strategy}/{question.variant} {question.requests}",
)
def test_one_schedule_of_each_class_is_played_and_all_of_a_class_come_out_the_same(
    on_postgresql: Reduction, question: Question
) -> None:
    check(on_postgresql, question)
