"""What is claimed of a variant, and where a run shows otherwise than the catalogue says.

A variant that is safe under concurrency may still have a situation that breaks it: its text says which, and the words
here are those of its text. Whatever else breaks it is a surprise, and the run is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backend.comparison.records import FAILURES, CellState, ComparedCell, Comparison, Line, Proof
from backend.comparison.says import CompareCode, head_of_situation, title_of_situation
from backend.model.catalogue import Claims, SituationKey
from backend.model.sentence import Sentence, say
from backend.model.terms import verdict_term
from backend.model.vocabulary import EngineKind, OperationKey, Replication

_OUTSIDE = frozenset({SituationKey.CRASH})
"""No database transaction covers an effect at the gateway: who dies between the call and COMMIT has sent, or not."""


def admitted(claims: Claims, operation: OperationKey) -> frozenset[SituationKey]:
    """The situations that a variant, called safe, does not claim to survive."""
    return claims.admits | _OUTSIDE if operation is OperationKey.SEND_MESSAGE else claims.admits


def standing(line: Line) -> Sentence:
    """What a line comes to, in a few words. What was undecided, not reached or not measured is not passed over."""
    said = _measured_standing(line)
    for code, keys in (
        (CompareCode.ALSO_UNDECIDED, line.undecided),
        (CompareCode.ALSO_NOT_REACHED, line.in_state(CellState.NOT_REACHED)),
        (CompareCode.ALSO_NOT_MEASURED, line.in_state(CellState.NOT_MEASURED)),
        (CompareCode.ALSO_NEVER_RUN, line.in_state(CellState.NEVER_RUN)),
    ):
        if keys:
            said = say(code, standing=said, situations=_heads(keys))
    return said


def _measured_standing(line: Line) -> Sentence:
    if not line.reached:
        return say(CompareCode.NOTHING_REACHED if line.was_run else CompareCode.NOTHING_RUN)
    survives = say(CompareCode.SURVIVES, survived=line.survived, reached=line.reached)
    if line.broken_by:
        fails = say(CompareCode.FAILS, situations=_heads(line.broken_by))
        if line.subject.sound:
            return say(CompareCode.SURVIVES_BUT, survives=survives, fails=fails)
        return say(CompareCode.BROKEN, fails=fails)
    if line.subject.sound:
        return say(CompareCode.SAFE, survives=survives)
    if saved_by_sqlite(line):
        return say(CompareCode.SAVED_BY_SQLITE)
    if not line.subject.claims.misinforms:
        return say(CompareCode.BROKEN_UNSEEN, survives=survives)
    return say(CompareCode.MISINFORMS_OR_NOTHING if line.undecided else CompareCode.MISINFORMS, survives=survives)


def _heads(keys: Sequence[SituationKey]) -> tuple[Sentence, ...]:
    return tuple(map(head_of_situation, keys))


def saved_by_sqlite(line: Line) -> bool:
    """Whether what breaks a variant cannot happen in SQLite.

    It runs transactions one at a time (``BEGIN IMMEDIATE``, sqlite.org/isolation.html): there nobody comes between the
    look and the write.
    """
    return line.subject.database is EngineKind.SQLITE and line.subject.claims.needs_overlap


def surprises(comparison: Comparison) -> tuple[Sentence, ...]:
    """Where the runs show otherwise than the catalogue says."""
    return tuple(sentence for line in comparison.lines for sentence in _surprises_of(line, comparison))


def bad_intents(cell: ComparedCell) -> int:
    """Intents that were duplicated, lost or stuck."""
    return sum(count for verdict, count in cell.verdicts.items() if verdict in FAILURES)


def _surprises_of(line: Line, comparison: Comparison) -> Iterator[Sentence]:
    subject = line.subject
    where = say(CompareCode.WHERE, name=subject.name, operation=subject.operation, database=subject.database)
    if subject.sound:
        for key in line.broken_by:
            if key not in admitted(subject.claims, subject.operation) and not _is_up_to_database(line, key):
                yield _unexpected_failure(line, key, where)
    elif _is_unexpectedly_whole(line, comparison):
        yield say(CompareCode.EXPECTED_TO_FAIL, where=where)
    for cell in line.cells:
        title = title_of_situation(cell.situation)
        for sentence in cell.contradictions:
            yield say(CompareCode.CONTRADICTION, where=where, situation=title, sentence=sentence)


def _is_up_to_database(line: Line, key: SituationKey) -> bool:
    """Whether it failed only where the database did, and in a way that no strategy can mend.

    A commit that no standby has got is gone with its primary; and whoever has called somebody outside before a COMMIT
    that comes to nothing has called, as after a crash.
    """
    cell = line.cell(key)
    failed = [part for part in cell.counted if part.worst in FAILURES] if cell else []
    outside = line.subject.operation is OperationKey.SEND_MESSAGE
    return bool(failed) and all(
        part.part.proof is Proof.TOOK_OVER and (outside or part.part.setup.replication is Replication.ASYNCHRONOUS)
        for part in failed
    )


def _unexpected_failure(line: Line, key: SituationKey, where: Sentence) -> Sentence:
    cell = line.cell(key)
    assert cell is not None  # noqa: S101  it broke the line
    assert cell.worst is not None  # noqa: S101  the same
    return say(
        CompareCode.EXPECTED_TO_SURVIVE,
        where=where,
        situation=title_of_situation(key),
        bad=bad_intents(cell),
        intents=cell.intents,
        worst=verdict_term(cell.worst),
    )


def _is_unexpectedly_whole(line: Line, comparison: Comparison) -> bool:
    """Whether a variant that is broken by design survived everything there is, all of it reached."""
    return (
        line.is_whole
        and line.subject.operation is not OperationKey.CANCEL_ORDER
        and not saved_by_sqlite(line)
        and not (line.subject.claims.misinforms or line.subject.claims.needs_exception)
        and line.subject.database not in line.subject.claims.spared_by
        and len(line.cells) == len(SituationKey)
        and set(comparison.asked.situations) == set(SituationKey)
    )
