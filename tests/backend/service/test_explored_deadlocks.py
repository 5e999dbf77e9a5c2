"""Requests that wait for each other on the wire: the same one is refused whenever a schedule is played."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from backend.engines.sql import create_sql_engine
from backend.explorer.errors import LateDeadlockError
from backend.explorer.question import Choice, EventKind, service_question
from backend.service import engines
from backend.service.explored.deployment import Deployment
from backend.service.explored.execution import ServiceExecution
from backend.service.explored.locks import PostgresqlLocks
from tests.backend.service.conftest import SERVICES, plain_service

if TYPE_CHECKING:
    from collections.abc import Iterator

LATE = plain_service("/deferred")
_CLOSES_LATE = "SELECT max(clock_timestamp() - waitstart) > interval '100 ms' FROM pg_locks WHERE NOT granted"
CIRCLE = "A B !A A' B A'"
"""Whoever finds the key inserted already is checked at COMMIT: B waits there for A', and then A' for B."""
_ROUNDS = 200


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with Deployment(LATE, SERVICES, 5) as opened:
        yield opened


def play(deployment: Deployment, choices: str, requests: int = 2, *, late: bool = False) -> ServiceExecution:
    """Steps of these requests, ``!`` before one that crashes; the last one perhaps after a look for deadlocks."""
    execution = ServiceExecution(deployment, service_question("plain", requests, crashes=1))
    try:
        *firsts, last = [choice(told) for told in choices.split()]
        for one in firsts:
            execution.take(one)
        own = deployment.engines.own
        assert own is not None
        with own.connect() as database:
            while late and not database.scalar(sa.text(_CLOSES_LATE)):
                database.rollback()
        execution.take(last)
        return execution
    finally:
        execution.end()


def choice(told: str) -> Choice:
    return Choice(EventKind.CRASH if told.startswith("!") else EventKind.STEP, told.removeprefix("!"))


def refused(execution: ServiceExecution) -> set[str]:
    errors = [one for one in execution.events if one.call is not None and "deadlock" in str(one.call.error)]
    return {one.by.actor for one in errors if one.by is not None}


def test_a_schedule_is_broken_off_while_the_first_request_waits_for_the_second(deployment: Deployment) -> None:
    """PostgreSQL does not see that a client has gone whose statement waits: not before the lock is free."""
    deployment.turn_to(plain_service("/unique"))
    began = time.monotonic()
    play(deployment, "B A")
    deployment.turn_to(LATE)
    assert time.monotonic() - began < 20


def test_the_request_that_waited_first_is_refused(deployment: Deployment) -> None:
    while True:  # until this machine was quick enough
        with suppress(LateDeadlockError):
            execution = play(deployment, CIRCLE)
            assert refused(execution) == {"B"}
            assert not execution.server_chose
            return


def test_requests_that_are_let_go_together_and_wait_for_each_other_are_told_as_the_choice_of_the_server(
    deployment: Deployment,
) -> None:
    """B and C wait at their COMMIT for A, and when that has crashed for each other."""
    execution = play(deployment, "A B C B C !A", 3)
    assert len(refused(execution)) == 1
    assert execution.server_chose


def test_a_deadlock_that_was_closed_too_late_is_not_taken_for_what_always_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(engines._QUICK, "deadlock_timeout", "10ms")
    with Deployment(LATE, SERVICES, 3) as hasty, pytest.raises(LateDeadlockError):
        play(hasty, CIRCLE, late=True)


def test_rows_with_a_late_key_lie_in_the_order_in_which_they_were_inserted(deployment: Deployment) -> None:
    """Each connection inserts into a page of its own otherwise, as soon as the first page is full."""
    known = deployment.engines.own
    assert known is not None
    with ExitStack() as opened:
        own = create_sql_engine(known.url.render_as_string(hide_password=False), pool_size=4)
        opened.callback(own.dispose)
        engine = own.execution_options(isolation_level="AUTOCOMMIT")
        connection, *writers = [opened.enter_context(engine.connect()) for _ in range(4)]
        connection.exec_driver_sql(
            "CREATE TABLE late (id int GENERATED ALWAYS AS IDENTITY, key int, UNIQUE (key) DEFERRABLE)"
        )
        opened.callback(connection.exec_driver_sql, "DROP TABLE late")
        locks = PostgresqlLocks(connection, may_alter=True)
        for number in range(_ROUNDS):
            locks.begin_schedule()
            for place, writer in enumerate(writers):
                writer.exec_driver_sql("INSERT INTO late (key) VALUES (%s)", (3 * number + place,))
        ids = connection.exec_driver_sql("SELECT id FROM late ORDER BY ctid").scalars().all()
        assert ids == sorted(ids)
