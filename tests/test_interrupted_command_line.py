"""Ctrl-C, SIGTERM and SIGHUP at any moment: one sentence, exit code 1, nothing left running, and what was measured."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
from itertools import product
from pathlib import Path

import psutil
import pytest

from tests.backend.engines.helpers import explores, family, wait_until
from tests.backend.http_caller import Caller
from tests.tables import exhaustive_but, values
from tests.test_attacked_command_line import EXPLORE, ORDER, PROJECT, Shell, folder

__all__ = ["folder"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc to see which signals are heard")

LONG = f"exec $M {ORDER} --submissions 20000 --json report.json"
KEPT = "submit-twice: Interrupted: what was measured until then is reported, and nothing is left running.\n"
NOTHING = "submit-twice: Interrupted; nothing is left running.\n"
EARLY = "submit-twice: Interrupted before anything was started.\n"
STOPPING = "submit-twice: Interrupted; what still runs is being stopped.\n"
STEP_SECONDS = 0.06


def until_it_listens(shell: Shell) -> None:
    """Until it hears SIGHUP: what comes earlier ends the interpreter before a line of ours has run."""
    status = Path(f"/proc/{shell.process.pid}/status")

    def listens() -> bool:
        found = re.search(r"^SigCgt:\s*(\w+)", status.read_text(), re.MULTILINE)
        return bool(found and int(found[1], 16) >> (signal.SIGHUP - 1) & 1)

    assert wait_until(listens, 60, every_s=0.001)


SOME_MOMENTS = {(signal.SIGHUP, 0), (signal.SIGTERM, 7), (signal.SIGINT, 16), (signal.SIGHUP, 34)}


@pytest.mark.parametrize(
    ("number", "moment"),
    exhaustive_but(
        product([signal.SIGINT, signal.SIGTERM, signal.SIGHUP], [0, 1, 2, 4, 7, 11, 16, 24, 34]),
        lambda *row: row in SOME_MOMENTS,
    ),
)
def test_a_signal_at_any_moment_ends_it_in_one_sentence(folder: Path, number: signal.Signals, moment: int) -> None:
    shell = Shell(folder, LONG)
    until_it_listens(shell)
    threading.Event().wait(moment * STEP_SECONDS)
    shell.process.send_signal(number)
    code, _, err = shell.ends()
    assert (code, err) in [(1, sentence) for sentence in (EARLY, NOTHING, KEPT)]
    if err == KEPT:
        assert json.loads((folder / "report.json").read_text())["cancelled"]
    assert shell.nothing_left(), shell.left()


@pytest.mark.parametrize(
    ("pause", "moment"),
    exhaustive_but(product([0.002, 0.3], [0, 6, 20, 40]), lambda *row: row == (0.002, 20)),
)
def test_signals_over_and_over_are_one_sentence(folder: Path, moment: int, pause: float) -> None:
    shell = Shell(folder, LONG)
    until_it_listens(shell)
    threading.Event().wait(moment * STEP_SECONDS)
    for _ in range(2_000):
        if shell.process.poll() is not None:
            break
        shell.process.send_signal(signal.SIGINT)
        threading.Event().wait(pause)
    code, _, err = shell.ends()
    assert (code, err) in [(1, sentence) for sentence in (EARLY, NOTHING, KEPT, STOPPING)]
    assert shell.nothing_left(), shell.left()


@pytest.mark.parametrize("line", [f"exec $M {EXPLORE} --requests 3 --crashes 1 --json report.json"])
def test_an_exploration_keeps_what_it_found(folder: Path, line: str) -> None:
    shell = Shell(folder, line)
    assert wait_until(lambda: explores(shell.process.pid), 60, every_s=0.05)
    shell.process.send_signal(signal.SIGHUP)
    code, _, err = shell.ends()
    assert (code, err) == (1, KEPT)
    assert json.loads((folder / "report.json").read_text())["exhaustive"] is False
    assert shell.nothing_left(), shell.left()


STUBBORN = """
from backend.cli import early
early.listen()
import threading, sys
from backend.cli import interrupts
never = threading.Event()
def command(interrupted):
    print("works", flush=True)
    interrupted.wait()
    print("heard", flush=True)
    never.wait()
    return 0
interrupts.carry_out(command)
"""


def test_a_second_signal_ends_what_does_not_stop(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STUBBORN], cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "works\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "heard\n"
    process.send_signal(signal.SIGINT)  # so soon that it may be the same one, passed on by a launcher
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.1)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10) == ("", STOPPING)
    assert process.returncode == 1


def test_what_ignores_hangups_goes_on(folder: Path) -> None:
    shell = Shell(folder, f"trap '' HUP; exec $M {ORDER} --processing-delay 1000")
    tick = threading.Event()
    while not list(folder.glob("submit-twice-*")):
        assert shell.process.poll() is None
        tick.wait(0.01)
    shell.process.send_signal(signal.SIGHUP)
    code, out, err = shell.ends()
    assert (code, err) == (0, "")
    assert out.startswith("1 order wanted, 2 rows: duplicated.\n")


@pytest.mark.parametrize("line", exhaustive_but([ORDER, EXPLORE], values(EXPLORE)))
def test_a_terminal_gets_a_progress_bar(folder: Path, line: str) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    process = subprocess.Popen(
        [sys.executable, str(PROJECT / "main.py"), *line.split()],
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    assert process.wait(60) == 0
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert re.search(r"answered|interleavings", shown)


UV = f"uv run --no-sync --project {PROJECT} python {PROJECT / 'main.py'}"
SERVE = f"{UV} serve"


def serving(folder: Path) -> bool:
    """Whether somebody has written where it serves."""
    where = folder / "where.json"
    return where.exists() and where.read_text().endswith("\n")


def test_a_launcher_that_is_killed_takes_its_command_with_it(folder: Path) -> None:
    shell = Shell(folder, f"exec {SERVE} >where.json")
    assert wait_until(lambda: serving(folder), 60)
    shell.process.kill()
    assert shell.ends()[0] == -signal.SIGKILL
    assert shell.nothing_left(30), shell.left()


LAUNCHED = {
    "run": f"{ORDER} --processing-delay 60000",
    "explore": f"{EXPLORE} --requests 3 --crashes 2",
    "explore all": "explore --all --requests 3",
    "compare": "compare --quick --html report.html",
    "check": f"check {PROJECT / 'resources' / 'examples' / 'orders-unsound.toml'} --intents 500",
}


@pytest.mark.parametrize("command", exhaustive_but(LAUNCHED, values("check")))
def test_each_command_ends_with_a_launcher_that_is_killed(folder: Path, command: str) -> None:
    """At whatever it is: when it has started all that it needs, or earlier."""
    shell = Shell(folder, f"exec {UV} {LAUNCHED[command]} >/dev/null 2>&1")
    assert wait_until(lambda: len(family(shell.process.pid)) > 8, 60, every_s=0.05)
    shell.process.kill()
    assert shell.ends()[0] == -signal.SIGKILL
    assert shell.nothing_left(30), shell.left()


def test_a_shell_that_ends_leaves_what_it_has_put_into_the_background(folder: Path) -> None:
    shell = Shell(folder, f"nohup {SERVE} >where.json 2>/dev/null & echo $!")
    launcher = psutil.Process(int(shell.process.stdout.readline() if shell.process.stdout else b""))
    try:
        assert wait_until(lambda: shell.process.poll() is not None and serving(folder), 60)
        where = json.loads((folder / "where.json").read_text())
        assert Caller(where["urls"][0], where["token"]).call("GET", "/health").status == 200
        assert launcher.is_running()
    finally:
        launcher.terminate()
    assert shell.nothing_left(30), shell.left()
    shell.ends()
