"""A run saved at one place, and done again at another: `--save-record`, `replay`, `history`, as users see them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.archive.entries import RunRecord
from backend.archive.files import load, save
from backend.archive.history import History
from backend.model.vocabulary import Verdict
from main import main
from tests.backend.archive.samples import check_entry, run_entry
from tests.backend.engines.helpers import PROJECT

Ended = subprocess.CompletedProcess[str]
CarryOut = Callable[..., Ended]


def as_a_process(folder: Path, *arguments: str) -> Ended:
    return subprocess.run(
        [sys.executable, str(PROJECT / "main.py"), *arguments],
        cwd=folder,
        env=os.environ | {"HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


@pytest.fixture
def carry_out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CarryOut:
    """Carries a command out in this process, in a folder."""

    def in_here(folder: Path, *arguments: str) -> Ended:
        monkeypatch.chdir(folder)
        code = main(arguments)
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return in_here


def test_a_run_saved_here_and_replayed_there_comes_to_the_same_verdict(tmp_path: Path, carry_out: CarryOut) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    order = ("run", "--operation", "place-order", "--strategy", "none", "--submissions", "4", "--item", "tea")
    saved = as_a_process(
        here, *order, "--database", "sqlite", "--one-after-another", "--save-record", "it.submit-twice"
    )
    assert (saved.returncode, saved.stderr) == (0, "")
    record = load(here / "it.submit-twice").content
    assert isinstance(record, RunRecord)
    assert (len(record.rows), len(record.replies), record.settings.item) == (4, 4, "tea")
    assert {step.submission_id for step in record.steps} == {reply.submission_id for reply in record.replies}
    (here / "it.submit-twice").rename(there / "it.submit-twice")
    again = carry_out(there, "replay", "it.submit-twice")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[-1] == "The verdict is the same: duplicated."
    other = run_entry(Verdict.LOST)
    save(other, there / "other.submit-twice")
    changed = carry_out(there, "replay", "other.submit-twice", "--language", "zh_CN")
    assert changed.returncode == 3
    assert "结论不同" in changed.stdout


@pytest.mark.parametrize("command", ["replay", "open"])
def test_a_file_that_is_none_is_one_sentence(tmp_path: Path, command: str, carry_out: CarryOut) -> None:
    (tmp_path / "evil.submit-twice").write_bytes(b"PK\x03\x04 evil")
    for file in ("evil.submit-twice", "nothing.submit-twice"):
        opens_a_window = command == "open" and file.startswith("evil")  # or would, were it opened
        ended = (as_a_process if opens_a_window else carry_out)(tmp_path, command, file)
        assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (1, "", 1)


def test_a_file_does_not_say_which_programs_are_started_here(tmp_path: Path, carry_out: CarryOut) -> None:
    save(check_entry(), tmp_path / "check.submit-twice")
    ended = carry_out(tmp_path, "replay", "check.submit-twice")
    assert ended.returncode == 2
    assert "--service FILE" in ended.stderr


def test_the_history_is_listed_searched_and_emptied(tmp_path: Path, carry_out: CarryOut) -> None:
    assert "empty" in as_a_process(tmp_path, "history").stdout
    for verdict in (Verdict.DUPLICATED, Verdict.EXACTLY_ONCE):
        History().add(run_entry(verdict))
    listed = json.loads(carry_out(tmp_path, "history", "--json", "-").stdout)
    assert [each["verdict"] for each in listed] == ["exactly_once", "duplicated"]
    assert len(carry_out(tmp_path, "history", "--search", "duplicated").stdout.splitlines()) == 1
    assert "2 entries" in carry_out(tmp_path, "history", "--empty").stdout
    assert History().entries() == ()
