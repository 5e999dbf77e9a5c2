"""What holds a secret can be read by nobody else, whatever the umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from backend.engines.processes.server_user import server_user
from tests.backend.engines.helpers import PROJECT
from tests.tables import exhaustive_but, values

_SCRIPT = """
import os, socket, sys, threading
os.umask(0)
from backend.lab.lab import Lab, LabOptions
from tests.backend.http_caller import caller_of
lab = Lab(LabOptions(database=sys.argv[1]))
lab.start()
assert caller_of(lab).submit("send-message", "none", request_no="M-1").status == 201
print(lab._machinery._supervisor.directory, flush=True)
sys.stdin.read()
lab.close()
"""
"""A lab with everything in it, started by somebody who hides nothing."""


@pytest.mark.parametrize("database", exhaustive_but(["postgresql", "sqlite"], values("postgresql")))
def test_nobody_else_reaches_a_socket_or_a_file_of_a_lab(database: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, database],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert folder.is_dir()
        exposed = sorted(str(path) for path in reachable(folder))
        names = {path.name for path in folder.rglob("*")}
        process.communicate("")
    assert {"trace", "gateway.sqlite3", "gateway.json"} <= names
    assert exposed == []


def reachable(folder: Path) -> list[Path]:
    """Files, sockets included, that somebody could open who is neither their owner nor in their group."""
    found = []
    for path in folder.rglob("*"):
        if programs_of_a_wheel(path, folder):
            continue
        mode = path.lstat().st_mode
        way = [parent for parent in path.parents if parent == folder or folder in parent.parents]
        may_enter = all(parent.stat().st_mode & 0o011 for parent in way)
        if not stat.S_ISDIR(mode) and mode & 0o066 and may_enter:
            found.append(path)
    return found


def programs_of_a_wheel(path: Path, folder: Path) -> bool:
    """Copies of what everybody may read anyway."""
    return path.relative_to(folder).parts[0] == "postgresql-programs"


def test_the_way_of_looking_finds_what_is_exposed(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open" / "file").write_text("secret")
    (tmp_path / "open" / "file").chmod(0o644)
    tmp_path.chmod(0o755)
    assert [path.name for path in reachable(tmp_path)] == ["file"]
    assert server_user() is None or os.geteuid() == 0
