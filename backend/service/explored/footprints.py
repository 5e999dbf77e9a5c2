"""What a step on the wire touches. What cannot be understood conflicts with everything."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.explorer.footprints import EVERYTHING, LEASES, Footprint, union
from backend.explorer.redis_keys import is_understood, only_reads
from backend.service.explored.tables import Tables, first_word
from backend.service.wire.glue import ends_transaction, is_glued, statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from backend.service.wire.unit import Unit

_LOCKS = re.compile(
    r"\bFOR\s+(?:NO\s+KEY\s+UPDATE|UPDATE|SHARE|KEY\s+SHARE)\b|\bLOCK\s+IN\s+SHARE\b|\bINTO\b", re.IGNORECASE
)
_FREES = re.compile(r"\bUNLOCK|\bRELEASE|\bTO\b|_unlock", re.IGNORECASE)
"""Of a statement within a transaction that may set locks free: ``ROLLBACK TO``, ``pg_advisory_unlock``."""
_LEVEL = re.compile(r"\b(REPEATABLE[\s-]+READ|SERIALIZABLE|READ[\s-]+COMMITTED|READ[\s-]+UNCOMMITTED)\b", re.IGNORECASE)
_SESSION = re.compile(r"\bSESSION\b|default_transaction_isolation", re.IGNORECASE)
_RUN_AS_CODE = "/*!"
"""MariaDB runs such a comment."""
_WHOLE_SERVER = frozenset({"EXEC", "EVAL", "EVALSHA", "FCALL"})
"""A script may make up keys; EXEC looks at all that was watched."""
_ANY_KEY = "redis"


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
    of_session: tuple[bool, bool] | None = None
    """The first two, where the connection has asked for them for all its transactions."""

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
    """Reads off statements what they touch in a service's database.

    Args:
        engine: our own; None where there is no database.
    """

    def __init__(self, engine: sa.Engine | None) -> None:
        self._tables = Tables(engine)
        is_mariadb = engine is not None and engine.dialect.name != "postgresql"
        level = "" if engine is None else _default_level(engine, "tx_isolation" if is_mariadb else "")
        self._untouched = _of_level(level)

    def beginning(self, settings: str) -> Transaction:
        """What a new connection begins with.

        Args:
            settings: what it asked for when it was opened.
        """
        found = _LEVEL.search(settings.replace("\\", ""))
        if not found:
            return self._untouched
        asked = _of_level(_level(found))
        return replace(asked, of_session=(asked.keeps_snapshot, asked.is_serializable))

    def of(self, unit: Unit, transaction: Transaction, *, in_transaction: bool) -> Footprint:
        """The footprint of a step that is about to run.

        Args:
            unit: the step.
            transaction: of its connection, so far.
            in_transaction: whether one is open; outside of one a statement commits by itself.
        """
        found = _steps(unit)
        begun = replace(transaction, has_snapshot=transaction.has_snapshot and in_transaction)
        if not found or begun.is_serializable or (begun.keeps_snapshot and not begun.has_snapshot):
            return EVERYTHING
        touched = union(self._statement(each) for each in found) | transaction.locks
        if not in_transaction or any(map(ends_transaction, unit.commands)):
            touched = touched | self._with(transaction, found).commit
        return touched

    def after(self, unit: Unit, transaction: Transaction, *, in_transaction: bool) -> Transaction:
        """The connection's transaction when this unit has run."""
        keeps, serializable = _isolation(unit.text, transaction)
        if in_transaction:
            steps = _steps(unit)
            grown = self._with(transaction, steps)
            has_snapshot = transaction.has_snapshot or bool(steps)
            return replace(grown, keeps_snapshot=keeps, is_serializable=serializable, has_snapshot=has_snapshot)
        if _SESSION.search(unit.text):
            return Transaction(keeps_snapshot=keeps, is_serializable=serializable, of_session=(keeps, serializable))
        usual = transaction.of_session or (self._untouched.keeps_snapshot, self._untouched.is_serializable)
        return Transaction(keeps_snapshot=usual[0], is_serializable=usual[1], of_session=transaction.of_session)

    def may_free_locks(self, unit: Unit) -> bool:
        """Whether a statement within a transaction may let others go on."""
        return self._tables.is_opaque or _FREES.search(unit.text) is not None

    def _with(self, transaction: Transaction, steps: Sequence[str]) -> Transaction:
        locked = [self._locked(step) for step in steps if not ends_transaction(step)]
        known = [tables for tables in locked if tables is not None]
        everything = transaction.everything or len(known) < len(locked)
        return replace(transaction, tables=transaction.tables.union(*known), everything=everything)

    def _statement(self, sql: str) -> Footprint:
        if ends_transaction(sql):
            return Footprint()  # of its transaction the caller knows
        tables, locked = self._tables.named_in(sql), self._locked(sql)
        if tables is None or locked is None:
            return EVERYTHING
        return Footprint(
            reads=frozenset(f"rows {table}" for table in tables),
            writes=frozenset(f"lock {table}" for table in locked),
        )

    def _locked(self, sql: str) -> frozenset[str] | None:
        """The tables in which a statement changes or locks rows; None where that is not known."""
        tables = self._tables.named_in(sql)
        if tables is None or (first_word(sql) == "SELECT" and not _LOCKS.search(sql)):
            return tables if tables is None else frozenset()
        return tables


def redis_footprint(unit: Unit, readable: dict[str, str] | None = None) -> Footprint:
    """The footprint of a Redis command.

    Args:
        unit: the command.
        readable: keys by names that are the same in each schedule.
    """
    leases = frozenset({LEASES}) if unit.makes_lease else frozenset()
    if not _WHOLE_SERVER.isdisjoint(unit.commands):
        return Footprint(leases, frozenset({_ANY_KEY}))
    if not unit.keys or not all(map(is_understood, unit.commands)):
        return EVERYTHING
    touched = frozenset(f"redis {(readable or {}).get(key, key)}" for key in unit.keys)
    if all(map(only_reads, unit.commands)):
        return Footprint(reads=touched | {_ANY_KEY})
    return Footprint(leases | {_ANY_KEY}, touched)


def key_footprint(name: str) -> Footprint:
    """Of whatever changes one key in Redis, by its readable name."""
    return Footprint(frozenset({_ANY_KEY}), frozenset({f"redis {name}"}))


def _steps(unit: Unit) -> list[str]:
    """The statements of a unit that are steps, without comments; a comment that is run is left for nobody to know."""
    if _RUN_AS_CODE in unit.text:
        return [_RUN_AS_CODE]
    return [each for command in unit.commands for each in statements(command) if not is_glued(each)]


def _isolation(text: str, transaction: Transaction) -> tuple[bool, bool]:
    """Whether a transaction keeps its snapshot, and whether it is serializable, after this text."""
    if not (found := _LEVEL.search(text)):
        return transaction.keeps_snapshot, transaction.is_serializable
    level = _of_level(_level(found))
    return level.keeps_snapshot, level.is_serializable


def _level(found: re.Match[str]) -> str:
    return " ".join(found[1].upper().replace("-", " ").split())


def _of_level(level: str) -> Transaction:
    """A transaction of an isolation level in which nothing has happened yet."""
    is_serializable = level == "SERIALIZABLE"
    return Transaction(
        keeps_snapshot=is_serializable or level == "REPEATABLE READ",
        is_serializable=is_serializable,
    )


def _default_level(engine: sa.Engine, variable: str) -> str:
    """The isolation level of a transaction for which nobody asked for one, in a session that has set nothing."""
    of_session = "SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_isolation'"
    sql = f"SELECT @@global.{variable}" if variable else of_session
    with engine.connect() as connection:
        return str(connection.exec_driver_sql(sql).scalar()).upper().replace("-", " ")
