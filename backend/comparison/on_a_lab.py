"""A comparison on labs of its own, started for it and closed after it: the door for window and command line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from backend.comparison.compare import Comparer, Help
from backend.comparison.labs_at_once import labs_for, shares_something
from backend.comparison.questions import ComparisonQuestion
from backend.comparison.records import Comparison, ComparisonProgress
from backend.comparison.runs import Replies
from backend.comparison.situations import INSTANCES
from backend.comparison.tasks import check
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
        options: how to start each lab; its database and its number of instances are those of the comparison.
        on_progress: told before each task and after it, in the calling thread.
        cancelled: set it from anywhere; what was measured so far is returned.

    Raises:
        SubmitTwiceError: it cannot be asked, or the lab cannot be started.
    """
    check(asked)
    with lab_of_its_own(options, asked.databases[0]) as (lab, replies):
        more = partial(lab_of_its_own, replace(options, port=None), cancelled=cancelled)
        help_ = Help(partial(labs_for, asked=asked, options=options), more)
        only_own = shares_something(options, asked.databases)
        return Comparer(lab, replies, asked, on_progress, cancelled, help_=help_, only_own=only_own).compare()


@contextmanager
def lab_of_its_own(
    options: LabOptions, database: str, cancelled: threading.Event | None = None
) -> Iterator[tuple[Lab, Replies]]:
    """A lab with as many instances as a comparison needs, and what callers on it are told; closed at the end.

    Args:
        options: how to start it.
        database: that is in use first.
        cancelled: set it from anywhere: the start ends as soon as it can.

    Raises:
        SubmitTwiceError: it cannot be started.
    """
    replies = Replies()
    lab = Lab(replace(options, database=database, instances=INSTANCES), _Listener(replies))
    try:
        lab.start(cancelled)
        yield lab, replies
    finally:
        lab.close()


class _Listener(NullListener):
    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def replies_received(self, replies: Sequence[Reply]) -> None:
        self._replies.add(replies)
