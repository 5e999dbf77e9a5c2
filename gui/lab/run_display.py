"""What banner and counters say: of the run that was asked for last, and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.lab.banner import visible_verdict
from gui.lab.current import CurrentRun
from gui.wording.terms import operations_of

if TYPE_CHECKING:
    from backend.model.judgement import Judgement
    from backend.model.plan import Intent
    from backend.model.vocabulary import OperationKey, Verdict
    from gui.lab.banner import VerdictBanner
    from gui.lab.counters import Counters


class RunDisplay:
    """Shows judgements.

    Args:
        banner: the verdict in words.
        counters: the numbers.
    """

    def __init__(self, banner: VerdictBanner, counters: Counters) -> None:
        self._banner, self._counters = banner, counters
        self._current = CurrentRun()
        self._operations: set[OperationKey] = set()
        self._running = False
        self.verdict: Verdict | None = None
        """The worst verdict on show; None while there is none."""

    def begin(self, intent: Intent) -> bool:
        """A run is asked for; True where it is about another intent than what is on show."""
        self._operations.add(intent.operation)
        current = self._current.ask((intent,))
        if current is not None:
            self._show(current, running=True)
        return current is not None

    def show_judgement(self, judgement: Judgement) -> bool:
        """Show what the lab says; False where that is about an earlier run still."""
        current = self._current.judged(judgement)
        if current is not None:
            self._show(current, running=self._running)
        return current is not None

    def note_running(self, *, running: bool) -> None:
        """Whether a run is under way now."""
        self._running = running
        if not running and (current := self._current.over()) is not None:
            self._show(current, running=False)
        self._banner.note_running(running=running)

    def forget(self) -> None:
        """Nothing was asked for, and nothing has happened."""
        self._operations.clear()
        self._current.forget()

    def _show(self, current: Judgement, *, running: bool) -> None:
        self.verdict = visible_verdict(current, running=running)
        self._banner.show_judgement(current, operations_of(current) or self._operations, running=running)
        self._counters.show_judgement(current)
