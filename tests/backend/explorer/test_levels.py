"""The explorer works at the isolation level that a PostgreSQL server, database or user is set to, as runs do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine, sqlalchemy_url
from backend.explorer.explore import Explorer
from backend.model.vocabulary import OperationKey, Verdict
from tests.backend.explorer.conftest import Bench

PLACE = OperationKey.PLACE_ORDER


@pytest.fixture
def strict(postgresql: RunningEngine, valkey: RunningEngine) -> Iterator[Bench]:
    """In a database whose owner wants all transactions serializable."""
    own = create_sql_engine(postgresql.url, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    url = sqlalchemy_url(postgresql.url).set(database="strict").render_as_string(hide_password=False)
    with own.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE strict")
        connection.exec_driver_sql("ALTER DATABASE strict SET default_transaction_isolation = 'serializable'")
        try:
            with Explorer(url, valkey.url) as explorer:
                yield Bench(explorer)
        finally:
            connection.exec_driver_sql("DROP DATABASE strict WITH (FORCE)")
    own.dispose()


def test_what_asks_for_no_level_has_that_of_the_database(strict: Bench, bench: Bench) -> None:
    found = strict.explore(PLACE, "none", "check-then-act")
    asked_for = bench.explore(PLACE, "serializable", "no-retry")
    assert found.outcomes == asked_for.outcomes
    assert Verdict.DUPLICATED not in found.outcomes
    assert "the level that this server is set to, SERIALIZABLE" in str(found.notes[0])


def test_an_ordinary_server_is_not_spoken_of(bench: Bench) -> None:
    assert bench.explore(PLACE, "none", "direct").notes == ()
