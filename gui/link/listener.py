"""Takes the lab's callbacks, which arrive on its threads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from backend.model.submission_ids import without_lab
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.judgement import Judgement, Report
    from backend.model.observed import EngineStatus, GoneRow, LockWait, Renumbered, Reply, Row, Step
    from backend.model.plan import Intent
    from backend.model.sentence import Sentence
    from gui.link.events import LabEvents


FOR_GOOD = frozenset({"process.supervisor_ended", "engine.keeps_ending", "engine.given_up", "gateway.given_up"})
"""Codes of incidents after which the lab has to be started again, as their sentences say."""


class LabListener:
    """A lab's listener that posts what it is told.

    Args:
        events: where to.
        look_for_ends: called when a run has ended or failed.
    """

    def __init__(self, events: LabEvents, look_for_ends: Callable[[], None]) -> None:
        self._events, self._look_for_ends = events, look_for_ends
        self.watched = ""
        """Id of the submission that somebody is looking at."""

    def engines_changed(self, engines: Sequence[EngineStatus]) -> None:
        """An engine started, stopped, failed or was switched."""
        self._events.post(self._events.engines_changed, tuple(engines))

    def rows_added(self, rows: Sequence[Row]) -> None:
        """Rows for the table."""
        self._events.post(self._events.rows_added, rows)

    def rows_gone(self, rows: Sequence[GoneRow]) -> None:
        """Rows that the table loses."""
        self._events.post(self._events.rows_gone, rows)

    def rows_renumbered(self, rows: Sequence[Renumbered]) -> None:
        """Rows that count anew."""
        self._events.post(self._events.rows_renumbered, rows)

    def rows_cleared(self) -> None:
        """The tables are empty."""
        self._events.post(self._events.rows_cleared)

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Replies for the table."""
        self._events.post(self._events.replies_received, replies)

    def steps_recorded(self, steps: Sequence[Step]) -> None:
        """All of them for the timeline; those of the submission that somebody is looking at for the steps pane, too."""
        self._events.post(self._events.steps_added, steps)
        watched = self.watched
        if watched and any(step.submission_id == watched for step in steps):
            self._events.post(self._events.watched_steps_changed, watched)

    def steps_under_way(self, steps: Sequence[Step]) -> None:
        """What has not ended is shown as what has."""
        self.steps_recorded(steps)

    def waits_seen(self, waits: Sequence[LockWait]) -> None:
        """Waits for the timeline."""
        self._events.post(self._events.waits_seen, waits)

    def judged(self, judgement: Judgement) -> None:
        """A new judgement."""
        self._events.post(self._events.judged, judgement)

    def run_counted(self, intents: Sequence[Intent]) -> None:
        """What a run came to is known."""

    def run_finished(self, report: Report) -> None:
        """A run ended."""
        self._events.post(self._events.run_finished, report)
        self._look_for_ends()

    def run_failed(self, sentence: Sentence) -> None:
        """A run could not be carried out."""
        self._events.post(self._events.failed, partial(speak, sentence))
        self._look_for_ends()

    def incident(self, sentence: Sentence) -> None:
        """Something was killed, stopped or started again; or ended for good, so that only another start helps."""
        ended = sentence.code.value in FOR_GOOD
        self._events.post(self._events.lost if ended else self._events.incident, lambda: without_lab(speak(sentence)))
