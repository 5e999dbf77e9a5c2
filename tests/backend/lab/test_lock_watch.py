"""Waits for locks as the database tells them, put into the words of submissions."""

from __future__ import annotations

from backend.lab.lock_waits import Blocked, LockBook
from backend.model.observed import LockWait, Step
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import EngineKind, OperationKey
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import wait_for


def step(submission: str, pid: int, begin: int, end: int) -> Step:
    return Step(submission, 0, 0, EngineKind.POSTGRESQL, "UPDATE", "1 row", "", begin, end, pid)


def test_a_wait_gets_the_names_of_the_submissions_behind_the_processes() -> None:
    book = LockBook()
    book.add_steps([step("old", 7, 0, 5), step("older", 8, 0, 5)])
    book.add_sample(120, 120, {8: Blocked(110, (7, 99), 1.0)})
    book.add_sample(140, 140, {8: Blocked(112, (7,), 1.0)})
    book.add_sample(160, 160, {})
    book.add_steps([step("waiter", 8, 100, 170), step("holder", 7, 90, 155)])
    assert book.take_waits(170) == []
    assert book.take_waits(171) == [LockWait("waiter", 110, 160, ("holder", "pid 99"))]
    assert book.take_waits(171) == []


def test_two_waits_of_one_statement_are_told_apart() -> None:
    book = LockBook()
    book.add_sample(120, 120, {8: Blocked(110, (7,), 1.0)})
    book.add_sample(140, 140, {8: Blocked(130, (9,), 2.0)})
    book.add_steps([step("a", 7, 0, 128), step("b", 9, 0, 150), step("waiter", 8, 100, 152)])
    assert book.take_waits(200) == [LockWait("waiter", 110, 130, ("a",)), LockWait("waiter", 130, 152, ("b",))]


def test_a_slow_answer_makes_no_wait_reach_into_the_next_statement() -> None:
    book = LockBook()
    book.add_sample(120, 140, {8: Blocked(122, (7,), 1.0)})
    book.add_steps([step("holder", 7, 0, 126), step("waiter", 8, 100, 127), step("next", 8, 128, 150)])
    assert book.take_waits(200) == [LockWait("waiter", 122, 127, ("holder",))]


def test_a_real_run_tells_who_waited_for_whom(laboratory: Laboratory) -> None:
    intent = laboratory.lab.new_intent(OperationKey.PAY_ORDER, "book", 1)
    setup = Setup(strategy="pessimistic-lock", processing_delay_ms=100)
    laboratory.lab.start_run(setup, Plan(intents=(intent,), submissions=3)).wait(30)
    told = laboratory.told
    mine = {reply.submission_id for reply in told.replies if reply.intent_key == intent.key}

    def waited() -> set[str]:
        return {wait.submission_id for wait in told.waits} & mine

    assert wait_for(told, lambda: len(waited()) == 2)
    steps = {one.submission_id: one for one in told.steps if "FOR UPDATE" in one.command}
    (holder,) = mine - waited()
    for wait in told.waits:
        if wait.submission_id in mine:
            assert set(wait.blockers) <= mine - {wait.submission_id}
            assert steps[wait.submission_id].started_ns <= wait.started_ns < wait.ended_ns
            assert wait.ended_ns <= steps[wait.submission_id].ended_ns
    assert any(holder in wait.blockers for wait in told.waits)
