"""An entry in the desktop's menu, as `submit-twice install-desktop` and `main.py install-desktop` write it."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.engines.helpers import PROJECT


def install(folder: Path, *arguments: str, main: Path = PROJECT / "main.py") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(main), "install-desktop", *arguments],
        env=os.environ | {"XDG_DATA_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_entry_starts_what_wrote_it_and_has_an_icon(tmp_path: Path) -> None:
    done = install(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    file = tmp_path / "applications" / "submit-twice.desktop"
    entry = configparser.RawConfigParser()
    entry.read_string(file.read_text(encoding="utf-8"))
    assert shlex.split(entry["Desktop Entry"]["Exec"]) == [sys.executable, str(PROJECT / "main.py")]
    icon = tmp_path / "icons" / "hicolor" / "scalable" / "apps" / f"{entry['Desktop Entry']['Icon']}.svg"
    assert b"<svg" in icon.read_bytes()
    if validator := shutil.which("desktop-file-validate"):
        assert subprocess.run([validator, str(file)], check=False, capture_output=True, timeout=10).returncode == 0
    assert install(tmp_path, "--remove").returncode == 0
    assert not file.exists()
    assert not icon.exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "applications").write_text("in the way", encoding="utf-8")
    done = install(tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


@pytest.mark.exhaustive
def test_a_wheel_has_everything_that_the_program_needs(tmp_path: Path) -> None:
    """Needs `uv` and its build backend; the wheel is installed without its dependencies, which are here already."""
    uv = shutil.which("uv")
    assert uv is not None
    subprocess.run([uv, "build", "--wheel", "--out-dir", str(tmp_path), str(PROJECT)], check=True, timeout=110)
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "installed"
    subprocess.run([uv, "pip", "install", "--no-deps", "--target", str(place), str(wheel)], check=True, timeout=110)
    ended = subprocess.run(
        [sys.executable, "-c", "import main; main.run()", "run", "--operation", "place-order", "--strategy", "none",
         "--database", "sqlite", "--one-after-another"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(place)}, capture_output=True, text=True, check=False,
        timeout=110,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "duplicated" in ended.stdout
