"""Which SQL statements are no steps of their own: they set the connection up, or begin or give up a transaction."""

from __future__ import annotations

import re
from functools import lru_cache

_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_FROM = re.compile(r"\bFROM\b|\bINTO\b", re.IGNORECASE)
_ENDS = re.compile(r"(?:COMMIT|END|ROLLBACK|ABORT)\b(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)", re.IGNORECASE)
_PREPARES = re.compile(r"\b(?:PREPARE\s+TRANSACTION|XA\s+PREPARE)\b", re.IGNORECASE)
_FIRST = re.compile(
    r"(?:BEGIN|START\s+TRANSACTION|SET|SHOW|RESET|DISCARD|DEALLOCATE|UNLISTEN|USE|CLOSE\s+ALL|ABORT"
    r"|ROLLBACK(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b))\b",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"SELECT(?:\s+1|\s+(?:pg_catalog\.)?(?:pg_advisory_unlock_all|set_config|current_setting|version|current_schema"
    r"|current_database|pg_backend_pid|connection_id|database|schema)\s*\(.*\)|\s+current_schema|\s+@@.*)?"
    r"(?:\s+AS\s+\w+)?",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=4096)
def is_glued(sql: str) -> bool:
    """Whether every statement of this text goes with the step before or after it."""
    return all(map(_is_glued, statements(sql)))


@lru_cache(maxsize=4096)
def ends_transaction(sql: str) -> bool:
    """Whether the last statement of this text ends a transaction."""
    found = statements(sql)
    return bool(found) and _ENDS.match(found[-1]) is not None


def may_prepare_transaction(sql: str) -> bool:
    """Whether this text may leave a transaction behind that waits for somebody to end it, on whatever connection."""
    return _PREPARES.search(sql) is not None


@lru_cache(maxsize=4096)
def statements(sql: str) -> tuple[str, ...]:
    """The statements of a text, without comments."""
    parts, quote, start = [], "", 0
    text = _COMMENT.sub(" ", sql) if "--" in sql or "/*" in sql else sql
    for place, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"`":
            quote = char
        elif char == ";":
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return tuple(stripped for part in parts if (stripped := part.strip()))


def _is_glued(statement: str) -> bool:
    if statement[:6].upper() == "SELECT":
        return _is_setting(statement)
    return _FIRST.match(statement) is not None


def _is_setting(statement: str) -> bool:
    """A ping of a pool, or a question about the connection itself."""
    return _SETTING.fullmatch(statement) is not None and _FROM.search(statement) is None
