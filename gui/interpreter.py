"""Settings of the interpreter that keep a window smooth while the lab's threads work in the same process."""

from __future__ import annotations

import gc
import sys

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another waits. The default, 5 ms, is a third of a frame for each
thread that happens to be busy."""
NEVER = 1_000_000


def favour_the_window() -> None:
    """Let the GUI thread wait less for other threads, and never for a full garbage collection in mid-run.

    Records of a run hold no cycles and go by reference count, so a full collection, 100 ms and more with some 100,000
    of them, would stop every thread to find nothing. The young generations are collected as ever.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    gc.freeze()


def collect_while_empty() -> None:
    """A full collection at a moment when it is cheap: the tables were just emptied."""
    gc.collect()
