"""What is said of a variant that is broken by design and survived every situation of a comparison."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.comparison.claims import standing, surprises
from backend.comparison.questions import ComparisonQuestion, SituationKey, Subject
from backend.comparison.records import ComparedCell, Comparison, Line, PartResult, Proof, Surroundings
from backend.comparison.situations import SITUATIONS, Extent
from backend.comparison.words import sentence_of
from backend.model.sentence import plain
from backend.model.vocabulary import EngineKind, OperationKey, Replication, Verdict
from backend.strategies import find

POSTGRESQL, MARIADB = EngineKind.POSTGRESQL, EngineKind.MARIADB


def whole(strategy: str, variant: str, database: EngineKind) -> Comparison:
    claims = find(strategy, variant)[1].claims
    subject = Subject(OperationKey.PLACE_ORDER, database, strategy, variant, sound=False, claims=claims)
    cells = []
    for key in SituationKey:
        part = SITUATIONS[key].parts(subject, Extent(quick=True))[0]
        once = PartResult(part, {Verdict.EXACTLY_ONCE: 1}, {}, 1, None, None, {}, (), 0.1, proven=1)
        cells.append(ComparedCell(subject, key, (once,)))
    asked = ComparisonQuestion(situations=tuple(SituationKey))
    return Comparison(asked, (Line(subject, tuple(cells)),), Surroundings(plain(""), (), 0.0), 1.0, complete=True)


@pytest.mark.parametrize(
    ("strategy", "variant", "database", "expected"),
    [
        ("none", "check-then-act", POSTGRESQL, 1),
        ("none", "insert-where-not-exists", POSTGRESQL, 1),
        ("none", "insert-where-not-exists", MARIADB, 0),  # whose SELECT takes locks
        ("unique-index", "deferred", POSTGRESQL, 0),  # once, and what breaks is the answer
        ("advisory-lock", "session-leak", POSTGRESQL, 0),  # no situation lets a handler throw
    ],
)
def test_whoever_survives_all_is_a_surprise_unless_its_data_file_says_why(
    strategy: str, variant: str, database: EngineKind, expected: int
) -> None:
    assert len(surprises(whole(strategy, variant, database))) == expected


def test_what_is_broken_only_in_its_answers_is_said_to_be() -> None:
    found = whole("serializable", "no-retry", POSTGRESQL)

    all_of_them = f"survives {len(SituationKey)} of {len(SituationKey)}"
    assert str(standing(found.lines[0])) == f"broken by design: once, but callers are told errors: {all_of_them}"


def test_what_came_to_nothing_is_not_said_to_be_done_once() -> None:
    """Intents refuse each other where many come at a time, and each caller knows of his own."""
    (line,) = whole("serializable", "no-retry", POSTGRESQL).lines
    clicks, *others = line.cells
    nothing = replace(clicks, parts=tuple(replace(part, verdicts={Verdict.UNDECIDED: 1}) for part in clicks.parts))
    others_survive = f"survives {len(others)} of {len(line.cells)}"
    assert str(standing(replace(line, cells=(nothing, *others)))) == (
        f"broken by design: once or not at all, and callers are told errors: {others_survive}; undecided: Clicks"
    )


@pytest.mark.parametrize(
    ("operation", "replication", "verdict", "proof", "expected"),
    [
        (OperationKey.PLACE_ORDER, Replication.ASYNCHRONOUS, Verdict.LOST, Proof.TOOK_OVER, 0),
        (OperationKey.PLACE_ORDER, Replication.SYNCHRONOUS, Verdict.LOST, Proof.TOOK_OVER, 1),
        (OperationKey.PLACE_ORDER, Replication.ASYNCHRONOUS, Verdict.DUPLICATED, Proof.FAILED_OVER, 1),
        (OperationKey.SEND_MESSAGE, Replication.SYNCHRONOUS, Verdict.DUPLICATED, Proof.TOOK_OVER, 0),
    ],
)
def test_only_what_the_database_has_promised_can_be_held_against_a_variant(
    operation: OperationKey, replication: Replication, verdict: Verdict, proof: Proof, expected: int
) -> None:
    subject = Subject(operation, POSTGRESQL, "unique-index", "on-conflict", sound=True, replication=replication)
    parts = SITUATIONS[SituationKey.FAILOVER].parts(subject, Extent())
    (part,) = (part for part in parts if part.proof is proof)
    failed = PartResult(part, {verdict: 1}, {}, 1, None, None, {}, (), 0.1, proven=1)
    line = Line(subject, (ComparedCell(subject, SituationKey.FAILOVER, (failed,)),))
    asked = ComparisonQuestion(situations=(SituationKey.FAILOVER,))
    found = Comparison(asked, (line,), Surroundings(plain(""), (), 0.0), 1.0, complete=True)
    assert len(surprises(found)) == expected


def test_what_was_never_run_has_failed_at_nothing() -> None:
    once = whole("unique-index", "on-conflict", POSTGRESQL).lines[0]
    cells = tuple(ComparedCell(once.subject, key, never_run=True) for key in SituationKey)
    never = replace(once, cells=cells)
    assert str(standing(never)).startswith("not tried; never run: ")
    assert str(sentence_of([once, never])) == "1 of 1 stayed exactly-once everywhere."
