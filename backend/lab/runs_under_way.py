"""The runs of a lab: those that are under way, and those of which something may still come."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.lab.entries import Entry
    from backend.lab.run import ExperimentRun
    from backend.lab.senders.messages import Flying


class RunsUnderWay:
    """Several may be under way at once: each click is one. Adding and ending is for one thread at a time."""

    def __init__(self) -> None:
        self._runs: list[ExperimentRun] = []
        self._numbers = itertools.count(1)

    def next_number(self) -> int:
        """A number that no run of this lab has yet."""
        return next(self._numbers)

    def start(self, run: ExperimentRun) -> None:
        """Let it begin, and forget those of which nothing comes any more."""
        self._runs = [*(earlier for earlier in self._runs if not earlier.told or earlier.is_awaited), run]
        run.thread.start()

    def any_active(self) -> bool:
        """Whether one is under way, be it only reading back."""
        return any(not run.ended for run in tuple(self._runs))

    def in_flight(self) -> int:
        """How many submissions are not answered yet."""
        return sum(run.in_flight for run in tuple(self._runs) if not run.ended)

    def flying(self) -> list[tuple[Flying, Entry]]:
        """What has left for a backend process that has not let go of it, with its intent."""
        return [flying for run in tuple(self._runs) for flying in run.flying()]

    def untold(self, at_rest: Callable[[], bool]) -> frozenset[Entry]:
        """The intents of which one does not know whether anything is at work; see `ExperimentRun.untold`."""
        found: frozenset[Entry] = frozenset()
        return found.union(*(run.untold(at_rest) for run in tuple(self._runs)))

    def cancel(self) -> None:
        """Stop sending at once; what is at work is reported as undecided."""
        for run in tuple(self._runs):
            run.cancel(patience_s=0)

    def stop(self) -> None:
        """Stop sending, and wait until the ends of all are told."""
        runs = list(self._runs)
        for run in runs:
            run.cancel()
        for run in runs:
            run.wait_until_told()

    def wait_until_told(self, seconds: float) -> None:
        """Wait for the ends of all, so many seconds at most."""
        deadline = time.monotonic() + seconds
        for run in tuple(self._runs):
            run.wait_until_told(max(0.0, deadline - time.monotonic()))
