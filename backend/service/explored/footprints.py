"""What a step on the wire touches. What cannot be understood conflicts with everything."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.explorer.footprints import EVERYTHING, Footprint, union
from backend.model.vocabulary import EngineKind
from backend.service.wire.glue import ends_transaction, is_glued, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backend.service.wire.unit import Unit

_WORD = re.compile(r"[A-Za-z_][\w$]*")
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_LOCKS = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+UPDATE|UPDATE|SHARE|KEY\s+SHARE)\b|\bLOCK\s+IN\s+SHARE\b", re.IGNORECASE)
_UNDERSTOOD = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "SAVEPOINT", "RELEASE", "ROLLBACK"})
_LEVEL = re.compile(r"\b(REPEATABLE\s+READ|SERIALIZABLE|READ\s+COMMITTED|READ\s+UNCOMMITTED)\b", re.IGNORECASE)
_SESSION = re.compile(r"\bSESSION\b|default_transaction_isolation", re.IGNORECASE)
_NO_TABLE = frozenset({"SAVEPOINT", "RELEASE", "ROLLBACK"})
_HIDDEN = frozenset({"CALL", "EXECUTE", "DO", "NOTIFY", "NEXTVAL", "SETVAL", "PG_ADVISORY", "GET_LOCK", "DBLINK"})
_READS = frozenset(
    {
        "GET",
        "MGET",
        "EXISTS",
        "TTL",
        "PTTL",
        "TYPE",
        "STRLEN",
        "GETRANGE",
        "HGET",
        "HGETALL",
        "HMGET",
        "HEXISTS",
        "HLEN",
    }
    | {"SISMEMBER", "SMEMBERS", "SCARD", "LRANGE", "LLEN", "ZSCORE", "ZRANGE", "ZCARD", "XLEN", "XRANGE", "WATCH"}
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the open transaction of a connection has changed or locked."""

    tables: frozenset[str] = frozenset()
    everything: bool = False
    keeps_snapshot: bool = False
    """Whether it sees nothing that is committed after its first statement."""
    is_serializable: bool = False
    """Whether the server may refuse it for what other transactions have read."""
    has_snapshot: bool = False
    """Whether a statement has run in it."""

    @property
    def locks(self) -> Footprint:
        """What its end sets free."""
        if self.everything:
            return EVERYTHING
        return Footprint(writes=frozenset(f"lock {table}" for table in self.tables))

    @property
    def commit(self) -> Footprint:
        """What its commit makes visible and sets free."""
        return self.locks | Footprint(writes=frozenset(f"rows {table}" for table in self.tables))


class Schema:
    """The tables of a service's database, with what hangs together through keys, triggers and views.

    Args:
        engine: our own; None where there is no database.
    """

    def __init__(self, engine: sa.Engine | None) -> None:
        self._related: dict[str, frozenset[str]] = {}
        self._keeps_snapshots = engine is not None and engine.dialect.name != "postgresql"
        """Whether transactions do so unless told otherwise: MariaDB's default is REPEATABLE READ."""
        self._is_opaque = False
        """Whether triggers, rules or functions may touch what no statement names."""
        if engine is not None:
            self._read(engine)

    @property
    def untouched(self) -> Transaction:
        """What a new connection begins with."""
        return Transaction(keeps_snapshot=self._keeps_snapshots)

    def tables_of(self, sql: str) -> frozenset[str] | None:
        """The tables that a statement touches; None where that is not known."""
        return _tables(sql, self)

    def of(self, unit: Unit, transaction: Transaction, *, in_transaction: bool) -> Footprint:
        """The footprint of a step that is about to run.

        Args:
            unit: the step.
            transaction: of its connection, so far.
            in_transaction: whether one is open; outside of one a statement commits by itself.
        """
        found = [statement for command in unit.commands for statement in statements(command) if not is_glued(statement)]
        if not found or transaction.is_serializable or (transaction.keeps_snapshot and not transaction.has_snapshot):
            return EVERYTHING
        commits = not in_transaction and len(unit.commands) == 1
        return union(self._statement(each, transaction, commits=commits) for each in found) | transaction.locks

    def after(self, unit: Unit, transaction: Transaction, *, in_transaction: bool) -> Transaction:
        """The connection's transaction when this unit has run."""
        keeps, serializable = _isolation(unit.text, transaction)
        if not in_transaction:
            keeps = keeps if _SESSION.search(unit.text) or self._keeps_snapshots else False
            return Transaction(keeps_snapshot=keeps, is_serializable=serializable and keeps)
        tables, everything = transaction.tables, transaction.everything
        steps = [command for command in unit.commands if not is_glued(command)]
        for command in steps:
            locked = self._locked(command)
            everything = everything or locked is None
            tables |= locked or frozenset()
        return Transaction(tables, everything, keeps, serializable, transaction.has_snapshot or bool(steps))

    def _statement(self, sql: str, transaction: Transaction, *, commits: bool) -> Footprint:
        if ends_transaction(sql):
            return transaction.commit
        tables, locked = self.tables_of(sql), self._locked(sql)
        if tables is None or locked is None:
            return EVERYTHING
        what = ("lock", "rows") if commits else ("lock",)
        return Footprint(
            reads=frozenset(f"rows {table}" for table in tables),
            writes=frozenset(f"{each} {table}" for table in locked for each in what),
        )

    def _locked(self, sql: str) -> frozenset[str] | None:
        tables = self.tables_of(sql)
        if tables is None or (_first(sql) == "SELECT" and not _LOCKS.search(sql)):
            return tables if tables is None else frozenset()
        return tables

    def closure(self, named: Iterable[str]) -> frozenset[str] | None:
        """These tables with all that hang together with them; None where nobody knows."""
        if self._is_opaque:
            return None
        found = {name.lower() for name in named} & self._related.keys()
        return frozenset(other for name in found for other in self._related[name])

    def _read(self, engine: sa.Engine) -> None:
        inspector = sa.inspect(engine)
        tables = [name.lower() for name in inspector.get_table_names()]
        joined: dict[str, set[str]] = {name: {name} for name in tables}
        for name in inspector.get_table_names():
            for key in inspector.get_foreign_keys(name):
                other = key["referred_table"].lower()
                group = joined[name.lower()] | joined.setdefault(other, {other})
                for member in group:
                    joined[member] = group
        self._related = {name: frozenset(group) for name, group in joined.items()}
        with engine.connect() as connection:
            self._is_opaque = bool(inspector.get_view_names()) or any(_hidden_parts(connection))


def redis_footprint(unit: Unit, readable: dict[str, str] | None = None) -> Footprint:
    """The footprint of a Redis command.

    Args:
        unit: the command.
        readable: keys by names that are the same in each schedule.
    """
    if not unit.keys:
        return EVERYTHING
    touched = frozenset(f"redis {(readable or {}).get(key, key)}" for key in unit.keys)
    reads = all(command in _READS for command in unit.commands if command != "EXEC")
    return Footprint(reads=touched) if reads and "EXEC" not in unit.commands else Footprint(writes=touched)


def is_sql(kind: EngineKind) -> bool:
    """Whether units of this engine are SQL."""
    return kind.is_database


def _isolation(text: str, transaction: Transaction) -> tuple[bool, bool]:
    """Whether a transaction keeps its snapshot, and whether it is serializable, after this text."""
    if not (found := _LEVEL.search(text)):
        return transaction.keeps_snapshot, transaction.is_serializable
    level = " ".join(found[1].upper().split())
    return level in {"REPEATABLE READ", "SERIALIZABLE"}, level == "SERIALIZABLE"


def _hidden_parts(connection: sa.Connection) -> Iterator[bool]:
    """Whether the database has triggers, rules, or functions of its own."""
    if connection.dialect.name == "postgresql":
        yield bool(connection.scalar(sa.text("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")))
        yield bool(
            connection.scalar(
                sa.text(
                    "SELECT count(*) FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
                    " WHERE nspname NOT IN ('pg_catalog', 'information_schema')"
                )
            )
        )
        return
    for kind in ("triggers WHERE trigger_schema", "routines WHERE routine_schema"):
        yield bool(connection.scalar(sa.text(f"SELECT count(*) FROM information_schema.{kind} = DATABASE()")))  # noqa: S608


@lru_cache(maxsize=4096)
def _tables(sql: str, schema: Schema) -> frozenset[str] | None:
    if ends_transaction(sql) or is_glued(sql):
        return frozenset()
    first = _first(sql)
    words = {word.upper() for word in _WORD.findall(_QUOTED.sub("''", sql))}
    if first not in _UNDERSTOOD or any(word.startswith(tuple(_HIDDEN)) for word in words):
        return None
    found = schema.closure(words)
    return None if not found and first not in _NO_TABLE else found


def _first(sql: str) -> str:
    found = _WORD.search(sql)
    return found[0].upper() if found else ""
