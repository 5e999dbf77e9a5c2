"""Many questions at once, answered by a crew: several at a time, and at the end several at one of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from backend.explorer.crew.together import Together
from backend.explorer.effort import Effort
from backend.explorer.survey import CellState, Scope, Survey, SurveyCell, SurveyProgress, cell_of, notes_of
from backend.explorer.survey_says import SurveyCode
from backend.explorer.surveyor import Entry, silent_cell
from backend.model.errors import EngineError
from backend.model.sentence import Sentence, say, to_document

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from backend.explorer.crew.members import Crew
    from backend.explorer.question import Exploration
    from backend.model.errors import SubmitTwiceError


class SurveyTogether:
    """A survey under way.

    Args:
        crew: who explores.
        scope: what may happen in each question, and when it is given up.
        asked: the grid.
        on_progress: told how far it is, several times a second, in the calling thread.
        on_cell: told each cell as soon as it is known, in the calling thread.
        cancelled: set it from anywhere; what was found so far is returned.
    """

    def __init__(
        self,
        crew: Crew,
        scope: Scope,
        asked: Sequence[Entry],
        on_progress: Callable[[SurveyProgress], None],
        on_cell: Callable[[SurveyCell], None],
        cancelled: threading.Event,
    ) -> None:
        self._crew = crew
        self._scope = scope
        self._asked = asked
        self._on_progress = on_progress
        self._on_cell = on_cell
        self._cancelled = cancelled
        self._started = time.monotonic()
        self._cells: dict[int, SurveyCell] = {}
        """By their place in the grid."""
        self._notes: dict[int, tuple[Sentence, ...]] = {}
        """Of each place."""
        self._efforts: dict[Effort, int] = {}
        self._schedules = 0

    def ask_all(self) -> Survey:
        """Ask everything. A question that fails becomes a cell that says so; only dead engines end it early."""
        for place, entry in enumerate(self._asked):
            if entry.refusal:
                self._tell(place, silent_cell(entry, CellState.NOT_GUARDED, entry.refusal))
            else:
                self._efforts[Effort(self._scope.question(entry.pair), self._scope.limit)] = place
        stopped: Sentence | None = None
        try:
            Together(self._crew, [*self._efforts], self, self._cancelled, self._scope.seconds).carry_out()
        except EngineError as gone:
            stopped = say(SurveyCode.STOPPED, why=gone.sentence)
        for place, entry in enumerate(self._asked):
            if place not in self._cells:
                self._tell(place, silent_cell(entry, CellState.NOT_ASKED, say(SurveyCode.STOPPED_BEFORE)))
        notes = notes_of(self._notes[place] for place in sorted(self._notes))
        return Survey(
            self._scope,
            tuple(self._cells[place] for place in range(len(self._asked))),
            time.monotonic() - self._started,
            self._cancelled.is_set(),
            str(stopped or ""),
            tuple(map(str, notes)),
            to_document(stopped) if stopped else None,
            tuple(map(to_document, notes)),
        )

    # What `Together` tells

    def progressed(self, effort: Effort) -> None:
        """Something more was found of a question."""
        seconds, done = time.monotonic() - self._started, self._done
        self._on_progress(
            SurveyProgress(
                done + 1,
                len(self._efforts),
                self._asked[self._efforts[effort]].pair,
                effort.progress().schedules,
                self._schedules + sum(each.progress().schedules for each in self._efforts if not self._is_told(each)),
                seconds,
                seconds / done * (len(self._efforts) - done) if done else None,
            )
        )

    def ended(self, effort: Effort, found: Exploration) -> None:
        """A question is answered, or was given up."""
        entry = self._asked[self._efforts[effort]]
        if not found.schedules and self._cancelled.is_set():
            cell = silent_cell(entry, CellState.NOT_ASKED, say(SurveyCode.CANCELLED_BEFORE))
        else:
            cell = cell_of(entry.pair, sound=entry.code.sound, found=found)
        self._schedules += found.schedules
        self._notes[self._efforts[effort]] = found.notes
        self._tell(self._efforts[effort], cell)

    def failed(self, effort: Effort, error: SubmitTwiceError) -> None:
        """A question cannot be answered; the others may be."""
        place = self._efforts[effort]
        self._tell(place, silent_cell(self._asked[place], CellState.FAILED, error.sentence))

    @property
    def _done(self) -> int:
        return sum(place in self._cells for place in self._efforts.values())

    def _is_told(self, effort: Effort) -> bool:
        return self._efforts[effort] in self._cells

    def _tell(self, place: int, cell: SurveyCell) -> None:
        self._cells[place] = cell
        self._on_cell(cell)
