"""Asks about every variant and every operation it guards, one after the other on one pair of engines."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from backend import strategies
from backend.explorer.survey import CellState, Combination, Scope, Survey, SurveyCell, SurveyProgress, cell_of, notes_of
from backend.explorer.survey_says import SurveyCode
from backend.model.errors import EngineError, SubmitTwiceError
from backend.model.sentence import say, to_document
from backend.model.vocabulary import EngineKind, OperationKey

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from backend.explorer.explore import Explorer
    from backend.explorer.question import Exploration, Progress
    from backend.model.sentence import Sentence
    from backend.strategies.base import Variant

log = logging.getLogger(__name__)

NOTHING_MISSING: Mapping[EngineKind, Sentence] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the grid, and the code that is asked about there."""

    pair: Combination
    code: Variant
    missing: Sentence | None = None
    """What to install before it can be explored; None if that is there."""

    @property
    def refusal(self) -> Sentence | None:
        """Why the variant does not guard the operation, or cannot be explored; None if it can."""
        return self.code.refusals.get(self.pair[0], self.missing)


def entries(
    pairs: Collection[Combination] | None = None, missing: Mapping[EngineKind, Sentence] = NOTHING_MISSING
) -> tuple[Entry, ...]:
    """Every variant with every operation, guarded or not, in the order of the registry.

    Args:
        pairs: only these; None for all.
        missing: engines that are not there, each with what to install.
    """
    return tuple(
        Entry(
            (operation, strategy.key, code.key), code, next((missing[kind] for kind in code.engines & {*missing}), None)
        )
        for strategy in strategies.all_strategies()
        for code in strategy.variants
        for operation in OperationKey
        if pairs is None or (operation, strategy.key, code.key) in pairs
    )


def survey(
    scope: Scope,
    open_explorer: Callable[[], Explorer],
    *,
    on_progress: Callable[[SurveyProgress], None],
    on_cell: Callable[[SurveyCell], None],
    cancelled: threading.Event,
    asked: Sequence[Entry] | None = None,
) -> Survey:
    """Ask everything. A question that fails becomes a cell that says so; only dead engines end the survey early.

    Args:
        scope: what may happen in each question.
        open_explorer: makes an explorer on the engines; once, and again after each question that failed.
        on_progress: told how far it is, several times a second, in this thread.
        on_cell: told each cell as soon as it is known, in this thread.
        cancelled: set it from anywhere; what was found so far is returned.
        asked: the grid; None for `entries`.

    Raises:
        SubmitTwiceError: the engines were not there in the first place.
    """
    grid = entries() if asked is None else asked
    with _Survey(scope, open_explorer, on_progress, on_cell, cancelled) as run:
        return run.ask_all(grid)


class _Bound(threading.Event):
    """Set when the survey is cancelled, or when the time for one question is over."""

    def __init__(self, cancelled: threading.Event, seconds: float | None) -> None:
        super().__init__()
        self._cancelled = cancelled
        self._end = None if seconds is None else time.monotonic() + seconds

    def is_set(self) -> bool:
        return self._cancelled.is_set() or (self._end is not None and time.monotonic() >= self._end)


@dataclass(slots=True)
class _Survey:
    """A survey under way."""

    scope: Scope
    make_explorer: Callable[[], Explorer]
    on_progress: Callable[[SurveyProgress], None]
    on_cell: Callable[[SurveyCell], None]
    cancelled: threading.Event
    started: float = field(default_factory=time.monotonic)
    explorer: Explorer | None = None
    stopped: Sentence | None = None
    number: int = 0
    questions: int = 0
    schedules: int = 0
    notes: tuple[Sentence, ...] = ()

    def __enter__(self) -> _Survey:
        self._open_explorer()
        return self

    def __exit__(self, *end: object) -> None:
        self._close_explorer()

    def _open_explorer(self) -> None:
        explorer = self.make_explorer()
        explorer.__enter__()
        self.explorer = explorer

    def _close_explorer(self) -> None:
        explorer, self.explorer = self.explorer, None
        if explorer is not None:
            explorer.__exit__(None, None, None)

    def ask_all(self, grid: Sequence[Entry]) -> Survey:
        self.questions = sum(entry.refusal is None for entry in grid)
        cells = []
        for entry in grid:
            cell = self._cell(entry)
            cells.append(cell)
            self.on_cell(cell)
        return Survey(
            self.scope,
            tuple(cells),
            time.monotonic() - self.started,
            self.cancelled.is_set(),
            str(self.stopped or ""),
            tuple(map(str, self.notes)),
            to_document(self.stopped) if self.stopped else None,
            tuple(map(to_document, self.notes)),
        )

    def _cell(self, entry: Entry) -> SurveyCell:
        if entry.refusal:
            return silent_cell(entry, CellState.NOT_GUARDED, entry.refusal)
        if self.stopped:
            return silent_cell(entry, CellState.NOT_ASKED, say(SurveyCode.STOPPED_BEFORE))
        if self.cancelled.is_set():
            return silent_cell(entry, CellState.NOT_ASKED, say(SurveyCode.CANCELLED_BEFORE))
        self.number += 1
        try:
            found = self._ask(entry)
        except SubmitTwiceError as error:
            return silent_cell(entry, CellState.FAILED, self._recover(error))
        except Exception as error:  # a mistake in one question must not cost the answers to the others
            log.exception("A question of a survey broke off")
            unexpected = SubmitTwiceError(say(SurveyCode.UNEXPECTED, what=type(error).__name__))
            return silent_cell(entry, CellState.FAILED, self._recover(unexpected))
        self.schedules += found.schedules
        self.notes = notes_of((self.notes, found.notes))
        return cell_of(entry.pair, sound=entry.code.sound, found=found)

    def _ask(self, entry: Entry) -> Exploration:
        if self.explorer is None:
            self._open_explorer()
        assert self.explorer is not None  # noqa: S101  just opened
        self._tell(entry.pair, 0)

        def tell(progress: Progress) -> None:
            self._tell(entry.pair, progress.schedules)

        bound = _Bound(self.cancelled, self.scope.seconds)
        return self.explorer.explore(self.scope.question(entry.pair), tell, bound, self.scope.limit, entry.code)

    def _recover(self, error: SubmitTwiceError) -> Sentence:
        """Open everything anew, as a schedule that broke off may have left anything behind; the sentence to tell."""
        try:
            self._close_explorer()
            self._open_explorer()
        except EngineError as gone:
            self.stopped = say(SurveyCode.STOPPED, why=gone.sentence)
            return error.sentence
        if isinstance(error, EngineError):
            return say(SurveyCode.WENT_ON, why=error.sentence)
        return error.sentence

    def _tell(self, pair: Combination, schedules: int) -> None:
        seconds = time.monotonic() - self.started
        done = self.number - 1
        left = seconds / done * (self.questions - done) if done else None
        self.on_progress(
            SurveyProgress(self.number, self.questions, pair, schedules, self.schedules + schedules, seconds, left)
        )


def silent_cell(entry: Entry, state: CellState, why: Sentence) -> SurveyCell:
    """A cell that says why nothing was found."""
    return SurveyCell(*entry.pair, sound=entry.code.sound, state=state, sentence=str(why), why=to_document(why))
