"""What a lab leaves that was killed together with its supervisor goes when the next one starts; nothing else does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import psutil
import pytest

from backend.engines.processes.folder import MARK, MARK_TEXT, remove_directory
from backend.engines.processes.old_folders import sweep
from backend.engines.processes.supervisor import Supervisor
from tests.backend.engines.helpers import PROJECT, SmallLab, lives, small_lab, stop, wait_until

SEGMENTS = Path("/proc/sysvipc/shm")


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary folders, short enough for sockets."""
    folder = Path(f"/tmp/old-{os.getpid()}")  # noqa: S108  made here, and private to the test
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def kill_both(lab: SmallLab) -> None:
    """SIGKILL to the supervisor and to the lab, at once: neither sees the end of the other."""
    stop(psutil.Process(lab.news["supervisor"]), psutil.Process(lab.news["pid"]))
    for pid in (lab.news["supervisor"], lab.news["pid"]):
        os.kill(pid, signal.SIGKILL)
    lab.process.wait()
    assert wait_until(lambda: not psutil.pid_exists(lab.news["supervisor"]))


def segments() -> set[str]:
    """Numbers of the System V segments of this machine."""
    return {line.split()[1] for line in SEGMENTS.read_text().splitlines()[1:]} if SEGMENTS.exists() else set()


def test_the_next_start_removes_what_a_killed_lab_left(base: Path) -> None:
    with small_lab("wait", env=dict(os.environ)) as lab:
        segment = (lab.directory / "postgresql/data/postmaster.pid").read_text().split()[-2]
        assert segment in segments()
        survivor = next(process for process in lab.processes if process.name() == "sleep")
        for process in lab.processes:
            with suppress(psutil.NoSuchProcess):  # PostgreSQL's helpers come and go
                if process.name() == "postgres":
                    process.kill()  # its segment stays
        kill_both(lab)
        assert lab.directory.parent == base
        assert lab.directory.exists()
        with Supervisor():
            assert wait_until(lambda: not lab.directory.exists())
            assert wait_until(lambda: not lives(survivor))
    assert segment not in segments()


def test_a_folder_goes_when_those_who_worked_there_are_dead_though_nobody_fetches_their_exit_codes(base: Path) -> None:
    folder = base / "submit-twice-0a1b2c3d"
    folder.mkdir()
    (folder / MARK).write_bytes(MARK_TEXT)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([shutil.which("sleep") or "sleep", "600"], stdout=log)
    assert sweep([str(base)]) == [folder]
    assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
    process.wait()


def test_the_mark_of_a_folder_goes_last(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever removes it may be killed at any moment; the next start finds what has a mark."""
    folder = base / "submit-twice-0a1b2c3d"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "file").write_text("x")
    (folder / "log").write_text("x")
    (folder / MARK).write_bytes(MARK_TEXT)
    beside: list[list[str]] = []
    scan, unlink = os.scandir, os.unlink

    def mark_first(opened: int) -> nullcontext[list[os.DirEntry[str]]]:
        return nullcontext(sorted(scan(opened), key=lambda entry: entry.name != MARK))

    def watching(name: str, *, dir_fd: int | None = None) -> None:
        if name == MARK:
            beside.append(os.listdir(folder))  # noqa: PTH208
        unlink(name, dir_fd=dir_fd)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", mark_first)
        patched.setattr(os, "unlink", watching)
        remove_directory(str(folder))
    assert beside == [[MARK]]
    assert not folder.exists()


def test_what_links_in_a_folder_lead_to_stays(base: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    folder = base / "submit-twice-0a1b2c3d"
    (folder / "data").mkdir(parents=True)
    for place in (folder, folder / "data"):
        (place / "to a folder").symlink_to(kept)
        (place / "to a file").symlink_to(kept / "file")
        (place / "to nothing").symlink_to(kept / "missing")
    remove_directory(str(folder))
    assert not folder.exists()
    assert (kept / "file").read_text() == "x"


def test_a_folder_that_becomes_a_link_while_it_is_removed_leads_nowhere(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    folder = base / "submit-twice-0a1b2c3d"
    (folder / "data").mkdir(parents=True)
    real = os.open

    def exchanging(path: str | os.PathLike[str], flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "data":
            (folder / "data").rmdir()
            (folder / "data").symlink_to(kept)
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", exchanging)
    remove_directory(str(folder))
    assert (folder / "data").is_symlink(), "it was exchanged"
    assert (kept / "file").read_text() == "x"


def test_a_living_lab_keeps_its_folder(base: Path) -> None:
    with small_lab("wait", env=dict(os.environ)) as lab:
        assert sweep([str(base)]) == []
        stop(psutil.Process(lab.news["supervisor"]))  # what the lab holds is enough
        assert sweep([str(base)]) == []
        os.kill(lab.news["supervisor"], signal.SIGCONT)
        assert lab.directory.exists()
        lab.process.kill()
        assert lab.nothing_left()


EXPLORES = """
import threading
from contextlib import ExitStack
from backend.explorer.databases import open_database
with ExitStack() as opened:
    open_database("sqlite://", "mine", opened)
    print("open", flush=True)
    threading.Event().wait()
"""


def test_a_file_that_is_explored_goes_too_once_its_explorer_was_killed(base: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", EXPLORES], cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        assert sweep([str(base)]) == []
        assert len(list(base.iterdir())) == 1
        process.kill()
    sweep([str(base)])
    assert list(base.iterdir()) == []


def test_only_our_own_folders_go(base: Path) -> None:
    ours, unmarked, marked_otherwise, other_name = (
        base / f"submit-twice-{digit * 8}" if digit else base / "submit-twice-notes" for digit in ("a", "b", "c", "")
    )
    for folder in (ours, unmarked, marked_otherwise, other_name):
        folder.mkdir()
        (folder / "file").write_text("kept")
    for folder in (ours, other_name):
        (folder / MARK).write_bytes(MARK_TEXT)
    (marked_otherwise / MARK).write_bytes(b"something else\n")
    elsewhere = base / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / MARK).write_bytes(MARK_TEXT)
    (base / "submit-twice-dddddddd").symlink_to(elsewhere)
    (ours / "link").symlink_to(elsewhere)
    assert sweep([str(base), str(base / "missing")]) == [ours]
    assert sorted(path.name for path in base.iterdir()) == [
        "elsewhere",
        "submit-twice-bbbbbbbb",
        "submit-twice-cccccccc",
        "submit-twice-dddddddd",
        "submit-twice-notes",
    ]
    assert (elsewhere / MARK).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")
def test_a_folder_of_another_user_stays(base: Path) -> None:
    folder = base / "submit-twice-eeeeeeee"
    folder.mkdir()
    (folder / MARK).write_bytes(MARK_TEXT)
    os.chown(folder, 65534, 65534)
    assert sweep([str(base)]) == []
    assert folder.exists()
