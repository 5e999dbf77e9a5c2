"""Servers that let nobody have more than one connection: said in one sentence, before anything is written."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from backend.engines.bare import bare_engines
from backend.engines.external import connect_database, connect_redis
from backend.engines.processes.supervisor import Supervisor
from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine
from backend.engines.says import EngineCode
from backend.engines.sql import create_sql_engine
from backend.engines.valkey import start_valkey
from backend.lab.lab import Lab
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.sentence import Sentence
from backend.model.vocabulary import Answer, OperationKey
from tests.backend.own_lab import own_lab

SOON_S = 60.0
"""Far less than for ever; a start takes a second or two, more on a busy machine."""
POSTGRESQL = (
    "CREATE ROLE {name} LOGIN PASSWORD '{name}' CONNECTION LIMIT {limit}",
    "CREATE DATABASE {name} OWNER {name}",
)
MARIADB = (
    "CREATE DATABASE {name}",
    "CREATE USER {name}@localhost IDENTIFIED BY '{name}' WITH MAX_USER_CONNECTIONS {limit}",
    "GRANT ALL ON {name}.* TO {name}@localhost",
)


def limited(server: RunningEngine, limit: int) -> str:
    """URL of an empty database there, for a user who may have so many connections at a time."""
    name = f"few_{secrets.token_hex(4)}"
    engine = create_sql_engine(server.url, pool_size=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in POSTGRESQL if engine.dialect.name == "postgresql" else MARIADB:
            connection.execute(sa.text(statement.format(name=name, limit=limit)))
    engine.dispose()
    url = make_url(server.client_url).set(username=name, password=name, database=name)
    return url.render_as_string(hide_password=False)


def tables_in(url: str) -> list[str]:
    engine = create_sql_engine(url, pool_size=1)
    try:
        return sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def reason_in(sentence: Sentence) -> object:
    reason = dict(sentence.parts)["reason"]
    assert isinstance(reason, Sentence)
    return reason.code


def refusal(start: Callable[[], object]) -> SubmitTwiceError:
    """What it says, soon."""
    caught: list[SubmitTwiceError] = []

    def try_it() -> None:
        with pytest.raises(SubmitTwiceError) as raised:
            start()
        caught.append(raised.value)

    thread = threading.Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(SOON_S)
    assert not thread.is_alive(), "it hangs"
    (error,) = caught
    assert "\n" not in str(error)
    return error


def explore_on(options: LabOptions) -> None:
    with bare_engines(options):
        pass


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_database_that_allows_one_connection(request: pytest.FixtureRequest, server: str) -> None:
    url = limited(request.getfixturevalue(server), 1)
    options = LabOptions(database=url)
    for start in (lambda: connect_database(url), lambda: explore_on(options), Lab(options).start):
        assert reason_in(refusal(start).sentence) is EngineCode.ONE_CONNECTION
    assert tables_in(url) == []


def test_a_redis_that_allows_one_connection() -> None:
    with Supervisor() as supervisor:
        url = start_valkey(supervisor).url
        with create_redis(url, max_connections=1) as client:
            client.config_set("maxclients", 1)
            client.connection_pool.disconnect()
        options = LabOptions(redis=url)
        for start in (lambda: connect_redis(url), lambda: explore_on(options), Lab(options).start):
            assert reason_in(refusal(start).sentence) is EngineCode.ONE_CONNECTION


def test_a_lab_that_gets_too_few_connections_says_so(postgresql: RunningEngine) -> None:
    """Its backend process has none, ends, and is not started again for ever."""
    lab = Lab(LabOptions(database=limited(postgresql, 2)))
    try:
        error = refusal(lab.start)
    finally:
        lab.close()
    assert isinstance(error, EngineError) or reason_in(error.sentence) is EngineCode.FULL


@pytest.mark.exhaustive
def test_a_lab_that_two_connections_are_enough_for_tells_each_who_gets_none(mariadb: RunningEngine) -> None:
    """There a start needs no third one; what runs out is what submissions need."""
    with own_lab(LabOptions(database=limited(mariadb, 2))) as laboratory:
        report = laboratory.run(OperationKey.PLACE_ORDER, "none", submissions=6, delay_ms=200)
        told = [reply.detail for reply in laboratory.told.replies if reply.answer is Answer.ERROR and reply.detail]
    assert report.broken_off is None
    assert set(report.answers) == {Answer.CREATED, Answer.ERROR}
    assert report.effects == report.answers[Answer.CREATED]
    assert len(told) == report.answers[Answer.ERROR]
    assert set(map(reason_in, told)) == {EngineCode.FULL}
