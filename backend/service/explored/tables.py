"""The tables of a service's database, with what hangs together through keys, partitions and views.

A statement is somebody else's, so it is read with suspicion: a function that nobody knows here, a name that no table
has, a trigger or a rule may touch anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

import sqlalchemy as sa

_WORD = re.compile(r"[A-Za-z_][\w$]*")
_PLAIN_QUOTED = re.compile(r"'[^'\\]*'")
_CALLED = re.compile(r"([A-Za-z_][\w$]*)\"?\s*\(")
_TARGET = re.compile(
    r"\b(?:FROM|JOIN|INTO|(?<!KEY )UPDATE|USING|ONLY|TABLE)\s+(?:ONLY\s+|LATERAL\s+)?([\w$.\"`]+|\()", re.IGNORECASE
)
_NAMED_QUERY = re.compile(
    r"([A-Za-z_][\w$]*)\"?\s*(?:\([^()]*\)\s*)?AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(", re.IGNORECASE
)
_STATEMENTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES"})
_WITHIN_TRANSACTION = frozenset({"SAVEPOINT", "RELEASE", "ROLLBACK"})
"""These touch what the transaction has touched already, and nothing else."""
_NO_TARGETS = frozenset({"SET", "NOWAIT", "SKIP", "OF", "SELECT", "VALUES"})
_HARMLESS = frozenset(
    _WORD.findall(
        """
    SELECT FROM WHERE AND OR NOT IN EXISTS ANY ALL SOME AS ON USING VALUES SET CONFLICT RETURNING BY HAVING JOIN LATERAL
    UNION EXCEPT INTERSECT CASE WHEN THEN ELSE OVER FILTER WITHIN GROUP PARTITION DISTINCT LIMIT OFFSET INTO UPDATE KEY
    COUNT SUM MIN MAX AVG COALESCE NULLIF GREATEST LEAST IFNULL IF CAST CONVERT EXTRACT DATE_TRUNC DATE_PART NOW AGE
    CURRENT_TIMESTAMP CURRENT_DATE LOCALTIMESTAMP CLOCK_TIMESTAMP STATEMENT_TIMESTAMP TO_TIMESTAMP INTERVAL
    MAKE_INTERVAL     UNIX_TIMESTAMP UTC_TIMESTAMP SYSDATE DATE_ADD DATE_SUB TIMESTAMPDIFF FROM_UNIXTIME CURDATE
    LOWER UPPER LENGTH CHAR_LENGTH SUBSTRING SUBSTR TRIM LTRIM RTRIM CONCAT CONCAT_WS REPLACE LEFT RIGHT LPAD RPAD
    MD5 SHA1 SHA2 SHA256 DIGEST ENCODE DECODE HEX UNHEX FORMAT TO_CHAR TO_JSON TO_JSONB TO_NUMBER
    ABS CEIL CEILING FLOOR ROUND MOD POWER SQRT SIGN RANDOM RAND GEN_RANDOM_UUID UUID UUID_GENERATE_V4 UUIDV4 UUIDV7
    ARRAY_AGG STRING_AGG JSON_AGG JSONB_AGG JSON_OBJECT JSON_ARRAY JSON_EXTRACT JSON_BUILD_OBJECT JSONB_BUILD_OBJECT
    JSON_UNQUOTE ROW_TO_JSON ROW_NUMBER RANK DENSE_RANK LAG LEAD FIRST_VALUE LAST_VALUE UNNEST GENERATE_SERIES ARRAY
    GROUP_CONCAT BOOL_AND BOOL_OR EVERY BIT_AND BIT_OR ROW LAST_INSERT_ID ROW_COUNT FOUND_ROWS HASHTEXT HASHTEXTEXTENDED
    VARCHAR CHARACTER CHAR VARYING NUMERIC DECIMAL TIMESTAMP TIMESTAMPTZ TIME BIT TEXT BIGINT INT INTEGER
        """
    )
)
"""May stand before a parenthesis: words of the language, types, and functions that read no table and lock nothing."""
_POSTGRESQL_RELATIONS = """
    SELECT c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
_POSTGRESQL_KINDRED = """
    SELECT a.relname, b.relname FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid
    JOIN pg_class b ON b.oid = k.confrelid WHERE k.contype = 'f'
    UNION SELECT a.relname, b.relname FROM pg_inherits i JOIN pg_class a ON a.oid = i.inhrelid
    JOIN pg_class b ON b.oid = i.inhparent
"""
_POSTGRESQL_HIDDEN = """
    SELECT EXISTS (SELECT FROM pg_trigger WHERE NOT tgisinternal)
        OR EXISTS (SELECT FROM pg_rewrite WHERE rulename <> '_RETURN' AND ev_class >= 16384)
        OR EXISTS (SELECT FROM pg_policy)
        OR EXISTS (
            SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT EXISTS (
                SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'
            )
        )
"""
_MARIADB_RELATIONS = """
    SELECT table_name, CASE WHEN table_type = 'BASE TABLE' THEN 'r' ELSE 'v' END
    FROM information_schema.tables WHERE table_schema = DATABASE()
"""
_MARIADB_KINDRED = """
    SELECT table_name, referenced_table_name FROM information_schema.key_column_usage
    WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
"""
_MARIADB_HIDDEN = """
    SELECT EXISTS (SELECT 1 FROM information_schema.triggers WHERE trigger_schema = DATABASE())
        OR EXISTS (SELECT 1 FROM information_schema.routines WHERE routine_schema = DATABASE())
"""
_TABLES = frozenset("rp")


class Tables:
    """What is in the catalogue of a service's database.

    Args:
        engine: our own; None where there is no database.
    """

    def __init__(self, engine: sa.Engine | None) -> None:
        self._related: dict[str, frozenset[str]] = {}
        self.is_opaque = False
        """Whether triggers, rules, functions or names of no plain kind may touch what no statement names."""
        if engine is not None:
            self._read(engine)

    def named_in(self, sql: str) -> frozenset[str] | None:
        """The tables that a single statement without comments touches; None where that is not known."""
        return None if self.is_opaque else _named(sql, self._closure)

    def _closure(self, words: Iterable[str]) -> frozenset[str]:
        found = {word.lower() for word in words} & self._related.keys()
        return frozenset(other for name in found for other in self._related[name])

    def _read(self, engine: sa.Engine) -> None:
        is_postgresql = engine.dialect.name == "postgresql"
        relations, kindred, hidden = (
            (_POSTGRESQL_RELATIONS, _POSTGRESQL_KINDRED, _POSTGRESQL_HIDDEN)
            if is_postgresql
            else (_MARIADB_RELATIONS, _MARIADB_KINDRED, _MARIADB_HIDDEN)
        )
        with engine.connect() as connection:
            kinds = {(str(name), str(kind)) for name, kind in connection.exec_driver_sql(relations.replace("%", "%%"))}
            pairs = [(str(a).lower(), str(b).lower()) for a, b in connection.exec_driver_sql(kindred)]
            self.is_opaque = bool(connection.exec_driver_sql(hidden).scalar())
        self.is_opaque = self.is_opaque or any(not _WORD.fullmatch(name) or not name.isascii() for name, _ in kinds)
        self._related = _groups((name.lower() for name, kind in kinds if kind in _TABLES), pairs)
        everything = frozenset(self._related)
        for name in {name.lower() for name, kind in kinds if kind not in _TABLES}:
            self._related[name] = everything | {name}  # nobody looks into a view


def _groups(tables: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """For each table, those that hang together with it."""
    group_of = {name: {name} for name in tables}
    for one, other in pairs:
        joined = group_of.setdefault(one, {one}) | group_of.setdefault(other, {other})
        for member in joined:
            group_of[member] = joined
    return {name: frozenset(group) for name, group in group_of.items()}


@lru_cache(maxsize=4096)
def _named(sql: str, closure: Callable[[Iterable[str]], frozenset[str]]) -> frozenset[str] | None:
    first = first_word(sql)
    if first in _WITHIN_TRANSACTION:
        return frozenset()
    text = _PLAIN_QUOTED.sub("''", sql) if "\\" not in sql and "$$" not in sql else sql
    if first not in _STATEMENTS or not text.isascii():
        return None
    queries = {name.upper() for name in _NAMED_QUERY.findall(text)}
    if not all(word.upper() in _HARMLESS | queries or closure([word]) for word in _CALLED.findall(text)):
        return None
    targets = {_WORD.findall(target)[-1] if _WORD.search(target) else "" for target in _TARGET.findall(text)}
    if not all(not name or name.upper() in _NO_TARGETS | _HARMLESS | queries or closure([name]) for name in targets):
        return None
    return closure(_WORD.findall(text)) or None


def first_word(sql: str) -> str:
    """The first word of a statement, in capitals."""
    found = _WORD.search(sql)
    return found[0].upper() if found else ""
