"""A start that is interrupted, at whatever moment, ends: nobody waits for what does not come any more."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from backend.engines.gateway.keeper import GatewayKeeper
from backend.engines.health import HealthBoard
from backend.engines.keeper import Keeper
from backend.engines.processes.child import Child
from backend.engines.processes.launch import learn_directory
from backend.engines.processes.server_user import ServerUser
from backend.engines.processes.supervisor import Supervisor
from backend.engines.running import RunningEngine
from backend.lab.lab import Lab
from backend.lab.senders.client import Sender, WhyEnded
from backend.lab.senders.sending import SenderError
from backend.lab.trace_server import TraceServer
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.frames import framed
from backend.model.options import LabOptions
from backend.model.vocabulary import EngineKind
from backend.tap.trace_messages import Hello, Ready, Welcome
from tests.backend.engines.helpers import PROJECT, connected, wait_until

HANG_S = 60.0
"""A start that ends takes about a second, longer only on a busy machine; a wait that nobody wakes takes more."""
RUN = ("run", "--operation", "place-order", "--strategy", "none")
SERVE = ("serve",)


def ends_when_interrupted(arguments: tuple[str, ...], after_s: float, number: signal.Signals, folder: Path) -> bool:
    """Start the command, interrupt it after this time, and see whether it ends."""
    process = subprocess.Popen(
        [sys.executable, "main.py", *arguments],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(after_s)
        process.send_signal(number)
        process.wait(HANG_S)
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
    return True


@pytest.mark.exhaustive
@pytest.mark.parametrize("arguments", [RUN, SERVE], ids=["run", "serve"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after_ms", [500, 1_000, 1_500, 2_000])
def test_an_interrupt_ends_a_start_at_whatever_moment(
    arguments: tuple[str, ...], number: signal.Signals, after_ms: int
) -> None:
    folder = Path(f"/tmp/interrupted-{os.getpid()}")  # noqa: S108  short enough for sockets, and nobody else's
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    assert ends_when_interrupted(arguments, after_ms / 1000, number, folder)
    assert wait_until(lambda: not list(folder.glob("submit-twice-*")))
    folder.rmdir()


@contextmanager
def waiting(call: object) -> Iterator[threading.Thread]:
    """Runs a call on a thread that is to end before the test does."""
    thread = threading.Thread(target=call, daemon=True)  # type: ignore[arg-type]
    thread.start()
    yield thread
    thread.join(HANG_S)
    assert not thread.is_alive()


def test_who_waits_for_an_instance_is_woken_when_the_trace_is_closed(tmp_path: Path) -> None:
    server = TraceServer(tmp_path / "trace", lambda _steps: None)
    answers: list[bool] = []
    with waiting(lambda: answers.append(server.welcome(1, Welcome("", ""), lambda: False))):
        server.close()
    assert answers == [False]


def test_an_instance_that_dies_between_its_hello_and_the_answer_is_waited_for_again(tmp_path: Path) -> None:
    hello = framed(Hello(1))
    server = TraceServer(tmp_path / "trace", lambda _steps: None)
    with connected(tmp_path / "trace") as client:
        client.sendall(hello)
    answers: list[bool] = []
    with (
        waiting(lambda: answers.append(server.welcome(1, Welcome("", ""), lambda: False))),
        connected(tmp_path / "trace") as client,
    ):
        client.sendall(hello)
        assert client.recv(1 << 16)
        client.sendall(framed(Ready(1)))
        assert wait_until(lambda: bool(answers))
    server.close()
    assert answers == [True]


def test_who_waits_for_the_sender_is_woken_when_it_is_closed(tmp_path: Path) -> None:
    spawned = threading.Event()

    def spawn_nothing(_argv: list[str]) -> WhyEnded:
        """A process that never connects."""
        spawned.set()
        return lambda: None

    sender = Sender(spawn_nothing, tmp_path / "sender")
    failures: list[SenderError] = []

    def start() -> None:
        with pytest.raises(SenderError) as caught:
            sender.start()
        failures.append(caught.value)

    with waiting(start):
        assert spawned.wait(30)
        sender.close()
    assert len(failures) == 1


def test_who_waits_for_the_gateway_is_woken_when_it_is_closed(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = GatewayKeeper(supervisor, lambda: None)
    starting, over = threading.Event(), threading.Event()

    def start_and_hang(_keeper: GatewayKeeper) -> None:
        starting.set()
        over.wait()

    monkeypatch.setattr(GatewayKeeper, "_start", start_and_hang)

    def require() -> None:
        with pytest.raises(SubmitTwiceError):
            keeper.require()

    with waiting(require):
        assert starting.wait(30)
        keeper.stop()
    over.set()


def test_a_lab_that_is_closed_while_it_starts_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.engines.patience.STANDSTILL_S", 10 * HANG_S)
    lab = Lab(LabOptions())
    spawned = threading.Event()
    spawn = Supervisor.spawn

    def spawn_stopped(self: Supervisor, name: str, *arguments: object, **options: object) -> Child:
        child = spawn(self, name, *arguments, **options)  # type: ignore[arg-type]
        if name == "instance-1":
            child.pause()  # it never says hello
            spawned.set()
        return child

    monkeypatch.setattr(Supervisor, "spawn", spawn_stopped)
    failures: list[SubmitTwiceError] = []

    def start() -> None:
        with pytest.raises(SubmitTwiceError) as caught:
            lab.start()
        failures.append(caught.value)

    with waiting(start):
        assert spawned.wait(20)
        lab.close()
    assert len(failures) == 1
    assert lab.lost is None


@contextmanager
def just_before_it_begins(monkeypatch: pytest.MonkeyPatch, name: str, call: Callable[[], None]) -> Iterator[list[str]]:
    """Have another thread call somebody when a thread of this name is about to begin; what it complains of is given."""
    begin, complaints = threading.Thread.start, list[str]()

    def complain() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001  whatever it is, it would be a traceback
            complaints.append(repr(error))

    caller = threading.Thread(target=complain, daemon=True)

    def start(thread: threading.Thread) -> None:
        if thread.name == name and not caller.ident:
            begin(caller)
            caller.join(1)  # as far as it comes: it may wait for who begins
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    yield complaints
    assert wait_until(lambda: bool(caller.ident))
    caller.join(HANG_S)
    assert not caller.is_alive()


def test_a_supervisor_that_is_closed_while_its_reader_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = Supervisor()
    with just_before_it_begins(monkeypatch, "supervisor", supervisor.close) as complaints, suppress(EngineError):
        supervisor.start()
    assert complaints == []
    assert not supervisor.directory.exists()


def test_a_supervisor_that_is_closed_when_it_knows_its_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    supervisor = Supervisor()

    def learn(ours: socket.socket, user: ServerUser | None) -> Path:
        directory = learn_directory(ours, user)
        supervisor.close()
        return directory

    monkeypatch.setattr("backend.engines.processes.supervisor.learn_directory", learn)
    with pytest.raises(EngineError, match="closed"):
        supervisor.start()


def test_a_server_that_ends_while_its_lab_is_closed(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    child = supervisor.spawn("server", ["/bin/sleep", "1000"])
    engine = RunningEngine(
        EngineKind.REDIS, "server", "", "", "", embedded=True, child=child, start_again=lambda: engine
    )
    health = HealthBoard(lambda: None, lambda _sentence: None)
    keeper = Keeper(engine, health, lambda _before, _now: None)
    with just_before_it_begins(monkeypatch, "keeper", keeper.close) as complaints:
        child.kill()
    assert complaints == []


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    with Supervisor() as running:
        yield running
