"""Schedules of two requests as plain data, in words that the explorer and isolationtester can both be put in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.model.vocabulary import Answer, Verdict
from backend.shop.schema import marker, metadata

COMMIT = "COMMIT"
KEY, ITEM = "key-1", "item-1"
_ROW_NUMBER = re.compile(r"(?:^SELECT|RETURNING) \w+\.id\b")
_CHANGES = re.compile(r"^(?:INSERT|UPDATE|DELETE)\b")


@dataclass(frozen=True)
class Done:
    """A step of a request, and what came of it."""

    sql: str
    """With its parameters in place; a transaction begins with its first statement without saying so."""
    result: str
    rolled_back: bool = False
    """Whether the ROLLBACK that ended the handler went with it."""

    @property
    def failed(self) -> bool:
        return self.result.startswith("ERROR")


Path = tuple[Done, ...]
"""All steps of a request from its beginning to its end."""


@dataclass(frozen=True)
class Event:
    """A step was run, or a step that waited came to its end."""

    actor: str
    what: str
    """``runs``, ``waits``, ``ends``."""
    sql: str
    result: str = ""


@dataclass(frozen=True)
class Schedule:
    """What can be seen of two requests that ran in one order."""

    order: str
    """Whose step it was: ``AABB``."""
    events: tuple[Event, ...]
    """Who waited where, who let it go, and what each step returned."""
    left_behind: tuple[str, ...]
    """All rows of all tables afterwards, without their numbers and instants."""
    answers: tuple[Answer, Answer]
    """What A and B were told."""
    verdict: Verdict

    def __str__(self) -> str:
        told = ", ".join(answer.value for answer in self.answers)
        lines = [f"{self.order}: {self.verdict.value}; told {told}"]
        lines += [f"  {e.actor} {e.what} {e.sql} -> {e.result}" for e in self.events]
        return "\n".join([*lines, *(f"  {row}" for row in self.left_behind)])


def changed(count: int) -> str:
    """Result of a statement of which only the number of rows can be compared."""
    return "1 row" if count == 1 else f"{count} rows"


def result_of_rows(sql: str, rows: Sequence[Sequence[str]]) -> str:
    """Rows in the server's own text form. Row numbers come from a sequence, which differs between any two runs."""
    if _CHANGES.match(sql) or _ROW_NUMBER.search(sql):
        return changed(len(rows))
    return " / ".join(" | ".join(row) for row in rows) or "no row"


def returning(sql: str) -> str:
    """isolationtester prints rows, and not how many of them a statement changed: so let it return them."""
    return f"{sql} RETURNING 1 AS changed" if _CHANGES.match(sql) and "RETURNING" not in sql else sql


_KEYS = ("order_no", "request_no", "message_key", "intent_key", "idempotency_key", "resource", "item")
_KEY_OF = {
    table.name: next(name for name in _KEYS if name in table.c)
    for table in metadata.sorted_tables
    if table is not marker
}
_ROW = "(to_jsonb(t) - ARRAY['id', 'created_at'])::text"
LEFT_BEHIND = " UNION ALL ".join(f"SELECT '{name} ' || {_ROW} AS left_behind FROM {name} t" for name in _KEY_OF)  # noqa: S608
"""The query for everything in the tables."""
LEFT_BEHIND_FOR_KEYS = " UNION ALL ".join(
    f"SELECT '{name} ' || {_ROW} FROM {name} t WHERE {key} = ANY(%(keys)s)"  # noqa: S608
    for name, key in _KEY_OF.items()
)
"""The same where the tables are shared with other intents."""
EMPTYING = "; ".join(f"DELETE FROM {name}" for name in [*_KEY_OF, "order_deletions"])  # noqa: S608
"""Deleting orders fills ``order_deletions``."""


def sorted_rows(rows: Sequence[str]) -> tuple[str, ...]:
    """Rows as they compare: in one order, columns too, whoever wrote the JSON."""
    parted = (row.partition(" ") for row in rows)
    return tuple(sorted(f"{table} {json.dumps(json.loads(row), sort_keys=True)}" for table, _, row in parted))


def effects(rows: Sequence[str], table: str) -> int:
    """How many rows of a table are among them."""
    return sum(row.startswith(f"{table} ") for row in rows)
