"""What is counted of the answers of one run, whose own number has no bound."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.lab.name_set import NameSet
from backend.lab.number_map import NumberMap
from backend.lab.tally import AnswerCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backend.model.observed import Reply
    from backend.model.vocabulary import Answer


class ReplyCount:
    """Thread-safe: answers may still come while they are counted.

    Args:
        all_end: whether nothing is at work any more for a submission that has an answer, be it without a response.
    """

    def __init__(self, *, all_end: bool = False) -> None:
        self._all_end = all_end
        self._guard = threading.Lock()
        self._names, self._ended = NameSet(), NameSet()
        self._count = AnswerCount()
        self._silent: set[str] = set()
        self._settled = NumberMap()
        self._all_settled = 0
        self._all = 0

    def add(self, replies: Sequence[Reply]) -> int:
        """Some more came; how many there are by now, clicks that were held back included."""
        with self._guard:
            self._all += len(replies)
            for reply in replies:
                self._count.add(reply)
                if reply.held_back:
                    continue
                self._names.add(reply.submission_id)
                if reply.status or self._all_end:
                    self._ended.add(reply.submission_id)
                if not reply.status:
                    self._silent.add(reply.intent_key)
            return self._all

    @property
    def answers(self) -> dict[Answer, int]:
        """How many submissions were told what."""
        with self._guard:
            return dict(self._count.answers)

    def percentiles(self) -> tuple[float | None, float | None]:
        """Of their latencies in milliseconds."""
        with self._guard:
            return self._count.percentiles()

    def silent(self) -> frozenset[str]:
        """The keys of the intents of which a submission got no response."""
        with self._guard:
            return frozenset(self._silent)

    def has_ended(self, name: str) -> bool:
        """Whether the backend has answered a submission, so that it does nothing more for it."""
        with self._guard:
            return name in self._ended

    def settle(self, intent_keys: Iterable[str]) -> None:
        """A submission of each of these intents has its last answer."""
        with self._guard:
            for key in intent_keys:
                self._settled.put(key, max(0, self._settled.get(key)) + 1)
                self._all_settled += 1

    @property
    def settled(self) -> int:
        """How many submissions have their last answer."""
        with self._guard:
            return self._all_settled

    def unsettled(self, intent_keys: Iterable[str], submissions: int) -> frozenset[str]:
        """Those of these intents of which fewer submissions than so many have their last answer."""
        with self._guard:
            return frozenset(key for key in intent_keys if self._settled.get(key) < submissions)

    def missing(self, names: Iterable[str]) -> set[str]:
        """Those of these submissions that have no answer."""
        with self._guard:
            return {name for name in names if name not in self._names}
