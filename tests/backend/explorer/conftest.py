"""An explorer on real engines, one a worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.mariadb import find_mariadb, start_mariadb
from backend.engines.own_standby import OwnStandby
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.valkey import start_valkey
from backend.engines.zookeeper.keeper import ZooKeeperKeeper
from backend.explorer.explore import Explorer
from backend.explorer.observer import Watcher
from backend.explorer.question import Exploration, Progress, Question
from backend.explorer.sandbox import Sandbox
from backend.model.vocabulary import GatewayKeys, OperationKey
from backend.strategies.base import Variant
from tests.backend.explorer.schedules import Player

needs_mariadb = pytest.mark.skipif(find_mariadb() is None, reason="mariadb-server-core is not installed here")


class Bench:
    """An explorer and short words for what most tests do."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.cancelled = threading.Event()
        self.progress: list[Progress] = []

    def explore(
        self,
        operation: OperationKey,
        strategy: str,
        variant: str = "",
        *,
        requests: int = 2,
        crashes: int = 0,
        expiries: int = 0,
        limit: int | None = None,
        gateway_keys: GatewayKeys = GatewayKeys.NONE,
    ) -> Exploration:
        return self.ask(Question(operation, strategy, variant, requests, crashes, expiries, gateway_keys), limit)

    def ask(self, question: Question, limit: int | None = None) -> Exploration:
        return self.explorer.explore(question, self.progress.append, self.cancelled, limit)

    def explore_code(self, code: Variant, requests: int = 2) -> Exploration:
        question = Question(OperationKey.PLACE_ORDER, "test", requests=requests)
        return self.explorer.explore(question, self.progress.append, self.cancelled, None, code)


@pytest.fixture(scope="session")
def servers() -> Iterator[Supervisor]:
    with Supervisor() as running:
        yield running


@pytest.fixture(scope="session")
def postgresql(servers: Supervisor) -> RunningEngine:
    return start_postgresql(servers)


@pytest.fixture(scope="session")
def valkey(servers: Supervisor) -> RunningEngine:
    return start_valkey(servers)


@pytest.fixture(scope="session")
def mariadb(servers: Supervisor) -> RunningEngine:
    return start_mariadb(servers)


@pytest.fixture(scope="session")
def gateway(servers: Supervisor) -> Iterator[GatewayKeeper]:
    keeper = GatewayKeeper(servers, lambda: None)
    yield keeper
    keeper.close()


@pytest.fixture(scope="session")
def keeper(servers: Supervisor) -> Iterator[ZooKeeperKeeper]:
    running = ZooKeeperKeeper(servers, None, lambda: None)
    running.require()
    yield running
    running.close()


@pytest.fixture(scope="session")
def _explorer(postgresql: RunningEngine, valkey: RunningEngine, gateway: GatewayKeeper) -> Iterator[Explorer]:
    with Explorer(postgresql.url, valkey.url, gateway, standby=OwnStandby(postgresql)) as explorer:
        yield explorer


@pytest.fixture
def bench(_explorer: Explorer) -> Bench:
    return Bench(_explorer)


@pytest.fixture(scope="module")
def on_postgresql(postgresql: RunningEngine, valkey: RunningEngine, gateway: GatewayKeeper) -> Iterator[Player]:
    watcher = Watcher()
    with Sandbox(postgresql.url, valkey.url, watcher, gateway) as sandbox:
        yield Player(sandbox, watcher)


@pytest.fixture(scope="module")
def on_mariadb(mariadb: RunningEngine, valkey: RunningEngine, gateway: GatewayKeeper) -> Iterator[Player]:
    watcher = Watcher()
    with Sandbox(mariadb.url, valkey.url, watcher, gateway) as sandbox:
        yield Player(sandbox, watcher)
