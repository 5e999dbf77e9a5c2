"""A window that is killed at any moment leaves no server behind, however many belong together."""

from __future__ import annotations

import random
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from backend.engines.broker.nats_server import find_nats
from backend.engines.broker.rabbitmq_server import find_rabbitmq
from backend.engines.zookeeper.server import find_zookeeper
from tests.test_attacked_command_line import PROJECT, Shell, folder
from tests.test_killed_starts import wait_for_births

__all__ = ["folder"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc to see what was started")

LINE = (
    f"export QT_QPA_PLATFORM=offscreen XDG_CONFIG_HOME=$PWD PYTHONPATH={shlex.quote(str(PROJECT))}; "
    f"exec {shlex.quote(sys.executable)} -m tests.gui.killed_window {{exhibit}}"
)
MOST_BIRTHS = 24
LONGEST_MORE_S = 3.0
"""After as many births servers are still to come, or work, or one has been killed on purpose."""
LONGEST_WITH_BROKER_S = 12.0
"""RabbitMQ and an ensemble need seconds until they can be used."""


def missing(found: object, name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(found is None, reason=f"{name} is not installed")


def kill_one(folder: Path, exhibit: str, longest_more_s: float = LONGEST_MORE_S, last: str = "") -> bool:
    """Kill a window at a random moment; whether the last of its servers had begun by then."""
    births = random.randint(0, MOST_BIRTHS)  # noqa: S311  no secret
    more = random.uniform(0, longest_more_s)  # noqa: S311  no secret
    shell = Shell(folder, LINE.format(exhibit=exhibit))
    wait_for_births(shell, births)
    with suppress(subprocess.TimeoutExpired):
        shell.process.wait(more)
    assert shell.process.poll() is None, shell.ends()
    begun = any(last in command for command in shell.left())
    shell.process.kill()
    shell.ends()
    assert shell.nothing_left(30), (exhibit, births, more, shell.left())
    return begun


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("exhibit", "times"), [("failover-of-a-lock", 14), ("redlock-forgets", 13), ("failover-synchronous", 13)]
)
def test_forty_windows_that_are_killed_leave_no_server_behind(folder: Path, exhibit: str, times: int) -> None:
    for _ in range(times):
        kill_one(folder, exhibit)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("server", "last", "times"),
    [
        pytest.param("nats", "nats-server", 13, marks=missing(find_nats(), "NATS")),
        pytest.param("rabbitmq", "beam.smp", 14, marks=missing(find_rabbitmq(), "RabbitMQ")),
        pytest.param("zookeeper", "QuorumPeerMain", 13, marks=missing(find_zookeeper(), "ZooKeeper")),
    ],
)
def test_forty_windows_that_are_killed_leave_no_broker_and_no_ensemble_behind(
    folder: Path, server: str, last: str, times: int
) -> None:
    begun = [kill_one(folder, server, LONGEST_WITH_BROKER_S, last) for _ in range(times)]
    assert any(begun), "none was there yet when its window was killed"
