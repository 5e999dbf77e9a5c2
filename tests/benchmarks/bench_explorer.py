"""What a schedule of two requests costs, against the bare round trips that it consists of, in turns.

``uv run python -m tests.benchmarks.bench_explorer [--all [--requests N] [--crashes N]]``. Partner: the same statements
in their order, BEGIN and COMMIT included, by raw psycopg on two connections with prepared statements, in one thread,
nobody waiting. *Floor*: the same requests by the strategy's own handler through SQLAlchemy, one after the other, on the
explorer's own connections; what remains is the explorer's. ``--all`` prints the time of every strategy as well.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import psycopg

from backend import strategies
from backend.engines.bare import bare_engines
from backend.engines.sql import sqlalchemy_url
from backend.explorer.explore import Explorer, check
from backend.explorer.job import Job
from backend.explorer.question import Exploration, Question
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey
from tests.benchmarks.measuring import Cost, Figure, in_turns, tell

ROUNDS = 25
SCHEDULES = 30
WITHOUT_BLOCKING = Question(OperationKey.PLACE_ORDER, "none", "check-then-act")
WITH_BLOCKING = Question(OperationKey.PAY_ORDER, "pessimistic-lock", "lock-then-check")
GOALS = {WITHOUT_BLOCKING: 1.5, WITH_BLOCKING: 2.0}
ROW = "CREATE TEMPORARY TABLE trips (key text, item text); CREATE INDEX ON trips (key)"
READ, WRITE = "SELECT item FROM trips WHERE key = %s", "INSERT INTO trips VALUES (%s, 'book') RETURNING key"
LOCK, CHANGE = "SELECT item FROM trips WHERE key = %s FOR UPDATE", "UPDATE trips SET item = 'paid' WHERE key = %s"
STATEMENTS = {
    WITHOUT_BLOCKING: ((READ, WRITE), (READ, WRITE)),
    WITH_BLOCKING: ((LOCK, READ, CHANGE, WRITE), (LOCK, READ)),
}
"""Of the first request and of the second."""


def explored(explorer: Explorer, question: Question) -> Exploration:
    return explorer.explore(question, lambda _: None, threading.Event())


def schedules(explorer: Explorer, question: Question) -> int:
    """Play them again and again; how many there were. The recording of the counterexample is not one of them."""
    played = 0
    while played < SCHEDULES:
        played += explorer.play(Job(question), threading.Event()).found.schedules
    return played


def round_trips(connections: list[psycopg.Connection], question: Question) -> int:
    """The bare statements of so many schedules."""
    for number in range(SCHEDULES):
        for connection, statements in zip(connections, STATEMENTS[question], strict=True):
            for statement in statements:
                connection.execute(statement, (str(number),), prepare=True)
            connection.commit()
    return SCHEDULES


def handlers(explorer: Explorer, question: Question) -> int:
    """The statements of so many schedules, by the strategy itself; nobody looks.

    Without blocking both requests write, as in most schedules: each has an intent of its own.
    """
    variant, sandbox = check(question), explorer._sandbox
    connections = [sandbox.take_connections() for _ in range(2)]
    for one in connections:
        one.renew()
    for _ in range(SCHEDULES):
        fixture = sandbox.next_fixture(question.operation, variant.needs, question.gateway_keys)
        for one, actor in zip(connections, "AB", strict=True):
            variant.run(fixture.request(actor), one.services)
            if question is WITHOUT_BLOCKING:
                fixture = sandbox.next_fixture(question.operation, variant.needs, question.gateway_keys)
    for one in connections:
        sandbox.give_back(one)
    return SCHEDULES


def every_strategy(explorer: Explorer, requests: int, crashes: int) -> None:
    """Print the time of each strategy with each operation that it guards."""
    started = time.perf_counter()
    for strategy in strategies.all_strategies():
        for variant in strategy.variants:
            for operation in sorted(OperationKey):
                if operation not in variant.refusals and not variant.engines:
                    found = explored(explorer, Question(operation, strategy.key, variant.key, requests, crashes))
                    name = f"{operation} {strategy.key}/{variant.key}"
                    print(f"{name:52} {found.schedules:6} schedules {found.seconds:7.3f} s")
    print(f"all of them, {requests} requests, {crashes} crashes: {time.perf_counter() - started:.1f} s")


def figure(name: str, question: Question, costs: list[Cost]) -> Figure:
    """Of one question."""
    schedule, bare, floor = costs
    return Figure(
        f"explorer, a schedule of two requests {name}",
        "its bare round trips",
        f"{schedule.wall / bare.wall:.1f} ({schedule.wall * 1e3:.2f} and {bare.wall * 1e3:.2f} ms; processors "
        f"{schedule.cpu / bare.cpu:.1f}; the handlers alone {floor.wall / bare.wall:.1f}, processors "
        f"{floor.cpu / bare.cpu:.1f})",
        f"{GOALS[question]} or less",
    )


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--requests", type=int, default=2)
    parser.add_argument("--crashes", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with bare_engines(LabOptions()) as engines, ExitStack() as opened:
        explorer = opened.enter_context(Explorer(engines.database, engines.redis, engines.gateway))
        url = sqlalchemy_url(engines.database).set(drivername="postgresql").render_as_string(hide_password=False)
        connections = [opened.enter_context(psycopg.connect(url, options="-c synchronous_commit=off")) for _ in "AB"]
        for connection in connections:
            connection.execute(ROW)
            connection.commit()
        for name, question in (("without blocking", WITHOUT_BLOCKING), ("with blocking", WITH_BLOCKING)):
            works: list[Callable[[], int]] = [
                partial(schedules, explorer, question),
                partial(round_trips, connections, question),
                partial(handlers, explorer, question),
            ]
            tell(figure(name, question, in_turns(works, ROUNDS)))
        if asked.all:
            every_strategy(explorer, asked.requests, asked.crashes)


if __name__ == "__main__":
    main()
