"""Who waits in the same place, and whose turn it is.

Of several the server picks who goes on. As long as they were told the same they are interchangeable, and a name says
which it was (`backend.explorer.turns`). Else it makes a difference: then who has waited longest goes on, as servers
mostly have it, and a schedule in which another one did is played again. Nothing is left out by that, since the order
in which they began to wait is explored either way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from backend.explorer.errors import OvertakenError
from backend.explorer.limits import TRIALS
from backend.explorer.says import ExplorerCode
from backend.explorer.turns import Request, name_winners, waiting_places
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from backend.explorer.traced_event import TracedEvent
    from backend.tap.observer import Call

Place = tuple[str, ...]
"""The commands of whoever waits there."""
_PATIENCE = TRIALS // 2
"""So often another one goes on before it is taken for a choice of the server's own."""
_NEW_ROW = re.compile(r"\s*INSERT\b.*\bRETURNING\b", re.IGNORECASE | re.DOTALL)


def _kind(error: BaseException) -> str:
    return type(error).__name__


class Waiting(Request, Protocol):
    """A request that may wait."""

    @property
    def id(self) -> str:
        """How it is called in commands."""

    @property
    def progress(self) -> tuple[object, ...]:
        """Those that got further come first."""


Waiter = TypeVar("Waiter", bound=Waiting)


class Queues(Generic[Waiter]):
    """Those of one schedule.

    Args:
        events: what has happened in it so far; the list grows.
        readable: takes out of a text what is different in each schedule.
        overtaken: how often in a row another one went on, by the place; it outlives the schedule.
        complaint: what an error tells whoever gets it.
    """

    def __init__(
        self,
        events: Sequence[TracedEvent],
        readable: Callable[[str], str],
        overtaken: Counter[Place],
        complaint: Callable[[BaseException], str] = _kind,
    ) -> None:
        self._events = events
        self._readable = readable
        self._overtaken = overtaken
        self._complaint = complaint
        self._line: list[Waiter] = []
        """Those that wait, in the order in which they began to."""
        self._places: list[tuple[Place, list[list[Waiter]]]] = []

    def begin_choice(self) -> bool:
        """See who waits where, and which of them are interchangeable; returns whether anybody waits."""
        self._places = [(self._place(group[0]), self._alike(group)) for group in waiting_places(self._line)]
        return bool(self._line)

    def end_choice(self, submissions: Sequence[Waiter]) -> bool:
        """Name those that went on; returns whether the server has chosen them though it makes a difference.

        Args:
            submissions: all of the schedule.

        Raises:
            OvertakenError: another one went on than who has waited longest.
        """
        chosen = [self._has_chosen(place, groups) for place, groups in self._places if len(groups) > 1]
        names = [one.actor for one in self._line]
        name_winners((group for _, groups in self._places for group in groups), _progress)
        named = {one.actor: one for one in self._line}
        self._line = [named[name] for name in names if named[name].is_waiting]
        self._line += [one for one in submissions if one.is_waiting and one not in self._line]
        return any(chosen)

    def _place(self, one: Waiter) -> Place:
        """The same in each schedule, also where a client has written the key into its commands."""
        return tuple(map(self._readable, one.commands))

    def _alike(self, group: list[Waiter]) -> list[list[Waiter]]:
        """Those of a place that were told the same, by who of them has waited longest."""
        if len(group) == 1:
            return [group]
        found: dict[tuple[str, ...], list[Waiter]] = {}
        for one in group:
            calls = (event.call for event in self._events if event.by is one and event.call is not None)
            found.setdefault(tuple(self._answer(one, call) for call in calls), []).append(one)
        return list(found.values())

    def _answer(self, one: Waiter, call: Call) -> str:
        if call.error is not None:
            return self._readable(self._complaint(call.error).replace(one.id, ""))
        if _NEW_ROW.match(call.command):
            return str(bool(call.answer))  # each has a number of its own
        return self._readable(str(call.answer).replace(one.id, ""))

    def _has_chosen(self, place: Place, groups: list[list[Waiter]]) -> bool:
        if all(one.is_waiting for group in groups for one in group):
            return False
        if not all(one.is_waiting for one in groups[0]):  # who has waited longest, or somebody like it
            self._overtaken.pop(place, None)
            return False
        self._overtaken[place] += 1
        if self._overtaken[place] <= _PATIENCE:
            raise OvertakenError(say(ExplorerCode.OVERTAKEN))
        return True


def _progress(one: Waiting) -> tuple[object, ...]:
    return one.progress
