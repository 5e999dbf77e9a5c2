"""`explore --all` as its users see it: processes, exit codes, the grid, and what an interrupt leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from main import main
from tests.backend.engines.helpers import PROJECT, explores, family, lives, wait_until
from tests.places import short_place

NARROW = ("--operation", "place-order", "--strategy", "token", "--variant", "get-then-delete")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, and open to the user that the servers run as."""
    with TemporaryDirectory(prefix="st", dir=short_place()) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def begin(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROJECT / "main.py"), "explore", *arguments],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


CarryOut = Callable[..., tuple[int, str, str]]


@pytest.fixture
def carry_out(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CarryOut:
    """Carries a command out in this process, in the folder."""
    monkeypatch.chdir(folder)
    return lambda *arguments: (main(["explore", *arguments]), *capsys.readouterr())


def test_a_grid_is_printed_saved_and_compared(folder: Path, carry_out: CarryOut) -> None:
    process = begin(folder, "--all", *NARROW, "--save-survey", "earlier.json")
    out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (0, "")
    head, row, *_ = out.splitlines()
    assert head.split() == ["place-order"]
    assert row.split("  ") == ["token/get-then-delete (broken)", "duplicated 40/46"]
    assert "1 with a counterexample; 46 interleavings in " in out

    saved = json.loads((folder / "earlier.json").read_text())
    saved["survey"]["cells"][0] |= {"outcomes": {"exactly_once": 46}, "state": "proven"}
    (folder / "earlier.json").write_text(json.dumps(saved))
    code, out, err = carry_out("--all", *NARROW, "--compare-with", "earlier.json", "--json", "-")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["cells"][0]["outcomes"] == {"exactly_once": 6, "duplicated": 40}
    assert [change["change"] for change in document["changes"]] == ["proven no more"]


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("--save-survey", "x.json"), 2, "goes with explore --all"),
        (("--all", "--variant", "redis"), 2, "--variant needs its --strategy"),
        (("--all", "--compare-with", "none.json"), 1, "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    carry_out: CarryOut, arguments: tuple[str, ...], code: int, why: str
) -> None:
    left, out, err = carry_out(*arguments)
    assert (left, out, err.count("\n")) == (code, "", 1)
    assert why in err


def test_an_interrupt_ends_the_survey_with_what_was_found(folder: Path) -> None:
    process = begin(folder, "--all", "--crashes", "1", "--requests", "3")
    assert wait_until(lambda: explores(process.pid), 60, every_s=0.05)
    members = family(process.pid)[1:]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == "submit-twice: Interrupted: what was measured until then is reported, and nothing is left running.\n"
    assert "token/delete-first (safe)" in out
    assert "Cancelled, so the grid is not complete." in out
    assert "not asked" in out
    assert wait_until(lambda: not any(lives(one) for one in members), 10)
    assert list(folder.glob("submit-twice-*")) == []
