"""The book of steps, which the trace channel fills."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Sequence

from backend.model.observed import Step
from backend.model.vocabulary import EngineKind


class StepBook:
    """The steps of the submissions of late; the oldest make room for new ones.

    Args:
        capacity: submissions to keep.
    """

    def __init__(self, capacity: int = 50_000) -> None:
        self._capacity = capacity
        self._guard = threading.Lock()
        self._steps: OrderedDict[str, list[Step]] = OrderedDict()
        self._under_way: dict[str, Step] = {}
        self._complete = True

    def add(self, steps: Sequence[Step]) -> None:
        """Keep steps. One that is under way is kept until it, or a later one of its submission, has ended."""
        with self._guard:
            for step in steps:
                if not step.ended_ns:
                    self._under_way[step.submission_id] = step
                    continue
                self._steps.setdefault(step.submission_id, []).append(step)
                if (begun := self._under_way.get(step.submission_id)) and step.number >= begun.number:
                    del self._under_way[step.submission_id]
            while len(self._steps) > self._capacity:
                self._steps.popitem(last=False)
                self._complete = False

    def under_way(self, submission_id: str) -> Step | None:
        """The step that a submission is at, as far as is known. One whose process died is not told from others."""
        with self._guard:
            return self._under_way.get(submission_id)

    def clear(self) -> None:
        """Forget all steps."""
        with self._guard:
            self._steps.clear()
            self._under_way.clear()
            self._complete = True

    def of(self, submission_id: str) -> tuple[Step, ...]:
        """The steps of a submission, in order."""
        with self._guard:
            return tuple(sorted(self._steps.get(submission_id, ()), key=lambda step: step.number))

    def marks(self, run: str) -> set[str] | None:
        """The marks that faults have left in the submissions of a run; None where some may have made room.

        Args:
            run: what the names of its submissions begin with.
        """
        with self._guard:
            if not self._complete:
                return None
            steps = (step for name, steps in self._steps.items() if name.startswith(run) for step in steps)
            return {step.command for step in steps if step.engine is EngineKind.HTTP}

    def mean_per_submission(self, submissions: Sequence[str]) -> dict[EngineKind, float]:
        """Mean number of steps per submission, by engine, over those that left steps."""
        with self._guard:
            traced = [self._steps[submission] for submission in submissions if submission in self._steps]
        counts = Counter(step.engine for steps in traced for step in steps if step.engine is not EngineKind.HTTP)
        return {engine: round(count / len(traced), 3) for engine, count in sorted(counts.items())}
