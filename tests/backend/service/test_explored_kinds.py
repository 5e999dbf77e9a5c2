"""Kinds of services that people write, explored on the wire, against closed forms and a model in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from math import comb
from pathlib import Path
from typing import Any

import pytest

from backend.explorer.question import Exploration, service_question
from backend.model.errors import SubmitTwiceError
from backend.model.vocabulary import Verdict
from backend.service.description import Description
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration
from backend.service.says import ServiceCode
from tests.backend.service.conftest import SERVICES
from tests.backend.service.scripts import BEGIN, CHECK, COMMIT, INSERT, Model, State, scripted, sql

pytestmark = pytest.mark.exhaustive

ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED
Step = Mapping[str, Any]
Ask = Callable[..., Exploration]


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with Deployment(scripted([INSERT]), SERVICES, 2) as opened:
        yield opened


@pytest.fixture(scope="module")
def ask(deployment: Deployment) -> Ask:
    def explore(description: Description, expiries: int = 0) -> Exploration:
        deployment.turn_to(description)
        exploration = ServiceExploration(deployment, service_question("script", 2, 0, expiries))
        return exploration.explore(lambda _: None, threading.Event())

    return explore


def claims(state: State) -> Generator[None, None, None]:
    """One step decides who goes on; then INSERT and COMMIT."""
    yield
    if state["claim"]:
        return
    state["claim"] = 1
    yield
    yield
    state["effects"] += 1


def watches(state: State) -> Generator[None, None, None]:
    """WATCH, GET, MULTI … EXEC, INSERT, COMMIT; or UNWATCH after GET."""
    yield
    seen = state["version"]
    yield
    if state["claim"]:
        yield
        return
    yield
    if state["version"] != seen:
        return
    state["version"] += 1
    state["claim"] = 1
    yield
    yield
    state["effects"] += 1


def reads_then_writes(state: State) -> Generator[None, None, None]:
    """What the second statement does hangs on what the first one found; each commits by itself."""
    yield
    if state["n"]:
        return
    yield
    state["n"] += 1
    yield
    state["effects"] += 1


def holds_a_lock(state: State) -> Generator[None, None, None]:
    """SET NX, INSERT, DEL."""
    yield
    if state["lock"]:
        return
    state["lock"] = 1
    yield
    state["effects"] += 1
    yield
    state["lock"] = 0


def regrets(state: State) -> Generator[None, None, None]:
    """Asks whether the key is taken, inserts it and does something else; who is refused inserts something else."""
    yield
    found = state["key"]
    if found:
        return
    yield
    if state["key"]:
        yield
        state["effects"] += 1
        return
    state["key"] = 1
    state["effects"] += 1
    yield


def releases_blindly(state: State) -> Generator[None, None, None]:
    """SET NX, SELECT, INSERT, COMMIT; and DEL, whether it got the lock or not."""
    yield
    if not state["lock"]:
        state["lock"] = 1
        yield
        if not state["effects"]:
            yield
            yield
            state["effects"] += 1
    yield
    state["lock"] = 0


ADVISORY = "SELECT pg_advisory_lock(hashtext(:key))"
KINDS: dict[str, tuple[Sequence[Step], dict[Verdict, int]]] = {
    "an advisory lock of the transaction": (
        [BEGIN, *sql("SELECT pg_advisory_xact_lock(hashtext(:key))"), CHECK, INSERT, COMMIT],
        {ONCE: 8},
    ),
    "an advisory lock that is tried": (
        [
            BEGIN,
            {"sql": "SELECT 1 WHERE pg_try_advisory_xact_lock(hashtext(:key))", "stop": "none"},
            CHECK,
            INSERT,
            COMMIT,
        ],
        {ONCE: 8},
    ),
    "an advisory lock that ends before the transaction": (
        [BEGIN, *sql(ADVISORY), CHECK, INSERT, *sql("SELECT pg_advisory_unlock(hashtext(:key))"), COMMIT],
        # Per order: the second waits at 3 places, or comes between UNLOCK and COMMIT, or after it. Once it has the
        # lock, one place of the first one's COMMIT is early enough, and four are too late.
        {ONCE: 2 * (3 + 1 + 1), TWICE: 2 * (3 + 1) * 4},
    ),
    "an upsert": (
        [
            BEGIN,
            *sql(
                "INSERT INTO unique_orders (order_no) VALUES (:key)"
                " ON CONFLICT (order_no) DO UPDATE SET times = unique_orders.times + 1"
            ),
            COMMIT,
        ],
        {ONCE: 4},
    ),
    "a script that makes up its key": (
        [
            {"redis": "SCRIPT return redis.call('SET', 'claim:' .. ARGV[1], '1', 'NX') and 1 or 0", "stop": "none"},
            BEGIN,
            INSERT,
            COMMIT,
        ],
        Model(claims).outcomes(),
    ),
    "a key that is watched": (
        [
            {"redis": "WATCH claim::key"},
            {"redis": "GET claim::key", "stop": "some", "then": [{"redis": "UNWATCH"}]},
            {"redis": "MULTI SET claim::key 1", "stop": "none"},
            BEGIN,
            INSERT,
            COMMIT,
        ],
        Model(watches).outcomes(),
    ),
    "a statement that hangs on the one before": (
        [
            {"sql": "SELECT id FROM carts WHERE order_no = :key AND n = 0", "stop": "none"},
            *sql("UPDATE carts SET n = n + 1 WHERE order_no = :key"),
            INSERT,
        ],
        Model(reads_then_writes).outcomes(),
    ),
    "a pipeline up to its end": (
        [
            {"pipeline": ["BEGIN", INSERT["sql"], "UPDATE carts SET n = n + 1 WHERE order_no = :key"]},
            COMMIT,
        ],
        {TWICE: 4},
    ),
    "commands that are sent in one go": (
        [{"batch": ["INCR n::key", "INCR m::key"]}, INSERT],
        {TWICE: comb(6, 3)},
    ),
    "a blocking read, which nobody schedules": (
        [{"redis": "RPUSH queue::key 1"}, {"redis": "BLPOP queue::key 0"}, INSERT],
        {TWICE: comb(4, 2)},
    ),
    "a blocking read that is sent before anybody has answered": (
        [{"batch": ["RPUSH queue::key 1", "BLPOP queue::key 0"]}, INSERT],
        {TWICE: comb(4, 2)},
    ),
    "a savepoint whose name is new each time": (
        [BEGIN, *sql("SAVEPOINT sp_:random"), CHECK, INSERT, COMMIT],
        # good is what looks after the other one's COMMIT; its SAVEPOINT may stand at any of 5 places
        {ONCE: 2 * 5, TWICE: comb(8, 4) - 2 * 5},
    ),
    "an exception that nobody catches, after which the connection ends": (
        [
            *sql("SELECT 1 / (1 - n) FROM stock WHERE order_no = :key", "UPDATE stock SET n = 1 WHERE order_no = :key"),
            INSERT,
        ],
        Model(reads_then_writes).outcomes(),
    ),
    "a snapshot that is there as soon as a statement is prepared": (
        [
            *sql("BEGIN ISOLATION LEVEL REPEATABLE READ"),
            {"sql": "SELECT id FROM orders WHERE order_no = :key -- :random", "prepare": True, "stop": "some"},
            INSERT,
            COMMIT,
        ],
        {ONCE: 2, TWICE: comb(6, 3) - 2},
    ),
    "a ping that takes the snapshot": (
        [*sql("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"), CHECK, INSERT, COMMIT],
        {ONCE: 2, TWICE: comb(6, 3) - 2},
    ),
    "text that is new each time": (
        [BEGIN, *sql("SELECT id FROM orders WHERE order_no IN (':random', '') -- :random"), INSERT, COMMIT],
        {TWICE: comb(6, 3)},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_service_comes_to_what_it_must(kind: str, ask: Ask) -> None:
    steps, expected = KINDS[kind]
    found = ask(scripted(steps))
    assert found.exhaustive
    assert found.outcomes == expected


def test_a_lock_that_is_released_whatever_happens(ask: Ask) -> None:
    lock = {"redis": "SET lock::key 1 NX EX 600", "stop": "none"}
    found = ask(scripted([lock, BEGIN, CHECK, INSERT, COMMIT], afterwards=[{"redis": "DEL lock::key"}]))
    assert found.outcomes == Model(releases_blindly).outcomes()


def test_what_follows_upon_an_answer_only_in_a_race(ask: Ask) -> None:
    """While it is warmed up the service is silent after its answers; what was made of that is made anew."""
    insert = {"sql": "INSERT INTO unique_orders (order_no) VALUES (:key)"}
    check = {"sql": "SELECT times FROM unique_orders WHERE order_no = :key", "stop": "some"}
    touch = {"sql": "UPDATE stock SET n = n + 1 WHERE order_no = :key"}
    found = ask(scripted([check, insert, touch], regrets=[INSERT]))
    assert found.outcomes == Model(regrets).outcomes()


def test_what_is_passed_on_to_another_instance_after_the_answer(ask: Ask, tmp_path: Path) -> None:
    """Nothing shows that it is on its way; what comes of it is seen, and the exploration begins again with patience."""
    insert = {"sql": "INSERT INTO unique_orders (order_no) VALUES (:key)"}
    check = {"sql": "SELECT times FROM unique_orders WHERE order_no = :key", "stop": "some"}
    touch = {"sql": "UPDATE stock SET n = n + 1 WHERE order_no = :key"}
    peers = {"PEERS": str(tmp_path)}
    found = ask(scripted([check, insert, touch], regrets=[INSERT], environment=peers))
    assert found.outcomes == Model(regrets).outcomes()


def test_a_lease_that_runs_out_is_an_event(ask: Ask) -> None:
    """SET, INSERT, DEL; the other finds the lock taken, unless it has run out between SET and DEL."""
    lock = {"redis": "SET lock::key 1 NX EX 600", "stop": "none"}
    service = scripted([lock, INSERT, {"redis": "DEL lock::key"}])
    assert ask(service).outcomes == Model(holds_a_lock).outcomes()
    found = ask(service, expiries=1)
    assert found.outcomes[TWICE] > ask(service).outcomes.get(TWICE, 0)


def test_a_transaction_that_is_tried_again_until_it_is_serializable(ask: Ask) -> None:
    begin = {"sql": "BEGIN ISOLATION LEVEL SERIALIZABLE"}
    found = ask(scripted([begin, CHECK, INSERT, COMMIT], again=True))
    assert found.exhaustive
    assert found.outcomes.keys() == {ONCE}
    assert found.schedules >= comb(6, 3)


def test_a_step_of_chance_is_named(ask: Ask) -> None:
    extra = {"sql": "UPDATE carts SET n = n + 1 WHERE order_no = :key", "chance": 0.5}
    with pytest.raises(SubmitTwiceError) as caught:
        ask(scripted([extra, BEGIN, CHECK, INSERT, COMMIT]))
    assert caught.value.sentence.code in {ServiceCode.DIVERGED, ServiceCode.LATE_STEPS}


def test_steps_side_by_side_that_come_in_any_order_are_named(ask: Ask) -> None:
    reads = sql("SELECT n FROM carts WHERE order_no = :key", "SELECT n FROM stock WHERE order_no = :key")
    with pytest.raises(SubmitTwiceError) as caught:
        ask(scripted([{"together": reads}, BEGIN, CHECK, INSERT, COMMIT]))
    assert caught.value.sentence.code in {ServiceCode.DIVERGED, ServiceCode.LATE_STEPS}


def test_a_heartbeat_that_is_under_way_when_a_request_takes_over_its_connection() -> None:
    description = scripted([CHECK, INSERT], environment={"SHARED_BEAT_S": "0.02"})
    with Deployment(description, SERVICES, 2) as deployment:
        found = ServiceExploration(deployment, service_question("beats")).explore(lambda _: None, threading.Event())
    assert found.outcomes == {ONCE: 2, TWICE: comb(4, 2) - 2}
    assert [note.code for note in found.notes] == [ServiceCode.BACKGROUND]


def test_a_heartbeat_belongs_to_no_request() -> None:
    description = scripted([BEGIN, CHECK, INSERT, COMMIT], environment={"BEAT_S": "0.02"})
    with Deployment(description, SERVICES, 2) as deployment:
        found = ServiceExploration(deployment, service_question("beats")).explore(lambda _: None, threading.Event())
    assert found.outcomes == {ONCE: 2, TWICE: comb(6, 3) - 2}
    assert [note.code for note in found.notes] == [ServiceCode.BACKGROUND]
