"""A moment in which the operating system should let nothing else onto this processor."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the garbage collector out and, where it is allowed, other processes.

    The first requests of a release wake the server, which then competes for the processor with the rest of the
    release: without a real-time priority that costs milliseconds. It needs root or an `rtprio` limit on Linux;
    others do without.
    """
    promoted = _promote()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        if promoted:
            _demote()


if sys.platform == "linux":

    def _promote() -> bool:
        if os.sched_getscheduler(0) != os.SCHED_OTHER:
            return False
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
            return True
        return False

    def _demote() -> None:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))

else:

    def _promote() -> bool:
        return False

    def _demote() -> None:
        pass
