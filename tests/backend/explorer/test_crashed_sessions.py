"""What becomes of a crashed request's session: nothing of it is left, and what may be left goes with the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from backend.engines.running import RunningEngine
from backend.explorer.execution import Execution
from backend.explorer.observer import Watcher
from backend.explorer.question import Choice, EventKind, Question
from backend.explorer.sandbox import Sandbox
from backend.model.vocabulary import Answer, OperationKey
from backend.shop.operations import Request
from backend.strategies.base import Handler, Services
from tests.backend.explorer.codes import variant

QUESTION = Question(OperationKey.PLACE_ORDER, "test", "test", 1, crashes=1)
HELD = sa.text("SELECT count(*) FROM pg_locks WHERE pid = :pid AND mode LIKE 'RowExclusive%'")


def direct(request: Request, services: Services) -> Answer:
    """INSERT, COMMIT."""
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def told_by(words: str) -> Handler:
    """The same, with something before that the session may keep."""

    def handle(request: Request, services: Services) -> Answer:
        with services.database.begin() as connection:
            connection.execute(sa.text(words))
            return request.operation.act(connection, request)

    return handle


@pytest.fixture
def watched(postgresql: RunningEngine, valkey: RunningEngine) -> Iterator[tuple[Sandbox, Watcher]]:
    watcher = Watcher()
    with Sandbox(postgresql.url, valkey.url, watcher) as sandbox:
        yield sandbox, watcher


def locks(sandbox: Sandbox, pid: int) -> int:
    with sandbox.database.own.connect() as connection:
        return int(connection.scalar(HELD, {"pid": pid}) or 0)


def crash_behind_the_insert(watched: tuple[Sandbox, Watcher], handle: Handler) -> tuple[int, int]:
    """The server process of a request that crashes, and of its retry, both of which insert."""
    sandbox, _ = watched
    execution = Execution(*watched, QUESTION, variant(handle))
    first = execution.submissions[0]
    step = Choice(EventKind.STEP, first.actor)
    while first.pending is None or first.pending.command != "COMMIT":
        execution.take(step)
    pid = first.connections.database.pid
    assert locks(sandbox, pid)
    execution.take(Choice(EventKind.CRASH, first.actor))
    assert not locks(sandbox, pid)
    retry = execution.submissions[1]
    while execution.choices():
        execution.take(Choice(EventKind.STEP, retry.actor))
    execution.end()
    assert retry.answer is Answer.CREATED
    assert execution.answers == {Answer.CREATED}
    assert len(sandbox.judge([(execution.fixture, execution.answers)])) == 1
    return pid, retry.connections.database.pid


def test_a_transaction_of_a_crashed_request_is_rolled_back(watched: tuple[Sandbox, Watcher]) -> None:
    crash_behind_the_insert(watched, direct)  # the first session of all has asked the server about itself
    before, after = crash_behind_the_insert(watched, direct)
    assert before == after, "to open another one costs the server more than a schedule"


@pytest.mark.parametrize(
    "words",
    [
        "SET application_name = 'somebody'",
        "SELECT set_config('application_name', 'somebody', false)",
        "CREATE TEMPORARY TABLE IF NOT EXISTS somebody (key text)",
        "SELECT pg_advisory_lock(7)",
    ],
)
def test_a_session_that_may_keep_something_ends_with_its_request(watched: tuple[Sandbox, Watcher], words: str) -> None:
    sandbox, _ = watched
    for _ in range(2):
        before, after = crash_behind_the_insert(watched, told_by(words))
        assert before != after
        assert sandbox.database.is_gone(before)


def serializable(request: Request, services: Services) -> Answer:
    """INSERT, COMMIT, on a session whose level is to be as it was, and that ends with its request."""
    with services.database.execution_options(isolation_level="SERIALIZABLE").begin() as connection:
        connection.execute(sa.text("SELECT set_config('application_name', 'somebody', false)"))
        return request.operation.act(connection, request)


def catching_everything(request: Request, services: Services) -> Answer:
    """INSERT, COMMIT, and an answer whatever happens."""
    try:
        return direct(request, services)
    except BaseException:  # noqa: BLE001  as some do
        return Answer.BUSY


@pytest.mark.parametrize("handle", [serializable, catching_everything])
def test_whatever_is_made_of_its_end_a_crashed_request_is_dead(
    watched: tuple[Sandbox, Watcher], handle: Handler
) -> None:
    for _ in range(2):
        crash_behind_the_insert(watched, handle)
