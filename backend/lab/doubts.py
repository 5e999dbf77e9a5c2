"""Whether something may come that nobody tells of, while no run is under way that would wait for it.

Callers from outside are waited for by nobody, nor is what a cancelled run has left behind. While it is handled, a
process tells; but it may die, and what it had asked the database for last may come all the same, or stand still, and
have begun with something that it has yet to tell.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

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

    def any(self) -> bool:
        """Whether there is any doubt. Asks anew, so that the next look knows whether all processes have answered."""
        stands_still = self._ledger.has_others and self._stands_still()
        return stands_still or bool(self._works.orphans and not self._database_at_rest())

    def _stands_still(self) -> bool:
        if not self._answered.is_set():
            return True
        self._answered = answered = threading.Event()
        self._works.ask(answered.set)
        return False
