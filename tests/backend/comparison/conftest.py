"""One real comparison for all tests of its reports, on the session's lab."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from backend.comparison.compare import Comparer, Help
from backend.comparison.machine_load import Snapshot, snapshot
from backend.comparison.questions import ComparisonQuestion, SituationKey
from backend.comparison.records import Comparison, ComparisonProgress
from backend.comparison.runs import Replies, Runs
from backend.comparison.situations import INSTANCES
from backend.model.observed import Reply
from backend.model.vocabulary import Verdict
from tests.backend.conftest import Laboratory, Recorder, emptied

Compare = Callable[..., Comparison]


class RecordedReplies(Replies):
    """Takes what the session's recorder was told."""

    def __init__(self, told: Recorder) -> None:
        super().__init__()
        self._told = told

    def take(self) -> tuple[Reply, ...]:
        with self._told.changed:
            taken, self._told.replies = tuple(self._told.replies), []
        return taken


def nothing(_progress: ComparisonProgress) -> None:
    """Nobody wants to know."""


def worst(found: Comparison) -> dict[str, list[Verdict | None]]:
    """What each variant came to, situation by situation."""
    return {line.subject.name: [cell.worst for cell in line.cells] for line in found.lines}


@pytest.fixture(scope="session")
def compare(_started_lab: Laboratory) -> Compare:
    def carry_out(
        asked: ComparisonQuestion,
        on_progress: Callable[[ComparisonProgress], None] = nothing,
        cancelled: threading.Event | None = None,
        look_around: Callable[[], Snapshot | None] = snapshot,
        help_: Help | None = None,
    ) -> Comparison:
        lab = _started_lab.lab
        lab.set_instances(INSTANCES)
        replies = RecordedReplies(_started_lab.told)
        stop = cancelled or threading.Event()
        return Comparer(lab, replies, asked, on_progress, stop, look_around, help_).compare()

    return carry_out


@pytest.fixture(scope="session")
def found(compare: Compare) -> Comparison:
    """Unprotected, sound, and sound but for a crash."""
    return compare(
        ComparisonQuestion(
            strategies=("none/direct", "unique-index/on-conflict", "token/delete-first"),
            situations=(SituationKey.CLICKS, SituationKey.CRASH),
            quick=True,
        )
    )


@pytest.fixture
def runs(_started_lab: Laboratory) -> Runs:
    """Runs on an empty lab with two instances, which stay for the next test: to start one takes a second."""
    laboratory = emptied(_started_lab, INSTANCES)
    return Runs(laboratory.lab, RecordedReplies(laboratory.told), threading.Event())
