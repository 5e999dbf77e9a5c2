"""The command line as its users see it: processes, exit codes, what is printed, what is left."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg
import pytest
import redis

from main import main
from tests.backend.engines.helpers import command_of, family, lives, wait_until
from tests.backend.http_caller import Caller
from tests.places import short_place
from tests.tables import exhaustive_but, values

PROJECT = Path(__file__).parents[1]
KEYS = {
    "operation", "strategy", "variant", "source", "intents", "submissions", "instances", "effects", "verdicts",
    "answers", "latency_ms", "steps_per_submission", "seconds",
}  # fmt: skip
ORDER = ("run", "--operation", "place-order")


@dataclass
class Command:
    """A command line under way, with a temporary folder of its own."""

    process: subprocess.Popen[str]
    folder: Path
    seen: set[psutil.Process] = field(default_factory=set)

    def look(self) -> list[psutil.Process]:
        """The processes that belong to it now; all that were ever seen are remembered."""
        found = family(self.process.pid)[1:]
        self.seen.update(found)
        return found

    def nothing_left(self, seconds: float = 2.0) -> bool:
        return wait_until(lambda: not self.left(), seconds)

    def left(self) -> list[str]:
        alive = [str(process) for process in self.seen if lives(process)]
        return [*alive, *(str(path) for path in self.folder.glob("submit-twice-*"))]


def start(folder: Path, *arguments: str) -> Command:
    # A socket's path must be short, and a server that runs as another user must be able to enter: so not in tmp_path.
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "main.py"), *arguments],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Command(process, folder)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for the temporary folder of the command: short, and open to the user that the servers run as."""
    with TemporaryDirectory(prefix="st", dir=short_place()) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def under_way(folder: Path, *arguments: str) -> Iterator[Command]:
    command = start(folder, *arguments)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.communicate()


def carry_out(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with under_way(folder, *arguments) as command:
        out, err = command.process.communicate(timeout=60)
        return command.process.returncode, out, err


def report_of(folder: Path, *arguments: str) -> dict[str, Any]:
    """Of a command that is carried out in this process: where what is asked is what the report says."""
    file = folder / "report.json"
    assert main([*arguments, "--json", str(file)]) == 0
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


# run


def test_a_run_reports_what_happened(folder: Path) -> None:
    file = folder / "report.json"
    code, out, err = carry_out(folder, *ORDER, "--strategy", "none", "--submissions", "50", "--json", str(file))
    assert (code, err) == (0, "")
    assert out.startswith("1 order wanted, 50 rows: duplicated.\n")
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document.keys() >= KEYS
    assert document["effects"] == document["submissions"] == 50
    assert document["verdicts"] == {"duplicated": 1}
    assert document["answers"] == {"created": 50}
    assert (document["operation"], document["strategy"], document["variant"]) == ("place-order", "none", "direct")
    assert (document["source"], document["intents"], document["instances"]) == ("clicks", 1, 1)
    assert 0 < document["latency_ms"]["p50"] <= document["latency_ms"]["p99"]
    assert document["steps_per_submission"] == {"postgresql": 2}
    assert 0 < document["seconds"] < 60


@pytest.mark.parametrize(
    ("arguments", "effects", "verdicts"),
    exhaustive_but(
        [
            (("place-order", "--strategy", "unique-index"), 1, {"exactly_once": 1}),
            (("pay-order", "--strategy", "state-machine"), 1, {"exactly_once": 1}),
            (("pay-order", "--strategy", "pessimistic-lock", "--variant", "lock-only"), 50, {"duplicated": 1}),
            (("add-stock", "--strategy", "token", "--database", "sqlite"), 1, {"exactly_once": 1}),
        ],
        lambda arguments, *_: "lock-only" in arguments or "sqlite" in arguments,
    ),
)
def test_the_runs_of_the_readme(
    folder: Path, arguments: tuple[str, ...], effects: int, verdicts: dict[str, int]
) -> None:
    document = report_of(folder, "run", "--operation", *arguments, "--submissions", "50")
    assert (document["effects"], document["verdicts"]) == (effects, verdicts)


@pytest.mark.exhaustive  # as `test_a_local_lock_is_no_lock_between_two_instances`, which has a lab for it
def test_several_intents_over_two_instances(folder: Path) -> None:
    """The delay is longer than a busy machine keeps one of two processes waiting: otherwise no submissions meet."""
    arguments = ("--strategy", "local-lock", "--instances", "2", "--intents", "12", "--processing-delay", "2000")
    document = report_of(folder, *ORDER, *arguments)
    assert document["intents"] == document["verdicts"].get("exactly_once", 0) + document["verdicts"]["duplicated"] == 12
    assert document["verdicts"]["duplicated"] > 0


def test_a_data_directory_keeps_its_rows_and_serve_listens_where_it_is_told(folder: Path) -> None:
    data = folder / "data"
    report_of(folder, *ORDER, "--strategy", "none", "--submissions", "3", "--data-dir", str(data))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with under_way(folder, "serve", "--data-dir", str(data), "--port", str(port)) as command:
        connection = news(command)
        assert connection["urls"] == [f"http://127.0.0.1:{port}"]
        caller = Caller(connection["urls"][0], connection["token"])
        assert caller.submit("place-order", "none", order_no="A-1", item="pen", quantity=1).status == 201
        with psycopg.connect(connection["database"]) as database:
            assert database.execute("SELECT count(*), count(DISTINCT order_no) FROM orders").fetchone() == (4, 2)


# What cannot run: the rest is in test_attacked_command_line.py


def test_a_port_in_use_is_one_line(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, out, err = carry_out(folder, "serve", "--port", port)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert port in err


# serve


def news(command: Command) -> dict[str, Any]:
    """The line that `serve` prints."""
    assert command.process.stdout is not None
    line = command.process.stdout.readline()
    assert line, command.process.communicate()[1]
    command.look()
    document: dict[str, Any] = json.loads(line)
    return document


def test_serve_prints_where_everything_is(folder: Path) -> None:
    with under_way(folder, "serve", "--instances", "2") as command:
        connection = news(command)
        assert connection.keys() == {"urls", "token", "database", "redis"}
        for number, url in enumerate(connection["urls"]):
            caller = Caller(url, connection["token"])
            assert caller.submit("place-order", "none", order_no=f"A-{number}", item="pen", quantity=1).status == 201
        with psycopg.connect(connection["database"]) as database:
            assert database.execute("SELECT count(*) FROM orders").fetchone() == (2,)
        client = redis.Redis.from_url(connection["redis"])
        assert client.ping()
        client.close()
        command.process.send_signal(signal.SIGTERM)
        out, err = command.process.communicate(timeout=10)
        assert (command.process.returncode, out, err) == (0, "", "")
        assert command.nothing_left(0.5), command.left()


# Ends


@pytest.mark.parametrize(
    ("delay", "number"),
    exhaustive_but(
        [
            pytest.param(delay, number, id=f"{what}-{number}")
            for delay, what in (("0", "sending"), ("60000", "waiting"))
            for number in (signal.SIGINT, signal.SIGTERM)
        ],
        lambda delay, number: delay == "0" and number is signal.SIGINT,
    ),
)
def test_an_interrupted_run_ends_soon_and_leaves_nothing(folder: Path, number: signal.Signals, delay: str) -> None:
    arguments = ("--strategy", "none", "--submissions", "20000", "--processing-delay", delay, "--json", "-")
    with under_way(folder, *ORDER, *arguments) as command:
        assert wait_until(lambda: is_working(command), 60, every_s=0.05)
        command.process.send_signal(number)
        out, err = command.process.communicate(timeout=8)
        assert command.process.returncode == 1
        assert err in {
            "submit-twice: Interrupted: what was measured until then is reported, and nothing is left running.\n",
            "submit-twice: Interrupted; nothing is left running.\n",
        }
        if "reported" in err:
            document = json.loads(out)
            assert document["cancelled"]
            assert document["effects"] < 20_000
        else:
            assert out == ""
        assert command.nothing_left(0.5), command.left()


def is_working(command: Command) -> bool:
    """Whether the sender holds connections: submissions are under way."""
    senders = [process for process in command.look() if "backend.lab.senders.process" in command_of(process)]
    return bool(senders) and len(senders[0].net_connections("tcp")) > 10


@pytest.mark.parametrize(
    "number", exhaustive_but([signal.SIGINT, signal.SIGTERM], lambda number: number is signal.SIGINT)
)
def test_an_interrupt_while_it_starts_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    with under_way(folder, "serve") as command:
        assert wait_until(lambda: bool(command.look()), 20)
        command.process.send_signal(number)
        _, err = command.process.communicate(timeout=10)
        assert "Traceback" not in err
        assert command.nothing_left(), command.left()


@pytest.mark.parametrize("what", exhaustive_but(["serve", "run"], values("serve")))
def test_nothing_is_left_when_it_is_killed(folder: Path, what: str) -> None:
    arguments = ("serve",) if what == "serve" else (*ORDER, "--strategy", "none", "--submissions", "20000")
    with under_way(folder, *arguments) as command:
        if what == "serve":
            connection = news(command)
            caller = Caller(connection["urls"][0], connection["token"])
            assert caller.submit("send-message", "none", request_no="M-1").status == 201
            assert any("backend.engines.gateway" in command_of(process) for process in command.look())
        else:
            assert wait_until(lambda: is_working(command), 60, every_s=0.05)
        assert len(command.seen) > 5
        command.process.kill()
        assert command.nothing_left(2), command.left()
