"""The strategies on MariaDB, under its own isolation level, and whom a lock without an index keeps waiting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.engines.mariadb import find_mariadb
from backend.lab import Lab, LabOptions
from backend.model import OperationKey, Pace, Plan, Setup, Verdict
from tests.backend.conftest import Laboratory, Recorder
from tests.backend.own_lab import wait_for
from tests.backend.test_what_each_strategy_does import CASES, ONCE, OVERLAP_MS, K, check

pytestmark = pytest.mark.skipif(find_mariadb() is None, reason="MariaDB (mariadb-server-core) is not installed here")

DIFFERENT = {("pessimistic-lock", "repeatable-read", Pace.SIMULTANEOUS): ONCE}
"""What is not as on PostgreSQL: here the snapshot is as old as the check, not as the lock."""


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    """A lab on MariaDB. Every test has intents of its own, so that nothing needs to be emptied."""
    told = Recorder()
    lab = Lab(LabOptions(database="mariadb"), told)
    try:
        lab.start()
        yield Laboratory(lab, told)
    finally:
        lab.close()


@pytest.mark.parametrize(("strategy", "variant", "operation", "pace", "expected"), CASES)
def test_k_submissions_take_effect_as_often_as_promised(
    laboratory: Laboratory, strategy: str, variant: str, operation: OperationKey, pace: Pace, expected: str
) -> None:
    delay = OVERLAP_MS if pace is Pace.SIMULTANEOUS else 0
    report = laboratory.run(operation, strategy, variant, submissions=K, pace=pace, delay_ms=delay)
    check(report, DIFFERENT.get((strategy, variant, pace), expected))


def test_the_lab_tells_which_other_order_waits_and_for_whom(laboratory: Laboratory) -> None:
    one, other = (laboratory.intent(OperationKey.PAY_ORDER) for _ in range(2))
    told, again = laboratory.told, Setup("pessimistic-lock", "lock-then-check")
    laboratory.lab.start_run(again, Plan((other,), 1)).wait(30)  # its order is there: to put it there would wait, too
    told.forget()
    holder = laboratory.lab.start_run(Setup("pessimistic-lock", "unindexed", 1_000), Plan((one,), 1))
    assert wait_for(told, lambda: any("FOR UPDATE" in step.command for step in told.steps))
    waiting = laboratory.lab.start_run(again, Plan((other,), 1))
    for run in (holder, waiting):
        assert run.wait(30).verdicts == {Verdict.EXACTLY_ONCE: 1}
    submission = {reply.intent_key: reply.submission_id for reply in told.replies}
    assert wait_for(told, lambda: bool(told.waits))
    assert {(wait.submission_id, wait.blockers) for wait in told.waits} == {
        (submission[other.key], (submission[one.key],))
    }
