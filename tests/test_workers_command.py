"""`explore --workers`: nothing of it is left, however it ends."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.backend.engines.helpers import command_of, family, wait_until
from tests.test_attacked_command_line import Shell, folder

__all__ = ["folder"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc to see what was started")

QUESTION = "--operation place-order --strategy distributed-lock --requests 3 --crashes 1 --expiries 1"
LONG = f"exec $M explore {QUESTION} --workers 2 --json -"


def workers(shell: Shell) -> list[int]:
    """Those whose engines have come up."""
    own = [process for process in family(shell.process.pid) if "crew.worker" in command_of(process)]
    return [process.pid for process in own if any("postgres" in command_of(one) for one in family(process.pid))]


def started(folder: Path) -> Shell:
    shell = Shell(folder, LONG)
    assert wait_until(lambda: bool(workers(shell)) or shell.process.poll() is not None, 60, every_s=0.05), shell.left()
    assert shell.process.poll() is None, shell.ends(1)
    return shell


def test_nothing_is_left_of_workers_whose_parent_was_killed(folder: Path) -> None:
    shell = started(folder)
    os.kill(shell.process.pid, signal.SIGKILL)
    shell.ends(60)
    assert shell.nothing_left(30), shell.left()


def test_interrupted_it_says_what_all_of_them_found(folder: Path) -> None:
    shell = started(folder)
    shell.process.send_signal(signal.SIGINT)
    code, out, err = shell.ends(60)
    assert code == 1, err
    found = json.loads(out)
    assert found["schedules"] > 0
    assert not found["exhaustive"]
    assert shell.nothing_left(30), shell.left()
