"""However a lab ends: within two seconds no process and no directory of it is left."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from backend.engines.processes.server_user import server_user
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.model.vocabulary import EngineKind
from tests.backend.engines.helpers import lives, small_lab, stop, wait_until
from tests.tables import exhaustive_but, values


@pytest.mark.parametrize(
    "number",
    exhaustive_but([signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP], values(signal.SIGTERM)),
)
def test_nothing_is_left_after_a_signal(number: signal.Signals) -> None:
    with small_lab("wait") as lab:
        names = {process.name() for process in lab.processes}
        assert {"postgres", "valkey-server", "sh", "sleep"} <= names, "there is something to be stopped"
        assert lab.left()
        os.kill(lab.news["pid"], number)
        assert lab.nothing_left(), lab.left()


@pytest.mark.parametrize("end", exhaustive_but(["return", "raise", "raise-early"], values("raise", "raise-early")))
def test_nothing_is_left_after_an_end_without_close(end: str) -> None:
    with small_lab(end) as lab:
        lab.process.wait(10)
        assert lab.nothing_left(), lab.left()


def test_nothing_is_left_when_paused_servers_hang() -> None:
    with small_lab("wait") as lab:
        stop(*lab.processes[1:])
        lab.process.kill()
        assert lab.nothing_left(), lab.left()


def test_nothing_is_left_when_a_client_keeps_a_transaction_open() -> None:
    with small_lab("wait") as lab:
        url = RunningEngine(EngineKind.POSTGRESQL, "", "", "", lab.news["database"], embedded=True).client_url
        with psycopg.connect(url) as connection:
            connection.execute("SELECT 1")
            lab.process.kill()
            assert lab.nothing_left(), lab.left()
            connection.close()


def test_the_supervisor_is_told_to_end() -> None:
    with small_lab("wait") as lab:
        os.kill(lab.news["supervisor"], signal.SIGTERM)
        assert lab.nothing_left(), lab.left()
        assert lab.process.poll() is None


def test_the_supervisor_itself_is_killed() -> None:
    with small_lab("wait") as lab:
        os.kill(lab.news["supervisor"], signal.SIGKILL)
        assert lab.nothing_left(), lab.left()


def test_the_end_of_one_lab_leaves_another_alone() -> None:
    with small_lab("wait") as first, small_lab("wait") as second:
        first.process.kill()
        assert first.nothing_left(), first.left()
        assert [str(process) for process in second.processes if not lives(process)] == []
        client_url = second.news["database"].replace("+psycopg", "")
        with psycopg.connect(client_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_forked_copy_of_a_killed_lab_does_not_keep_its_servers() -> None:
    with small_lab("fork") as lab:
        assert lab.process.stdout is not None
        keeper = psutil.Process(json.loads(lab.process.stdout.readline())["keeper"])
        lab.process.kill()
        try:
            assert lab.nothing_left(), lab.left()
            assert lives(keeper)
        finally:
            keeper.kill()


def test_an_inherited_socket_does_not_keep_a_lab_alive() -> None:
    supervisor = Supervisor().start()
    directory = supervisor.directory
    children = psutil.Process(supervisor.pid)
    keeper = os.fork()
    if keeper == 0:
        signal.pause()
        os._exit(0)
    try:
        supervisor.close()
        assert not directory.exists()
        assert not lives(children)
    finally:
        os.kill(keeper, signal.SIGKILL)
        os.waitpid(keeper, 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="every other test runs as an ordinary user then")
def test_an_ordinary_user_has_a_lab_too(open_folder: Path) -> None:
    nobody = server_user()
    assert nobody is not None
    if nobody.can_enter(Path(sys.executable).resolve().parent):
        os.chown(open_folder, nobody.uid, nobody.gid)
        prefix = ["setpriv", f"--reuid={nobody.uid}", f"--regid={nobody.gid}", "--clear-groups", "--"]
    else:  # the interpreter lies in root's home: be an ordinary user who may enter there
        prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
    env = {"HOME": str(open_folder), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {name: value for name, value in os.environ.items() if name == "PYTHONPYCACHEPREFIX"}
    with small_lab("wait", prefix, env) as lab:
        assert len({process.uids() for process in lab.processes}) == 1
        assert lab.directory.stat().st_mode & 0o777 == 0o700
        lab.process.kill()
        assert lab.nothing_left(), lab.left()


def test_no_child_holds_the_socket_to_the_lab(supervisor: Supervisor) -> None:
    child = supervisor.spawn("sleep", ["/bin/sleep", "100"])
    assert wait_until(lambda: psutil.Process(child.pid).name() == "sleep")
    descriptors = Path(f"/proc/{child.pid}/fd")
    # For a moment after it began, the loader has a library open.
    assert wait_until(lambda: {path.name for path in descriptors.iterdir()} == {"0", "1", "2"})
