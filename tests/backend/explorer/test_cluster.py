"""`explore --cluster` on a real cluster of two processes on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import psutil
import pytest

from backend.explorer.on_own_engines import explore_on_cluster
from backend.explorer.question import Progress, Question
from backend.model.errors import EngineError
from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey
from tests.backend.engines.helpers import command_of, wait_until
from tests.backend.explorer.conftest import Bench

pytestmark = pytest.mark.skipif(
    find_spec("distributed") is None, reason="Dask is not installed here: uv sync --group cluster brings it"
)

QUESTION = Question(OperationKey.PLACE_ORDER, "unique-index", "catch-violation", 2, 1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed: Any = import_module("distributed")  # a third of a second, and every worker of pytest has this file
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as running:
        yield running


def servers_of(cluster: Any) -> list[int]:  # noqa: ANN401  Dask has no types
    """PostgreSQL processes below the workers."""
    below = psutil.Process().children(recursive=True)
    return [process.pid for process in below if "postgres -D" in command_of(process)]


def test_a_worker_that_is_killed_loses_nothing_and_no_engine_stays(cluster: Any, bench: Bench) -> None:  # noqa: ANN401
    before = servers_of(cluster)
    killed: list[int] = []

    def kill_one(_progress: Progress) -> None:
        if not killed:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.pid)
            psutil.Process(worker.pid).kill()

    found = explore_on_cluster(cluster.scheduler_address, QUESTION, kill_one, threading.Event(), options=LabOptions())
    assert killed
    assert replace(found, seconds=0.0) == replace(bench.ask(QUESTION), seconds=0.0)
    assert wait_until(lambda: servers_of(cluster) == before, 30)


def test_where_there_is_no_cluster_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.explorer.crew.cluster._CONNECT_S", 0.5)
    with pytest.raises(EngineError, match="No Dask scheduler answers at"):
        explore_on_cluster("tcp://127.0.0.1:9", QUESTION, lambda _: None, threading.Event(), options=LabOptions())
