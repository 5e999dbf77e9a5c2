"""What is said of a variant that is broken by design and survived every situation of a comparison."""

from __future__ import annotations

import pytest

from backend.comparison.claims import standing, surprises
from backend.comparison.questions import ComparisonQuestion, SituationKey, Subject
from backend.comparison.records import ComparedCell, Comparison, Line, PartResult, Surroundings
from backend.comparison.situations import SITUATIONS, Extent
from backend.model.sentence import plain
from backend.model.vocabulary import EngineKind, OperationKey, Verdict
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
