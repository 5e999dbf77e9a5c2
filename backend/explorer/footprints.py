"""What a step touches, and so which steps may change places without anybody noticing.

Resources are as coarse as is right for submissions of one intent, which all go for the same rows: a table's locks, a
table's committed rows, a Redis key, a node of ZooKeeper, a mutex. A statement may fail and so end its transaction,
and whatever ends a transaction may let others go on; so both carry all that the transaction, and whoever waits for
it, has touched. So does what code does on the way of an exception: the ROLLBACK that follows belongs to it. What is
not understood conflicts with everything. What a step brings about in the strategy's own code is only seen afterwards:
`backend.explorer.execution` compares it with what was foretold here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache, reduce
from typing import TYPE_CHECKING

from backend.explorer.redis_keys import keys_of
from backend.explorer.sql_words import has_plain_read, locked_tables, named_tables
from backend.explorer.zookeeper_names import is_node
from backend.model.vocabulary import EngineKind
from backend.shop.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from backend.tap.observer import Call

_WHOLE_FILE = frozenset({"file"})
"""SQLite locks no less than that."""
LEASES = "leases"
"""Which locks would end if an expiry came now."""
_ANSWERS = "answers"
"""Which callers have theirs: once all have, nothing expires any more."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a step reads and what it changes."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    everything: bool = False
    """Whether nobody knows what it touches."""

    def __or__(self, other: Footprint) -> Footprint:
        if not other.reads and not other.writes and not other.everything:
            return self
        if not self.reads and not self.writes and not self.everything:
            return other
        return Footprint(self.reads | other.reads, self.writes | other.writes, self.everything or other.everything)

    def conflicts(self, other: Footprint) -> bool:
        """Whether the order of the two can matter."""
        return (
            self.everything
            or other.everything
            or not (
                self.writes.isdisjoint(other.writes)
                and self.writes.isdisjoint(other.reads)
                and self.reads.isdisjoint(other.writes)
            )
        )


NOTHING = Footprint()
EVERYTHING = Footprint(everything=True)
EXPIRY = Footprint(writes=frozenset({LEASES, _ANSWERS}))
"""An expiry ends what is leased when it comes, so whatever makes a lease comes before it or after."""

LAST_CHANCE = Footprint(reads=frozenset({_ANSWERS}))
"""What the answer to a caller touches where something may expire: whatever does has done so before the last answer."""

REPLICATION = Footprint(writes=frozenset({"replication"}))
"""Where a failover may come, the order of all writes to Redis matters: it takes the last ones."""

COMMIT_ORDER = Footprint(writes=frozenset({"order of commits"}))
"""Where a failover of the database may come, the order of all commits matters: it takes the last ones."""


def without_answer(touched: Footprint) -> Footprint:
    """What a step has touched that might have brought an answer, and did not."""
    return replace(touched, reads=touched.reads - LAST_CHANCE.reads)


def union(footprints: Iterable[Footprint]) -> Footprint:
    """All of them together."""
    return reduce(Footprint.__or__, footprints, NOTHING)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the open transaction of a request has touched."""

    tables: frozenset[str] = frozenset()
    """Tables in which it has changed or locked rows."""
    everything: bool = False
    """Whether nobody knows what else it has locked."""
    has_written: bool = False
    """Whether its commands may have changed something, so that its commit is one."""

    @property
    def locks(self) -> Footprint:
        """What its end sets free."""
        return _locks(self.tables, everything=self.everything)

    @property
    def commit(self) -> Footprint:
        """What its commit makes visible and sets free."""
        return self.locks | Footprint(writes=frozenset(f"rows {table}" for table in self.tables))

    def after(self, call: Call, *, everything: bool = False) -> Transaction:
        """The transaction when this statement has run.

        Args:
            call: the statement.
            everything: whether nobody knows what it touched.
        """
        locked = locked_tables(call.command)
        if locked is not None and not everything and locked <= self.tables and call.engine is not EngineKind.SQLITE:
            return self if self.has_written or not locked else replace(self, has_written=True)
        whole_file = _WHOLE_FILE if call.engine is EngineKind.SQLITE else frozenset()
        return Transaction(
            self.tables | (locked or frozenset()) | whole_file,
            everything or self.everything or locked is None,
            self.has_written or locked is None or bool(locked),
        )


NO_TRANSACTION = Transaction()


@dataclass(frozen=True, slots=True)
class Isolation:
    """How a statement's transaction sees the others."""

    takes_snapshot: bool = False
    """Whether the statement would begin a transaction that sees nothing committed later."""
    is_serializable: bool = False
    """Whether the server may refuse it for what other transactions have read."""
    is_unknown: bool = False
    """Whether nobody here knows what the level does."""


def footprint(
    call: Call, transaction: Transaction, readable: Callable[[str], str], isolation: Isolation = Isolation()
) -> Footprint:
    """The footprint of a command that is about to run.

    Args:
        call: the command.
        transaction: what its request's transaction has touched so far.
        readable: takes out of a name what is different in each schedule.
        isolation: of its transaction.
    """
    if call.engine is EngineKind.REDIS:
        return _redis(call.command, call.parameters, readable)
    if call.engine is EngineKind.GATEWAY:
        return _GATEWAY
    if call.engine is EngineKind.STANDBY:
        return EVERYTHING  # what it shows depends on each commit, and on what the standby has applied
    if call.engine is EngineKind.ZOOKEEPER:
        return _zookeeper(call.command, readable(str(next(iter(call.parameters), ""))))
    if not call.engine.is_database or isolation.is_unknown:
        return EVERYTHING
    return _sql(call.command, call.engine, transaction, isolation)


def lease(name: str) -> Footprint:
    """The end of a lease on a Redis key, or of the session that owns a node in ZooKeeper, by its readable name."""
    if is_node(name):
        return _zookeeper("delete", name)
    return Footprint(writes=frozenset({f"redis {name}"}))


_FILE = Footprint(writes=frozenset({"lock file"}))
_GATEWAY = Footprint(writes=frozenset({"gateway"}))
_SERIALIZABLE = Footprint(writes=frozenset({"serializable transactions"}))


@cache
def _locks(tables: frozenset[str], *, everything: bool) -> Footprint:
    return Footprint(writes=frozenset(f"lock {table}" for table in tables), everything=everything)


@cache
def _sql(command: str, engine: EngineKind, transaction: Transaction, isolation: Isolation) -> Footprint:
    own = transaction.commit if command == "COMMIT" else _statement(command) | transaction.locks
    if engine is EngineKind.SQLITE:
        own = own | _FILE
    if isolation.is_serializable:
        own = own | _SERIALIZABLE
    if isolation.takes_snapshot and (engine is not EngineKind.MARIADB or has_plain_read(command)):
        return own | Footprint(reads=frozenset(f"rows {table}" for table in metadata.tables))
    return own


@cache
def _statement(command: str) -> Footprint:
    named, locked = named_tables(command), locked_tables(command)
    if named is None or locked is None:
        return EVERYTHING
    return Footprint(
        reads=frozenset(f"rows {table}" for table in named), writes=frozenset(f"lock {table}" for table in locked)
    )


def _redis(command: str, parameters: Iterable[object], readable: Callable[[str], str]) -> Footprint:
    keys = keys_of(command, list(parameters))
    if keys is None:
        return EVERYTHING
    touched = frozenset(f"redis {readable(key)}" for key in keys.names)
    if keys.are_read_only:
        return Footprint(reads=touched)
    return Footprint(frozenset({LEASES}) if keys.may_lease else frozenset(), touched)


@lru_cache(256)
def _zookeeper(command: str, path: str) -> Footprint:
    """Nodes, and what is in a folder. To have a folder made that is there changes nothing, whoever comes first.

    Whoever asks about a folder has had it made before, so that no such question depends on somebody else's `ensure`.
    """
    folder, node, there = f"zookeeper {path.rpartition('/')[0]}", f"zookeeper {path}", f"zookeeper has {path}"
    match command:
        case "ensure":
            return Footprint(reads=frozenset({there}))
        case "exists" | "getChildren":
            return Footprint(reads=frozenset({node}))
        case "create":
            return Footprint(frozenset({LEASES}), frozenset({folder, node, there}))
        case "delete":
            return Footprint(writes=frozenset({folder, node, there}))
        case _:
            return EVERYTHING


def canonical(trace: Sequence[tuple[str, str, Footprint]]) -> tuple[tuple[int, str], ...]:
    """The Foata normal form: the same for all schedules that differ only in the order of independent events.

    An event's level is one more than the highest of those before it that it may not change places with.

    Args:
        trace: for each event its family (whose events never change places), its name within the schedule, and its
            footprint.
    """
    named: list[tuple[int, str]] = []
    heights = _Heights()
    for family, name, touched in trace:
        named.append((heights.raise_to(family, touched), name))
    return tuple(sorted(named))


class _Heights:
    """The highest level of the events so far, by what they touch."""

    def __init__(self) -> None:
        self._of_families: dict[str, int] = {}
        self._of_reads: dict[str, int] = {}
        self._of_writes: dict[str, int] = {}
        self._of_everything = 0
        self._of_all = 0

    def raise_to(self, family: str, touched: Footprint) -> int:
        """The level of the next event."""
        below = max(self._of_families.get(family, 0), self._of_everything)
        if touched.everything:
            below = self._of_all
        for name in touched.writes:
            below = max(below, self._of_writes.get(name, 0), self._of_reads.get(name, 0))
        for name in touched.reads:
            below = max(below, self._of_writes.get(name, 0))
        level = below + 1
        self._of_families[family] = level
        self._of_all = max(self._of_all, level)
        if touched.everything:
            self._of_everything = level
        self._of_writes |= dict.fromkeys(touched.writes, level)
        for name in touched.reads:
            self._of_reads[name] = max(level, self._of_reads.get(name, 0))
        return level
