"""Processes that are not our children, and their end."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys

import pytest

from backend.engines.processes.process_tree import is_dead, kill_hard, parent_of, send_signal, signal_tree
from tests.backend.engines.helpers import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


def test_who_is_dead_is_not_waited_for_though_nobody_fetches_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container that may be for good."""
    process = subprocess.Popen([shutil.which("true") or "true"])
    assert wait_until(lambda: is_dead(process.pid))
    pauses: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(select, "select", lambda *seconds: pauses.append(seconds))
        kill_hard(process.pid)
    process.wait()
    assert pauses == []


def test_a_process_has_a_parent_while_it_is_there() -> None:
    process = subprocess.Popen([shutil.which("sleep") or "sleep", "600"])
    assert parent_of(process.pid) == os.getpid()
    process.kill()
    process.wait()
    assert parent_of(process.pid) == 0


def test_no_process_is_no_group_and_not_the_parent_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the system, 0 is whoever asks with its whole group, and the processes whose parent is 0 have all others."""
    reached: list[tuple[int, int]] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "kill", lambda *sent: reached.append(sent))
        patch.setattr(os, "killpg", lambda *sent: reached.append(sent))
        kill_hard(0)
        signal_tree(0, signal.SIGSTOP)
        send_signal(0, signal.SIGCONT)
    assert reached == []
