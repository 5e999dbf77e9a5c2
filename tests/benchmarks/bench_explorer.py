"""How fast the explorer is: schedules per second with and without blocking, and the time for every strategy.

``uv run python -m tests.benchmarks.bench_explorer [--crashes N] [--requests N]``. Beside them the time of one
round trip to the same server: a schedule of two requests is 6 to 12 of them.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time

from backend import strategies
from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.valkey import start_valkey
from backend.explorer.connection import LockObserver
from backend.explorer.explore import Explorer
from backend.explorer.question import Exploration, Question
from backend.model.vocabulary import OperationKey

ROUNDS = 5
SCHEDULES = 100
WITHOUT_BLOCKING = Question(OperationKey.PLACE_ORDER, "none", "check-then-act")
WITH_BLOCKING = Question(OperationKey.PAY_ORDER, "pessimistic-lock", "repeatable-read")


def explored(explorer: Explorer, question: Question) -> Exploration:
    return explorer.explore(question, lambda _: None, threading.Event())


def per_second(explorer: Explorer, question: Question) -> float:
    """Schedules per second, the median of some rounds."""
    rates = []
    for _ in range(ROUNDS):
        played, started = 0, time.perf_counter()
        while played < SCHEDULES:
            played += explored(explorer, question).schedules
        rates.append(played / (time.perf_counter() - started))
    return statistics.median(rates)


def round_trip(database_url: str) -> float:
    """Microseconds of the shortest question that the watch asks."""
    watch = LockObserver(database_url)
    started = time.perf_counter()
    for _ in range(SCHEDULES):
        watch.blockers([])
    watch.close()
    return (time.perf_counter() - started) / SCHEDULES * 1e6


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


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=2)
    parser.add_argument("--crashes", type=int, default=0)
    asked = parser.parse_args()
    with Supervisor() as supervisor:
        postgresql, valkey = start_postgresql(supervisor), start_valkey(supervisor)
        with Explorer(postgresql.url, valkey.url, GatewayKeeper(supervisor, lambda: None)) as explorer:
            explored(explorer, WITHOUT_BLOCKING)
            print(f"round trip       {round_trip(postgresql.client_url):6.0f} us")
            print(f"without blocking {per_second(explorer, WITHOUT_BLOCKING):6.0f} schedules/s   goal 1,000")
            print(f"with blocking    {per_second(explorer, WITH_BLOCKING):6.0f} schedules/s   goal 600")
            every_strategy(explorer, asked.requests, asked.crashes)


if __name__ == "__main__":
    main()
