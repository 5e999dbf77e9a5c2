"""A comparison on a lab of its own, started for it and closed after it: the door for window and command line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from backend.comparison.compare import Comparer, Replies, check
from backend.comparison.questions import ComparisonQuestion
from backend.comparison.records import Comparison, ComparisonProgress
from backend.comparison.situations import INSTANCES
from backend.lab.lab import Lab
from backend.lab.listener import NullListener
from backend.model.observed import Reply
from backend.model.options import LabOptions


def compare(
    asked: ComparisonQuestion,
    options: LabOptions,
    on_progress: Callable[[ComparisonProgress], None],
    cancelled: threading.Event,
) -> Comparison:
    """Measure what is asked for; blocks.

    Args:
        asked: what to compare.
        options: how to start the lab; its database and its number of instances are those of the comparison.
        on_progress: told before each task and after it, in the calling thread.
        cancelled: set it from anywhere; what was measured so far is returned.

    Raises:
        SubmitTwiceError: it cannot be asked, or the lab cannot be started.
    """
    check(asked)
    replies = Replies()
    lab = Lab(replace(options, database=asked.databases[0], instances=INSTANCES), _Listener(replies))
    try:
        lab.start()
        return Comparer(lab, replies, asked, on_progress, cancelled).compare()
    finally:
        lab.close()


class _Listener(NullListener):
    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def replies_received(self, replies: Sequence[Reply]) -> None:
        self._replies.add(replies)
