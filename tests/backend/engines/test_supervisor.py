"""The supervisor and its children, with real processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from backend.engines.processes.child import Child
from backend.engines.processes.folder import MARK
from backend.engines.processes.supervisor import Supervisor
from backend.model.errors import EngineError
from tests.backend.engines.helpers import command_of, family, lives, wait_until

SLEEP = ["/bin/sleep", "1000"]


def shell(supervisor: Supervisor, script: str, **options: bool) -> Child:
    return supervisor.spawn("shell", ["/bin/sh", "-c", script], **options)  # type: ignore[arg-type]


def test_a_child_writes_to_its_log_and_ends(supervisor: Supervisor) -> None:
    child = shell(supervisor, "for i in 1 2 3 4 5 6 7; do echo line $i; done; echo oops >&2; exit 3")
    assert child.wait(30) == 3
    assert not child.alive
    assert child.log_tail(2) == "line 7\noops"
    assert len(child.log_tail().splitlines()) == 5


def test_a_program_that_is_not_there(supervisor: Supervisor) -> None:
    with pytest.raises(EngineError, match=r"^ghost could not be started: No such file or directory$"):
        supervisor.spawn("ghost", ["/no/such/program"])


def test_environment_and_working_directory(supervisor: Supervisor, tmp_path: Path) -> None:
    child = supervisor.spawn("env", ["/bin/sh", "-c", 'echo "$ONE $HOME."; pwd'], env={"ONE": "1"}, cwd=tmp_path)
    assert child.wait(30) == 0
    assert child.log_tail() == f"1 .\n{tmp_path}"


def test_standard_input_comes_from_no_file_that_has_a_name(supervisor: Supervisor) -> None:
    child = supervisor.spawn("cat", ["/bin/cat"], stdin="a secret\n")
    assert child.wait(30) == 0
    assert child.log_tail() == "a secret"
    assert {path.name for path in supervisor.directory.iterdir()} == {MARK, "private", "cat.log"}


def test_wait_gives_up(supervisor: Supervisor) -> None:
    assert supervisor.spawn("sleep", SLEEP).wait(0.05) is None


def test_kill_takes_descendants_in_sessions_of_their_own(supervisor: Supervisor) -> None:
    child = shell(supervisor, "setsid sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & sleep 1000")
    assert wait_until(lambda: len(family(child.pid)) == 6)
    processes = family(child.pid)
    child.kill()
    assert child.wait(2) == -signal.SIGKILL
    assert wait_until(lambda: not any(lives(process) for process in processes))


def test_close_takes_descendants_in_sessions_of_their_own() -> None:
    with Supervisor() as supervisor:
        child = shell(supervisor, "trap '' TERM; setsid sleep 1000 & sleep 1000")
        assert wait_until(lambda: len(family(child.pid)) == 3)
        processes = family(supervisor.pid)
        assert len(processes) == 4
    assert not any(lives(process) for process in processes)


def test_what_a_crashed_child_leaves_behind_is_killed(supervisor: Supervisor) -> None:
    other = supervisor.spawn("other", ["/bin/sh", "-c", "sleep 1000 & sleep 1000"])
    child = shell(supervisor, "sleep 1000 & sleep 1000")
    assert wait_until(lambda: len(family(child.pid)) == 3 and len(family(other.pid)) == 3)
    processes, others = family(child.pid), family(other.pid)
    os.kill(child.pid, signal.SIGKILL)
    assert wait_until(lambda: not any(lives(process) for process in processes))
    assert all(lives(process) for process in others)


BREEDER = """
import os, time
while True:
    brood = []
    while len(brood) < 20:
        if not (child := os.fork()):
            time.sleep(0.02)
            os._exit(0)
        brood.append(child)
    for child in brood:
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
            os._exit(9)
"""


def test_what_a_living_child_forks_meanwhile_is_not_taken_for_left_behind(supervisor: Supervisor) -> None:
    breeder = supervisor.spawn("breeder", [sys.executable, "-I", "-S", "-c", BREEDER])
    for _ in range(100):
        assert shell(supervisor, "exit 0").wait(30) == 0
    assert breeder.alive, "a child that it had just forked was killed"
    breeder.kill()


def test_pause_and_resume_reach_descendants(supervisor: Supervisor) -> None:
    """Once both are what they are to be: a shell cannot be stopped while it waits for a command to begin (vfork)."""
    child = shell(supervisor, "setsid sleep 1000 & sleep 1000")
    assert wait_until(lambda: sum(command_of(one) == "sleep 1000" for one in family(child.pid)) == 2)
    child.pause()
    assert wait_until(lambda: {p.status() for p in family(child.pid)} == {psutil.STATUS_STOPPED})
    child.resume()
    assert wait_until(lambda: psutil.STATUS_STOPPED not in {p.status() for p in family(child.pid)})
    assert child.alive


def test_terminate_asks_first_and_kills_then(supervisor: Supervisor) -> None:
    polite = shell(supervisor, "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done")
    deaf = shell(supervisor, "trap '' TERM; echo ready; while :; do sleep 0.01; done")
    assert wait_until(lambda: polite.log_tail().count("ready") == 2)
    polite.terminate()
    deaf.terminate(grace_s=0.2)
    assert polite.wait(30) == 7
    assert deaf.wait(30) == -signal.SIGKILL


def test_a_paused_child_can_be_terminated(supervisor: Supervisor) -> None:
    child = supervisor.spawn("sleep", SLEEP)
    child.pause()
    child.terminate()
    assert child.wait(1) == -signal.SIGTERM


def test_callbacks_come_with_the_exit_code_also_when_late(supervisor: Supervisor) -> None:
    child = supervisor.spawn("sleep", SLEEP)
    codes: list[int] = []
    child.on_exit(codes.append)
    assert codes == []
    child.terminate()
    assert wait_until(lambda: codes == [-signal.SIGTERM])
    child.on_exit(codes.append)
    assert codes == [-signal.SIGTERM] * 2


def test_a_callback_may_kill_another_child(supervisor: Supervisor) -> None:
    first, second = supervisor.spawn("first", SLEEP), supervisor.spawn("second", SLEEP)
    first.on_exit(lambda _: second.kill())
    first.kill()
    assert second.wait(2) == -signal.SIGKILL


def test_no_callback_while_closing() -> None:
    codes: list[int] = []
    with Supervisor() as supervisor:
        child = supervisor.spawn("sleep", SLEEP)
        child.on_exit(codes.append)
    assert not child.alive
    assert codes == []


def test_a_crashed_child_is_started_again_until_it_is_terminated(supervisor: Supervisor) -> None:
    child = supervisor.spawn("sleep", SLEEP, restart=True)
    first = child.pid
    child.kill()
    assert wait_until(lambda: child.pid != first)
    assert child.alive
    child.terminate()
    assert child.wait(30) == -signal.SIGTERM


def test_a_child_that_dies_at_once_is_not_started_for_ever(supervisor: Supervisor) -> None:
    child = shell(supervisor, "echo here; exit 9", restart=True)
    assert child.wait(10) == 9
    assert child.log_tail(100).count("here") == 5


def test_many_threads_spawn_at_once(supervisor: Supervisor) -> None:
    with ThreadPoolExecutor(16) as threads:
        children = list(
            threads.map(lambda n: supervisor.spawn(f"child-{n}", ["/bin/sh", "-c", f"exit {n}"]), range(64))
        )
        assert [child.wait(10) for child in children] == list(range(64))


def test_close_twice_and_after_a_failure() -> None:
    supervisor = Supervisor().start()
    directory = supervisor.directory
    supervisor.close()
    supervisor.close()
    assert not directory.exists()
    with pytest.raises(EngineError):
        supervisor.spawn("late", SLEEP)
    Supervisor().close()


def test_signals_to_a_child_that_is_gone_do_nothing(supervisor: Supervisor) -> None:
    child = shell(supervisor, "exit 0")
    assert child.wait(30) == 0
    child.kill()
    child.pause()
    child.terminate()


@pytest.mark.parametrize(
    "command", [{"do": "signal", "signal": 15}, {"do": "forgive"}, {"do": "terminate", "grace": 0}]
)
def test_what_is_wanted_of_a_child_that_has_just_ended_is_answered(
    supervisor: Supervisor, command: dict[str, object]
) -> None:
    """As where the news of its end are still on their way."""
    child = shell(supervisor, "exit 0")
    assert child.wait(30) == 0
    number = supervisor._control.take_number()
    supervisor._control.ask(command | {"key": child._key, "id": number}, number)


def test_a_supervisor_that_was_killed_is_noticed() -> None:
    with Supervisor() as supervisor:
        child = supervisor.spawn("sleep", SLEEP)
        codes: list[int] = []
        child.on_exit(codes.append)
        directory = supervisor.directory
        os.kill(supervisor.pid, signal.SIGKILL)
        assert child.wait(30) == -signal.SIGKILL
        assert wait_until(lambda: codes == [-signal.SIGKILL])
        assert not directory.exists()
        with pytest.raises(EngineError, match="supervisor"):
            supervisor.spawn("late", SLEEP)


def test_the_temporary_folder_can_be_chosen_unless_its_name_is_too_long(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path_factory.mktemp("a-folder-with-a-name-that-is-much-too-long-for-a-socket")
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with Supervisor() as supervisor:
        assert supervisor.directory.parent == Path("/tmp")  # noqa: S108
    monkeypatch.setattr("tempfile.tempdir", "/dev/shm")  # noqa: S108
    with Supervisor() as supervisor:
        assert supervisor.directory.parent == Path("/dev/shm")  # noqa: S108


def test_a_temporary_folder_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/proc")
    with pytest.raises(EngineError, match=r"^no temporary directory could be made in /proc: "):
        Supervisor().start()


@pytest.mark.skipif(os.geteuid() != 0, reason="servers run as ourselves then")
def test_servers_do_not_run_as_root(supervisor: Supervisor) -> None:
    server = supervisor.spawn("server", SLEEP, as_server_user=True)
    instance = supervisor.spawn("instance", SLEEP)
    assert set(psutil.Process(server.pid).uids()) == {65534}
    assert set(psutil.Process(server.pid).gids()) == {65534}
    assert set(psutil.Process(instance.pid).uids()) == {0}


def test_what_is_being_written_into_the_directory_is_removed_with_it() -> None:
    supervisor = Supervisor().start()
    directory = supervisor.directory
    with supervisor.writing():
        closing = threading.Thread(target=supervisor.close)
        closing.start()
        assert wait_until(lambda: supervisor._closing)
        (directory / "data").mkdir()
        (directory / "data" / "file").write_text("late")
    closing.join(10)
    assert not directory.exists()
    with pytest.raises(EngineError), supervisor.writing():
        pass


def test_a_supervisor_that_is_killed_in_mid_start_takes_nobody_else_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was asked to start has no process yet, and the number for that is everybody to the system."""
    kill, reached = os.kill, list[int]()
    supervisor = Supervisor().start()
    with monkeypatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(os, "kill", lambda pid, _number: reached.append(pid))
        patch.setattr(os, "killpg", lambda group, _number: reached.append(group))
        kill(supervisor.pid, signal.SIGSTOP)
        asked = pool.submit(shell, supervisor, "sleep 600")
        assert wait_until(lambda: bool(supervisor._children))
        kill(supervisor.pid, signal.SIGKILL)
        with pytest.raises(EngineError, match="supervisor"):
            asked.result(20)
    supervisor.close()
    assert 0 not in reached
