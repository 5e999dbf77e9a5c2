"""A check that is cancelled while a query of effects takes long: the query is ended, and what was judged is kept."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from backend.engines.bare import start_database
from backend.engines.mariadb import find_mariadb
from backend.engines.processes.supervisor import Supervisor
from backend.engines.sentences import is_away
from backend.engines.sql import create_sql_engine, end_query
from backend.model.vocabulary import Verdict
from backend.service.description import Description
from backend.service.outside.check import Checker
from backend.service.outside.model import CheckPlan, CheckProgress, CheckSituation
from backend.service.outside.stand import Stand
from backend.service.says import ServiceCode
from tests.backend.engines.helpers import wait_until
from tests.backend.service.awkward import SERVICES, awkward

COUNT = "SELECT count(*) FROM orders WHERE order_no = {key}"
SECOND_BATCH = f"{COUNT} AND CASE WHEN right(order_no, 2) = '12' THEN pg_sleep(40) IS NOT NULL ELSE true END"
MID_BATCH = f"{COUNT} AND CASE WHEN nextval('orders_id_seq') > 76 THEN pg_sleep(40) IS NOT NULL ELSE true END"
"""Each row that is found takes a number: by then all are sent, waited for, and some are judged."""
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'"


def how_many_sleep(stand: Stand) -> int:
    own = stand.engines.own
    assert own is not None
    with own.connect() as connection:
        return int(connection.exec_driver_sql(SLEEPING).scalar_one())


def judged_when_cancelled(description: Description) -> list[Verdict]:
    """Verdicts of a check that is cancelled as soon as a query of effects sleeps."""
    cancelled = threading.Event()
    plan = CheckPlan((CheckSituation.ONE_AFTER_ANOTHER,), 20, 2, 10.0, limit_s=10.0, afterwards_s=0.5)
    with Stand(description, SERVICES) as stand:

        def cancel() -> None:
            if wait_until(lambda: how_many_sleep(stand) > 0, 60):
                cancelled.set()

        thread = threading.Thread(target=cancel)
        thread.start()
        found = Checker(stand, plan, lambda _progress: None, cancelled).check("submit-twice.toml")
        thread.join()
        assert how_many_sleep(stand) == 0
    assert found.is_cancelled
    assert found.broken_off is None
    (situation,) = found.situations
    return [intent.verdict for intent in situation.intents]


@pytest.mark.exhaustive
def test_a_batch_that_was_judged_is_kept() -> None:
    assert judged_when_cancelled(awkward("/", effects=f'sql = "{SECOND_BATCH}"')) == [Verdict.DUPLICATED] * 10


def test_intents_that_were_judged_are_kept() -> None:
    verdicts = judged_when_cancelled(awkward("/", effects=f'sql = "{MID_BATCH}"'))
    assert verdicts in [[Verdict.DUPLICATED] * count for count in range(1, 10)]


def test_what_could_not_be_read_once_more_in_the_end_is_not_known() -> None:
    """Whatever came behind the answers would have been seen then."""
    cancelled = threading.Event()
    plan = CheckPlan((CheckSituation.CLICKS,), 2, 1, 10.0, limit_s=10.0, afterwards_s=0.5)
    with Stand(awkward("/"), SERVICES) as stand, ExitStack() as locking:

        def lock(progress: CheckProgress) -> None:
            """Behind the last verdict: then nobody can read."""
            assert progress.done == 2
            assert stand.engines.own is not None
            connection = locking.enter_context(stand.engines.own.connect())
            connection.exec_driver_sql("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            cancelled.set()

        found = Checker(stand, plan, lock, cancelled).check("submit-twice.toml")
    (situation,) = found.situations
    assert [(one.verdict, one.effects) for one in situation.intents] == [(Verdict.UNDECIDED, 1)] * 2
    assert [one.code for one in found.at_work] == [ServiceCode.NOT_READ_AGAIN]


def test_what_has_changed_in_the_end_with_no_step_seen_may_not_be_over() -> None:
    """Somebody else has doubled the effect of one of two intents, and nobody looks a third time."""
    cancelled = threading.Event()
    plan = CheckPlan((CheckSituation.CLICKS,), 2, 1, 10.0, limit_s=10.0, afterwards_s=0.5)
    with Stand(awkward("/"), SERVICES) as stand:

        def double(progress: CheckProgress) -> None:
            """Behind the last verdict."""
            assert progress.done == 2
            assert stand.engines.own is not None
            with stand.engines.own.begin() as connection:
                connection.exec_driver_sql(
                    "INSERT INTO orders (order_no) SELECT order_no FROM orders ORDER BY id DESC LIMIT 1"
                )
            cancelled.set()

        found = Checker(stand, plan, double, cancelled).check("submit-twice.toml")
    (situation,) = found.situations
    assert Counter((one.verdict, one.effects) for one in situation.intents) == {
        (Verdict.DUPLICATED, 2): 1,
        (Verdict.UNDECIDED, 1): 1,
    }
    assert [one.code for one in found.at_work] == [ServiceCode.CHANGING]


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("postgresql", "SELECT pg_sleep(40)"),
        pytest.param(
            "mariadb",
            "SELECT count(*) FROM information_schema.tables WHERE sleep(40)",
            marks=pytest.mark.skipif(find_mariadb() is None, reason="MariaDB is not installed"),
        ),
    ],
)
def test_a_query_that_is_ended_by_another_thread_fails(kind: str, query: str) -> None:
    over = threading.Event()
    with Supervisor() as supervisor:
        engine = create_sql_engine(start_database(supervisor, kind, None).url)

        def end(connection: sa.Connection) -> None:
            while not over.wait(0.1):
                end_query(connection)

        with engine.connect() as connection:
            ending = threading.Thread(target=end, args=(connection,))
            ending.start()
            with pytest.raises(sa.exc.SQLAlchemyError) as raised:
                connection.exec_driver_sql(query)
            over.set()
            ending.join()
        engine.dispose()
    assert not is_away(raised.value), "or it would be asked again"
