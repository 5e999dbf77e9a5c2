"""Tables are made as they stand in the schema, also where what makes them was worked out for another lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from backend.engines.sql import create_sql_engine
from backend.shop.schema import add_table, forget_added_tables, metadata
from backend.shop.tables import create_tables, require_tables
from tests.backend.neighbours.conftest import Mariadb, Postgresql

WORDS = "50 % of 100 %s, and %%; never 0123456789abcdef"


@pytest.fixture
def _added() -> Iterator[None]:
    """A strategy of somebody's own has a table with signs that statements and drivers write otherwise."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("words", sa.String(80), server_default=WORDS),
        sa.Column("state", sa.Enum("begun", "done", name="own_state"), server_default="begun"),
    )
    assert add_table(sa.Table("own_words", sa.MetaData(), *columns))
    yield
    forget_added_tables()


def two_on_postgresql(request: pytest.FixtureRequest) -> list[str]:
    first: Postgresql = request.getfixturevalue("postgresql")
    url = make_url(first.url).set(drivername="postgresql+psycopg")
    first.script(f"CREATE DATABASE {url.database}_too")
    return [shown(url), shown(url.set(database=f"{url.database}_too"))]


def two_on_mariadb(request: pytest.FixtureRequest) -> list[str]:
    both: Mariadb = request.getfixturevalue("mariadb")
    url = make_url(both.url).set(drivername="mariadb+pymysql")
    return [shown(url), shown(url.set(database=both.other))]


def two_files(request: pytest.FixtureRequest) -> list[str]:
    folder: Path = request.getfixturevalue("tmp_path")
    return [f"sqlite:///{folder / name}" for name in ("one", "two")]


def shown(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.mark.usefixtures("_added")
@pytest.mark.parametrize("databases", [two_on_postgresql, two_on_mariadb, two_files])
def test_a_default_is_what_was_written_and_each_lab_has_its_number(
    databases: Callable[[pytest.FixtureRequest], list[str]], request: pytest.FixtureRequest
) -> None:
    labs = set()
    for url in databases(request):
        engine = create_sql_engine(url, pool_size=1)
        try:
            with engine.begin() as connection:
                labs.add(create_tables(connection))
            with engine.begin() as connection:
                assert create_tables(connection) == require_tables(connection), "nothing is missing"
                own = metadata.tables["own_words"]
                connection.execute(sa.insert(own).values(id=1))
                assert connection.scalar(sa.select(own.c.words)) == WORDS
        finally:
            engine.dispose()
    assert len(labs) == 2


@pytest.mark.parametrize(
    "gone",
    [
        "DROP TABLE goods",
        "DROP TABLE orders",
        "DROP TRIGGER witness_stock ON goods",
        "ALTER TABLE goods DISABLE TRIGGER ALL",
    ],
)
def test_a_trigger_that_is_not_at_work_any_more_is_made_again(postgresql: Postgresql, gone: str) -> None:
    """Its function has stayed."""
    engine = create_sql_engine(shown(make_url(postgresql.url).set(drivername="postgresql+psycopg")), pool_size=1)
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' ORDER BY 1"
    try:
        with engine.begin() as connection:
            create_tables(connection)
        postgresql.script(gone)
        with engine.begin() as connection:
            assert len(connection.scalars(sa.text(triggers)).all()) == 1
            create_tables(connection)
            assert connection.scalars(sa.text(triggers)).all() == ["witness_deletion", "witness_stock"]
    finally:
        engine.dispose()
