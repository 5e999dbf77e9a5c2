"""Acquire and release of the Redis lock, against SET NX PX and the Lua script that everybody writes.

``uv run python -m tests.benchmarks.bench_lock``. The two take turns; the ratio is that of the medians of the times.
*Floor*: the same two commands by redis-py itself, which nobody watches; the ratio would be this if all of ours cost
nothing.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable

import redis
import sqlalchemy as sa

from backend.engines.processes.supervisor import Supervisor
from backend.engines.redis_client import create_redis
from backend.engines.valkey import start_valkey
from backend.instance.services import knows_delifeq
from backend.strategies.base import Services
from backend.strategies.redis_lock import release
from backend.tap.observer import Tap
from backend.tap.redis import TappedRedis
from tests.benchmarks.measuring import Figure, tell

PAIRS = 300
ROUNDS = 91
LEASE_MS = 10_000
SCRIPT = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end"


def ours(client: TappedRedis) -> Callable[[], None]:
    """As `backend.strategies.distributed_lock` does it, through the tap."""
    services = Services(
        sa.create_engine("sqlite://"),  # never used
        client,
        LEASE_MS,
        new_token=lambda: "owner",
        mutex=lambda _key: threading.Lock(),
        knows_delifeq=knows_delifeq(client),
    )
    client.tap = Tap()

    def once() -> None:
        assert services.redis.set("bench:ours", "owner", nx=True, px=LEASE_MS)
        release(services, "bench:ours", "owner")

    return once


def by_hand(client: redis.Redis) -> Callable[[], None]:
    """SET NX PX, then EVALSHA of the usual script."""
    release = client.register_script(SCRIPT)

    def once() -> None:
        assert client.set("bench:hand", "owner", nx=True, px=LEASE_MS)
        assert release(keys=["bench:hand"], args=["owner"])

    return once


def unwatched(client: redis.Redis) -> Callable[[], None]:
    """SET NX PX and DELIFEQ."""
    execute: Callable[..., object] = client.execute_command

    def once() -> None:
        assert client.set("bench:floor", "owner", nx=True, px=LEASE_MS)
        assert execute("DELIFEQ", "bench:floor", "owner")

    return once


def microseconds(once: Callable[[], None]) -> float:
    """Time of one acquire and release."""
    started = time.perf_counter()
    for _ in range(PAIRS):
        once()
    return (time.perf_counter() - started) / PAIRS * 1e6


def main() -> None:
    """Tell both times and their ratio."""
    with Supervisor() as supervisor:
        url = start_valkey(supervisor).url
        works = ours(create_redis(url, TappedRedis)), by_hand(create_redis(url)), unwatched(create_redis(url))
        rounds = [[microseconds(work) for work in works] for _ in range(ROUNDS)]
    mine, hand, bare = (statistics.median(times) for times in zip(*rounds, strict=True))
    found = f"{mine / hand:.2f} ({mine:.0f} and {hand:.0f} us; redis-py alone {bare / hand:.2f})"
    tell(Figure("Redis lock, acquire and release", "SET NX PX and the usual script", found, "0.85 or less"))


if __name__ == "__main__":
    main()
