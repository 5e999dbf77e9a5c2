"""Who is refused in a deadlock is the same whenever a schedule is played, however slow the machine was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
import sqlalchemy as sa

from backend import strategies
from backend.engines.running import RunningEngine
from backend.explorer import connection
from backend.explorer.errors import LateDeadlockError
from backend.explorer.execution import Execution
from backend.explorer.observer import Watcher
from backend.explorer.question import Choice, EventKind, Question
from backend.explorer.sandbox import Sandbox
from backend.explorer.traced_event import TracedEvent
from backend.model.vocabulary import OperationKey

QUESTION = Question(OperationKey.PAY_ORDER, "unique-index", "deferred", 2)
_CLOSES_LATE = "SELECT max(clock_timestamp() - waitstart) > interval '100 ms' FROM pg_locks WHERE NOT granted"
_WAITS_AT_ITS_UPDATE = ["A", "B", "B", "A", "B"]
"""Both have inserted their key; A waits for the order that B has locked. B has only its COMMIT left: it waits for A."""


@pytest.fixture
def watched(postgresql: RunningEngine, valkey: RunningEngine) -> Iterator[tuple[Sandbox, Watcher]]:
    watcher = Watcher()
    with Sandbox(postgresql.url, valkey.url, watcher) as sandbox:
        yield sandbox, watcher


def _execution(watched: tuple[Sandbox, Watcher], question: Question) -> Execution:
    return Execution(*watched, question, strategies.find(question.strategy, question.variant)[1])


def _play(watched: tuple[Sandbox, Watcher], *, late: bool) -> list[TracedEvent]:
    sandbox, _ = watched
    execution = _execution(watched, QUESTION)
    try:
        for actor in _WAITS_AT_ITS_UPDATE:
            execution.take(Choice(EventKind.STEP, actor))
        with sandbox.database.own.connect() as database:
            while late and not database.scalar(sa.text(_CLOSES_LATE)):
                database.rollback()
        execution.take(Choice(EventKind.STEP, "B"))
        return execution.events
    finally:
        execution.end()


def _refused(events: list[TracedEvent]) -> set[str]:
    errors = [one for one in events if one.call is not None and "Deadlock" in type(one.call.error).__name__]
    return {one.by.actor for one in errors if one.by is not None}


def test_the_request_that_waited_first_is_refused(watched: tuple[Sandbox, Watcher]) -> None:
    while True:  # until this machine was quick enough
        with suppress(LateDeadlockError):
            assert _refused(_play(watched, late=False)) == {"A"}
            return


def test_a_deadlock_that_was_closed_too_late_is_not_taken_for_what_always_happens(
    watched: tuple[Sandbox, Watcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_DEADLOCK_TIMEOUT", "10ms")
    with pytest.raises(LateDeadlockError):
        _play(watched, late=True)


def test_requests_that_are_let_go_together_and_wait_for_each_other_are_told_as_the_choice_of_the_server(
    watched: tuple[Sandbox, Watcher],
) -> None:
    """A and C wait for the order, B at its COMMIT for A. A is refused; then B and C wait for each other."""
    while True:  # as above
        execution = _execution(watched, replace(QUESTION, requests=3))
        try:
            with suppress(LateDeadlockError):
                for actor in "ABCBACB":
                    execution.take(Choice(EventKind.STEP, actor))
                    assert not execution.server_chose
                execution.take(Choice(EventKind.STEP, "B"))
                assert len(_refused(execution.events)) == 2
                if execution.server_chose:
                    return  # else one of the two waited for longer, and it is known who is refused
        finally:
            execution.end()


def test_late_keys_of_many_schedules_lie_in_the_order_in_which_they_were_inserted(
    watched: tuple[Sandbox, Watcher],
) -> None:
    """Equal keys are compared in the order of their places: one page, which no other schedule has filled before."""
    sandbox, _ = watched
    for _ in range(60):
        execution = _execution(watched, QUESTION)
        try:
            for actor in "AB":
                execution.take(Choice(EventKind.STEP, actor))
        finally:
            execution.end()
        with sandbox.database.own.connect() as database:
            pages = database.scalar(
                sa.text("SELECT pg_relation_size('late_keys') / current_setting('block_size')::int")
            )
        assert pages <= 1
