"""What the choices of a schedule touch, told before they are made, and checked afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.errors import UnforeseenError
from backend.explorer.footprints import EVERYTHING, NOTHING, Footprint, Transaction, footprint, without_answer
from backend.explorer.forgetting import EVENTS, Forgetting
from backend.explorer.question import EventKind
from backend.explorer.says import ExplorerCode
from backend.explorer.state import SubmissionState
from backend.explorer.turns import BUDGETS, START, with_waiters
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from backend.explorer.promotions import Promotions
    from backend.explorer.question import Choice
    from backend.explorer.submission import Submission
    from backend.tap.observer import Call

_OF_ALL = frozenset({EventKind.APPLY, EventKind.PROMOTE, EventKind.END})
"""What concerns everybody."""


class Foretelling:
    """Footprints of one schedule.

    Args:
        submissions: all of the schedule; the list may grow.
        forgetting: what Redis may lose.
        promotions: what the database may lose.
        readable: takes out of a name what is different in each schedule.
        first: footprint of the first step of a request, if it is known.
        takes_turns: whether requests begin in the order of their names.
        trusting: whether steps touch what their commands say; else each of them may touch everything.
    """

    def __init__(
        self,
        submissions: Sequence[Submission],
        forgetting: Forgetting,
        promotions: Promotions,
        readable: Callable[[str], str],
        first: Footprint | None,
        *,
        takes_turns: bool,
        trusting: bool,
    ) -> None:
        self._submissions = submissions
        self._forgetting = forgetting
        self._promotions = promotions
        self._readable = readable
        self.first = first
        self._takes_turns = takes_turns
        self._trusting = trusting
        self._first_command = ""
        self._known: dict[Choice, Footprint | None] = {}
        """Footprints of what may come next."""

    def footprint(self, choice: Choice, one: Submission | None) -> Footprint | None:
        """What the choice of this request would touch; None while nobody knows what a request begins with."""
        if choice not in self._known:
            self._known[choice] = self._foretell(choice, one)
        return self._known[choice]

    def forget(self) -> None:
        """A choice was made: others come next."""
        self._known.clear()

    def beginning(self, one: Submission) -> Footprint:
        """What the first step of a request touches."""
        start = START if self.takes_turn_to_begin(one) else NOTHING
        return (self.first or NOTHING) | start

    def takes_turn_to_begin(self, one: Submission) -> bool:
        """Whether it begins after those whose names come before."""
        return self._takes_turns and not one.is_retry

    def learn_first(self, one: Submission) -> Footprint:
        """What the first step of a request has touched.

        Raises:
            UnforeseenError: another one has begun in another way.
        """
        if not self._trusting:
            return EVERYTHING
        if one.first_call is not None and not self._begins_as_known(one.first_call):
            own = footprint(one.first_call, Transaction(), self._readable, one.first_isolation)
            own = own | self._forgetting.replicated(one.first_call) | self._mutexes(one.first_mutexes)
            own = own | self._forgetting.may_answer
            if self.first is not None and own != self.first:
                raise UnforeseenError(say(ExplorerCode.UNFORESEEN))
            self.first = own
        return self.first or NOTHING

    def seen(self, touched: Footprint, choice: Choice, *, answered: bool) -> Footprint:
        """What a choice has touched, now that it is known whether a caller has got its answer by it."""
        if answered or self._forgetting.may_answer is NOTHING or choice.kind is not EventKind.STEP:
            return touched
        return without_answer(touched)

    def require(self, touched: Footprint, one: Submission) -> None:
        """Make sure that this was foretold of a request's step.

        Raises:
            UnforeseenError: it was not.
        """
        foretold = one.touches
        if self._trusting and not foretold.everything and (touched.everything or not touched.writes <= foretold.writes):
            raise UnforeseenError(say(ExplorerCode.UNFORESEEN))

    def _foretell(self, choice: Choice, one: Submission | None) -> Footprint | None:
        if not self._trusting or choice.kind in _OF_ALL:
            return EVERYTHING
        if choice.kind in EVENTS or one is None:
            return self._forgetting.footprint(choice)
        held = self._mutexes(one.mutexes)
        if choice.kind in BUDGETS:
            return self._with_waiters(one, one.transaction.locks | held | BUDGETS[choice.kind])
        if one.state is SubmissionState.NEW:
            return None if self.first is None else self._with_waiters(one, self.beginning(one))
        if one.pending is None:
            return held | self._forgetting.last_chance if one.at_reply else held
        own = footprint(one.pending, one.transaction, self._readable, one.connections.database.isolation())
        own = own | self._forgetting.replicated(one.pending) | self._promotions.touches(one, one.pending)
        if one.is_failing:
            own = own | one.transaction.locks  # behind it the exception may reach the end of the transaction
        return self._with_waiters(one, own | held | self._forgetting.may_answer)

    def _begins_as_known(self, call: Call) -> bool:
        """Whether another request of this schedule has begun with the same statement, which needs no second look."""
        known, self._first_command = self._first_command, call.command
        return call.engine.is_database and call.command == known

    def _with_waiters(self, one: Submission, own: Footprint) -> Footprint:
        return with_waiters(own, self._submissions, lambda other: other.transaction.locks, one)

    def _mutexes(self, keys: Collection[str]) -> Footprint:
        if not keys:
            return NOTHING
        return Footprint(writes=frozenset(f"mutex {self._readable(key)}" for key in keys))
