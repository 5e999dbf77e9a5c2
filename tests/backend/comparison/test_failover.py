"""The situation *failover*: only the engine proves it, and only what keeps something in Redis gets into it."""

from __future__ import annotations

import pytest

from backend.comparison.evidence import Attempt, proven
from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.records import CellState, Proof
from backend.model.observed import Reply, Step
from backend.model.vocabulary import Answer, EngineKind, Verdict
from tests.backend.comparison.conftest import Compare


def attempt(name: str, *steps: tuple[str, str, int]) -> Attempt:
    made = tuple(
        Step(name, number, 1, EngineKind.REDIS, command, answer, "", at, at + 1)
        for number, (command, answer, at) in enumerate(steps)
    )
    return Attempt(Reply(name, "A-1", Answer.CREATED, 201, None, 0, 100), made)


HELD = attempt("1", ("SET lock a NX PX 60000", "OK", 10), ("DELIFEQ lock a", "0", 90))


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (attempt("2", ("SET lock b NX PX 60000", "OK", 50), ("DELIFEQ lock b", "1", 99)), 1),
        (attempt("2", ("SET lock b NX PX 60000", "(nil)", 50)), 0),
        (attempt("2", ("SET lock b NX PX 60000", "OK", 95), ("DELIFEQ lock b", "1", 99)), 0),
        (attempt("2", ("SET other b NX PX 60000", "OK", 50), ("DELIFEQ other b", "1", 99)), 0),
        (attempt("2", ("GET lock", "OK", 50)), 0),
    ],
)
def test_it_is_proved_by_what_was_granted_while_somebody_held_it(second: Attempt, expected: int) -> None:
    assert proven(Proof.FAILED_OVER, {"A-1": [HELD, second]}) == expected


@pytest.mark.exhaustive
@pytest.mark.timeout(300)
def test_a_failover_breaks_what_only_redis_remembers(compare: Compare) -> None:
    names = (
        "token/delete-first",
        "unique-index/on-conflict",
        "distributed-lock/redis",
        "distributed-lock/redis-fenced",
        "distributed-lock/redis-fence-in-redis",
    )
    asked = ComparisonQuestion(strategies=names, situations=(SituationKey.FAILOVER,), quick=True, cost=False)
    cells = {line.subject.name: line.cells[0] for line in compare(asked).lines}

    assert {name: (cell.state, cell.worst) for name, cell in cells.items()} == {
        "token/delete-first": (CellState.MEASURED, Verdict.DUPLICATED),
        "unique-index/on-conflict": (CellState.DOES_NOT_APPLY, None),
        "distributed-lock/redis": (CellState.MEASURED, Verdict.DUPLICATED),
        "distributed-lock/redis-fenced": (CellState.MEASURED, Verdict.EXACTLY_ONCE),
        "distributed-lock/redis-fence-in-redis": (CellState.MEASURED, Verdict.DUPLICATED),
    }
    assert (
        str(cells["unique-index/on-conflict"].exempt)
        == "It keeps nothing in Redis, so there is no failover to survive."
    )
    assert all(cell.contradictions == () for cell in cells.values())
