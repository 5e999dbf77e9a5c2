from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backend.engines.bare import start_database, start_redis
from backend.engines.processes.supervisor import Supervisor
from backend.explorer.question import service_question
from backend.service.description import Description, parse
from backend.service.explored.run import explore_service
from backend.service.gateway import open_gateway
from backend.service.reach import reach_database, reach_redis
from tests.services.forking import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backend.explorer.question import Exploration
    from backend.service.reach import Reach

SERVICES = Path(__file__).parents[2] / "services"
FILE = """
[service]
command = {command}
[service.environment]
PORT = "{{port}}"
DATABASE_URL = "{{postgresql}}"
REDIS_URL = "{{redis}}"
[database]
kind = "postgresql"
setup = '''
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text NOT NULL);
CREATE TABLE carts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text NOT NULL UNIQUE);
CREATE TABLE claims (order_no text PRIMARY KEY, free_at timestamptz, free_at_ms bigint, remark text);
CREATE TABLE unique_orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text NOT NULL UNIQUE);
CREATE TABLE late_orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_no text NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)
'''
[request]
path = "{path}"
json = {{ order_no = "{{key}}" }}
[before]
sql = "INSERT INTO carts (order_no) VALUES ({{key}})"
redis = "SET token:{{key}} 1"
[effects]
sql = '''
SELECT (SELECT count(*) FROM orders WHERE order_no = {{key}})
     + (SELECT count(*) FROM unique_orders WHERE order_no = {{key}})
     + (SELECT count(*) FROM late_orders WHERE order_no = {{key}})
'''
"""


def plain_service(path: str) -> Description:
    return parse(FILE.format(command=[*COMMAND, "plain.py"], path=path))


@pytest.fixture(scope="session")
def explored() -> Callable[..., Exploration]:
    """Explores one way of the plain service; each question is asked once."""
    known: dict[tuple[object, ...], Exploration] = {}

    def explore(
        path: str, requests: int = 2, crashes: int = 0, expiries: int = 0, limit: int | None = None
    ) -> Exploration:
        asked = (path, requests, crashes, expiries, limit)
        if asked not in known:
            question = service_question(path, requests, crashes, expiries)
            known[asked] = explore_service(
                plain_service(path),
                SERVICES,
                question,
                on_progress=lambda _: None,
                cancelled=threading.Event(),
                limit=limit,
            )
        return known[asked]

    return explore


@pytest.fixture(scope="session")
def servers() -> Iterator[Supervisor]:
    with Supervisor() as supervisor:
        yield supervisor


@pytest.fixture(scope="session")
def postgresql(servers: Supervisor) -> Reach:
    """A private server."""
    return reach_database(start_database(servers, "postgresql", None).url)


@pytest.fixture(scope="session")
def mariadb(servers: Supervisor) -> Reach:
    """A private server."""
    return reach_database(start_database(servers, "mariadb", None).url)


@pytest.fixture(scope="session")
def gateway() -> Iterator[Reach]:
    """A gateway of our own."""
    with open_gateway() as (reach, _):
        yield reach


@pytest.fixture(scope="session")
def redis_server(servers: Supervisor) -> Reach:
    """A private server."""
    return reach_redis(start_redis(servers, None, None).url)


@pytest.fixture(scope="session", autouse=True)
def _forked_services(forked_services: None) -> None:
    """They are for all tests of services."""
