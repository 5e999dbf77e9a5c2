"""What a database holds under our names: an inspection for each kind of database, by its catalogue only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.shop.ownership.mark import Mark
from backend.shop.ownership.says import KindCode, OwnershipCode

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Names:
    """The names that our objects have."""

    tables: frozenset[str]
    indexes: frozenset[str]
    witnesses: Mapping[str, str]
    """Triggers, and on PostgreSQL their functions, each with the statement that it carries out."""

    @property
    def relations(self) -> list[str]:
        """Tables and indexes, which share names on PostgreSQL and SQLite."""
        return sorted(self.tables | self.indexes)


@dataclass(frozen=True, slots=True)
class Attached:
    """Something of somebody else that hangs on one of our tables, and would act or suffer with it."""

    kind: KindCode
    """Where there is more than one such thing, a trigger only if all are triggers."""
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """An object with one of our names."""

    name: str
    """Of ours, whatever case it is in."""
    kind: KindCode
    mark: Mark | None = None
    part_of: str = ""
    """For what bears no mark of its own: the table that it belongs to."""
    attached: Attached | None = None
    called: str = ""
    """As the database writes it, where that differs."""

    @property
    def shown(self) -> str:
        """The name for a person."""
        return self.called or self.name


def inspect(connection: Connection, names: Names) -> list[Found]:
    """All objects with our names where our tables are, or would be made.

    Raises:
        EngineError: there is no place where tables could be made.
    """
    match connection.dialect.name:
        case "postgresql":
            return list(_on_postgresql(connection, names))
        case "sqlite":
            return list(_on_sqlite(connection, names))
        case _:
            return list(_on_mariadb(connection, names))


# PostgreSQL

_RELATIONS = sa.text("""
SELECT c.relname, c.relkind::text, c.relpersistence::text, c.relispartition,
       obj_description(c.oid, 'pg_class') AS comment,
       (SELECT t.relname FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid WHERE x.indexrelid = c.oid) AS on_table,
       (SELECT min(i.inhrelid::regclass::text) FROM pg_inherits i WHERE i.inhparent = c.oid) AS child,
       EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) AS inherits,
       (SELECT min(r.rulename) FROM pg_rewrite r WHERE r.ev_class = c.oid) AS rule,
       (SELECT min(t.tgname) FROM pg_trigger t
         WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND NOT t.tgname = ANY(:witnesses)) AS trigger,
       (SELECT min(k.conname) FROM pg_constraint k
         WHERE k.contype = 'f' AND (k.confrelid = c.oid OR k.conrelid = c.oid)) AS foreign_key
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = current_schema() AND c.relname = ANY(:names)
""")
_ROUTINES = sa.text("""
SELECT p.proname, obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = current_schema() AND p.proname = ANY(:names)
""")
_TYPES = sa.text("""
SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE n.nspname = current_schema() AND t.typname = ANY(:names) AND t.typtype <> 'c'
""")
_RELATION_KINDS = {
    "r": KindCode.TABLE,
    "p": KindCode.PARTITIONED_TABLE,
    "v": KindCode.VIEW,
    "m": KindCode.MATERIALIZED_VIEW,
    "f": KindCode.FOREIGN_TABLE,
    "S": KindCode.SEQUENCE,
    "i": KindCode.INDEX,
    "I": KindCode.INDEX,
    "c": KindCode.TYPE,
}


def _on_postgresql(connection: Connection, names: Names) -> Iterator[Found]:
    if connection.scalar(sa.text("SELECT current_schema()")) is None:
        raise EngineError(say(OwnershipCode.NO_SCHEMA))
    for row in connection.execute(_RELATIONS, {"names": names.relations, "witnesses": list(names.witnesses)}):
        kind = _relation_kind(row)
        mark = Mark.find(row.comment) if kind is KindCode.TABLE else None
        yield Found(row.relname, kind, mark, row.on_table or "", _attached(row))
    for row in connection.execute(_ROUTINES, {"names": list(names.witnesses)}):
        yield Found(row.proname, KindCode.FUNCTION, Mark.find(row.comment))
    for row in connection.execute(_TYPES, {"names": sorted(names.tables)}):
        yield Found(row.typname, KindCode.TYPE)


def _relation_kind(row: sa.Row[tuple[object, ...]]) -> KindCode:
    if row.relispartition:
        return KindCode.PARTITION
    kind = _RELATION_KINDS.get(row.relkind, KindCode.OTHER)
    if kind is KindCode.TABLE and row.inherits:
        return KindCode.CHILD_TABLE
    return KindCode.UNLOGGED_TABLE if kind is KindCode.TABLE and row.relpersistence != "p" else kind


def _attached(row: sa.Row[tuple[object, ...]]) -> Attached | None:
    if row.relkind != "r":
        return None
    found = {
        KindCode.CHILD_TABLE: row.child,
        KindCode.RULE: row.rule,
        KindCode.FOREIGN_KEY: row.foreign_key,
        KindCode.TRIGGER: row.trigger,
    }
    return next((Attached(kind, name) for kind, name in found.items() if name), None)


# MariaDB

_TABLES = sa.text("""
SELECT TABLE_NAME AS name, TABLE_TYPE AS kind, ENGINE AS engine, TABLE_COMMENT AS comment
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND LOWER(TABLE_NAME) IN :names
""").bindparams(sa.bindparam("names", expanding=True))
_TRIGGERS = sa.text("""
SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS on_table, ACTION_STATEMENT AS statement
  FROM information_schema.TRIGGERS
 WHERE TRIGGER_SCHEMA = DATABASE() AND (LOWER(TRIGGER_NAME) IN :witnesses OR EVENT_OBJECT_TABLE IN :names)
""").bindparams(sa.bindparam("names", expanding=True), sa.bindparam("witnesses", expanding=True))
_REFERENCES = sa.text("""
SELECT CONSTRAINT_NAME AS name, REFERENCED_TABLE_NAME AS on_table FROM information_schema.REFERENTIAL_CONSTRAINTS
 WHERE UNIQUE_CONSTRAINT_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IN :names
""").bindparams(sa.bindparam("names", expanding=True))
_TABLE_KINDS = {
    "BASE TABLE": KindCode.TABLE,
    "VIEW": KindCode.VIEW,
    "SEQUENCE": KindCode.SEQUENCE,
    "SYSTEM VERSIONED": KindCode.VERSIONED_TABLE,
}


def _on_mariadb(connection: Connection, names: Names) -> Iterator[Found]:
    if connection.scalar(sa.text("SELECT DATABASE()")) is None:
        raise EngineError(say(OwnershipCode.NO_DATABASE))
    case_matters = connection.scalar(sa.text("SELECT @@lower_case_table_names")) == 0
    tables, witnesses = sorted(names.tables), list(names.witnesses)
    attached: dict[str, Attached] = {}
    for row in connection.execute(_TRIGGERS, {"names": tables, "witnesses": witnesses}):
        name = row.name.lower()
        if name in names.witnesses:
            is_ours = row.statement == names.witnesses[name]
            yield Found(name, KindCode.TRIGGER, part_of=row.on_table if is_ours else "", called=row.name)
        else:
            attached[row.on_table] = Attached(KindCode.TRIGGER, row.name)
    for row in connection.execute(_REFERENCES, {"names": tables}):
        attached[row.on_table] = Attached(KindCode.FOREIGN_KEY, row.name)
    for row in connection.execute(_TABLES, {"names": tables}):
        name = row.name if case_matters else row.name.lower()
        if name in names.tables:
            kind = _TABLE_KINDS.get(row.kind, KindCode.OTHER)
            kept_here = kind is KindCode.TABLE and row.engine == "InnoDB"
            mark = Mark.find(row.comment) if kept_here else None
            yield Found(name, kind, mark, attached=attached.get(name), called=row.name)


# SQLite

_OBJECTS = sa.text("SELECT type, name, tbl_name, sql FROM sqlite_master")
_OBJECT_KINDS = {
    "table": KindCode.TABLE,
    "view": KindCode.VIEW,
    "index": KindCode.INDEX,
    "trigger": KindCode.TRIGGER,
}


def _on_sqlite(connection: Connection, names: Names) -> Iterator[Found]:
    rows = connection.execute(_OBJECTS).all()
    attached = dict(_attached_on_sqlite(connection, rows, names))
    ours = names.tables | names.indexes | names.witnesses.keys()
    for row in rows:
        name = row.name.lower()
        if name not in ours:
            continue
        kind = _OBJECT_KINDS.get(row.type, KindCode.OTHER)
        if kind is KindCode.TABLE:
            is_virtual = row.sql.upper().startswith("CREATE VIRTUAL")
            mark = None if is_virtual else Mark.find(row.sql)
            kind = KindCode.VIRTUAL_TABLE if is_virtual else kind
            yield Found(name, kind, mark, attached=attached.get(name), called=row.name)
        else:
            is_ours = kind is KindCode.INDEX or names.witnesses.get(name, "\0") in row.sql
            yield Found(name, kind, part_of=row.tbl_name.lower() if is_ours else "", called=row.name)


def _attached_on_sqlite(
    connection: Connection, rows: Iterable[sa.Row[tuple[str, str, str, str]]], names: Names
) -> Iterator[tuple[str, Attached]]:
    for row in rows:
        table, name = row.tbl_name.lower(), row.name.lower()
        if row.type == "trigger" and table in names.tables and name not in names.witnesses:
            yield table, Attached(KindCode.TRIGGER, row.name)
    for row in rows:
        name = row.name.lower()
        if row.type == "table" and name not in names.tables and "references" in row.sql.lower():
            keys = connection.execute(sa.text('SELECT "table" FROM pragma_foreign_key_list(:name)'), {"name": row.name})
            for referenced in keys.scalars():
                yield referenced.lower(), Attached(KindCode.FOREIGN_KEY, row.name)
