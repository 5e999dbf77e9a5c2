"""What must not confuse the explorer."""

from __future__ import annotations

import gc
import warnings
from math import comb

import psycopg
import pytest
import redis
import sqlalchemy as sa

from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.explorer.explore import Explorer
from backend.explorer.observer import Watcher
from backend.explorer.question import EventKind, Exploration, Question
from backend.explorer.sandbox import Sandbox
from backend.model.errors import NotApplicableError, SubmitTwiceError
from backend.model.vocabulary import GatewayKeys, OperationKey, Verdict
from tests.backend.explorer import codes
from tests.backend.explorer.conftest import Bench

PLACE, SEND = OperationKey.PLACE_ORDER, OperationKey.SEND_MESSAGE


def test_a_statement_that_is_slow_is_not_taken_for_blocked(bench: Bench) -> None:
    found = bench.explore_code(codes.variant(codes.slow))

    assert found.outcomes == {Verdict.DUPLICATED: comb(6, 3)}
    assert found.counterexample is not None
    assert not any(event.blocked for event in found.counterexample.events)


def test_a_handler_that_raises_is_answered_with_an_error(bench: Bench) -> None:
    found = bench.explore_code(codes.variant(codes.bug))

    # INSERT with its ROLLBACK is the only step; nothing is left of it and every caller knows.
    assert found.outcomes == {Verdict.UNDECIDED: 2}
    assert found.counterexample is not None
    told = [event.answer for event in found.counterexample.events if event.kind is EventKind.ANSWER]
    assert told == ["error", "error"]


def test_a_step_that_waits_says_so_and_is_answered_later(bench: Bench) -> None:
    found = bench.explore(OperationKey.PAY_ORDER, "pessimistic-lock", "repeatable-read")

    assert found.counterexample is not None
    waits = [event for event in found.counterexample.events if event.blocked]
    assert [(event.kind, event.answer) for event in waits] == [(EventKind.STEP, "")]
    after = found.counterexample.events[found.counterexample.events.index(waits[0]) + 1 :]
    assert any(e.kind is EventKind.ANSWER and e.command == waits[0].command and e.answer for e in after)


def test_two_that_wait_for_one_key_count_the_same_whoever_the_server_picks(bench: Bench) -> None:
    # Three INSERTs of one key, each with a crash: the two others may wait when it comes, and then race.
    runs = [bench.explore(PLACE, "unique-index", "catch-violation", requests=3, crashes=1) for _ in range(2)]

    assert all(run.exhaustive and run.schedules == run.classes for run in runs)
    assert runs[0].outcomes == runs[1].outcomes
    assert set(runs[0].outcomes) == {Verdict.EXACTLY_ONCE}


def test_a_row_that_two_wait_for_is_handed_on_the_same_way_every_time(bench: Bench) -> None:
    runs = [bench.explore(OperationKey.ADD_STOCK, "none", "direct", requests=3) for _ in range(5)]

    assert len({(run.schedules, run.classes) for run in runs}) == 1


def test_a_deadlock_is_answered_by_the_server(bench: Bench) -> None:
    found = bench.explore_code(codes.variant(codes.crosswise))

    # Lock, lock, INSERT, COMMIT. They meet if both have their first lock before either has its second: 2 ways, then
    # either waits first; the server refuses one, and the other one goes on alone, which has as many orders as that one
    # has steps between which the refused one may have been told: it was told at once, so just one.
    assert found.exhaustive
    assert found.outcomes[Verdict.EXACTLY_ONCE] == 2 * 2
    assert found.outcomes.keys() == {Verdict.EXACTLY_ONCE, Verdict.DUPLICATED}


def test_a_serialization_failure_is_an_answer(bench: Bench) -> None:
    found = bench.explore_code(codes.variant(codes.serializable))

    # As check-then-act, but of two that overlap one is refused.
    assert set(found.outcomes) == {Verdict.EXACTLY_ONCE}


def test_an_engine_that_dies_is_no_answer(valkey: RunningEngine) -> None:
    with Supervisor() as supervisor:
        database = start_postgresql(supervisor)
        with Explorer(database.url, valkey.url) as explorer:
            bench = Bench(explorer)
            assert bench.explore(PLACE, "none", "direct").exhaustive
            assert database.child is not None
            database.child.kill()
            with pytest.raises(SubmitTwiceError, match="went away"):
                bench.explore(PLACE, "none", "direct")


def test_a_schedule_that_breaks_off_leaves_no_connection(postgresql: RunningEngine, valkey: RunningEngine) -> None:
    with Sandbox(postgresql.url, valkey.url, Watcher()) as sandbox:
        line = sandbox.take_connections()
        connection = line.database.engine.connect()
        connection.execute(sa.text("SELECT 1"))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        connection.detach()
        del line, connection
        gc.collect()  # psycopg warns of a connection that nobody closed
    assert [str(warning.message) for warning in told] == []


def test_a_question_that_makes_no_sense_is_refused_in_words(bench: Bench) -> None:
    with pytest.raises(NotApplicableError):
        bench.explore(PLACE, "pessimistic-lock")
    with pytest.raises(SubmitTwiceError, match="requests"):
        bench.explore(PLACE, "none", requests=9)


def test_cancelling_leaves_what_was_found(bench: Bench) -> None:
    bench.cancelled.set()
    found: Exploration = bench.explore(PLACE, "none", "check-then-act")

    assert found.schedules == 1
    assert not found.exhaustive
    assert str(found.finding).startswith(
        "Not finished, and so no proof: 1 interleaving ran (2 requests, no crash); in each"
    )


def test_a_limit_that_is_just_enough_still_makes_a_proof(bench: Bench) -> None:
    assert bench.explore(PLACE, "none", "direct", limit=6).exhaustive
    assert not bench.explore(PLACE, "none", "direct", limit=5).exhaustive


def test_nothing_is_left_in_the_engines(postgresql: RunningEngine, valkey: RunningEngine) -> None:
    client = redis.Redis.from_url(valkey.url)
    keys, schemas = set(client.keys()), schemas_of_explorers(postgresql)
    with Explorer(postgresql.url, valkey.url) as explorer:
        Bench(explorer).explore(PLACE, "token", "get-then-delete")
        Bench(explorer).explore(PLACE, "distributed-lock", "redis-no-expiry", crashes=1, limit=150)
        assert len(schemas_of_explorers(postgresql) - schemas) == 1
    assert schemas_of_explorers(postgresql) == schemas
    assert set(client.keys()) - keys == set()
    client.close()


def schemas_of_explorers(postgresql: RunningEngine) -> set[str]:
    with psycopg.connect(postgresql.client_url) as connection:
        query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'submit_twice_explorer%'"
        return {name for (name,) in connection.execute(query)}


def test_questions_are_plain_data() -> None:
    assert Question(PLACE, "none") == Question(PLACE, "none", "", 2, 0, 0)


def test_a_crash_after_a_call_to_the_gateway_repeats_it_unless_the_gateway_honours_the_key(bench: Bench) -> None:
    """INSERT marker, call, COMMIT: what the crash rolls back is the memory of the call, not the call."""
    found = {
        keys: bench.explore(SEND, "unique-index", requests=1, crashes=1, gateway_keys=keys).outcomes
        for keys in GatewayKeys
    }
    # A crash may come after the INSERT, after the call, after the COMMIT, or not at all: 4 orders with one request.
    twice = {Verdict.EXACTLY_ONCE: 3, Verdict.DUPLICATED: 1}
    once = {Verdict.EXACTLY_ONCE: 4}
    assert found == {GatewayKeys.NONE: twice, GatewayKeys.IGNORED: twice, GatewayKeys.HONOURED: once}
