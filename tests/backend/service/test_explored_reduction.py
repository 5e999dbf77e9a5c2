"""Three requests to a service: leaving out what makes no difference leaves out no class and no outcome."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from backend.explorer.question import Exploration, service_question
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration
from tests.backend.service.conftest import SERVICES
from tests.backend.service.scripts import BEGIN, COMMIT, INSERT, scripted, sql

pytestmark = pytest.mark.exhaustive

Step = Mapping[str, Any]
SCHEMA = """
CREATE VIEW seen AS SELECT order_no, n FROM stock;
CREATE SCHEMA back;
CREATE TABLE back.office (order_no text, n int);
CREATE TABLE parts (cart_id bigint REFERENCES carts);
CREATE SEQUENCE numbers;
CREATE TABLE "Quoted" (order_no text);
CREATE TABLE late (order_no text UNIQUE DEFERRABLE INITIALLY DEFERRED);
"""
OPAQUE = """
CREATE TABLE audit (order_no text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO unique_orders (order_no) VALUES (NEW.order_no); RETURN NEW; END';
CREATE TRIGGER noted AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION note();
CREATE FUNCTION orders_of(wanted text) RETURNS bigint LANGUAGE sql AS
    'SELECT count(*) FROM orders WHERE order_no = wanted';
"""
READ = {"sql": "SELECT id FROM orders WHERE order_no = :key", "stop": "some"}
CASES: dict[str, Sequence[Step]] = {
    "tables that have nothing to do with each other": [
        *sql("SELECT n FROM stock WHERE order_no = :key", "UPDATE carts SET n = n + 1 WHERE order_no = :key"),
    ],
    "a query that changes": [
        {"sql": "SELECT 1 FROM stock WHERE order_no = :key AND n = 0", "stop": "none"},
        *sql(
            "WITH taken AS (UPDATE stock SET n = n + 1 WHERE order_no = :key RETURNING order_no)"
            " INSERT INTO orders (order_no) SELECT order_no FROM taken"
        ),
    ],
    "a view": [
        {"sql": "SELECT 1 FROM seen WHERE order_no = :key AND n = 0", "stop": "none"},
        *sql("UPDATE stock SET n = n + 1 WHERE order_no = :key"),
        INSERT,
    ],
    "another schema": [
        {"sql": "SELECT 1 FROM back.office WHERE order_no = :key", "stop": "some"},
        *sql('INSERT INTO "back"."office" VALUES (:key, 1)'),
    ],
    "a quoted name": [
        {"sql": 'SELECT 1 FROM "Quoted" WHERE "order_no" = :key', "stop": "some"},
        *sql('INSERT INTO "Quoted" ("order_no") VALUES (:key)'),
    ],
    "a table that is locked": [BEGIN, *sql("LOCK TABLE stock IN EXCLUSIVE MODE"), COMMIT],
    "a key that is checked at COMMIT": [BEGIN, *sql("INSERT INTO late VALUES (:key)"), INSERT, COMMIT],
    "a sequence": [
        *sql("SELECT nextval('numbers')"),
        INSERT,
    ],
    "a foreign key": [
        *sql(
            "INSERT INTO parts SELECT id FROM carts WHERE order_no = :key",
            "DELETE FROM carts WHERE order_no = :key AND id NOT IN (SELECT cart_id FROM parts)",
        ),
    ],
    "a script that makes up its key": [
        {"redis": "SCRIPT return redis.call('INCR', 'n:' .. ARGV[1])"},
        {"redis": "GET n::key"},
    ],
    "a lock that is tried": [
        {"sql": "SELECT 1 FROM carts WHERE pg_try_advisory_lock(hashtext(:key)) LIMIT 1", "stop": "none"},
        *sql("SELECT pg_advisory_unlock(hashtext(:key))"),
    ],
}
HIDDEN_CASES: dict[str, Sequence[Step]] = {
    "a trigger": [*sql("SELECT times FROM unique_orders WHERE order_no = :key", "INSERT INTO audit VALUES (:key)")],
    "a function": [{"sql": "SELECT 1 WHERE orders_of(:key) = 0", "stop": "none"}, INSERT],
}


def _deployment(setup: str) -> Deployment:
    return Deployment(scripted([INSERT], setup=setup), SERVICES, 3)


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with _deployment(SCHEMA) as opened:
        yield opened


@pytest.fixture(scope="module")
def opaque() -> Iterator[Deployment]:
    with _deployment(OPAQUE) as opened:
        yield opened


def _both(deployment: Deployment, steps: Sequence[Step]) -> tuple[Exploration, Exploration]:
    deployment.turn_to(scripted(steps))
    question = service_question("script", 3)
    reduced, whole = (
        ServiceExploration(deployment, question, reduce=reduce).explore(lambda _: None, threading.Event())
        for reduce in (True, False)
    )
    assert reduced.exhaustive
    assert whole.exhaustive
    return reduced, whole


@pytest.mark.parametrize("case", CASES)
def test_a_reduced_search_leaves_out_no_class_and_no_outcome(case: str, deployment: Deployment) -> None:
    reduced, whole = _both(deployment, CASES[case])
    assert reduced.outcomes.keys() == whole.outcomes.keys()
    assert reduced.classes == reduced.schedules == whole.classes


@pytest.mark.parametrize("case", HIDDEN_CASES)
def test_nor_does_it_where_statements_do_more_than_they_say(case: str, opaque: Deployment) -> None:
    reduced, whole = _both(opaque, HIDDEN_CASES[case])
    assert reduced.outcomes.keys() == whole.outcomes.keys()
    assert reduced.classes == reduced.schedules == whole.classes
