"""Whether something may come that nobody tells of, while no run is under way that would wait for it.

Callers from outside are waited for by nobody, nor is what a cancelled run has left behind. While it is handled, a
process tells; but it may die, and what it had asked the database for last may come all the same, or stand still, and
have begun with something that it has yet to tell. The gateway refuses what comes too late for a run, and nobody else:
whether it will ever send what it was asked for by who has died then is not known.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.model.submission_ids import is_of_a_lab
from backend.shop.schema import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.lab.ledger import Ledger
    from backend.lab.work_book import WorkBook


class Doubts:
    """For one thread.

    Args:
        works: knows what the processes are at, and who can be asked.
        ledger: knows whether anybody else submits here.
        database_at_rest: whether the database has ended what it was asked for by who is not there any more.
    """

    def __init__(self, works: WorkBook, ledger: Ledger, database_at_rest: Callable[[], bool]) -> None:
        self._works = works
        self._ledger = ledger
        self._database_at_rest = database_at_rest
        self._answered = threading.Event()
        self._answered.set()

    def about_the_living(self) -> bool:
        """Whether a process has not told what it is at: look first whether it has, and then at what is known.

        It is asked anew, for the next look.
        """
        if not self._ledger.has_others:
            return False
        if not self._answered.is_set():
            return True
        self._answered = answered = threading.Event()
        self._works.ask(answered.set)
        return False

    def about_the_dead(self) -> bool:
        """Whether something may come of who has died: look at what is known first, as somebody may die meanwhile."""
        if forsaken := self._works.take_forsaken():
            others = (work.entry for work in forsaken if not is_of_a_lab(work.submission_id))
            self._ledger.leave_open(entry for entry in others if entry[0] == messages.name)
        return bool(self._works.orphans) and not self._database_at_rest()
