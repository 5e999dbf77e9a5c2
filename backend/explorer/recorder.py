"""What the engines held after each event of a schedule, read while it is played once more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.explorer.question import KeyState, LockState, Snapshot, TableRows
from backend.explorer.redis_values import value_of
from backend.explorer.sandbox import submission_id
from backend.explorer.state import SubmissionState
from backend.model.vocabulary import EngineKind, OperationKey
from backend.shop.operations import OPERATIONS
from backend.shop.schema import added_tables, goods, marker, messages, metadata, orders

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backend.explorer.execution import Execution
    from backend.explorer.sandbox import Sandbox
    from backend.tap.observer import Call

_NO_LEASE = -1
_KEY_COLUMNS = ("order_no", "request_no", "message_key", "idempotency_key", "resource")
_PLAIN_KEYS = frozenset({"order_no", "request_no"})
"""Columns that hold the business key and nothing else; an index finds it there."""
_WORD = re.compile(r"\w+")
_HIDDEN = frozenset({"id", "created_at", "locked_until", "expires_at", "fingerprint"})
_SUBJECTS = {
    OperationKey.PAY_ORDER: orders,
    OperationKey.CANCEL_ORDER: orders,
    OperationKey.ADD_STOCK: goods,
}


class Recorder:
    """Keeps a snapshot for each moment of an execution. Only what is committed can be read from outside.

    Args:
        sandbox: where it is played.
        execution: the schedule under way.
    """

    def __init__(self, sandbox: Sandbox, execution: Execution) -> None:
        self._sandbox = sandbox
        self._execution = execution
        self._effects = OPERATIONS[execution.fixture.operation].effects
        self.snapshots: list[Snapshot] = []

    def look(self) -> None:
        """Call this after each choice; all that it brought about is told with the same snapshot."""
        missing = len(self._execution.events) - len(self.snapshots)
        if missing > 0:
            self.snapshots.extend([self._snapshot()] * missing)

    def _snapshot(self) -> Snapshot:
        tables = self._tables()
        effects = next((len(table.rows) for table in tables if table.name == self._effects.name), 0)
        return Snapshot(effects, tables, self._keys(), self._locks())

    def _tables(self) -> tuple[TableRows, ...]:
        always = {self._effects.name}
        if (subject := _SUBJECTS.get(self._execution.fixture.operation)) is not None:
            always.add(subject.name)
        wanted = (always | self._mentioned_tables()) - {marker.name, messages.name}
        with self._sandbox.database.own.connect() as connection:
            found = [self._rows(connection, table) for table in metadata.sorted_tables if table.name in wanted]
        if self._effects is messages and (ledger := self._sandbox.ledger) is not None:
            with ledger.connect() as connection:
                found.append(self._rows(connection, messages))
        shown = [table for table in found if table.rows or table.name in always]
        return tuple(sorted(shown, key=lambda table: (table.name != self._effects.name, table.name)))

    def _rows(self, connection: sa.Connection, table: sa.Table) -> TableRows:
        condition = self._is_about_it(table)
        columns = [c for c in table.c if c.name not in _HIDDEN and not c.name.endswith(("_unindexed", "_unique"))]
        rows = connection.execute(sa.select(*columns).where(condition).order_by(*table.primary_key))
        return TableRows(
            str(table.name), tuple(str(c.name) for c in columns), tuple(tuple(map(self._readable, row)) for row in rows)
        )

    def _is_about_it(self, table: sa.Table) -> sa.ColumnElement[bool]:
        fixture = self._execution.fixture
        if table in added_tables():
            texts = (column for column in table.c if isinstance(column.type, sa.String))
            return sa.or_(sa.false(), *(column.contains(fixture.key, autoescape=True) for column in texts))
        column = next((table.c[name] for name in _KEY_COLUMNS if name in table.c), None)
        if column is None:
            return table.c["item"] == fixture.item if "item" in table.c else sa.false()
        if column.name in _PLAIN_KEYS:
            return column == fixture.key
        return column.contains(fixture.key, autoescape=True)

    def _readable(self, value: object) -> str:
        names = {one.id: submission_id(one.actor) for one in self._execution.submissions}
        text = "NULL" if value is None else str(value)
        return self._execution.fixture.readable(names.get(text, text))

    def _keys(self) -> tuple[KeyState, ...]:
        client, fixture = self._sandbox.plain_redis, self._execution.fixture
        found = []
        for name in sorted(self._mentioned_keys()):
            value, life = value_of(client, name), int(client.pttl(name))
            if value is not None:
                found.append(KeyState(fixture.readable(name), self._readable(value), life != _NO_LEASE))
        for path, content, owner in self._sandbox.nodes():
            found.append(KeyState(fixture.readable(path), self._readable(content), bool(owner), EngineKind.ZOOKEEPER))
        return tuple(found)

    def _calls(self) -> Iterator[Call]:
        return (traced.call for traced in self._execution.events if traced.call is not None)

    def _mentioned_tables(self) -> frozenset[str]:
        """Tables that a statement so far named."""
        words = {word for call in self._calls() if call.engine.is_database for word in _WORD.findall(call.command)}
        return frozenset(words & metadata.tables.keys())

    def _mentioned_keys(self) -> frozenset[str]:
        """Keys of the intent that a command so far named, and the form's token."""
        fixture = self._execution.fixture
        named = (str(each) for call in self._calls() if call.engine is EngineKind.REDIS for each in call.parameters)
        return frozenset(name for name in named if fixture.key in name or fixture.token in name)

    def _locks(self) -> tuple[LockState, ...]:
        waiting = [one for one in self._execution.submissions if one.state is SubmissionState.WAITING]
        names = {
            one.connections.database.pid: one.actor
            for one in self._execution.submissions
            if one.is_live and one.connections.database.pid
        }
        waits = self._sandbox.database.blockers([one.connections.database.pid for one in waiting]) if waiting else {}
        found = []
        for one in self._execution.submissions:
            if not one.is_live:
                continue
            held = self._execution.fixture.readable(", ".join(sorted(_locked(one.transaction.locks.writes))))
            blockers = waits.get(one.connections.database.pid, frozenset()) if one in waiting else frozenset()
            waits_for = sorted(names[pid] for pid in blockers if pid in names)
            if one.state is SubmissionState.LINED_UP:
                waits_for = ["mutex"]
            if held or waits_for:
                found.append(LockState(one.actor, held, tuple(waits_for)))
        return tuple(found)


def _locked(names: Iterable[str]) -> Iterator[str]:
    """What is locked among the names of a footprint; the file of SQLite goes by its engine."""
    for kind, _, name in (name.partition(" ") for name in names):
        if kind == "lock":
            yield EngineKind.SQLITE.value if name == "file" else name
