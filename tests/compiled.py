"""All tests compiled before workers start: in a fresh checkout each of them would do it for itself, all at a time."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

_PROJECT = Path(__file__).parents[1]
_HALVES = (["tests/gui"], ["tests", "--ignore=tests/gui"])
"""By what they take."""


def compile_first() -> None:
    """Have two processes import and rewrite all test modules, unless somebody did that here before.

    What is wrong with them is left for the tests themselves to say.
    """
    if any(Path(cache_from_source(__file__)).parent.glob("test_*-pytest-*.pyc")):
        return
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0"]
    at_work = [
        subprocess.Popen([*collect, *half], cwd=_PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for half in _HALVES
    ]
    for each in at_work:
        each.wait()
