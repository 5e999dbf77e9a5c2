"""One question, answered by a crew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.explorer.crew.together import Together
from backend.explorer.effort import Effort

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from backend.explorer.crew.members import Crew
    from backend.explorer.question import Exploration, Progress, Question
    from backend.model.errors import SubmitTwiceError


@dataclass(slots=True)
class _Told:
    on_progress: Callable[[Progress], None]
    found: Exploration | None = None

    def progressed(self, effort: Effort) -> None:
        self.on_progress(effort.progress())

    def ended(self, effort: Effort, found: Exploration) -> None:
        self.on_progress(effort.progress())
        self.found = found

    def failed(self, effort: Effort, error: SubmitTwiceError) -> None:  # noqa: ARG002  there is only one
        raise error


def explore_together(
    crew: Crew,
    question: Question,
    on_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    limit: int | None = None,
) -> Exploration:
    """Answer a question; the answer does not depend on who explores which part, or on how many there are.

    Args:
        crew: who explores.
        question: what to explore; its variant named, and checked.
        on_progress: told several times a second, in the calling thread.
        cancelled: set it from anywhere; what was found so far is returned.
        limit: most schedules; None for all.

    Raises:
        SubmitTwiceError: the question cannot be answered.
        EngineError: nobody is left who could explore.
    """
    told = _Told(on_progress)
    Together(crew, [Effort(question, limit)], told, cancelled).carry_out()
    assert told.found is not None  # noqa: S101  it is told before the end
    return told.found
