"""A server that starts is waited for as long as it gets on; one that is stuck is told."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from backend.engines.mariadb import find_mariadb, start_mariadb
from backend.engines.patience import wait_for_end
from backend.engines.postgresql import start_postgresql
from backend.engines.processes.child import Child
from backend.engines.processes.process_tree import descendants, effort_of, send_signal
from backend.engines.processes.supervisor import Supervisor
from backend.engines.says import EngineCode
from backend.engines.start import start_failure, wait_until_up
from backend.engines.zookeeper.server import find_zookeeper, start_zookeeper
from backend.lab.lab import Lab
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.sentence import Sentence
from tests.tables import exhaustive_but, never

STANDSTILL_S = 1.0
LONG_S = 2.5 * STANDSTILL_S
COMPUTES = """
import threading, time
end = time.monotonic() + {seconds}
while time.monotonic() < end:
    enough = time.process_time() + 0.02
    while time.process_time() < enough: pass
    threading.Event().wait(0.08)
"""
"""A fifth of the time, which is enough to be seen at it."""
WORKS = COMPUTES.format(seconds=LONG_S)
WRITES = f"""
import threading
for _ in range({round(LONG_S * 4)}):
    print("page", flush=True)
    threading.Event().wait(0.25)
"""
HAS_A_CHILD = f"""
import os
if os.fork():
    os.wait()
else:
    exec({WORKS!r})
"""
SLEEPS = """
import threading
threading.Event().wait()
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.engines.patience.STANDSTILL_S", STANDSTILL_S)
    monkeypatch.setattr("backend.engines.patience._LOOK_S", 0.1)
    monkeypatch.setattr("backend.engines.patience._CPU_S", 0.0)
    monkeypatch.setattr("backend.engines.patience._BYTES", 1 << 12)


def python(supervisor: Supervisor, code: str) -> Child:
    return supervisor.spawn("recovering", [sys.executable, "-I", "-S", "-c", code])


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(WORKS, id="computes"),
        pytest.param(WRITES, id="logs", marks=pytest.mark.exhaustive),
        pytest.param(HAS_A_CHILD, id="has a child that computes", marks=pytest.mark.exhaustive),
    ],
)
def test_what_gets_on_is_waited_for(supervisor: Supervisor, code: str) -> None:
    child = python(supervisor, code)
    with pytest.raises(EngineError) as caught:
        wait_until_up("It", child, supervisor, lambda: None)
    assert child.wait(0) == 0, "it came to its end"
    assert str(caught.value) == str(start_failure("It", child, supervisor))


def test_what_ends_in_the_end_is_waited_for(supervisor: Supervisor) -> None:
    assert wait_for_end(python(supervisor, WORKS)) == 0


def test_what_stands_still_is_not_waited_for(supervisor: Supervisor) -> None:
    child = python(supervisor, SLEEPS)
    with pytest.raises(EngineError) as caught:
        wait_until_up("It", child, supervisor, lambda: None)
    reason = dict(caught.value.sentence.parts)["reason"]
    assert isinstance(reason, Sentence)
    assert reason.code is EngineCode.STANDS_STILL
    assert wait_for_end(child) is None


def test_what_ends_again_is_told_to_have_ended(supervisor: Supervisor) -> None:
    child = supervisor.spawn("ending", [sys.executable, "-I", "-S", "-c", "raise SystemExit(3)"], restart=True)
    with pytest.raises(EngineError) as caught:
        wait_until_up("It", child, supervisor, lambda: None)
    reason = dict(caught.value.sentence.parts)["reason"]
    assert isinstance(reason, Sentence)
    assert reason.code is EngineCode.ENDS_AGAIN
    assert dict(reason.parts)["ends"] in {2, 3, 4}, "it may end once more while its last words are read"
    child.terminate()


def test_what_was_killed_is_not_explained_by_its_banner(supervisor: Supervisor) -> None:
    child = python(supervisor, "import os; print('## A server 3.10', flush=True); os.kill(os.getpid(), 9)")
    child.wait(20)
    reason = dict(start_failure("It", child, supervisor).sentence.parts)["reason"]
    assert isinstance(reason, Sentence)
    assert (reason.code, dict(reason.parts)) == (EngineCode.ENDED_AT_ONCE, {"exit_code": -signal.SIGKILL})


def test_the_effort_of_a_process_grows_with_its_work(supervisor: Supervisor) -> None:
    child = python(supervisor, WORKS)
    before = effort_of(child.pid)
    child.wait(20)
    assert effort_of(os.getpid())[0] > 0
    assert effort_of(child.pid) == (0.0, 0), "one that is gone has no effort"
    assert before[0] < 20


@contextmanager
def stuttering(monkeypatch: pytest.MonkeyPatch, names: set[str]) -> Iterator[None]:
    """Processes of these names run for a small part of the time: the machine is slow, and they get on."""
    spawn = Supervisor.spawn
    over = threading.Event()
    threads: list[threading.Thread] = []

    def stutter(child: Child) -> None:
        while not over.is_set() and child.alive:
            for number, seconds in ((signal.SIGSTOP, 0.4), (signal.SIGCONT, 0.02)):
                for pid in (child.pid, *descendants(child.pid)):
                    send_signal(pid, number)
                over.wait(seconds)

    def spawn_stuttering(self: Supervisor, name: str, *arguments: object, **options: object) -> Child:
        child = spawn(self, name, *arguments, **options)  # type: ignore[arg-type]
        if name in names:
            threads.append(threading.Thread(target=stutter, args=(child,)))
            threads[-1].start()
        return child

    monkeypatch.setattr(Supervisor, "spawn", spawn_stuttering)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


SLOW: dict[str, tuple[Callable[[Supervisor], object], set[str]]] = {
    "postgresql": (start_postgresql, {"initdb", "postgresql-set-up", "postgresql"}),
    "mariadb": (start_mariadb, {"mariadb-set-up", "mariadb"}),
    "zookeeper": (start_zookeeper, {"zookeeper"}),
}


@pytest.mark.parametrize("engine", exhaustive_but(SLOW, never("zookeeper")))
def test_a_server_on_a_slow_machine_comes_up(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    if (engine == "mariadb" and not find_mariadb()) or (engine == "zookeeper" and not find_zookeeper()):
        pytest.skip("it is not installed here")
    start, names = SLOW[engine]
    with stuttering(monkeypatch, names):
        assert start(supervisor)


def test_a_lab_whose_database_recovers_for_ever_can_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.engines.patience.STANDSTILL_S", 3600.0)
    spawn = Supervisor.spawn
    spawned = threading.Event()

    def spawn_stopped(self: Supervisor, name: str, *arguments: object, **options: object) -> Child:
        child = spawn(self, name, *arguments, **options)  # type: ignore[arg-type]
        if name == "postgresql":
            child.pause()
            spawned.set()
        return child

    monkeypatch.setattr(Supervisor, "spawn", spawn_stopped)
    lab = Lab(LabOptions())
    failures: list[SubmitTwiceError] = []

    def start() -> None:
        with pytest.raises(SubmitTwiceError) as caught:  # of whichever part hears of it first
            lab.start()
        failures.append(caught.value)

    thread = threading.Thread(target=start)
    thread.start()
    assert spawned.wait(60)
    lab.close()
    thread.join(60)
    assert len(failures) == 1


def test_what_ends_again_and_again_is_not_waited_for(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time it computes for longer than what counts as ending at once, as an instance does that may not log in."""
    monkeypatch.setattr("backend.engines.patience.STANDSTILL_S", 3600.0)
    argv = [sys.executable, "-I", "-S", "-c", COMPUTES.format(seconds=1.1)]
    with pytest.raises(EngineError):
        wait_until_up("It", supervisor.spawn("ending", argv, restart=True), supervisor, lambda: None)
