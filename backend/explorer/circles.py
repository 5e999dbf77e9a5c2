"""Requests that wait for each other in PostgreSQL: who is refused whenever a schedule is played."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from backend.explorer.errors import LateDeadlockError, PlayAgainError
from backend.explorer.limits import TRIALS
from backend.explorer.says import ExplorerCode
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

Played = TypeVar("Played")


class Circles:
    """Those that were seen in one schedule.

    A circle is broken by whoever finds it closed when its own ``deadlock_timeout`` is over. That is the one that has
    waited longest, unless the circle was closed later than that: then another one is refused than usually. Requests
    that were let go together wait for each other since the same moment: then the server chooses.
    """

    def __init__(self) -> None:
        self._first: dict[frozenset[int], int] = {}
        """Of each circle that is not known to be broken, who is to be refused."""
        self._has_let_go = False

    def begin_schedule(self) -> None:
        """Forget the one before."""
        self._first.clear()
        self._has_let_go = False

    def begin_choice(self) -> None:
        """Nobody is let go yet by what is chosen now."""
        self._has_let_go = False

    def let_go(self) -> None:
        """Those that wait may go on, or wait for somebody else: all of them since this moment."""
        self._has_let_go = True

    def see(self, rows: Collection[Sequence[Any]]) -> None:
        """Note who is to be refused where processes wait for each other: of each circle, who has waited longest.

        Args:
            rows: what `backend.engines.blocking.WAITS_SINCE` says.
        """
        if self._has_let_go:
            return
        blockers = {pid: frozenset(blocking) for pid, blocking, _, _ in rows}
        since = {pid: began or float("inf") for pid, _, began, _ in rows}
        reached = {pid: _reached(pid, blockers) for pid in blockers}
        circles = {frozenset(one for one in reached[pid] if pid in reached.get(one, ())) for pid in blockers}
        self._first |= {circle: min(circle, key=since.__getitem__) for circle in circles if circle}

    def was_choice(self, refused: int) -> bool:
        """Whether the server might have refused another one than this process, whose circle is broken now.

        Its answer may come after that of whoever it has let go.

        Raises:
            LateDeadlockError: another one is refused when the schedule is played in time.
        """
        broken = [circle for circle in self._first if refused in circle]
        firsts = {self._first.pop(circle) for circle in broken}
        if refused in firsts:
            return False
        if self._has_let_go and not broken:
            return True
        raise LateDeadlockError(say(ExplorerCode.LATE_DEADLOCK))


def in_time(play: Callable[[], Played]) -> Played:
    """Play a schedule again as long as a server does otherwise in it than it mostly does.

    Raises:
        PlayAgainError: that was so `TRIALS` times.
    """
    for _ in range(TRIALS - 1):
        with suppress(PlayAgainError):
            return play()
    return play()


def _reached(pid: int, blockers: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """All that a process waits for, and that these wait for, and so on."""
    found = frozenset[int]()
    ahead = blockers[pid]
    while ahead:
        found |= ahead
        ahead = frozenset(after for one in ahead for after in blockers.get(one, ())) - found
    return found
