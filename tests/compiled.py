"""All tests compiled before workers start: in a fresh checkout each of them would do it for itself, all at a time."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

_PROJECT = Path(__file__).parents[1]
_HALVES = (["tests/gui"], ["tests", "--ignore=tests/gui"])
"""By what they take."""
_FEW = 20
"""So many are compiled in no time."""


def compile_first() -> None:
    """Have two processes import and rewrite all test modules, unless most of them are as they were when that was done.

    What is wrong with them is left for the tests themselves to say.
    """
    if sum(map(_is_new, (_PROJECT / "tests").rglob("test_*.py"))) < _FEW:
        return
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0"]
    at_work = [
        subprocess.Popen([*collect, *half], cwd=_PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for half in _HALVES
    ]
    for each in at_work:
        each.wait()


def _is_new(file: Path) -> bool:
    """Whether a test module was changed since its rewritten bytecode was kept, or never was kept."""
    kept = Path(cache_from_source(file)).parent.glob(f"{file.stem}.*-pytest-*.pyc")
    return all(one.stat().st_mtime < file.stat().st_mtime for one in kept)
