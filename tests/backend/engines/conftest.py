"""Real servers for the tests of the engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.engines.mariadb import find_mariadb, start_mariadb
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.engines.valkey import start_valkey


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    with Supervisor() as running:
        yield running


@pytest.fixture(scope="session")
def _servers() -> Iterator[Supervisor]:
    with Supervisor() as running:
        yield running


@pytest.fixture(scope="session")
def postgresql(_servers: Supervisor) -> RunningEngine:
    return start_postgresql(_servers)


@pytest.fixture(scope="session")
def mariadb(_servers: Supervisor) -> RunningEngine:
    if find_mariadb() is None:
        pytest.skip("MariaDB (mariadb-server-core) is not installed here")
    return start_mariadb(_servers)


@pytest.fixture(scope="session")
def valkey(_servers: Supervisor) -> RunningEngine:
    return start_valkey(_servers)
