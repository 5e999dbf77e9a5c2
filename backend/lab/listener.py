"""What a lab tells while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from backend.model.judgement import Judgement, Report
from backend.model.observed import EngineStatus, GoneRow, LockWait, Renumbered, Reply, Row, Step
from backend.model.plan import Intent
from backend.model.sentence import Sentence


class Listener(Protocol):
    """What a lab tells while it runs. Called on the lab's threads."""

    def engines_changed(self, engines: Sequence[EngineStatus]) -> None:
        """An engine started, stopped, failed or was switched."""

    def rows_added(self, rows: Sequence[Row]) -> None:
        """New effects, in the order in which they were read; no row comes twice."""

    def rows_cleared(self) -> None:
        """The tables were emptied, or another database was chosen; later rows start afresh."""

    def rows_gone(self, rows: Sequence[GoneRow]) -> None:
        """Effects that were told are not there any more: somebody deleted them by hand."""

    def rows_renumbered(self, rows: Sequence[Renumbered]) -> None:
        """Effects that were told count anew, since one before them was read late or has gone; after either was told."""

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Callers got their answers, or gave up."""

    def steps_recorded(self, steps: Sequence[Step]) -> None:
        """The tap saw these steps."""

    def steps_under_way(self, steps: Sequence[Step]) -> None:
        """These steps have begun and take long; each is recorded once it has ended, unless its process dies."""

    def waits_seen(self, waits: Sequence[LockWait]) -> None:
        """The database told that these steps waited for locks, and for whom."""

    def judged(self, judgement: Judgement) -> None:
        """All intents since the last reset, judged anew."""

    def run_counted(self, intents: Sequence[Intent]) -> None:
        """The answers and the rows of these intents that were told by now are those of the report that follows."""

    def run_finished(self, report: Report) -> None:
        """A run is quiet and read back. What came of it since `run_counted` is not in its report."""

    def run_failed(self, sentence: Sentence) -> None:
        """A run could not be carried out; the sentence says why and what still holds."""

    def incident(self, sentence: Sentence) -> None:
        """Something was killed, stopped or started again, on purpose or not; the sentence says what still holds."""


class NullListener:
    """A listener that does not listen. Subclasses listen to what they care for."""

    def engines_changed(self, engines: Sequence[EngineStatus]) -> None:
        """Nothing."""

    def rows_added(self, rows: Sequence[Row]) -> None:
        """Nothing."""

    def rows_cleared(self) -> None:
        """Nothing."""

    def rows_gone(self, rows: Sequence[GoneRow]) -> None:
        """Nothing."""

    def rows_renumbered(self, rows: Sequence[Renumbered]) -> None:
        """Nothing."""

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Nothing."""

    def steps_recorded(self, steps: Sequence[Step]) -> None:
        """Nothing."""

    def steps_under_way(self, steps: Sequence[Step]) -> None:
        """Nothing."""

    def waits_seen(self, waits: Sequence[LockWait]) -> None:
        """Nothing."""

    def judged(self, judgement: Judgement) -> None:
        """Nothing."""

    def run_counted(self, intents: Sequence[Intent]) -> None:
        """Nothing."""

    def run_finished(self, report: Report) -> None:
        """Nothing."""

    def run_failed(self, sentence: Sentence) -> None:
        """Nothing."""

    def incident(self, sentence: Sentence) -> None:
        """Nothing."""
