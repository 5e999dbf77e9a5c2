"""Backend processes are forked from one that has imported what they need, and are what a fresh process would be."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend.engines.processes.child import Child
from backend.engines.processes.supervisor import Supervisor
from backend.files.project import PROJECT
from backend.lab import warm
from tests.backend.engines.helpers import command_of, family, lives, stop, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process is started anew")

ENVIRONMENT = {"ONE": "1", "TWO": "ü"}
Source = tuple[str, ...]
ODD = (sys.executable, "-m", "tests.backend.engines.odd_fork_server")


def probe(
    supervisor: Supervisor, *arguments: str, source: Source | None = warm.COMMAND, restart: bool = False
) -> Child:
    argv = [sys.executable, "-m", "tests.backend.engines.probe", *arguments]
    return supervisor.spawn("probe", argv, env=ENVIRONMENT, cwd=PROJECT, forked_from=source, restart=restart)


def said(child: Child, times: int = 1) -> dict[str, Any]:
    """What it said last."""
    assert wait_until(lambda: child.log_tail(100).count("}\n") + child.log_tail(100).endswith("}") >= times)
    found: dict[str, Any] = json.loads(child.log_tail(1))
    return found


def fork_server(supervisor: Supervisor) -> psutil.Process:
    below = family(supervisor.pid)
    return next(one for one in below if any(name in command_of(one) for name in (warm.COMMAND[-1], ODD[-1])))


@pytest.fixture
def light(tmp_path: Path) -> Source:
    """A process to fork from that has imported next to nothing: as good as the other where that is not the point."""
    (tmp_path / "matter.py").touch()
    return (*ODD, str(tmp_path))


def odd(supervisor: Supervisor, folder: Path, matter: str, *arguments: str) -> tuple[Child, dict[str, Any]]:
    (folder / "matter.py").write_text(matter)
    child = probe(supervisor, *arguments, source=(*ODD, str(folder)))
    return child, said(child)


def test_what_is_forked_is_what_a_fresh_process_would_be(supervisor: Supervisor) -> None:
    fresh = probe(supervisor, "one", "two words", source=None)
    assert fresh.wait(30) == 0
    before = said(fresh)
    forked = probe(supervisor, "one", "two words")
    assert forked.wait(30) == 0
    after = said(forked, 2)
    assert (before["forked"], after["forked"]) == (False, True)
    assert after["facts"] == before["facts"]
    assert probe(supervisor).wait(30) == 0
    third = said(forked, 3)
    assert len({told["drawn"] for told in (before, after, third)}) == 3
    assert len({told["pid"] for told in (before, after, third)}) == 3


def test_it_ends_as_a_fresh_process_does(supervisor: Supervisor, light: Source) -> None:
    for source in (None, light):
        child = probe(supervisor, "end", source=source)
        assert child.wait(30) == 0
        assert child.log_tail(2).splitlines() == ["not flushed, a thread", "at exit"]


def test_it_belongs_to_the_supervisor_and_says_what_it_is(supervisor: Supervisor, light: Source) -> None:
    child = probe(supervisor, "wait", source=light)
    told = said(child)
    assert wait_until(lambda: child.pid == told["pid"])
    process = psutil.Process(child.pid)
    assert process.ppid() == supervisor.pid
    assert command_of(process).rstrip() == f"{sys.executable} -m tests.backend.engines.probe wait"
    assert {each.pid for each in family(supervisor.pid)} == {supervisor.pid, fork_server(supervisor).pid, child.pid}
    child.terminate()
    assert child.wait(10) == -signal.SIGTERM


def test_its_exit_code_is_heard_and_it_is_started_again_as_often_as_any(supervisor: Supervisor, light: Source) -> None:
    codes: list[int] = []
    child = probe(supervisor, "fail", source=light, restart=True)
    child.on_exit(codes.append)
    assert child.wait(30) == 9
    assert codes == [9] * 5
    assert said(child, 5)["forked"]


def test_what_was_killed_is_forked_again(supervisor: Supervisor, light: Source) -> None:
    child = probe(supervisor, "wait", source=light, restart=True)
    first = said(child)
    child.kill()
    second = said(child, 2)
    assert second["pid"] != first["pid"]
    assert second["forked"]
    assert wait_until(lambda: child.pid == second["pid"])


def test_without_the_process_that_it_was_forked_from_it_goes_on_and_others_are_executed(
    supervisor: Supervisor, light: Source
) -> None:
    child = probe(supervisor, "wait", source=light, restart=True)
    said(child)
    source = fork_server(supervisor)
    source.kill()
    assert wait_until(lambda: not lives(source))
    assert child.alive
    child.kill()
    assert not said(child, 2)["forked"]
    assert wait_until(lambda: len(family(supervisor.pid)) == 2)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_end_of_the_supervisor_is_the_end_of_both(light: Source, number: signal.Signals) -> None:
    with Supervisor() as supervisor:
        said(probe(supervisor, "wait", source=light))
        processes = family(supervisor.pid)
        assert len(processes) == 3
        os.kill(supervisor.pid, number)
        assert wait_until(lambda: not any(map(lives, processes)))


def test_what_is_killed_or_ended_before_it_could_be_forked_is_not_started(
    supervisor: Supervisor, light: Source
) -> None:
    child = probe(supervisor, "wait", source=light)
    child.terminate()
    assert child.wait(30) is not None
    other = probe(supervisor, source=light)
    assert other.wait(30) == 0
    assert said(other)["facts"]["argv"] == []


@pytest.mark.parametrize(
    "matter",
    [
        "raise ImportError",
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import _thread, threading; _thread.start_new_thread(threading.Event().wait, ())",
        "import os; os._exit(0)",
    ],
)
def test_where_it_cannot_be_forked_its_command_is_executed(supervisor: Supervisor, tmp_path: Path, matter: str) -> None:
    child, told = odd(supervisor, tmp_path, matter)
    assert child.wait(30) == 0
    assert not told["forked"]
    assert wait_until(lambda: len(family(supervisor.pid)) == 1)


@pytest.mark.parametrize("file", ["matter.py", "matter.toml"])
def test_after_a_change_of_our_code_its_command_is_executed(supervisor: Supervisor, tmp_path: Path, file: str) -> None:
    child, told = odd(supervisor, tmp_path, "")
    assert child.wait(30) == 0
    assert told["forked"]
    (tmp_path / file).write_text("# changed")
    os.utime(tmp_path / file, (1, 1))
    assert probe(supervisor).wait(30) == 0
    assert not said(child, 2)["forked"]


@pytest.mark.exhaustive  # five seconds, in which nothing happens
def test_where_it_hangs_its_command_is_executed(supervisor: Supervisor) -> None:
    child = probe(supervisor, "wait", restart=True)
    said(child)
    source = fork_server(supervisor)
    stop(source)
    child.kill()
    assert not said(child, 2)["forked"]
    assert wait_until(lambda: not lives(source))
