"""Time passes for the rows of one intent, and for no other."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from backend.engines.bare import start_database
from backend.engines.processes.supervisor import Supervisor
from backend.engines.sql import create_sql_engine
from backend.service.ageing import Ageing
from backend.service.engines import ServiceEngines
from backend.service.intents import ServiceIntent

_DAY_S = 24 * 3600
_claims = sa.Table(
    "claims",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("request_key", sa.String(64)),
    sa.Column("until", sa.DateTime),
    sa.Column("seconds", sa.Double),
    sa.Column("milliseconds", sa.BigInteger),
    sa.Column("attempt", sa.Integer),
)


@pytest.fixture(params=["postgresql", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    with Supervisor() as supervisor:
        engine = create_sql_engine(start_database(supervisor, request.param, None).url, pool_size=1)
        _claims.create(engine)
        yield engine
        engine.dispose()


def test_every_moment_in_the_rows_of_an_intent_is_in_the_past_afterwards(database: sa.Engine) -> None:
    now = time.time()
    events = {"until": sa.func.now(), "seconds": now + 10, "milliseconds": int((now + _DAY_S) * 1000), "attempt": 3}
    with database.begin() as connection:
        for key in ("order:key-1", "order:key-2"):
            connection.execute(_claims.insert().values(request_key=key, **events))
        before = connection.execute(sa.select(_claims).order_by(_claims.c.id)).all()
    Ageing(ServiceEngines(None, database, None, None)).pass_time(ServiceIntent("key-1", {"key": "key-1", "n": "1"}))
    with database.connect() as connection:
        aged, other = connection.execute(sa.select(_claims).order_by(_claims.c.id)).all()
    assert other == before[1]
    assert (aged.id, aged.request_key, aged.attempt) == (before[0].id, "order:key-1", 3)
    assert (before[0].until - aged.until).days > 365
    assert aged.seconds < now - 365 * _DAY_S
    assert aged.milliseconds < (now - 365 * _DAY_S) * 1000
