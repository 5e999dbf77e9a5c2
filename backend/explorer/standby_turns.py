"""When the standby of a schedule applies what was committed: any number of commits, just before somebody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.question import Choice, EventKind
from backend.explorer.state import SubmissionState
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.explorer.footprints import Transaction
    from backend.explorer.standby_view import StandbyView
    from backend.explorer.submission import Submission
    from backend.tap.observer import Call

APPLY = Choice(EventKind.APPLY)


class StandbyTurns:
    """The part of the standby in one schedule.

    Args:
        view: what its readers see; None where nobody reads from one.
    """

    def __init__(self, view: StandbyView | None) -> None:
        self._view = view
        self._reads_first = False
        """Whether a request begins by reading from the standby."""
        self.is_applying = False
        """Whether it has just applied something: somebody reads from it next."""
        if view:
            view.begin()

    def choices(self, able: Iterable[Submission]) -> tuple[Choice, ...]:
        """Who may read from the standby next, and whether that may apply a commit first.

        It applies commits at any time; what matters is only how many it has applied when somebody reads.

        Args:
            able: requests that may take a step.
        """
        if self._view is None:
            return ()
        readers = [one for one in able if self._reads_next(one)]
        steps = tuple(Choice(EventKind.STEP, one.actor) for one in readers)
        return (*steps, APPLY) if readers and self._view.is_behind else steps

    def note_first(self, call: Call | None) -> None:
        """A request has begun with this."""
        self._reads_first = call is not None and call.engine is EngineKind.STANDBY

    def note_end(self, call: Call, transaction: Transaction) -> None:
        """A transaction has ended, in which a request has done this."""
        if self._view and call.command == "COMMIT" and call.error is None and transaction.has_written:
            self._view.committed()

    def apply(self) -> None:
        """Let readers see one commit more."""
        if self._view:
            self._view.apply()

    def _reads_next(self, one: Submission) -> bool:
        if one.state is SubmissionState.NEW:
            return self._reads_first
        return one.pending is not None and one.pending.engine is EngineKind.STANDBY
