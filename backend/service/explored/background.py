"""What a service does without being asked: heartbeats, pools that keep themselves alive, jobs by the clock."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from backend.service.explored.names import skeleton
from backend.service.wire.glue import ends_transaction

if TYPE_CHECKING:
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Unit

_MORE_OFTEN = 2.0
_BY_CHANCE = 2


class Background:
    """Steps that came while nobody asked for anything, and came no more often while somebody did."""

    def __init__(self) -> None:
        self._idle: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        self._links: set[Link] = set()
        """Connections with a transaction that no request began."""
        self.idle_s = 0.0
        """How long the service was watched while nobody asked."""
        self.asked_s = 0.0
        """For how long requests were under way alone."""
        self.count = 0
        """Steps that were passed on because no request issued them."""

    def came_with_request(self, unit: Unit) -> None:
        """A step has come while the only request was under way."""
        self._asked[skeleton(unit)] += 1

    def came_by_itself(self, unit: Unit) -> None:
        """A step has come while nothing was asked."""
        self._idle[skeleton(unit)] += 1

    def takes(self, link: Link, unit: Unit) -> bool:
        """Whether a step that comes beside a request is none of its own. If so, it is counted."""
        if link not in self._links and not self._comes_by_itself(unit):
            return False
        self._add(link)
        self.count += 1
        return True

    def claim(self, link: Link) -> None:
        """Whatever is under way on a connection before a request begins is none of the request's."""
        if link.in_transaction or link.awaiting:
            self._add(link)

    def _add(self, link: Link) -> None:
        """Only a database's connection belongs to one at a time; all of an instance may share one to Redis."""
        if link.dialect.engine.is_database:
            self._links.add(link)

    def replied(self, link: Link, *, in_transaction: bool) -> None:
        """A step that was none of a request's was answered."""
        if not in_transaction:
            self._links.discard(link)

    def _comes_by_itself(self, unit: Unit) -> bool:
        """Whether it does. A COMMIT says nothing of itself: it belongs to whoever began."""
        text = skeleton(unit)
        if text not in self._idle or any(map(ends_transaction, unit.commands)):
            return False
        expected = self._idle[text] / max(self.idle_s, 1e-3) * self.asked_s
        return self._asked[text] <= _MORE_OFTEN * expected + _BY_CHANCE
