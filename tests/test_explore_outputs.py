"""Where `explore` is to write is tried before the work, which may take hours; work that fails destroys nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from main import main
from tests.backend.engines.helpers import PROJECT

ONE = ("--operation", "place-order", "--strategy", "none", "--variant", "direct")


def explore(folder: Path, *arguments: str, redirection: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            "/bin/sh",
            "-c",
            f'exec "$0" "$@" {redirection}',
            sys.executable,
            str(PROJECT / "main.py"),
            "explore",
            *arguments,
        ],
        cwd=folder,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.mark.parametrize(
    "output", ["--json", "--html", "--mermaid", "--save", "--save-survey"], ids=lambda option: option.strip("-")
)
def test_a_missing_folder_is_found_before_anything_is_started(
    tmp_path: Path, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = (*ONE, "--all") if output == "--save-survey" else ONE
    no_server = ("--redis", f"unix://{tmp_path}/no-such-socket")  # had the work begun, this would be what it says
    assert main(["explore", *asked, *no_server, output, str(tmp_path / "none" / "file")]) == 1
    told, complaint = capsys.readouterr()
    assert (told, complaint.count("\n")) == ("", 1)
    assert "there is no folder" in complaint
    assert list(tmp_path.iterdir()) == []


def test_work_that_fails_leaves_earlier_results_alone(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("earlier")
    assert main(["explore", *ONE, "--redis", f"unix://{tmp_path}/no-such-socket", "--json", str(kept)]) == 1
    assert kept.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [kept]


def test_with_standard_output_closed_the_files_are_written_all_the_same(tmp_path: Path) -> None:
    ended = explore(tmp_path, *ONE, "--html", "page.html", redirection=">&-")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "In all 6 interleavings (2 requests, no crash) it takes effect more than once." in (
        tmp_path / "page.html"
    ).read_text(encoding="utf-8")


def test_what_was_found_is_said_in_the_chosen_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diagram = tmp_path / "diagram.mmd"
    assert main(["explore", *ONE, "--language", "zh_CN", "--mermaid", str(diagram)]) == 0
    assert capsys.readouterr().out.startswith("在全部 6 种交错中")
    assert "participant Caller as 调用方" in diagram.read_text(encoding="utf-8")
