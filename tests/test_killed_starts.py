"""A start that is interrupted or killed at any moment leaves no process, no folder and no intent.

What nobody can remove, since the supervisor was killed as well, is removed by the next start.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from backend.engines.mariadb import find_mariadb
from tests.backend.engines.helpers import command_of, lives, wait_until
from tests.tables import exhaustive_but, values
from tests.test_attacked_command_line import Shell, folder

__all__ = ["folder"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc to see what was started")

DATABASES = ("postgresql", "mariadb", "sqlite")
WHERE = "--data-dir data --database {database} --json report.json"
LINE = f"exec $M run --operation place-order --strategy unique-index {WHERE}"
MOST_PROCESSES = 16
"""More than a start has, so that some kills come when everything runs."""
LONGEST_MORE_S = 0.2


def descendants(pid: int) -> set[int]:
    with suppress(psutil.NoSuchProcess):
        return {process.pid for process in psutil.Process(pid).children(recursive=True)}
    return set()


def wait_for_births(shell: Shell, count: int) -> None:
    """Until so many processes have been born below the command, or it has ended."""
    born: set[int] = set()

    def enough() -> bool:
        born.update(descendants(shell.process.pid))
        return len(born) >= count or shell.process.poll() is not None

    assert wait_until(enough, 90)


def kill_with_supervisor(shell: Shell) -> None:
    """Neither sees the end of the other; a supervisor that is not there yet cannot be killed.

    Both are gone afterwards: who is still ending holds what the next start is to remove.
    """
    killed: list[psutil.Process] = []
    for pid in (shell.process.pid, *descendants(shell.process.pid)):
        with suppress(psutil.NoSuchProcess):
            one = psutil.Process(pid)
            if pid == shell.process.pid or "supervisor_process" in command_of(one):
                killed.append(one)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for one in killed:
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)
    assert wait_until(lambda: not any(map(lives, killed)), 30)


def start_and_kill(folder: Path, line: str, how: str, draw: random.Random, most: int = MOST_PROCESSES) -> str:
    """What was done, for the message of a test that fails."""
    births, more = draw.randint(0, most), draw.uniform(0, LONGEST_MORE_S)
    shell = Shell(folder, line)
    wait_for_births(shell, births)
    with suppress(subprocess.TimeoutExpired):
        shell.process.wait(more)
    done = f"{how} after {births} births and {more:.3f} s"
    if how == "both":
        kill_with_supervisor(shell)
        shell.process.wait()
        for stream in (shell.process.stdout, shell.process.stderr):
            if stream:
                stream.close()
        return done
    shell.process.send_signal(getattr(signal, how))
    code, _, err = shell.ends(90)
    if how != "SIGKILL":
        assert "Traceback" not in err, done
        own = [line for line in err.splitlines() if line.startswith("submit-twice:")]
        assert len(own) <= 1, (done, err)
    assert code in {0, 1, -signal.SIGKILL, -signal.SIGINT, -signal.SIGTERM}, done
    assert shell.nothing_left(30), (done, shell.left())
    return done


def check_the_next_run(folder: Path, database: str, done: str) -> None:
    """Every order is there once; nothing that the earlier start began is counted or lies about."""
    (folder / "report.json").unlink(missing_ok=True)
    shell = Shell(folder, LINE.format(database=database))
    code, _, err = shell.ends(120)
    assert code == 0, (done, err)
    report = json.loads((folder / "report.json").read_text())
    assert (report["intents"], report["effects"], report["verdicts"]) == (1, 1, {"exactly_once": 1}), done
    assert shell.nothing_left(30), (done, shell.left())
    unfinished = [path for path in folder.rglob("*") if path.name.startswith(".submit-twice-")]
    assert unfinished == [], done


def check(folder: Path, database: str, how: str, draw: random.Random, times: int) -> None:
    if database == "mariadb" and find_mariadb() is None:
        pytest.skip("MariaDB is not installed here")
    for _ in range(times):
        done = start_and_kill(folder, LINE.format(database=database), how, draw)
    check_the_next_run(folder, database, done)


@pytest.fixture
def draw() -> random.Random:
    return random.Random(random.getrandbits(64))  # noqa: S311  no secret


@pytest.mark.parametrize("database", exhaustive_but(DATABASES, values("postgresql")))
def test_a_start_that_is_killed_leaves_nothing(folder: Path, database: str, draw: random.Random) -> None:
    check(folder, database, draw.choice(["SIGINT", "SIGTERM", "SIGKILL", "both"]), draw, 1)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL", "both"])
@pytest.mark.parametrize("database", DATABASES)
def test_many_starts_that_are_killed_leave_nothing(folder: Path, database: str, how: str, draw: random.Random) -> None:
    check(folder, database, how, draw, 8)


SEVERAL = (
    "exec $M run --database sqlite --operation place-order --strategy distributed-lock --redis-topology {topology} "
    "--submissions 8 --interval 300 --processing-delay 4000 --fault {fault}"
)
SERVERS = {
    "sentinel": ("failover@redis=200", 5),
    "three": ("kill@redis:2=200", 3),
    "five": ("partition@redis:4=500", 5),
}
"""Each topology with a fault that leaves a server stopped or away, and how many servers it has."""


def kill_several(folder: Path, topology: str, how: str, draw: random.Random, times: int) -> None:
    """A server that is stopped, or was not started again yet, is nobody's either once the command is gone."""
    fault, servers = SERVERS[topology]
    for _ in range(times):
        start_and_kill(folder, SEVERAL.format(topology=topology, fault=fault), how, draw, MOST_PROCESSES + servers)


def test_servers_that_belong_together_are_not_left_behind(folder: Path, draw: random.Random) -> None:
    kill_several(folder, "sentinel", draw.choice(["SIGINT", "SIGTERM", "SIGKILL"]), draw, 1)


@pytest.mark.exhaustive
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("topology", "how", "times"),
    [("sentinel", "SIGKILL", 14), ("sentinel", "SIGTERM", 6), ("three", "SIGKILL", 10), ("five", "SIGKILL", 10)],
)
def test_forty_kills_leave_no_server_behind(
    folder: Path, topology: str, how: str, times: int, draw: random.Random
) -> None:
    kill_several(folder, topology, how, draw, times)
