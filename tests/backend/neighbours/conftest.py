"""Servers with databases of somebody else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pymysql
import pytest
from sqlalchemy.engine import make_url

from backend.engines.mariadb import find_mariadb, start_mariadb
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.valkey import start_valkey
from tests.backend.neighbours.dumps import dump_of_mariadb, dump_of_postgresql


@dataclass(frozen=True)
class Postgresql:
    """A database of somebody else."""

    url: str
    superuser_url: str

    def script(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    def dump(self, *options: str) -> str:
        return dump_of_postgresql(self.url, *options)


@dataclass(frozen=True)
class Mariadb:
    """Two databases of somebody else on one server."""

    url: str
    other: str

    def script(self, *statements: str) -> None:
        url = make_url(self.url)
        socket = str(url.query["unix_socket"])
        with (
            pymysql.connect(
                unix_socket=socket, user=url.username, password=str(url.password), database=url.database
            ) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
            connection.commit()

    def dump(self, *without: str) -> list[str]:
        return dump_of_mariadb(self.url, (str(make_url(self.url).database), self.other), without)


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def _neighbours() -> Iterator[Supervisor]:
    with Supervisor() as running:
        yield running


@pytest.fixture(scope="session")
def _postgresql(_neighbours: Supervisor) -> str:
    return start_postgresql(_neighbours).client_url


@pytest.fixture
def postgresql(_postgresql: str) -> Postgresql:
    name = f"theirs_{next(_numbers)}"
    with psycopg.connect(_postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = make_url(_postgresql).set(database=name).render_as_string(hide_password=False)
    return Postgresql(url, _postgresql)


@pytest.fixture(scope="session")
def _mariadb(_neighbours: Supervisor) -> str:
    if find_mariadb() is None:
        pytest.skip("MariaDB (mariadb-server-core) is not installed here")
    return start_mariadb(_neighbours).client_url


@pytest.fixture
def mariadb(_mariadb: str) -> Mariadb:
    number = next(_numbers)
    name, other = f"theirs_{number}", f"elsewhere_{number}"
    Mariadb(_mariadb, "").script(f"CREATE DATABASE {name}", f"CREATE DATABASE {other}")
    return Mariadb(make_url(_mariadb).set(database=name).render_as_string(hide_password=False), other)


@pytest.fixture(scope="session")
def valkey(_neighbours: Supervisor) -> str:
    return start_valkey(_neighbours).url
