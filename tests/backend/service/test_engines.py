"""The database of a service by URL: one of its own is made and dropped, or the file says how to empty the one named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from backend.engines.bare import start_database
from backend.engines.processes.supervisor import Supervisor
from backend.engines.sql import create_sql_engine
from backend.service.description import Description, parse
from backend.service.engines import service_engines

FILE = """
[service]
command = ["true"]
[database]
url = "{url}"
setup = "CREATE TABLE IF NOT EXISTS orders (order_no text)"
{reset}
[request]
json = {{ order_no = "{{key}}" }}
[effects]
sql = "SELECT count(*) FROM orders WHERE order_no = {{key}}"
"""


def described(url: str, reset: str = "") -> Description:
    return parse(FILE.format(url=url, reset=reset))


@pytest.fixture(params=["postgresql", "mariadb"])
def somebodys(request: pytest.FixtureRequest) -> Iterator[tuple[Supervisor, str, sa.Engine]]:
    """A running server with a database that somebody else uses."""
    with Supervisor() as supervisor:
        url = start_database(supervisor, request.param, None).url
        engine = create_sql_engine(url, pool_size=2)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE orders (order_no text)")
            connection.exec_driver_sql("CREATE TABLE customers (name text)")
            connection.exec_driver_sql("INSERT INTO orders VALUES ('of somebody')")
            connection.exec_driver_sql("INSERT INTO customers VALUES ('somebody')")
        yield supervisor, url, engine
        engine.dispose()


def names(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        is_postgresql = engine.dialect.name == "postgresql"
        sql = "SELECT datname FROM pg_database" if is_postgresql else "SHOW DATABASES"
        return set(connection.exec_driver_sql(sql).scalars())


def rows(engine: sa.Engine, table: str) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(sa.text(f"SELECT * FROM {table}")).scalars())  # noqa: S608  of this test


def test_without_a_reset_a_database_of_its_own_is_made_and_dropped(
    somebodys: tuple[Supervisor, str, sa.Engine],
) -> None:
    supervisor, url, engine = somebodys
    before = names(engine)
    with service_engines(described(url), supervisor) as engines:
        assert engines.own is not None
        assert rows(engines.own, "orders") == []
        assert names(engine) > before
    assert names(engine) == before
    assert (rows(engine, "orders"), rows(engine, "customers")) == (["of somebody"], ["somebody"])


def test_a_reset_empties_what_it_says_before_and_after_and_nothing_else(
    somebodys: tuple[Supervisor, str, sa.Engine],
) -> None:
    supervisor, url, engine = somebodys
    with service_engines(described(url, 'reset = "DELETE FROM orders"'), supervisor) as engines:
        assert engines.own is not None
        assert rows(engines.own, "orders") == []
        with engines.own.begin() as connection:
            connection.exec_driver_sql("INSERT INTO orders VALUES ('of the service')")
    assert (rows(engine, "orders"), rows(engine, "customers")) == ([], ["somebody"])


@pytest.mark.parametrize("somebodys", ["postgresql"], indirect=True)
def test_a_server_that_has_hung_up_meanwhile_costs_a_single_statement_no_error(
    somebodys: tuple[Supervisor, str, sa.Engine],
) -> None:
    supervisor, url, engine = somebodys
    with service_engines(described(url, 'reset = "DELETE FROM orders"'), supervisor) as engines:
        assert engines.single is not None
        pid = engines.single.rows("SELECT pg_backend_pid()", {}, 1)[0][0]
        with engine.connect() as connection:
            ended = "SELECT pg_terminate_backend(%(pid)s, 5000)"
            assert connection.exec_driver_sql(ended, {"pid": pid}).scalar()
        engines.single.run("INSERT INTO orders VALUES (%(key)s)", {"key": "k1"})
        assert engines.single.rows("SELECT pg_backend_pid()", {}, 1)[0][0] != pid
        with pytest.raises(sa.exc.ProgrammingError):
            engines.single.run("no SQL", {})
        assert engines.single.rows("SELECT order_no FROM orders", {}, 2) == [("k1",)]
