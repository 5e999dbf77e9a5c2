"""Several processes explore together: the answer is the same to the bit, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.running import RunningEngine
from backend.explorer.crew import local
from backend.explorer.crew.explore import explore_together
from backend.explorer.crew.local import LocalCrew, ProcessMember
from backend.explorer.crew.openings import OnOwnEngines
from backend.explorer.crew.survey import SurveyTogether
from backend.explorer.explore import Explorer, check
from backend.explorer.on_own_engines import others_ahead, survey
from backend.explorer.question import Exploration, Progress, Question
from backend.explorer.says import ExplorerCode
from backend.explorer.survey import Scope, Survey, notes_of
from backend.explorer.surveyor import entries
from backend.explorer.surveyor import survey as survey_alone
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.sentence import plain, say
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.engines.helpers import command_of
from tests.backend.explorer.conftest import Bench
from tests.your_own import CODE, write

ELSEWHERE = OnOwnEngines(LabOptions())
PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK


def together(
    question: Question,
    workers: int,
    on_progress: Callable[[LocalCrew, Progress], None] = lambda _crew, _progress: None,
    limit: int | None = None,
    opening: OnOwnEngines = ELSEWHERE,
) -> Exploration:
    """The answer of processes only."""
    cancelled = threading.Event()
    with LocalCrew(None, opening, workers, cancelled) as crew:
        return explore_together(crew, question, partial(on_progress, crew), cancelled, limit)


def without_time(found: Exploration) -> Exploration:
    return replace(found, seconds=0.0)


def asked(question: Question) -> Question:
    return replace(question, variant=check(question).key)


CASES = [
    (Question(PLACE, "unique-index", "catch-violation", 2, 1), None),
    (Question(PLACE, "unique-index", "catch-violation", 3), None),
    (Question(PAY, "pessimistic-lock", "lock-then-check", 2), None),
    (Question(PLACE, "distributed-lock", "redis", 2, 0, 1), None),
    (Question(PLACE, "distributed-lock", "redis-no-expiry", 2, 1), 150),
    (Question(ADD, "local-lock", "in-process", 2, 1), None),
    (Question(OperationKey.SEND_MESSAGE, "unique-index", "on-conflict", 3), None),
    (Question(PLACE, "idempotency-key", "draft-07", 2), None),
    (Question(PLACE, "none", "check-then-act", 2), 5),
    (Question(PLACE, "unique-index", "catch-violation", 2, database_failovers=1), None),
]


@pytest.mark.exhaustive
@pytest.mark.parametrize("workers", [2, 3])
@pytest.mark.parametrize(("question", "limit"), CASES)
def test_the_answer_does_not_depend_on_how_many_explore(
    bench: Bench, question: Question, limit: int | None, workers: int
) -> None:
    alone = bench.ask(question, limit)
    assert without_time(together(asked(question), workers, limit=limit)) == without_time(alone)


def test_the_first_answer_in_a_schema_is_that_of_the_next(postgresql: RunningEngine, valkey: RunningEngine) -> None:
    """In a fresh schema the first rows of all tables have one number; they are different rows all the same."""
    question = asked(Question(PLACE, "idempotency-key", "draft-07", 2))
    with Explorer(postgresql.url, valkey.url) as fresh:
        first, again = (without_time(fresh.explore(question, lambda _: None, threading.Event())) for _ in range(2))
    assert first == again


def test_a_worker_that_is_killed_loses_nothing(bench: Bench) -> None:
    question = asked(Question(PLACE, "unique-index", "catch-violation", 2, 1))
    killed: list[int] = []

    def kill_one(crew: LocalCrew, _progress: Progress) -> None:
        if not killed:
            member = next(one for one in crew.members if isinstance(one, ProcessMember) and one.was_ready)
            killed.append(member.pid)
            os.kill(member.pid, signal.SIGKILL)

    found = together(question, 2, kill_one)
    assert killed
    assert without_time(found) == without_time(bench.ask(question))


def test_a_question_that_kills_whoever_asks_it_is_given_up(tmp_path: Path) -> None:
    folder = write(tmp_path / "strategies", code=CODE.replace("try:", "__import__('os')._exit(3)\n    try:"))
    question = Question(PLACE, "claim", "with-the-effect")
    with pytest.raises(SubmitTwiceError, match="died 3 times"):
        together(question, 1, opening=OnOwnEngines(LabOptions(), folder))


def test_where_no_process_can_be_started_one_explores_alone(
    postgresql: RunningEngine, valkey: RunningEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "missing"))
    monkeypatch.setattr(local, "_GROW_AFTER_S", 0.0)
    question, cancelled = asked(Question(PLACE, "none", "check-then-act")), threading.Event()
    with LocalCrew(partial(Explorer, postgresql.url, valkey.url), ELSEWHERE, 2, cancelled) as crew:
        found = explore_together(crew, question, lambda _: None, cancelled)
    assert found.exhaustive
    assert not crew.may_grow


def test_cancelled_it_tells_what_was_found() -> None:
    question = asked(Question(PLACE, "distributed-lock", "redis-no-expiry", 2, 1))
    cancelled = threading.Event()
    with LocalCrew(None, ELSEWHERE, 1, cancelled) as crew:
        found = explore_together(crew, question, lambda _: cancelled.set(), cancelled)
    assert found.schedules
    assert not found.exhaustive


def test_a_survey_says_the_same(postgresql: RunningEngine, valkey: RunningEngine, gateway: GatewayKeeper) -> None:
    pairs = {
        (PLACE, "none", "check-then-act"),
        (PAY, "state-machine", "status-guard"),
        (PLACE, "state-machine", "status-guard"),
    }
    scope, cancelled = Scope(2), threading.Event()
    here = partial(Explorer, postgresql.url, valkey.url, gateway)
    alone = survey_alone(
        scope, here, on_progress=lambda _: None, on_cell=lambda _: None, cancelled=cancelled, asked=entries(pairs)
    )
    with LocalCrew(here, ELSEWHERE, 2, cancelled) as crew:
        several = SurveyTogether(crew, scope, entries(pairs), lambda _: None, lambda _: None, cancelled).ask_all()
    assert timeless(several) == timeless(alone)
    assert {cell.worst for cell in several.cells} == {Verdict.DUPLICATED, Verdict.EXACTLY_ONCE, None}


def test_a_survey_notes_only_what_is_true_of_all_its_questions() -> None:
    of_engines = say(ExplorerCode.SQLITE_REFUSES)
    of_one = say(ExplorerCode.STRATEGY_FAILED, count=2, why=plain("KeyError"))

    assert notes_of([(of_engines, of_one), (of_one,), (of_engines,)]) == (of_engines,)


def timeless(found: Survey) -> Survey:
    return replace(found, seconds=0.0, cells=tuple(replace(cell, seconds=0.0) for cell in found.cells))


def worker_processes() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "backend.explorer.crew.worker" in command_of(one)]


def test_the_others_start_while_the_engines_of_the_first_do(
    postgresql: RunningEngine, valkey: RunningEngine, gateway: GatewayKeeper
) -> None:
    never, scope = threading.Event(), Scope(2)
    pairs = {(PLACE, "none", "check-then-act"), (PAY, "state-machine", "status-guard")}
    here = partial(Explorer, postgresql.url, valkey.url, gateway)
    with others_ahead(3, never, LabOptions()) as crew:
        assert len(worker_processes()) == 2
        with crew.joined(here):
            found = SurveyTogether(crew, scope, entries(pairs), lambda _: None, lambda _: None, never).ask_all()
        assert not crew.members
        assert not worker_processes()
    assert [cell.worst for cell in found.cells] == [Verdict.DUPLICATED, Verdict.EXACTLY_ONCE]


def test_where_the_engines_of_the_first_do_not_start_nobody_is_left() -> None:
    options = LabOptions(database="postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(EngineError):
        survey(Scope(2), lambda _: None, lambda _: None, threading.Event(), options=options, workers=2)
    assert not worker_processes()
