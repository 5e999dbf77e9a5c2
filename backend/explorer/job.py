"""A part of an exploration that is given to whoever explores, and what comes back, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from backend.explorer.question import Question
from backend.explorer.search import WHOLE_TREE, Branch
from backend.explorer.tally import Tally
from backend.model.sentence import Code, Sentence

if TYPE_CHECKING:
    import threading

    from backend.explorer.question import Counterexample


@dataclass(frozen=True, slots=True)
class Job:
    """Explore this branch for a while."""

    question: Question
    branch: Branch = WHOLE_TREE
    seconds: float | None = None
    """Stop after the schedule with which this time is over; None for no such limit."""
    limit: int | None = None
    """Most schedules; None for all."""
    trusting: bool = True
    """Whether a step touches no more than its command says; then schedules that cannot differ are left out."""
    trial: int = 0
    """How often the exploration was begun again because something came late."""


class Again(Enum):
    """Why everything that was found so far is worth nothing, and the exploration has to begin again."""

    UNFORESEEN = auto()
    """A step touched more than its command says: nothing may be left out any more."""
    LATE = auto()
    """Something came later than it was waited for: from now on it is waited for longer."""


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a job."""

    found: Tally
    rest: Branch | None = None
    """What of the branch is left; None if that was all of it."""
    notes: tuple[Sentence, ...] = ()
    """What an exploration here cannot show."""
    counts: tuple[tuple[Code, int], ...] = ()
    """Sentences about something that is counted, with how often it was seen since the part before."""
    again: Again | None = None
    why: Sentence | None = None
    """Why it has to begin again."""


class Player(Protocol):
    """Plays schedules on engines of its own. Use it in the thread that opened it."""

    def play(self, job: Job, cancelled: threading.Event) -> Part:
        """Explore a branch, until the job's time is over or `cancelled` is set.

        Raises:
            SubmitTwiceError: the question cannot be asked, an engine is away, or the explorer lost control.
        """

    def replay(self, example: Counterexample) -> Counterexample:
        """Play exactly this schedule again, and record what the engines held.

        Raises:
            SubmitTwiceError: it cannot be played.
        """
