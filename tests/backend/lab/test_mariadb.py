"""The strategies on MariaDB, under its own isolation level, and whom a lock without an index keeps waiting."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from backend.comparison.exhibits import find_exhibit
from backend.engines.blocking import ASK_EVERY_S
from backend.engines.mariadb import find_mariadb
from backend.lab.lab import Lab
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Pace, Verdict
from backend.shop.schema import inbox, orders, payments
from backend.strategies import find
from tests.backend.conftest import Laboratory, Recorder
from tests.backend.http_caller import Caller, caller_of
from tests.backend.own_lab import wait_for
from tests.backend.strategies.test_what_each_strategy_does import CASES, ONCE, Line, check, run_line
from tests.tables import exhaustive_but, first_of_each, values

pytestmark = pytest.mark.skipif(find_mariadb() is None, reason="MariaDB (mariadb-server-core) is not installed here")

_PAUSE = threading.Event()
DIFFERENT = {
    ("pessimistic-lock", "repeatable-read"): ONCE,  # here the snapshot is as old as the check, not as the lock
    ("none", "insert-where-not-exists"): ONCE,  # INSERT ... SELECT reads with locks
    ("pessimistic-lock", "lock-missing-row"): ONCE,  # both lock the gap, and one is ended with a deadlock
}
"""What is not as on PostgreSQL where submissions meet."""


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


def _has_what_it_reads(line: object, *_: object) -> bool:
    """A standby is one of PostgreSQL."""
    assert isinstance(line, Line)
    return EngineKind.STANDBY not in find(line.strategy, line.variant)[1].engines


@pytest.mark.parametrize(
    ("line", "operation", "pace", "expected"),
    exhaustive_but(
        [case for case in CASES if _has_what_it_reads(*case.values)],
        first_of_each(lambda line, _operation, pace, _expected: line.strategy if pace is Pace.SIMULTANEOUS else None),
    ),
)
def test_k_submissions_take_effect_as_often_as_promised(
    laboratory: Laboratory, line: Line, operation: OperationKey, pace: Pace, expected: str
) -> None:
    if line.variant == "deferred":
        expected = ONCE  # no constraint can be put off: the INSERT fails
    if pace is Pace.SIMULTANEOUS:
        expected = DIFFERENT.get((line.strategy, line.variant), expected)
    check(run_line(laboratory, line, operation, pace), expected)


@pytest.mark.parametrize("intents", [20, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_insert_ignore_under_load_is_once_and_nobody_hears_of_a_deadlock(laboratory: Laboratory, intents: int) -> None:
    report = laboratory.run(OperationKey.PLACE_ORDER, "unique-index", "on-conflict", submissions=8, intents=intents)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: intents}
    assert report.answers == {Answer.CREATED: intents, Answer.DUPLICATE: 7 * intents}


def test_many_inserts_that_select_end_in_conflicts_and_in_no_error(laboratory: Laboratory) -> None:
    """Each takes the lock on the table's next number; a deadlock at that one has a number of its own, 1467."""
    report = laboratory.run(OperationKey.PLACE_ORDER, "none", "insert-where-not-exists", submissions=10, intents=40)

    once = report.verdicts[Verdict.EXACTLY_ONCE]
    assert report.verdicts.keys() <= {Verdict.EXACTLY_ONCE, Verdict.UNDECIDED}, "all ten may lose to other intents"
    assert report.effects == report.answers[Answer.CREATED] == once
    assert report.answers.get(Answer.ERROR, 0) == 0


@pytest.mark.parametrize("keys", [20, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_on_duplicate_key_update_under_load_ends_in_no_deadlock(laboratory: Laboratory, keys: int) -> None:
    names = [laboratory.intent(OperationKey.PLACE_ORDER).key for _ in range(keys)]
    upsert = mysql.insert(inbox).on_duplicate_key_update(message_key=inbox.c.message_key)
    ready = threading.Barrier(8)

    def put_all(_number: int) -> None:
        with engine_of(laboratory).connect() as connection:
            ready.wait()
            for name in names:
                connection.execute(upsert.values(message_key=name))
                connection.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put_all, range(8)))  # a deadlock would be raised here
    with engine_of(laboratory).connect() as connection:
        there = sa.select(sa.func.count()).where(inbox.c.message_key.in_(names))
        assert connection.scalar(there) == keys


def test_a_lock_of_a_session_stays_with_a_connection_of_the_pool(laboratory: Laboratory) -> None:
    exhibit = find_exhibit("lock-of-a-pooled-session")
    laboratory.lab.set_instances(exhibit.instances)
    plan = exhibit.plan_for(laboratory.intent(exhibit.operation))
    report = laboratory.lab.start_run(exhibit.setup, plan).wait(60)
    laboratory.lab.set_instances(1)

    assert report.verdicts == {Verdict.STUCK: 1}
    assert report.answers == {Answer.ERROR: 1, Answer.BUSY: 1}


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

    def seen() -> set[tuple[str, tuple[str, ...]]]:
        """Of these two: what the lab saw of an earlier run may be told late."""
        return {(w.submission_id, w.blockers) for w in told.waits if w.submission_id in submission.values()}

    assert wait_for(told, lambda: bool(seen()))
    assert seen() == {(submission[other.key], (submission[one.key],))}


@pytest.mark.parametrize("ends_by", exhaustive_but(["deadlock", "waiting too long"], values("deadlock")))
def test_what_a_concurrent_transaction_made_impossible_is_not_kept_as_the_answer_of_a_key(
    laboratory: Laboratory, impatient_caller: Caller, ends_by: str
) -> None:
    caller, order = impatient_caller, laboratory.intent(OperationKey.PAY_ORDER).key
    body = json.dumps({"order_no": order, "item": "book", "quantity": 1}).encode()
    assert caller.call("POST", "/operations/place-order?strategy=none", body).status == 201
    path, key = "/operations/pay-order?strategy=idempotency-key&variant=stripe", {"Idempotency-Key": order}
    with ThreadPoolExecutor(1) as pool, engine_of(laboratory).connect() as neighbour:
        weight = [{"message_key": f"{order}-{number}"} for number in range(100)]  # the lighter one is rolled back
        neighbour.execute(sa.insert(inbox), weight)
        neighbour.execute(sa.select(payments).where(payments.c.order_no == order).with_for_update())
        paying = pool.submit(caller.call, "POST", path, body, key)
        if ends_by == "deadlock":
            with engine_of(laboratory).connect() as onlooker:
                await_a_lock(onlooker)
            neighbour.execute(sa.update(orders).where(orders.c.order_no == order).values(item="pen"))
        assert paying.result(30).document["type"].endswith(":serialization-failure")
        neighbour.rollback()
    again = caller.call("POST", path, body, key)
    assert (again.status, again.headers.get("idempotent-replayed")) == (201, None)


@pytest.fixture
def impatient_caller(laboratory: Laboratory) -> Iterator[Caller]:
    """A caller of an instance whose sessions wait for a lock for three seconds only."""
    with engine_of(laboratory).connect() as connection:
        connection.exec_driver_sql("SET GLOBAL innodb_lock_wait_timeout = 3")
        laboratory.lab.set_instances(2)
        yield caller_of(laboratory.lab, 1)
        laboratory.lab.set_instances(1)
        connection.exec_driver_sql("SET GLOBAL innodb_lock_wait_timeout = DEFAULT")


def engine_of(laboratory: Laboratory) -> sa.Engine:
    """The lab's database, past everything that the lab does."""
    url = sa.make_url(str(laboratory.lab.connection()["database"])).set(drivername="mysql+pymysql")
    return sa.create_engine(url, poolclass=sa.NullPool)


def await_a_lock(connection: sa.Connection) -> None:
    """Wait until some transaction waits for another one; the server does not look again if it is asked too often."""
    waits = sa.text("SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
    deadline = time.monotonic() + 30
    while not connection.scalar(waits):
        connection.rollback()
        assert time.monotonic() < deadline, "nobody waits"
        _PAUSE.wait(ASK_EVERY_S)
