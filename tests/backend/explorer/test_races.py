"""What really happens when nobody controls the order is among what the explorer says can happen.

Two threads run the strategy's own code on real engines, two hundred times, each on an intent of its own.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from backend.engines.running import RunningEngine
from backend.explorer.observer import Watcher
from backend.explorer.question import Exploration
from backend.explorer.sandbox import Fixture, Sandbox
from backend.instance.problems import from_exception
from backend.instance.services import Mutexes
from backend.model.vocabulary import Answer, GatewayKeys, OperationKey, Verdict
from backend.strategies import all_strategies
from backend.strategies.base import Services, Variant
from tests.backend.explorer.conftest import Bench

pytestmark = pytest.mark.exhaustive

RACES = 200
PAIRS = [
    pytest.param(strategy.key, variant, operation, id=f"{strategy.key}-{variant.key}")
    for strategy in all_strategies()
    for variant in strategy.variants
    if not variant.engines
    for operation in [o for o in (OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER) if o not in variant.refusals][:1]
]


@dataclass
class Track:
    """Tables of a sandbox, and two ways to the engines that nobody watches."""

    sandbox: Sandbox
    services: tuple[Services, Services]
    threads: ThreadPoolExecutor


@pytest.fixture(scope="module")
def track(postgresql: RunningEngine, valkey: RunningEngine) -> Iterator[Track]:
    with ExitStack() as opened:
        sandbox = opened.enter_context(Sandbox(postgresql.url, valkey.url, Watcher()))
        mutexes = Mutexes()
        lines = [sandbox.take_connections(), sandbox.take_connections()]
        first, second = (replace(line.services, mutex=mutexes, new_token=_tokens(n)) for n, line in enumerate(lines))
        yield Track(sandbox, (first, second), opened.enter_context(ThreadPoolExecutor(2)))


def _tokens(number: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    counter = iter(range(1_000_000))
    return lambda: f"racer-{number}-{next(counter)}"


def race(track: Track, variant: Variant, fixture: Fixture, line_up: threading.Barrier) -> frozenset[Answer]:
    """Two submissions of one intent, let go together."""

    def run(actor: str, services: Services) -> Answer:
        request = fixture.request(actor)
        line_up.wait()
        try:
            return variant.handle(request, services)
        except Exception as error:  # noqa: BLE001  a caller is told something
            return from_exception(error).answer

    told = [track.threads.submit(run, actor, services) for actor, services in zip("AB", track.services, strict=True)]
    return frozenset(each.result() for each in told)


@pytest.mark.parametrize(("strategy", "variant", "operation"), PAIRS)
def test_two_hundred_races_stay_inside_what_was_explored(
    bench: Bench, track: Track, strategy: str, variant: Variant, operation: OperationKey
) -> None:
    explored: Exploration = bench.explore(operation, strategy, variant.key)
    assert explored.exhaustive
    line_up = threading.Barrier(2)
    scenes = [track.sandbox.next_fixture(operation, variant.needs, GatewayKeys.NONE) for _ in range(RACES)]
    played = [(fixture, race(track, variant, fixture, line_up)) for fixture in scenes]
    seen = Counter(track.sandbox.judge(played))

    assert sum(seen.values()) == RACES
    assert set(seen) <= set(explored.outcomes), seen
    if explored.outcomes.keys() == {Verdict.EXACTLY_ONCE}:
        assert seen == {Verdict.EXACTLY_ONCE: RACES}


def test_the_tables_really_were_raced_on(track: Track) -> None:
    with track.sandbox.database.own.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM orders")) > RACES
