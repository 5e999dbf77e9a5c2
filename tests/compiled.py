"""All tests compiled before workers start: in a fresh checkout each of them would do it for itself, all at a time."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

_TESTS = Path(__file__).parent
_PARTS = (("gui",), ("", "--ignore=gui"))
"""Two halves, by what they take: folders here, and what of them the other one does."""


def compile_first() -> None:
    """Have two processes import and rewrite all test modules, unless somebody did that here before.

    What is wrong with them is left for the tests themselves to say.
    """
    if any(Path(cache_from_source(__file__)).parent.glob("test_*-pytest-*.pyc")):
        return
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0"]
    at_work = [
        subprocess.Popen(
            [*collect, f"./{first}", *more], cwd=_TESTS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for first, *more in _PARTS
    ]
    for each in at_work:
        each.wait()
