"""Deciding whether a statement without an answer is slow, or waits for one of our own requests.

It waits if the server names as those in its way nobody but requests of ours that are parked, or that wait themselves
for such requests. The server is asked while all of ours are parked or waiting, so nothing changes meanwhile. A circle
of waiting requests is not such a case: the server's deadlock detector will answer one of them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.explorer.connection import readable
from backend.explorer.errors import HarnessError
from backend.explorer.limits import PATIENCE_S
from backend.explorer.says import ExplorerCode
from backend.explorer.state import SubmissionState
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from backend.explorer.connections import CooperativeMutexes
    from backend.explorer.submission import Submission

_ASK_AGAIN_S = 0.0003
"""So long an answer is waited for before the server is asked again, or first when locks were set free."""
_SLOW_S = 0.005
"""A statement whose way is free, as it seems, is given this long to be slow; then the server is asked all the same."""


_AT_REST = frozenset({SubmissionState.PARKED, SubmissionState.LINED_UP, SubmissionState.ENDED})
"""Whoever has ended may have left a lock of its session behind."""


def that_wait_for(blockers: Mapping[int, frozenset[int]], at_rest: Collection[int]) -> frozenset[int]:
    """The server processes that wait for nobody but those at rest, or that wait for such.

    Args:
        blockers: for each server process without an answer, those in its way.
        at_rest: the server processes of ours that do nothing just now.
    """
    still, proven = frozenset(at_rest), frozenset[int]()
    while True:
        more = {pid for pid in blockers.keys() - proven if blockers[pid] and blockers[pid] <= still | proven}
        if not more:
            return proven
        proven |= more


class Quiescence:
    """Brings all submissions of a schedule to a point where none of them moves by itself.

    Args:
        submissions: all of the schedule; the list may grow.
        mutexes: which of them hold what.
        held_up: asks the server which of the first, which have no answer, wait for those at rest; see `Database`.
        moved: called after a submission has moved.
    """

    def __init__(
        self,
        submissions: Sequence[Submission],
        mutexes: CooperativeMutexes,
        held_up: Callable[[Collection[int], Collection[int]], frozenset[int]],
        moved: Callable[[Submission], None],
    ) -> None:
        self._submissions = submissions
        self._mutexes = mutexes
        self._held_up = held_up
        self._moved = moved
        self.transaction_ended = False
        """Whether requests that were proven to wait may have been let go."""

    def settle(self) -> None:
        """Return when every submission is parked, over, or proven to wait.

        Raises:
            HarnessError: one takes too long and does not wait for any of ours.
        """
        if not self._mutexes.freed and not self._waiting():
            self.transaction_ended = False
            return
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self._hand_over_mutexes()
            likely_free = self.transaction_ended
            if self.transaction_ended:
                self.transaction_ended = False
                for one in self._waiting():
                    one.blocked = False
            doubtful = [one for one in self._waiting() if not one.blocked]
            if not doubtful:
                if self._mutexes.freed:
                    continue
                return
            if self._resume_answered(self._patience(doubtful, likely_free=likely_free)):
                continue
            self._prove_blocked()
            if all(one.blocked for one in doubtful) or self._resume_answered(_ASK_AGAIN_S):
                continue
            if time.monotonic() > deadline:
                raise HarnessError(say(ExplorerCode.TOO_SLOW))

    def _patience(self, doubtful: Sequence[Submission], *, likely_free: bool) -> float:
        """How long to wait for an answer before the server is asked, in seconds: asking is a round trip as well."""
        if not any(self._may_be_held_up(one) for one in doubtful):
            return _SLOW_S
        return _ASK_AGAIN_S if likely_free else 0.0

    def _may_be_held_up(self, one: Submission) -> bool:
        """Whether somebody has locked what it goes for, as far as their commands tell."""
        return any(
            other is not one and (other.is_waiting or one.touches.conflicts(other.transaction.locks))
            for other in self._submissions
            if other.is_live
        )

    def _waiting(self) -> list[Submission]:
        return [one for one in self._submissions if one.state is SubmissionState.WAITING]

    def _hand_over_mutexes(self) -> None:
        while self._mutexes.freed:
            self._mutexes.freed = False
            for one in self._submissions:
                if one.state is SubmissionState.LINED_UP:
                    one.resume()
                    self._moved(one)

    def _resume_answered(self, seconds: float) -> bool:
        by_fd = {one.connections.database.fd: one for one in self._waiting()}
        answered = readable(by_fd, seconds)
        for fd, one in by_fd.items():
            if fd in answered:
                one.resume()
                self._moved(one)
        return bool(answered)

    def _prove_blocked(self) -> None:
        waiting = {one.connections.database.pid: one for one in self._waiting()}
        at_rest = {one.connections.database.pid for one in self._submissions if one.state in _AT_REST}
        proven = self._held_up(waiting.keys(), at_rest)
        for pid, one in waiting.items():
            one.blocked = pid in proven
