"""Any schedule that can be played can be saved, loaded and played again, and then tells the same story."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.explorer.counterexample import Candidate, load, save, to_counterexample
from backend.explorer.execution import Execution
from backend.explorer.explore import check
from backend.explorer.question import Choice, Counterexample, Question
from backend.model.vocabulary import OperationKey
from tests.backend.explorer.conftest import Bench

PLACE, PAY, ADD = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER, OperationKey.ADD_STOCK
QUESTIONS = (
    Question(PLACE, "none", "check-then-act", 2, 1),
    Question(PLACE, "token", "delete-first", 2, 1),
    Question(PLACE, "unique-index", "catch-violation", 2, 1),
    Question(PAY, "pessimistic-lock", "repeatable-read", 2),
    Question(PAY, "state-machine", "status-guard", 3),
    Question(PLACE, "distributed-lock", "redis", 2, 0, 1),
    Question(PLACE, "distributed-lock", "redis-no-expiry", 2, 1),
    Question(ADD, "local-lock", "in-process", 2, 1),
    Question(PLACE, "idempotency-key", "draft-07", 2),
)


def play_by(bench: Bench, question: Question, numbers: st.DataObject) -> Counterexample:
    """A schedule whose every choice is drawn."""
    sandbox, watcher = bench.explorer._sandbox, bench.explorer._watcher
    execution = Execution(sandbox, watcher, question, check(question))
    taken: list[Choice] = []
    try:
        while choices := execution.choices():
            taken.append(choices[numbers.draw(st.integers(0, len(choices) - 1))])
            execution.take(taken[-1])
    finally:
        execution.end()
    verdict = sandbox.judge([(execution.fixture, execution.answers)])[0]
    return to_counterexample(question, Candidate(verdict, execution, tuple(taken)))


@settings(deadline=None, derandomize=True, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.sampled_from(QUESTIONS), numbers=st.data())
def test_round_trip(bench: Bench, question: Question, numbers: st.DataObject) -> None:
    played = play_by(bench, question, numbers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schedule.json"
        save(played, path)
        loaded = load(path)
    assert loaded == played
    again = bench.explorer.replay(loaded)
    assert (again.verdict, again.choices, again.switches) == (played.verdict, played.choices, played.switches)
    told = [(e.actor, e.kind, e.engine, e.command, e.answer, e.blocked) for e in played.events]
    assert [(e.actor, e.kind, e.engine, e.command, e.answer, e.blocked) for e in again.events] == told
