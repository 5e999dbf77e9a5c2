"""A server of ours that takes its time to answer is not taken for one that is away: nobody else is at its socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.engines.mariadb import find_mariadb, start_mariadb
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.child import Child
from backend.engines.processes.supervisor import Supervisor
from backend.engines.redis_client import create_redis
from backend.engines.running import RunningEngine
from backend.engines.sql import create_sql_engine
from backend.engines.valkey import start_valkey
from tests.backend.engines.helpers import wait_until

pytestmark = pytest.mark.exhaustive

LONG_S = 6.5
"""Longer than a client waits for somebody else's server."""
STARTS: dict[str, tuple[Callable[[Supervisor], RunningEngine], str]] = {
    "postgresql": (start_postgresql, "postgresql/.s.PGSQL.*[0-9]"),
    "mariadb": (start_mariadb, "mariadb/mariadb.sock"),
    "valkey": (start_valkey, "valkey/valkey.sock"),
}


@pytest.fixture(params=STARTS)
def start(request: pytest.FixtureRequest) -> tuple[Callable[[Supervisor], RunningEngine], str]:
    if request.param == "mariadb" and not find_mariadb():
        pytest.skip("MariaDB is not installed here")
    return STARTS[request.param]


@contextmanager
def silent(child: Child) -> Iterator[None]:
    """It stands still for a while, and its socket accepts all the same: the system does that for it."""
    child.pause()
    timer = threading.Timer(LONG_S, child.resume)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def greet(engine: RunningEngine) -> None:
    if engine.url.startswith("unix:"):
        with create_redis(engine.url) as client:
            assert client.ping()
        return
    database = create_sql_engine(engine.url, pool_size=1)
    with database.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    database.dispose()


def test_a_connection_to_it_is_waited_for(start: tuple[Callable[[Supervisor], RunningEngine], str]) -> None:
    with Supervisor() as supervisor:
        engine = start[0](supervisor)
        assert engine.child
        with silent(engine.child):
            greet(engine)


def test_it_may_be_silent_while_it_starts(
    start: tuple[Callable[[Supervisor], RunningEngine], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn = Supervisor.spawn
    watches: list[threading.Thread] = []

    def hush(child: Child, directory: Path) -> None:
        if wait_until(lambda: any(directory.glob(start[1]))):
            with silent(child):
                pass

    def spawn_silent(self: Supervisor, name: str, *arguments: object, **options: object) -> Child:
        child = spawn(self, name, *arguments, **options)  # type: ignore[arg-type]
        if name in STARTS:
            watches.append(threading.Thread(target=hush, args=(child, self.directory)))
            watches[-1].start()
        return child

    monkeypatch.setattr(Supervisor, "spawn", spawn_silent)
    with Supervisor() as supervisor:
        greet(start[0](supervisor))
        for watch in watches:
            watch.join()
