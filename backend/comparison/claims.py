"""What a sound variant admits, and where a run shows otherwise than the catalogue says.

A variant that is called sound may still have a situation that breaks it: its text says which, and the words here are
those of its text. Whatever else breaks it is a surprise, and the run is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from backend.comparison.records import FAILURES, Comparison, Line, SituationKey
from backend.comparison.situations import SITUATIONS
from backend.model import EngineKind, OperationKey

_ADMITTED: Mapping[str, frozenset[SituationKey]] = {
    "token/delete-first": frozenset({SituationKey.CRASH}),
    "distributed-lock/redis": frozenset({SituationKey.LEASE}),
}
_NEEDS_OVERLAP = frozenset(
    {"none/check-then-act", "local-lock/in-process", "distributed-lock/redis-blind-release",
     "pessimistic-lock/repeatable-read"}
)  # fmt: skip
"""Broken only where two transactions overlap. SQLite runs them one at a time (``BEGIN IMMEDIATE``,
sqlite.org/isolation.html): there nobody comes between the look and the write."""
_OUTSIDE = frozenset({SituationKey.CRASH})
"""No database transaction covers an effect at the gateway: who dies between the call and COMMIT has sent, or not."""


def admitted(name: str, operation: OperationKey) -> frozenset[SituationKey]:
    """The situations that a variant, called sound, does not claim to survive."""
    admits = _ADMITTED.get(name, frozenset())
    return admits | _OUTSIDE if operation is OperationKey.SEND_MESSAGE else admits


def standing(line: Line) -> str:
    """What a line comes to, in a few words. What could not be measured is not passed over."""
    missing = ", ".join(SITUATIONS[key].title.lower() for key in line.unmeasured)
    return f"{_measured_standing(line)}; not measured: {missing}" if missing else _measured_standing(line)


def _measured_standing(line: Line) -> str:
    broken_by = ", ".join(SITUATIONS[key].title.lower() for key in line.broken_by)
    if line.subject.sound:
        return f"sound, but broken by: {broken_by}" if broken_by else "sound"
    if not broken_by and saved_by_sqlite(line):
        return "not broken here: SQLite runs one transaction at a time"
    return f"broken by: {broken_by}" if broken_by else "called broken, but nothing here broke it"


def saved_by_sqlite(line: Line) -> bool:
    """Whether what breaks a variant cannot happen in SQLite."""
    return line.subject.database is EngineKind.SQLITE and line.subject.name in _NEEDS_OVERLAP


def surprises(comparison: Comparison) -> tuple[str, ...]:
    """Where the runs show otherwise than the catalogue says."""
    return tuple(sentence for line in comparison.lines for sentence in _surprises_of(line, comparison))


def _surprises_of(line: Line, comparison: Comparison) -> Iterator[str]:
    subject = line.subject
    where = f"{subject.name}, {subject.operation} on {subject.database}"
    if subject.sound:
        for key in line.broken_by:
            if key not in admitted(subject.name, subject.operation):
                cell = line.cell(key)
                bad = sum(count for verdict, count in cell.verdicts.items() if verdict in FAILURES) if cell else 0
                worst = cell.worst if cell else None
                yield f"{where}: called sound, but {bad} intents came out badly, at worst {worst}, in: {key}."
    elif (
        not line.broken_by
        and subject.operation is not OperationKey.CANCEL_ORDER
        and not saved_by_sqlite(line)
        and len(line.cells) == len(SituationKey)
        and set(comparison.asked.situations) == set(SituationKey)
        and not any(cell.failure for cell in line.cells)
    ):
        yield f"{where}: called broken, but no situation broke it."
    for cell in line.cells:
        for sentence in cell.contradictions:
            yield f"{where}, {cell.situation}: {sentence}"
