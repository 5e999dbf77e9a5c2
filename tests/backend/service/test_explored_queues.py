"""Requests to a service that wait in the same place: each stays who it was, with what it was told before."""

from __future__ import annotations

from backend.explorer.errors import OvertakenError
from backend.explorer.question import Choice, EventKind, Question, service_question
from backend.service.explored.deployment import Deployment
from backend.service.explored.execution import ServiceExecution
from tests.backend.service.conftest import SERVICES
from tests.backend.service.scripts import BEGIN, COMMIT, scripted, sql

NUMBERED = [
    {"redis": "INCR n:key"},
    BEGIN,
    *sql("UPDATE stock SET n = n + 1 WHERE order_no = :key"),
    COMMIT,
]
"""Each is told another number, and then all wait in the same place."""


def test_who_was_told_something_else_and_has_waited_longest_goes_on() -> None:
    """C waits at the UPDATE before B does; then A commits."""
    with Deployment(scripted(NUMBERED), SERVICES, 3) as deployment:
        told = [played_until_right(deployment, service_question("script", 3)) for _ in range(5)]
    assert told == [{"A": "1", "B": "2", "C": "3"}] * 5


def played_until_right(deployment: Deployment, question: Question) -> dict[str, str]:
    """What each was told in a schedule, which is played again where the server has picked another one."""
    while True:
        execution = ServiceExecution(deployment, question)
        try:
            return played(execution)
        except OvertakenError:
            continue
        finally:
            execution.end()


def played(execution: ServiceExecution) -> dict[str, str]:
    for actor in "ABCACBA":
        execution.take(Choice(EventKind.STEP, actor))
    while choices := execution.choices():
        execution.take(choices[0])
    calls = [(event.by.actor, event.call) for event in execution.events if event.by and event.call]
    return {actor: str(call.answer) for actor, call in calls if call.command.startswith("INCR")}
