"""Where labels go on a timeline: marks stay in sight, and labels give way to them and to one another."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from backend.model.vocabulary import EngineKind
from gui.widgets.timeline.lane import CRASH, Mishap
from gui.widgets.timeline.marks import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gui.widgets.timeline.lane import Lane
    from gui.widgets.timeline.lanes import LaneBook
    from gui.widgets.timeline.scale import Scale

Stretch = tuple[float, float]
"""Of a lane: from this pixel to that one."""
REACH = 2 * SIZE
"""Half the width that a mark keeps for itself; one of them stands beside its instant."""


class Marked:
    """Which stretches of the lanes in sight have marks on them.

    Args:
        book: what there is.
        scale: what of it is in sight.
        lanes: those in sight, by place.
    """

    def __init__(self, book: LaneBook, scale: Scale, lanes: Sequence[tuple[int, Lane]]) -> None:
        self._book, self._scale = book, scale
        self._arrows: defaultdict[int, list[Stretch]] = defaultdict(list)
        for place, lane in lanes:
            self._note_arrow(place, lane)

    def _note_arrow(self, place: int, lane: Lane) -> None:
        """From an attempt to the next one, over the lanes between them."""
        reply = lane.reply
        original = self._book.find(reply.retry_of) if reply is not None and reply.retry_of else None
        if original is None or reply is None:
            return
        x, start = self._scale.x_of(reply.sent_ns), self._book.place_of(original)
        left = self._scale.x_of(original.reply.received_ns if original.reply else original.end)
        self._arrows[start].append((min(x, left), x))
        for between in range(min(start, place), max(start, place) + 1):
            self._arrows[between].append((x - SIZE, x + SIZE))

    def of(self, place: int, lane: Lane) -> list[Stretch]:
        """The stretches of one lane."""
        scale, book = self._scale, self._book
        spots = [lane.mishap_ns] if lane.mishap is not Mishap.NONE else []
        spots += [
            step.ended_ns
            for step in book.steps_between(lane, scale.left_ns, scale.right_ns)
            if step.error or (step.engine is EngineKind.HTTP and step.command == CRASH)
        ]
        spots += [lease.ended_ns for lease in book.leases(lane)] if lane.leased else []
        return [*self._arrows.get(place, ()), *((scale.x_of(spot) - REACH, scale.x_of(spot) + REACH) for spot in spots)]


def room_for(box: Stretch, taken: Iterable[Stretch], wanted: float) -> Stretch:
    """Where in a box a label goes: the first free stretch that has room for all of it, or else the widest.

    Args:
        box: from its left to its right edge.
        taken: by something else, in any order.
        wanted: the width of the label.
    """
    begin, end = box
    free: list[Stretch] = []
    for left, right in sorted(taken):
        if right <= begin or left >= end:
            continue
        free.append((begin, max(begin, left)))
        begin = max(begin, right)
    free.append((min(begin, end), end))
    return next((each for each in free if each[1] - each[0] >= wanted), max(free, key=lambda each: each[1] - each[0]))
