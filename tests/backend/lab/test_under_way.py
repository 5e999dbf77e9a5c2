"""What a submission is at is known while it is at it: who is at work says so, and its steps end with it."""

from __future__ import annotations

import os
import signal

import psycopg
import pytest

from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import EngineKind, OperationKey
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import wait_until
from tests.backend.own_lab import serving

PLACE = OperationKey.PLACE_ORDER


@pytest.mark.parametrize(
    ("delay_ms", "fault", "shown"),
    [
        pytest.param(20_000, (), "processing 20000 ms", id="processing"),
        pytest.param(0, ("delay@sql:INSERT:before=20000",), "delay 20000 ms", id="delay", marks=pytest.mark.exhaustive),
    ],
)
def test_a_delay_that_is_under_way_is_the_last_of_the_steps(
    laboratory: Laboratory, delay_ms: int, fault: tuple[str, ...], shown: str
) -> None:
    setup = Setup("none", "direct", processing_delay_ms=delay_ms, faults=tuple(map(parse_fault, fault)))
    run = laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE),), 1))
    assert wait_until(lambda: any(one.step == shown for one in laboratory.lab.judgement().at_work), 20)
    (at_work,) = laboratory.lab.judgement().at_work
    step = laboratory.lab.steps_of(at_work.submission_id)[-1]
    assert (step.command, step.engine, step.ended_ns) == (shown, EngineKind.HTTP, 0)
    assert [one.command for one in laboratory.told.under_way] == [shown]
    run.cancel()
    run.wait(60)
    laboratory.lab.reset()
    assert laboratory.lab.steps_of(at_work.submission_id) == ()


def test_a_statement_that_waits_for_a_lock_is_under_way(laboratory: Laboratory) -> None:
    database = str(laboratory.lab.connection()["database"])
    with psycopg.connect(database) as connection:
        connection.execute("LOCK TABLE orders IN SHARE MODE")
        run = laboratory.lab.start_run(Setup("none", "direct"), Plan((laboratory.intent(PLACE),), 1))
        insertion = "INSERT INTO orders"
        assert wait_until(lambda: any(one.step.startswith(insertion) for one in laboratory.lab.judgement().at_work), 20)
    report = run.wait(60)
    assert report.effects == 1
    (reply,) = laboratory.told.replies
    assert all(step.ended_ns for step in laboratory.lab.steps_of(reply.submission_id))


def test_what_a_process_was_at_when_it_died_is_not_under_way_any_more(laboratory: Laboratory) -> None:
    setup = Setup("none", "direct", processing_delay_ms=20_000)
    run = laboratory.lab.start_run(setup, Plan((laboratory.intent(PLACE),), 1))
    assert wait_until(lambda: bool(laboratory.told.under_way), 20)
    urls = laboratory.lab.connection()["urls"]
    assert isinstance(urls, list)
    os.kill(serving(urls[0]).pid, signal.SIGKILL)
    report = run.wait(60)
    assert report.effects == 0
    (begun,) = laboratory.told.under_way
    assert all(step.ended_ns for step in laboratory.lab.steps_of(begun.submission_id))
