"""Doing again what was done, and whether it comes to the same.

Nothing that a file says is trusted with somebody's servers or programs: what ran on a server behind a URL is done again
on a private one, and a service's file is named by whoever asks for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backend.archive.says import ArchiveCode
from backend.comparison.terms import state_term
from backend.comparison.words import task_term
from backend.model.sentence import Sentence, say
from backend.model.terms import verdict_term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.archive.entries import RunRecord, RunSettings
    from backend.comparison.questions import ComparisonQuestion
    from backend.comparison.records import ComparedCell, Comparison
    from backend.model.vocabulary import Verdict

PRIVATE = ("postgresql", "mariadb", "sqlite")


def private_database(database: str) -> str:
    """The key of a database of our own that is like this one."""
    return next((key for key in PRIVATE if database.startswith(key)), PRIVATE[0])


def private_settings(settings: RunSettings) -> RunSettings:
    """Settings of a run on servers of our own."""
    return replace(settings, database=private_database(settings.database))


def private_question(asked: ComparisonQuestion) -> ComparisonQuestion:
    """A comparison on servers of our own."""
    return replace(asked, databases=tuple(dict.fromkeys(map(private_database, asked.databases))))


def about_run(run: RunRecord) -> Iterator[Sentence]:
    """What to know before a run is done again."""
    if run.earlier:
        yield say(ArchiveCode.SUBMITTED_BEFORE, earlier=run.earlier)


def compared_verdicts(before: Verdict | None, now: Verdict | None) -> tuple[bool, Sentence]:
    """Whether the verdict is the same, and a sentence that says so."""
    was, became = _term(before), _term(now)
    if before is now:
        return True, say(ArchiveCode.SAME_VERDICT, verdict=became)
    return False, say(ArchiveCode.OTHER_VERDICT, before=was, now=became)


def _term(verdict: Verdict | None) -> Sentence:
    return verdict_term(verdict) if verdict else say(ArchiveCode.NO_VERDICT)


def compared_cells(before: Comparison, now: Comparison) -> tuple[bool, tuple[Sentence, ...]]:
    """Whether every situation came to the same verdict, and what there is to say of it."""
    again = {_place(cell): cell for line in now.lines for cell in line.cells}
    cells = [cell for line in before.lines for cell in line.cells]
    changed = [(cell, again.get(_place(cell))) for cell in cells]
    others = tuple(
        _changed(cell, other) for cell, other in changed if other is None or _came_to(cell) != _came_to(other)
    )
    return not others, others or (say(ArchiveCode.SAME_CELLS, cells=len(cells)),)


def _place(cell: ComparedCell) -> tuple[str, ...]:
    subject = cell.subject
    return subject.operation, subject.database, subject.strategy, subject.variant, cell.situation


def _came_to(cell: ComparedCell) -> Sentence:
    return verdict_term(cell.worst) if cell.worst else state_term(cell.state)


def _changed(cell: ComparedCell, other: ComparedCell | None) -> Sentence:
    now = say(ArchiveCode.NO_VERDICT) if other is None else _came_to(other)
    return say(
        ArchiveCode.OTHER_CELL,
        name=cell.subject.name,
        situation=task_term(cell.situation),
        before=_came_to(cell),
        now=now,
    )
