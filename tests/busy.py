"""Other programs that take all of the machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def busy_loops() -> Iterator[None]:
    """One busy loop for each processor, none of them a child of ours, which would count as part of a measurement."""
    loops = [_loop_of_another() for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for loop in loops:
            os.kill(loop, signal.SIGKILL)


def _loop_of_another() -> int:
    started = ["sh", "-c", '"$0" -c "while True: pass" >/dev/null 2>&1 & echo $!', sys.executable]
    return int(subprocess.run(started, check=True, capture_output=True, text=True).stdout)
