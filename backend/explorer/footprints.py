"""What a step touches, and so which steps may change places without anybody noticing.

Resources are as coarse as is right for submissions of one intent, which all go for the same rows: a table's locks, a
table's committed rows, a Redis key, a mutex. A statement may fail and so end its transaction, and whatever ends a
transaction may let others go on; so both carry all that the transaction, and whoever waits for it, has touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, reduce
from typing import TYPE_CHECKING

from backend.explorer.zookeeper_names import is_node
from backend.model import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from backend.tap.observer import Call

_TABLES = (
    "orders",
    "payments",
    "goods",
    "stock_movements",
    "stock_changes",
    "cancellations",
    "order_deletions",
    "idempotency_records",
    "inbox",
    "fences",
)
_READ_ONLY_REDIS = frozenset({"GET", "EXISTS", "TTL", "PTTL", "HGET", "HGETALL", "SISMEMBER"})
_SCRIPTS = frozenset({"EVAL", "EVALSHA"})
_WHOLE_FILE = frozenset({"file"})
"""SQLite locks no less than that."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a step reads and what it changes."""

    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()

    def __or__(self, other: Footprint) -> Footprint:
        if not other.reads and not other.writes:
            return self
        return Footprint(self.reads | other.reads, self.writes | other.writes)

    def conflicts(self, other: Footprint) -> bool:
        """Whether the order of the two can matter."""
        return not (
            self.writes.isdisjoint(other.writes)
            and self.writes.isdisjoint(other.reads)
            and self.reads.isdisjoint(other.writes)
        )


NOTHING = Footprint()


def union(footprints: Iterable[Footprint]) -> Footprint:
    """All of them together."""
    return reduce(Footprint.__or__, footprints, NOTHING)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the open transaction of a request has touched."""

    tables: frozenset[str] = frozenset()
    """Tables in which it has changed or locked rows."""

    @property
    def locks(self) -> Footprint:
        """What its end sets free."""
        return Footprint(writes=frozenset(f"lock {table}" for table in self.tables))

    @property
    def commit(self) -> Footprint:
        """What its commit makes visible and sets free."""
        return self.locks | Footprint(writes=frozenset(f"rows {table}" for table in self.tables))

    def after(self, call: Call) -> Transaction:
        """The transaction when this statement has run."""
        whole_file = _WHOLE_FILE if call.engine is EngineKind.SQLITE else frozenset()
        return Transaction(self.tables | locked_tables(call.command) | whole_file)


def footprint(
    call: Call, transaction: Transaction, readable: Callable[[str], str], *, takes_snapshot: bool
) -> Footprint:
    """The footprint of a command that is about to run.

    Args:
        call: the command.
        transaction: what its request's transaction has touched so far.
        readable: takes out of a name what is different in each schedule.
        takes_snapshot: whether it begins a transaction that will see nothing committed later.
    """
    if call.engine is EngineKind.REDIS:
        return _redis(call.command, [readable(str(parameter)) for parameter in call.parameters])
    if call.engine is EngineKind.GATEWAY:
        return _GATEWAY
    if call.engine is EngineKind.ZOOKEEPER:
        return _zookeeper(call.command, readable(str(next(iter(call.parameters), ""))))
    if call.command == "COMMIT":
        return transaction.commit
    own = _statement(call.command) | transaction.locks
    if call.engine is EngineKind.SQLITE:
        own = own | Footprint(writes=frozenset({"lock file"}))
    return own | _EVERYTHING_COMMITTED if takes_snapshot else own


def lease(name: str) -> Footprint:
    """The end of a lease on a Redis key, or of the session that owns a node in ZooKeeper, by its readable name."""
    if is_node(name):
        return _zookeeper("delete", name)
    return Footprint(writes=frozenset({f"redis {name}"}))


_GATEWAY = Footprint(writes=frozenset({"gateway"}))
_EVERYTHING_COMMITTED = Footprint(reads=frozenset(f"rows {table}" for table in _TABLES))


@cache
def _statement(command: str) -> Footprint:
    tables = _tables(command)
    return Footprint(
        reads=frozenset(f"rows {table}" for table in tables),
        writes=frozenset(f"lock {table}" for table in locked_tables(command)),
    )


@cache
def locked_tables(command: str) -> frozenset[str]:
    """Tables in which a statement changes or locks rows."""
    if command.startswith("SELECT") and " FOR " not in command:
        return frozenset()
    return _tables(command)


@cache
def _tables(command: str) -> frozenset[str]:
    return frozenset(_WORD.findall(command)) & frozenset(_TABLES)


def _redis(command: str, parameters: Sequence[str]) -> Footprint:
    place = 2 if command in _SCRIPTS else 0
    touched = frozenset({f"redis {parameters[place]}" if len(parameters) > place else "redis"})
    return Footprint(reads=touched) if command in _READ_ONLY_REDIS else Footprint(writes=touched)


def _zookeeper(command: str, path: str) -> Footprint:
    """Nodes, and what is in a folder. To have a folder made that is there changes nothing, whoever comes first."""
    folder, node = f"zookeeper {path.rpartition('/')[0]}", f"zookeeper {path}"
    match command:
        case "ensure":
            return Footprint(reads=frozenset({"zookeeper"}))
        case "exists" | "getChildren":
            return Footprint(reads=frozenset({node}))
        case _:
            return Footprint(writes=frozenset({folder, node}))


def canonical(trace: Sequence[tuple[str, str, Footprint]]) -> tuple[tuple[int, str], ...]:
    """The Foata normal form: the same for all schedules that differ only in the order of independent events.

    Args:
        trace: for each event its family (whose events never change places), its name within the schedule, and its
            footprint.
    """
    levels: list[int] = []
    for index, (family, _, touched) in enumerate(trace):
        below = (
            levels[earlier]
            for earlier in range(index)
            if trace[earlier][0] == family or trace[earlier][2].conflicts(touched)
        )
        levels.append(1 + max(below, default=0))
    return tuple(sorted((level, name) for level, (_, name, _) in zip(levels, trace, strict=True)))
