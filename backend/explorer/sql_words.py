"""Which tables a statement names, and which of them it locks: read off its words, and off the schema's metadata.

A statement with a word that is neither SQL as the strategies use it nor a name of the schema is not understood: a
function, a view, a table of somebody else's may touch anything.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import cache, lru_cache
from itertools import pairwise

from backend.shop.schema import metadata
from backend.shop.witnesses import WRITTEN_BY_TRIGGERS

_NO_NAMES = re.compile(
    r"'(?:[^']|'')*'"  # a literal
    r"|::\w+(?:\s*\(\d+\))?"  # a cast
    r"|%\(\w+\)s|%s|\?|(?<!:):\w+"  # a parameter
    r"|\banon_\d+\b"  # what SQLAlchemy calls a column without a name
)
_MOST_KNOWN = 4096
"""Commands of which an answer is remembered: a schedule asks the same again and again."""
_WORD = re.compile(r"[^\W\d]\w*")
_SQL = frozenset(
    _WORD.findall(
        """
    SELECT INSERT UPDATE DELETE FROM INTO VALUES SET WHERE AND OR NOT NULL IS IN EXISTS AS BETWEEN LIKE ESCAPE
    CASE WHEN THEN ELSE END TRUE FALSE DISTINCT ALL ORDER GROUP BY HAVING ASC DESC LIMIT OFFSET JOIN LEFT INNER OUTER
    EXCLUDED UNION EXCEPT INTERSECT WITH RETURNING ON CONFLICT DO NOTHING IGNORE DEFAULT FOR SHARE KEY NO OF
    NOWAIT SKIP LOCKED COUNT SUM MIN MAX COALESCE CURRENT_TIMESTAMP
        """
    )
)
_TRANSACTION = re.compile(r"(?:SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) \w+")
"""These touch what the transaction has touched already, and nothing else."""
_TAKES_SESSION_LOCK = re.compile(r"\b(?:pg_(?:try_)?advisory_lock(?:_shared)?|GET_LOCK)\s*\(", re.IGNORECASE)
_FREES_SESSION_LOCK = re.compile(r"\b(?:pg_advisory_unlock\w*|RELEASE_(?:ALL_)?LOCKS?)\s*\(", re.IGNORECASE)
_LOCKING = frozenset({"FOR", "INTO"})
_LOCKS = _LOCKING | {"LOCK"}


@cache
def named_tables(command: str) -> frozenset[str] | None:
    """Tables that a statement names; None where it is not understood."""
    if _TRANSACTION.fullmatch(command.strip()):
        return frozenset()
    words = [word.lower() for word in _words(command)]
    tables = {name.lower(): name for name in metadata.tables}
    columns = {column.name.lower() for table in metadata.tables.values() for column in table.columns}
    if any(word.upper() not in _SQL and word not in columns and word not in tables for word in words):
        return None
    return frozenset(tables[word] for word in words if word in tables)


@cache
def locked_tables(command: str) -> frozenset[str] | None:
    """Tables in which a statement changes or locks rows, its triggers included; None where it is not understood."""
    tables = named_tables(command)
    if not tables:
        return tables
    words = [word.upper() for word in _words(command)]
    if words[0] == "SELECT" and not _LOCKING.intersection(words):
        return frozenset()
    return tables.union(*(WRITTEN_BY_TRIGGERS.get(table, ()) for table in tables))


@cache
def has_plain_read(command: str) -> bool:
    """Whether some part of a statement may read without locking what it reads."""
    words = [word.upper() for word in _words(command)]
    return words.count("SELECT") > int("FOR" in words)


def is_plain_read(statement: str) -> bool:
    """Whether a statement, its values filled in, certainly does nothing but read our tables without locking."""
    words = _words(statement)
    if not words or words[0].upper() != "SELECT" or _LOCKS.intersection(map(str.upper, words)):
        return False
    tables = {name.lower() for name in metadata.tables}
    return any(first.upper() == "FROM" and then.lower() in tables for first, then in pairwise(words))


class SessionLock(Enum):
    """What a statement may do to a lock that outlasts its transaction."""

    TAKEN = auto()
    FREED = auto()


@lru_cache(_MOST_KNOWN)
def session_lock(command: str) -> SessionLock | None:
    """What a statement may do to such a lock."""
    if _TAKES_SESSION_LOCK.search(command):
        return SessionLock.TAKEN
    return SessionLock.FREED if _FREES_SESSION_LOCK.search(command) else None


def _words(command: str) -> list[str]:
    return _WORD.findall(_NO_NAMES.sub(" ", command))
