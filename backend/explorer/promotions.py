"""When in a schedule the database fails and its standby takes its place, and what that takes from the requests.

Asynchronous, the standby may lack any number of the last commits, also after everybody has an answer. Synchronous, a
commit is answered only once the standby has applied it, and nobody sees it before. Either way a COMMIT without an
answer may be there or not; every connection breaks; transactions that are open are gone. A request that has none finds
the new primary, as the lab's pools do (`backend.engines.sql`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.database_access import PostgresqlAccess
from backend.explorer.footprints import COMMIT_ORDER, NOTHING, Footprint
from backend.explorer.question import Choice, EventKind
from backend.explorer.says import ExplorerCode
from backend.explorer.state import SubmissionState
from backend.model.errors import NotApplicableError
from backend.model.sentence import say
from backend.model.vocabulary import Replication

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backend.explorer.observer import Watcher
    from backend.explorer.question import Question
    from backend.explorer.sandbox import Sandbox
    from backend.explorer.submission import Submission
    from backend.tap.observer import Call

END = Choice(EventKind.END)
_ANSWERED = Choice(EventKind.PROMOTE)


class Promotions:
    """Failovers of the database in one schedule, as many as are asked for.

    Args:
        sandbox: where it is played.
        watcher: told whose connection was cut.
        question: what is explored.

    Raises:
        NotApplicableError: the database has no standby that could be promoted, or the strategy reads from it.
    """

    def __init__(self, sandbox: Sandbox, watcher: Watcher, question: Question) -> None:
        self._left = question.database_failovers
        self._may_lose = question.replication is Replication.ASYNCHRONOUS
        self._database = sandbox.database
        self._watcher = watcher
        self._watcher.cut.clear()
        self.is_over = False
        """Whether nothing more happens."""
        if self._left and sandbox.standby_view is not None:
            raise NotApplicableError(say(ExplorerCode.READS_STANDBY))
        self._past = sandbox.past_states() if self._left else None
        if self._past:
            self._past.begin()

    def choices(self, submissions: Iterable[Submission]) -> tuple[Choice, ...]:
        """What may happen now.

        Args:
            submissions: all of the schedule.
        """
        if self._past is None or not self._left or self.is_over:
            return ()
        begun = [one for one in submissions if _is_at_work(one)]
        commits = [Choice(EventKind.PROMOTE, one.actor) for one in begun if _commits_next(one)]
        lost = range(1, self._past.commits + 1) if self._may_lose else ()
        return (
            *((_ANSWERED,) if begun else ()),
            *commits,
            *(Choice(EventKind.PROMOTE, lost=each) for each in lost),
        )

    def touches(self, one: Submission, call: Call) -> Footprint:
        """What a step does to a standby that may be promoted: the order of all commits matters."""
        return COMMIT_ORDER if self._past is not None and _commits(one, call) else NOTHING

    def note(self, one: Submission, call: Call) -> None:
        """A statement or the end of a transaction was carried out."""
        if self._past and call.error is None and _commits(one, call) and one.transaction.has_written:
            self._past.committed()

    def cut(self, submissions: Iterable[Submission]) -> Sequence[int]:
        """Cut the connections of those on which it matters; returns the server processes, which end.

        Whoever is not at work has nothing open, and would find the new primary. Those that wait come first: nobody may
        be answered because another one has gone.
        """
        matter = [one for one in submissions if _is_at_work(one) or one.may_hold_session_lock]
        waiting_first = sorted(matter, key=lambda one: not one.is_waiting)
        cut = [pid for one in waiting_first if (pid := self._cut(one))]
        if cut:
            self._database.end(cut)
        return cut

    def have_commit(self, one: Submission) -> None:
        """Have the next COMMIT of this request carried out, and its answer lost."""
        access = one.connections.database
        if isinstance(access, PostgresqlAccess):
            self._note_cut(one, access.pid)
            access.lose_answer()

    def promote(self, choice: Choice, one: Submission | None) -> None:
        """Have what the standby has; all connections were cut.

        Args:
            choice: how many commits it lacks.
            one: whose COMMIT has got no answer.
        """
        self._left -= 1
        if self._past is None:
            return
        self._past.go_back(choice.lost)
        access = one.connections.database if one else None
        if isinstance(access, PostgresqlAccess) and access.has_lost_answer:
            self._past.committed()

    def _cut(self, one: Submission) -> int | None:
        access = one.connections.database
        pid = access.cut() if isinstance(access, PostgresqlAccess) else None
        self._note_cut(one, pid)
        return pid

    def _note_cut(self, one: Submission, pid: int | None) -> None:
        if pid:
            self._watcher.cut.add(pid)
        one.was_cut = _is_at_work(one)
        one.holds_session_lock = False


def _commits(one: Submission, call: Call) -> bool:
    """Whether a step ends a transaction with all that it did; outside of one, each statement does."""
    if not call.engine.is_database:
        return False
    access = one.connections.database
    return call.command == "COMMIT" or (isinstance(access, PostgresqlAccess) and access.commits_at_once)


def _is_at_work(one: Submission) -> bool:
    return one.is_live and one.state is not SubmissionState.NEW


def _commits_next(one: Submission) -> bool:
    return one.pending is not None and one.transaction.has_written and one.pending.command == "COMMIT"
