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
from tests.backend.own_lab import own_lab, wait_for
from tests.tables import exhaustive_but, values

PLACE = OperationKey.PLACE_ORDER
USED = (EngineKind.POSTGRESQL, EngineKind.REDIS, EngineKind.HTTP)


def test_instances_that_could_not_come_back_are_started_by_the_next_run() -> None:
    """Neither the new database nor, for a while, the earlier one lets them in."""
    with own_lab() as laboratory:
        lab = laboratory.lab
        url = make_url(str(lab.connection()["database"]))
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            for name in ("earlier", "narrow"):
                connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
                connection.execute(f"CREATE DATABASE {name} OWNER {name}")
            earlier, narrow = (
                url.set(username=name, password=name, database=name).render_as_string(hide_password=False)
                for name in ("earlier", "narrow")
            )
            lab.use_database(earlier)
            connection.execute("ALTER ROLE earlier CONNECTION LIMIT 1")
            connection.execute("ALTER ROLE narrow CONNECTION LIMIT 2")
            with pytest.raises(SubmitTwiceError, match="could not start"):
                lab.use_database(narrow)
            with pytest.raises(SubmitTwiceError, match="could not start"):
                laboratory.run(PLACE, "none", submissions=4)
            connection.execute("ALTER ROLE earlier CONNECTION LIMIT -1")
        assert laboratory.run(PLACE, "none", submissions=4).effects == 4


@pytest.mark.parametrize("times", exhaustive_but([1, 2], values(1)))
def test_a_switch_that_fails_half_way_leaves_everything_on_the_earlier_database(
    laboratory: Laboratory, times: int
) -> None:
    """The lab reaches the new database, and the instances do not: its user may have two connections."""
    lab = laboratory.lab
    lab.set_instances(2)
    with narrow_database(str(lab.connection()["database"])) as narrow:
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
def narrow_database(server: str) -> Iterator[str]:
    """The URL of a database on this server that lets in two connections."""
    url = make_url(server)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("CREATE ROLE narrow LOGIN PASSWORD 'narrow' CONNECTION LIMIT 2")
        connection.execute("CREATE DATABASE narrow OWNER narrow")
        try:
            narrow = url.set(username="narrow", password="narrow", database="narrow")
            yield narrow.render_as_string(hide_password=False)
        finally:
            connection.execute("DROP DATABASE narrow WITH (FORCE)")
            connection.execute("DROP ROLE narrow")
