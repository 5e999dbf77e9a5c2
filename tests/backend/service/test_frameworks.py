"""Services in the frameworks and drivers that people use, explored on the wire: each comes to the closed forms."""

from __future__ import annotations

import threading
from math import comb

import msgspec
import pytest

from backend.explorer.question import Exploration, service_question
from backend.model.vocabulary import Verdict
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration
from tests.backend.service.conftest import SERVICES, plain_service
from tests.backend.service.frameworks import (
    DJANGO,
    EXPRESS,
    EXPRESS_IDEMPOTENCY,
    EXPRESS_NODE_REDIS,
    EXPRESS_ON_MARIADB,
    EXPRESS_WITH_HEARTBEATS,
    FASTAPI,
    FLASK,
    FLASK_ON_MARIADB,
    FOLDER,
    SQLALCHEMY_ASYNC,
    Framework,
)

ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED
SQL_WAYS = {
    "/check": {ONCE: 2, TWICE: comb(6, 3) - 2},
    "/unique": {ONCE: 4},
    "/lock": {ONCE: 8},
}
TOKEN_WAYS = {
    "/token-get": {ONCE: 6, TWICE: 40},
    "/token-delete": {ONCE: 6},
}
ASYNCPG_WAYS = {
    "/copy": {ONCE: 2, TWICE: comb(6, 3) - 2},
    "/snapshot": {ONCE: 2, TWICE: comb(6, 3) - 2},
    # SAVEPOINT, INSERT, RELEASE or ROLLBACK TO, COMMIT. Where the second one's SAVEPOINT comes before the first one's
    # INSERT, which is in 2 orders, it waits from 3 places; where it comes later, both have 6 places.
    "/nested": {ONCE: 2 * (2 * 3 + 6)},
}
MARIADB_WAYS = {
    "/snapshot": {ONCE: 2, TWICE: comb(6, 3) - 2},
    # GET_LOCK, SELECT, INSERT, COMMIT, RELEASE_LOCK or, in the end, GET_LOCK, SELECT, COMMIT, RELEASE_LOCK: the second
    # one's GET_LOCK waits from 4 places, or comes when all is over
    "/named-lock": {ONCE: 2 * (4 + 1)},
}
SLOW = pytest.mark.exhaustive

pytestmark = pytest.mark.timeout(600)  # packages may have to be fetched, and several environments to be made


def _explore(framework: Framework, paths: tuple[str, ...]) -> dict[str, Exploration]:
    found = {}
    with Deployment(framework.description(paths[0]), FOLDER, 2) as deployment:
        for path in paths:
            if path != paths[0]:
                deployment.turn_to(framework.description(path))
            exploration = ServiceExploration(deployment, service_question(f"{framework} {path}"))
            found[path] = exploration.explore(lambda _: None, threading.Event())
    return found


@pytest.mark.parametrize(
    ("framework", "expected"),
    [
        pytest.param(FASTAPI, SQL_WAYS | ASYNCPG_WAYS, id=FASTAPI.name, marks=SLOW),
        pytest.param(SQLALCHEMY_ASYNC, SQL_WAYS, id=SQLALCHEMY_ASYNC.name, marks=SLOW),
        pytest.param(DJANGO, SQL_WAYS, id=DJANGO.name, marks=SLOW),
        pytest.param(FLASK, SQL_WAYS | TOKEN_WAYS, id=FLASK.name, marks=SLOW),
        pytest.param(FLASK_ON_MARIADB, SQL_WAYS | MARIADB_WAYS, id=FLASK_ON_MARIADB.name, marks=SLOW),
        pytest.param(EXPRESS, SQL_WAYS | TOKEN_WAYS, id=EXPRESS.name),
        pytest.param(EXPRESS_NODE_REDIS, TOKEN_WAYS, id=EXPRESS_NODE_REDIS.name, marks=SLOW),
        pytest.param(EXPRESS_WITH_HEARTBEATS, TOKEN_WAYS, id=EXPRESS_WITH_HEARTBEATS.name, marks=SLOW),
        pytest.param(EXPRESS_ON_MARIADB, SQL_WAYS, id=EXPRESS_ON_MARIADB.name, marks=SLOW),
    ],
)
def test_a_service_comes_to_the_closed_forms(framework: Framework, expected: dict[str, dict[Verdict, int]]) -> None:
    found = _explore(framework, tuple(expected))
    assert all(each.exhaustive for each in found.values())
    assert {path: each.outcomes for path, each in found.items()} == expected


def test_a_service_that_ends_the_connection_after_each_answer_is_explored() -> None:
    usual = plain_service("/unique")
    environment = usual.service.environment | {"PROTOCOL": "HTTP/1.0"}
    service = msgspec.structs.replace(usual.service, environment=environment)
    with Deployment(msgspec.structs.replace(usual, service=service), SERVICES, 2) as deployment:
        found = ServiceExploration(deployment, service_question("plain")).explore(lambda _: None, threading.Event())
    assert found.outcomes == {ONCE: 4}


@SLOW
def test_a_published_middleware_lets_a_duplicate_through() -> None:
    """Its claim is a GET, and later a SET without NX."""
    found = _explore(EXPRESS_IDEMPOTENCY, ("/orders",))["/orders"]
    assert found.exhaustive
    assert found.outcomes == {ONCE: 8, TWICE: 140}
    assert found.counterexample is not None
    claims = [
        (event.command.split()[0], event.actor)
        for event in found.counterexample.events
        if event.kind == "step" and event.engine == "redis"
    ]
    assert [command for command, _ in claims[:4]] == ["GET", "GET", "SET", "SET"]
    assert {actor for _, actor in claims[:2]} == {actor for _, actor in claims[2:]} == {"A", "B"}
