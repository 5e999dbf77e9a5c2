"""The sender's process: how it starts, ends and comes back."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from backend.engines.patience import STANDSTILL_S
from backend.lab.senders.client import Sender, WhyEnded
from backend.lab.senders.messages import Finished, Outcome, Outcomes, Target
from backend.lab.senders.sending import SenderError, Sending
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import plain
from tests.backend.lab.senders.conftest import PROJECT, Processes
from tests.backend.lab.senders.jobs import LIMIT, Told, deliveries, make_job, send
from tests.backend.lab.senders.small_server import OK, Exchange, SmallServer

Serve = Callable[..., SmallServer]


def test_the_process_ends_when_the_sender_is_closed(own_sender: Sender, processes: Processes) -> None:
    own_sender.start()
    (process,) = processes.started
    assert process.poll() is None
    own_sender.close()
    assert process.wait(LIMIT) == 0
    own_sender.close()


def test_the_process_ends_at_once_though_submissions_are_in_flight(
    own_sender: Sender, processes: Processes, serve: Serve
) -> None:
    gone: list[bool] = []
    server = serve(lambda exchange: gone.append(exchange.gone()))
    told = Told(own_sender, make_job(server.target, "a"))
    assert server.wait_for(lambda: bool(server.seen))
    own_sender.close()
    assert processes.started[0].wait(LIMIT) == 0
    assert server.wait_for(lambda: gone == [True])
    with pytest.raises(SenderError, match="ended in mid-run"):
        told.end()


def test_a_closed_sender_takes_no_jobs(own_sender: Sender, serve: Serve, processes: Processes) -> None:
    server = serve()
    own_sender.start()
    own_sender.close()
    with pytest.raises(SenderError, match="closed"):
        own_sender.submit(make_job(server.target, "a"), lambda _outcomes: None)
    assert len(processes.started) == 1


def test_a_killed_process_fails_its_jobs_and_the_next_job_gets_another(
    own_sender: Sender, processes: Processes, serve: Serve
) -> None:
    server = serve(lambda exchange: OK if exchange.connection > 3 else exchange.gone() and None)
    first, second = Told(own_sender, make_job(server.target, "aa")), Told(own_sender, make_job(server.target, "a"))
    assert server.wait_for(lambda: server.most_at_once == 3)
    processes.started[0].kill()
    for told in (first, second):
        with pytest.raises(SubmitTwiceError, match="ended in mid-run"):
            told.end()
    told, finished = send(own_sender, make_job(server.target, "aa"))
    assert finished.sent == 2
    assert told.statuses() == [201, 201]
    assert len(processes.started) == 2


def test_a_job_right_after_the_end_of_the_process_gets_another(
    own_sender: Sender, processes: Processes, serve: Serve
) -> None:
    """Whether the client has noticed or not."""
    server = serve()
    for count in range(1, 6):
        own_sender.start()
        processes.started[-1].kill()
        processes.started[-1].wait()
        send(own_sender, make_job(server.target, "aaa"))
        assert len(server.seen) == 3 * count


def test_a_job_that_breaks_the_process_fails_instead_of_hanging(
    own_sender: Sender, processes: Processes, serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    server = serve()
    broken = make_job(server.target, "a")
    beyond = type(broken)(broken.job_id, broken.targets, deliveries(server.target, "a", index=7))
    with pytest.raises(SenderError):
        send(own_sender, beyond)
    assert processes.started[0].wait(LIMIT) != 0
    assert "IndexError" in capfd.readouterr().err
    assert send(own_sender, make_job(server.target, "a"))[1].sent == 1


def test_whoever_cannot_take_outcomes_is_told_and_others_go_on(sender: Sender, serve: Serve) -> None:
    server = serve()

    def refuse(_outcomes: Sequence[Outcome]) -> None:
        raise RuntimeError("no room")

    with pytest.raises(SenderError, match="RuntimeError: no room"):
        sender.submit(make_job(server.target, "aaa"), refuse).wait(LIMIT)
    assert send(sender, make_job(server.target, "a"))[1].sent == 1


def test_a_job_whose_outcomes_were_not_taken_is_not_made_good_by_its_end() -> None:
    """The rest of it may have come before anybody who waits has looked."""

    def refuse(_outcomes: Sequence[Outcome]) -> None:
        raise RuntimeError("no room")

    sending = Sending(make_job(Target("127.0.0.1", 1), "a"), refuse, lambda: None)
    sending.take(Outcomes(1, [Outcome("1.1", "a")]))
    sending.take(Finished(1, 1, 0, 0, 0))
    with pytest.raises(SenderError, match="RuntimeError: no room"):
        sending.wait(0)


def test_a_process_that_does_not_connect_is_waited_for_while_it_gets_on(tmp_path: Path) -> None:
    looks = iter([None, None, plain("it stands still")])
    broken = Sender(lambda _argv: lambda: next(looks), tmp_path / "sender")
    with pytest.raises(SenderError, match="did not start: it stands still"):
        broken.start()
    assert list(looks) == []
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_dies_at_its_start_is_told_at_once(processes: Processes, tmp_path: Path) -> None:
    """Long before one that does nothing at all is given up."""
    dying = Sender(lambda _argv: processes.spawn([sys.executable, "-c", "raise SystemExit(3)"]), tmp_path / "sender")
    began = time.monotonic()
    with pytest.raises(SenderError, match="did not start: exit code 3"):
        dying.start()
    assert time.monotonic() - began < STANDSTILL_S / 2


def test_fetch_keeps_the_order_of_its_deliveries(sender: Sender, serve: Serve) -> None:
    """The first answer is the last to arrive."""
    others = threading.Event()

    def answer(exchange: Exchange) -> bytes:
        if exchange.body == b"0":
            others.wait(LIMIT)
        elif len(server.seen) == 8:
            others.set()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + exchange.body

    server = serve(answer)
    outcomes = sender.fetch(deliveries(server.target, "abcdefgh"), [server.target], lambda _sending: None)
    assert [outcome.body for outcome in outcomes] == [b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7"]


def test_a_fetch_can_be_cancelled(sender: Sender, serve: Serve) -> None:
    """The first are in flight; the others never leave."""
    cancelled = threading.Event()
    server = serve(lambda _exchange: OK if cancelled.wait(LIMIT) else None)
    other = serve()

    def cancel(sending: Sending) -> None:
        assert server.wait_for(lambda: bool(server.seen))
        sending.cancel()
        send(sender, make_job(other.target, "a"))
        cancelled.set()

    with pytest.raises(SenderError, match="cancelled"):
        sender.fetch(deliveries(server.target, "a" * 100), [server.target], cancel)
    assert 0 < len(server.seen) < 100


def test_jobs_may_come_from_many_threads(own_sender: Sender, serve: Serve, processes: Processes) -> None:
    server = serve()
    sent: list[int] = []
    threads = [
        threading.Thread(target=lambda: sent.append(send(own_sender, make_job(server.target, "a" * 20))[1].sent))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert sent == [20] * 10
    assert len(server.seen) == 200
    assert len(processes.started) == 1


def test_it_holds_more_submissions_than_the_usual_limit_of_open_files(tmp_path: Path, serve: Serve) -> None:
    server: SmallServer = serve(lambda _exchange: OK if server.wait_for(lambda: len(server.seen) >= 100) else None)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    started: list[subprocess.Popen[bytes]] = []

    def spawn_with_few_files(argv: list[str]) -> WhyEnded:
        few = f"import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (40, {most})); "
        started.append(
            subprocess.Popen([sys.executable, "-c", few + "os.execv(sys.argv[1], sys.argv[1:])", *argv], cwd=PROJECT)
        )
        return lambda: None

    sender = Sender(spawn_with_few_files, tmp_path / "sender")
    told, _ = send(sender, make_job(server.target, "a" * 100))
    sender.close()
    assert told.statuses() == [201] * 100
    assert started[0].wait(LIMIT) == 0


def test_the_process_needs_none_of_the_heavy_libraries() -> None:
    """It has to be there at once, and no engine is its business."""
    look = "import sys, backend.lab.senders.process as p; print(*sorted(sys.modules))"
    modules = subprocess.run(
        [sys.executable, "-c", look], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"sqlalchemy", "redis", "psycopg", "falcon", "granian", "PySide6"} & set(modules)


def test_the_socket_is_not_left_behind(own_sender: Sender, tmp_path: Path) -> None:
    own_sender.start()
    assert not (tmp_path / "sender").exists()
