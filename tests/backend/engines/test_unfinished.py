"""Folders that appear in one step, and what is left of those whose makers were killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.engines.processes.supervisor import Supervisor
from backend.engines.template import Template
from backend.engines.unfinished import sweep_unfinished, unfinished
from backend.engines.valkey import start_valkey
from tests.backend.engines.helpers import PROJECT, wait_until

MAKER = """
import sys, threading
from pathlib import Path
from backend.engines.unfinished import unfinished
with unfinished(Path(sys.argv[1]), 0o700) as partial:
    (partial / "half").mkdir()
    print("half", flush=True)
    threading.Event().wait()
"""
WRITER = """
import sys, threading
from pathlib import Path
from backend.engines import template
def hang(*_):
    print("half", flush=True)
    threading.Event().wait()
template.zlib.crc32 = hang
template.Template(Path(sys.argv[1])).save(Path(sys.argv[2]))
"""


def half_way(code: str, *arguments: Path) -> subprocess.Popen[bytes]:
    """A process that has begun to make something, and goes no further."""
    argv = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(argv, cwd=PROJECT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with unfinished(tmp_path / "whole", 0o711) as partial:
        (partial / "file").write_text("1")
        assert not (tmp_path / "whole").exists()
    with pytest.raises(KeyError), unfinished(tmp_path / "never", 0o711):
        raise KeyError
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]
    assert (tmp_path / "whole").stat().st_mode & 0o777 == 0o711
    assert (tmp_path / "whole" / "file").read_text() == "1"


def test_only_what_a_dead_maker_left_is_removed(tmp_path: Path) -> None:
    names = (".submit-twice-unfinished-notes", "postgresql.20261126", "submit-twice-unfinished-0123abcd", "postgresql")
    for name in names:
        (tmp_path / name).mkdir()
    elsewhere = tmp_path / "postgresql"
    (tmp_path / ".submit-twice-unfinished-0123abcd").symlink_to(elsewhere)
    maker = half_way(MAKER, tmp_path / "data")
    before = sorted(tmp_path.iterdir())
    sweep_unfinished(tmp_path)
    assert sorted(tmp_path.iterdir()) == before, "its maker lives"
    kill(maker)
    sweep_unfinished(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, ".submit-twice-unfinished-0123abcd"])


def test_the_next_start_in_a_data_directory_removes_it(open_folder: Path) -> None:
    kill(half_way(MAKER, open_folder / "data"))
    assert len(list(open_folder.iterdir())) == 1
    with Supervisor() as supervisor:
        start_valkey(supervisor, open_folder)
    assert [path.name for path in open_folder.iterdir()] == ["valkey"]


def test_what_is_left_of_an_archive_goes_when_the_next_is_written(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    cache = tmp_path / "cache"
    first, second = cache / "a-1.template", cache / "b-2.template"
    writer = half_way(WRITER, first, tree)
    Template(second).save(tree)
    assert len(list(cache.iterdir())) == 2, "its writer lives"
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    assert wait_until(lambda: writer.poll() is not None)
    Template(second).save(tree)
    assert os.listdir(cache) == [second.name]  # noqa: PTH208
