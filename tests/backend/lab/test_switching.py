"""Switching the database is all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from backend.model.errors import SubmitTwiceError
from backend.model.vocabulary import EngineKind, Health, OperationKey, Verdict
from tests.backend.conftest import Laboratory
from tests.backend.own_lab import wait_for
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER
USED = (EngineKind.POSTGRESQL, EngineKind.REDIS, EngineKind.HTTP)


def test_instances_that_could_not_come_back_are_started_by_the_next_run(laboratory: Laboratory) -> None:
    """Neither the new database nor, for a while, the earlier one lets them in."""
    lab = laboratory.lab
    server = str(lab.connection()["database"])
    with database_of(server, "earlier") as earlier, database_of(server, "narrow") as narrow:
        lab.use_database(earlier)
        let_in(server, "earlier", 1)
        let_in(server, "narrow", 2)
        with pytest.raises(SubmitTwiceError, match="could not start"):
            lab.use_database(narrow)
        with pytest.raises(SubmitTwiceError, match="could not start"):
            laboratory.run(PLACE, "none", submissions=4)
        let_in(server, "earlier", -1)
        assert laboratory.run(PLACE, "none", submissions=4).effects == 4
        lab.use_database("postgresql")


@pytest.mark.parametrize("times", exhaustive_but([1, 2], values(1)))
def test_a_switch_that_fails_half_way_leaves_everything_on_the_earlier_database(
    laboratory: Laboratory, times: int
) -> None:
    """The lab reaches the new database, and the instances do not: its user may have two connections."""
    lab = laboratory.lab
    lab.set_instances(2)
    server = str(lab.connection()["database"])
    with database_of(server, "narrow") as narrow:
        let_in(server, "narrow", 2)
        for _ in range(times):
            with pytest.raises(SubmitTwiceError, match="could not start"):
                lab.use_database(narrow)
            result = laboratory.run(PLACE, "none", submissions=4)
            assert result.verdicts == {Verdict.DUPLICATED: 1}, (result, laboratory.told.replies)
            health = {engine.kind: engine.health for engine in lab.engines() if engine.kind in USED}
            assert health == dict.fromkeys(USED, Health.UP)
    assert wait_for(laboratory.told, lambda: len(laboratory.told.rows) == 4 * times)
    lab.use_database("sqlite")
    assert lab.engines()[0].kind is EngineKind.SQLITE
    assert laboratory.run(PLACE, "none", submissions=4).effects == 4


@contextmanager
def database_of(server: str, name: str) -> Iterator[str]:
    """The URL of a new database on this server, by which its owner comes, who bears the same name."""
    ask(server, f"CREATE ROLE {name} LOGIN PASSWORD '{name}'", f"CREATE DATABASE {name} OWNER {name}")
    try:
        yield make_url(server).set(username=name, password=name, database=name).render_as_string(hide_password=False)
    finally:
        ask(server, f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}")


def let_in(server: str, role: str, connections: int) -> None:
    ask(server, f"ALTER ROLE {role} CONNECTION LIMIT {connections}")


def ask(server: str, *statements: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
