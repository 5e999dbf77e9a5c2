"""A command whose supervisor is killed: one sentence, exit code 1, and what was heard or measured until then."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from backend.archive.entries import Entry, RunRecord
from backend.archive.files import save
from backend.engines.says import ProcessCode
from backend.model.plan import Setup
from backend.model.sentence import ENGLISH, say, words
from tests.backend.archive.samples import run_entry
from tests.backend.cli.test_run_speaks import sends
from tests.backend.engines.helpers import command_of, wait_until
from tests.tables import exhaustive_but, values
from tests.test_attacked_command_line import ORDER, Shell, folder

__all__ = ["folder"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc to see what was started")

LOST = f"submit-twice: {words(say(ProcessCode.SUPERVISOR_ENDED), ENGLISH)}\n"


def supervisors(shell: Shell) -> list[psutil.Process]:
    below = psutil.Process(shell.process.pid).children(recursive=True)
    return [one for one in below if "supervisor_process" in command_of(one)]


def kill_supervisor(shell: Shell) -> tuple[int, str, str]:
    """What the command came to."""
    for one in supervisors(shell):
        one.send_signal(signal.SIGKILL)
    return shell.ends(90)


@pytest.mark.parametrize("children", exhaustive_but([1, 3], values(1)))
def test_a_start_that_loses_its_supervisor_says_so_once(folder: Path, children: int) -> None:
    shell = Shell(folder, f"exec $M {ORDER} --processing-delay 60000")
    assert wait_until(lambda: any(len(one.children()) >= children for one in supervisors(shell)), 60)
    code, _, err = kill_supervisor(shell)
    assert (code, err) == (1, LOST)


def test_a_run_that_loses_its_supervisor_says_so_once_and_what_was_heard(folder: Path) -> None:
    shell = Shell(folder, f"exec $M {ORDER} --processing-delay 60000 --json report.json")
    assert sends(folder)
    code, out, err = kill_supervisor(shell)
    assert (code, err) == (1, LOST)
    assert out.startswith("1 order wanted, 0 rows: undecided")
    assert json.loads((folder / "report.json").read_text())["broken_off"] in LOST


@pytest.mark.parametrize(
    "what", exhaustive_but(["--cost-only", "--no-cost --situations retry redelivery"], values("--cost-only"))
)
def test_a_comparison_that_loses_its_lab_ends_as_what_could_not_be_done(folder: Path, what: str) -> None:
    shell = Shell(folder, f"exec $M compare --strategy unique-index/on-conflict {what} --json report.json")
    assert sends(folder)
    code, out, err = kill_supervisor(shell)
    assert (code, err) == (1, LOST)
    (line,) = json.loads((folder / "report.json").read_text())["lines"]
    failures = [one["failure"] for one in (line["cost"], *line["cells"]) if one]
    assert failures
    assert all(why in LOST for why in failures)
    assert failures[0] in out


def slow_run() -> Entry:
    """A run as it was kept that takes a minute when it is done again."""
    entry = run_entry()
    assert isinstance(entry.content, RunRecord)
    settings = entry.content.settings
    settings = replace(settings, setup=Setup("none", "direct", 60_000))
    return replace(entry, content=replace(entry.content, settings=settings))


def test_a_replay_that_loses_its_supervisor_comes_to_no_other_verdict(folder: Path) -> None:
    save(slow_run(), folder / "run.submit-twice")
    shell = Shell(folder, "exec $M replay run.submit-twice")
    assert sends(folder)
    code, _, err = kill_supervisor(shell)
    assert (code, err) == (1, LOST)
