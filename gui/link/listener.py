"""Takes the lab's callbacks, which arrive on its threads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from gui.wording.speech import speak
from gui.wording.terms import without_lab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import SignalInstance

    from backend.model.judgement import Judgement, Report
    from backend.model.observed import EngineStatus, GoneRow, LockWait, Reply, Row, Step
    from backend.model.sentence import Sentence


FOR_GOOD = frozenset({"process.supervisor_ended", "engine.keeps_ending", "engine.given_up", "gateway.given_up"})
"""Codes of incidents after which the lab has to be started again, as their sentences say."""


class Teller(Protocol):
    """What the lab's callbacks are told by: signals, and a way to post them from any thread."""

    @property
    def watched(self) -> str:
        """Id of the submission that somebody is looking at."""

    def post(self, signal: SignalInstance, *arguments: Any) -> None:  # noqa: ANN401
        """Have a signal emitted on the GUI thread."""

    def runs_may_have_ended(self) -> None:
        """Look which runs are over."""

    @property
    def engines_changed(self) -> SignalInstance: ...  # noqa: D102

    @property
    def rows_added(self) -> SignalInstance: ...  # noqa: D102

    @property
    def rows_gone(self) -> SignalInstance: ...  # noqa: D102

    @property
    def rows_cleared(self) -> SignalInstance: ...  # noqa: D102

    @property
    def replies_received(self) -> SignalInstance: ...  # noqa: D102

    @property
    def steps_added(self) -> SignalInstance: ...  # noqa: D102

    @property
    def watched_steps_changed(self) -> SignalInstance: ...  # noqa: D102

    @property
    def waits_seen(self) -> SignalInstance: ...  # noqa: D102

    @property
    def judged(self) -> SignalInstance: ...  # noqa: D102

    @property
    def run_finished(self) -> SignalInstance: ...  # noqa: D102

    @property
    def failed(self) -> SignalInstance: ...  # noqa: D102

    @property
    def lost(self) -> SignalInstance: ...  # noqa: D102

    @property
    def incident(self) -> SignalInstance: ...  # noqa: D102


class LabListener:
    """A lab's listener that posts; a class of its own, as its names are the bridge's signals too."""

    def __init__(self, bridge: Teller) -> None:
        self._bridge = bridge

    def engines_changed(self, engines: Sequence[EngineStatus]) -> None:
        """An engine started, stopped, failed or was switched."""
        self._bridge.post(self._bridge.engines_changed, tuple(engines))

    def rows_added(self, rows: Sequence[Row]) -> None:
        """Rows for the table."""
        self._bridge.post(self._bridge.rows_added, rows)

    def rows_gone(self, rows: Sequence[GoneRow]) -> None:
        """Rows that the table loses."""
        self._bridge.post(self._bridge.rows_gone, rows)

    def rows_cleared(self) -> None:
        """The tables are empty."""
        self._bridge.post(self._bridge.rows_cleared)

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Replies for the table."""
        self._bridge.post(self._bridge.replies_received, replies)

    def steps_recorded(self, steps: Sequence[Step]) -> None:
        """All of them for the timeline; those of the submission that somebody is looking at for the steps pane, too."""
        self._bridge.post(self._bridge.steps_added, steps)
        watched = self._bridge.watched
        if watched and any(step.submission_id == watched for step in steps):
            self._bridge.post(self._bridge.watched_steps_changed, watched)

    def steps_under_way(self, steps: Sequence[Step]) -> None:
        """What has not ended is shown as what has."""
        self.steps_recorded(steps)

    def waits_seen(self, waits: Sequence[LockWait]) -> None:
        """Waits for the timeline."""
        self._bridge.post(self._bridge.waits_seen, waits)

    def judged(self, judgement: Judgement) -> None:
        """A new judgement."""
        self._bridge.post(self._bridge.judged, judgement)

    def run_finished(self, report: Report) -> None:
        """A run ended."""
        self._bridge.post(self._bridge.run_finished, report)
        self._bridge.runs_may_have_ended()

    def run_failed(self, sentence: Sentence) -> None:
        """A run could not be carried out."""
        self._bridge.post(self._bridge.failed, partial(speak, sentence))
        self._bridge.runs_may_have_ended()

    def incident(self, sentence: Sentence) -> None:
        """Something was killed, stopped or started again; or ended for good, so that only another start helps."""
        ended = sentence.code.value in FOR_GOOD
        self._bridge.post(self._bridge.lost if ended else self._bridge.incident, lambda: without_lab(speak(sentence)))
