"""The situation *failover*: only the engine proves it, and only what keeps something in Redis gets into it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from backend.comparison.claims import surprises
from backend.comparison.evidence import Attempt, had_time, proven, writes_before_work
from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.records import CellState, Proof
from backend.model.observed import Reply, Step
from backend.model.vocabulary import Answer, EngineKind, Replication, Verdict
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


DIED = attempt("2", ("SET lock b", "", 40))
DIED = replace(DIED, steps=tuple(structs.replace(step, error="gone") for step in DIED.steps))


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([DIED, attempt("3", ("GET lock", "1", 60))], True),
        ([attempt("3", ("GET lock", "1", 60))], False),
        ([DIED, attempt("3", ("GET lock", "1", 95))], False),
    ],
)
def test_more_time_is_only_given_where_it_could_show_more(others: list[Attempt], expected: bool) -> None:
    assert had_time(Proof.FAILED_OVER, {"A-1": [HELD, *others]}, 0) is expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("GET token", "1", 10), ("DEL token", "1", 60)], False),
        ([("DEL token", "1", 10)], True),
        ([("GET lock", "(nil)", 5), ("EVALSHA acquire 1 lock", "1", 10), ("DEL lock", "1", 60)], True),
    ],
)
def test_a_failover_takes_only_what_was_written_before_the_work(
    steps: list[tuple[str, str, int]], expected: bool
) -> None:
    asked = attempt("1", *steps)
    work = Step("1", 9, 1, EngineKind.HTTP, "processing 1 ms", "", "", 20, 50)
    assert writes_before_work({"A-1": [replace(asked, steps=(*asked.steps, work)), attempt("2")]}) is expected


@pytest.mark.parametrize(("promoted_ns", "expected"), [(0, 0), (15, 0), (25, 1)])
def test_a_failover_of_the_database_is_proved_by_a_commit_before_it(promoted_ns: int, expected: int) -> None:
    steps = (Step("1", 0, 1, EngineKind.POSTGRESQL, "COMMIT", "", "", 20, 30),)
    told = Attempt(Reply("1", "A-1", Answer.CREATED, 201, None, 0, 100), steps)
    assert proven(Proof.TOOK_OVER, {"A-1": [told]}, promoted_ns) == expected


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("replication", "expected"),
    [(Replication.ASYNCHRONOUS, Verdict.LOST), (Replication.SYNCHRONOUS, Verdict.EXACTLY_ONCE)],
)
def test_a_database_that_fails_over_keeps_what_its_standby_has_confirmed(
    compare: Compare, replication: Replication, expected: Verdict
) -> None:
    names = ("unique-index/catch-violation",)
    asked = ComparisonQuestion(
        strategies=names, situations=(SituationKey.FAILOVER,), cost=False, replication=replication
    )
    found = compare(asked)
    (cell,) = found.lines[0].cells
    assert (cell.state, cell.worst, cell.intents, cell.proven) == (CellState.MEASURED, expected, 1, 1)
    assert cell.contradictions == ()
    assert [part.part.proof for part in cell.parts] == [Proof.TOOK_OVER]
    assert surprises(found) == ()  # that a commit may be lost is what asynchronous means


@pytest.mark.timeout(60)
def test_what_redis_is_only_asked_for_before_the_work_cannot_be_forgotten_there(compare: Compare) -> None:
    """Whatever becomes of two such submissions is not due to a failover."""
    names = ("token/get-then-delete", "token/delete-last", "idempotency-key/get-then-set")
    asked = ComparisonQuestion(strategies=names, situations=(SituationKey.FAILOVER,), quick=True, cost=False)
    cells = {line.subject.name: line.cells[0] for line in compare(asked).lines}
    assert {name: cell.state for name, cell in cells.items()} == dict.fromkeys(names, CellState.DOES_NOT_APPLY)


@pytest.mark.exhaustive
@pytest.mark.timeout(300)
def test_what_reads_from_a_standby_gets_into_a_failover_as_well(compare: Compare) -> None:
    names = ("none/check-on-replica", "distributed-lock/redis-check-on-replica")
    asked = ComparisonQuestion(strategies=names, situations=(SituationKey.FAILOVER,), quick=True, cost=False)
    cells = {line.subject.name: line.cells[0] for line in compare(asked).lines}
    assert {name: cell.state for name, cell in cells.items()} == dict.fromkeys(names, CellState.MEASURED)
    assert [part.part.proof for part in cells[names[1]].parts] == [Proof.FAILED_OVER, Proof.TOOK_OVER]


@pytest.mark.timeout(60)
def test_a_database_that_can_have_no_standby_does_not_get_into_it(compare: Compare) -> None:
    asked = ComparisonQuestion(
        databases=("sqlite",),
        strategies=("none/direct", "none/check-on-replica"),
        situations=(SituationKey.FAILOVER,),
        cost=False,
        replication=Replication.SYNCHRONOUS,
    )
    cells = {line.subject.name: line.cells[0] for line in compare(asked).lines}
    assert all(cell.state is CellState.DOES_NOT_APPLY for cell in cells.values())
    assert all(str(cell.exempt) for cell in cells.values())
    assert "standby" in str(cells["none/check-on-replica"].exempt)


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
        == "It has written nothing to Redis when its work begins, and comes to no database with a standby that could "
        "take over: a failover while it works takes nothing from it. PostgreSQL is given a standby with --replication."
    )
    assert all(cell.contradictions == () for cell in cells.values())
