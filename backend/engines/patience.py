"""How long a process that is starting is waited for: as long as it gets on, however long that takes.

A server that makes its data whole again after a crash may be at it for many minutes and answers nobody meanwhile. That
it is not stuck can be seen: it computes, reads, writes, or says something in its log.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.engines.processes.process_tree import effort_of

if TYPE_CHECKING:
    from backend.engines.processes.child import Child

STANDSTILL_S = 60.0
"""A process that has done next to nothing for so long is not waited for any more."""
_LOOK_S = 1.0
_CPU_S = 1.0
_BYTES = 1 << 18
"""Less than this is what an idle server does, too."""
MOST_ENDS = 2
"""One that is started again each time it ends would else look busy for ever."""


class Patience:
    """Tells when nothing comes of a process any more.

    Args:
        child: that is starting.
    """

    def __init__(self, child: Child) -> None:
        self._child = child
        self._seen: tuple[float, int, int] | None = None
        """What it had done when it last got on; not known before one has looked."""
        self._renewed = self._looked = time.monotonic()
        self.ends = 0
        """How often it has ended and was started again."""
        child.on_exit(self._ended)

    def renew(self) -> None:
        """The process has said that it is getting on."""
        self._renewed = time.monotonic()

    @property
    def is_over(self) -> bool:
        """Whether the process has stood still for too long, or ended too often."""
        now = time.monotonic()
        if now > self._looked + _LOOK_S:
            self._looked = now
            if self._gets_on():
                self._renewed = now
        return now > self._renewed + STANDSTILL_S or self.ends >= MOST_ENDS

    def _ended(self, _code: int) -> None:
        self.ends += 1

    def _gets_on(self) -> bool:
        """Whether it has done something worth mentioning since it last had, as far as one has looked."""
        seconds, transferred, logged = self._signs()
        if self._seen is None:
            self._seen = seconds, transferred, logged
            return True
        seconds_before, transferred_before, logged_before = self._seen
        found = (
            abs(seconds - seconds_before) > _CPU_S
            or abs(transferred - transferred_before) > _BYTES
            or logged != logged_before
        )
        if found:
            self._seen = seconds, transferred, logged
        return found

    def _signs(self) -> tuple[float, int, int]:
        """Seconds of computing and bytes of input and output, of all its processes; length of its log."""
        seconds, transferred = effort_of(self._child.pid) if self._child.pid else (0.0, 0)
        try:
            return seconds, transferred, self._child.log.stat().st_size
        except OSError:
            return seconds, transferred, 0


def wait_for_end(child: Child) -> int | None:
    """The exit code of a process that does some work and ends; None if it stands still."""
    patience = Patience(child)
    while (code := child.wait(_LOOK_S)) is None and not patience.is_over:
        pass
    return code
