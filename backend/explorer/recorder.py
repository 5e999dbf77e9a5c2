"""What the engines held after each event of a schedule, read while it is played once more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend import strategies
from backend.explorer.question import KeyState, LockState, Place, Snapshot, TableRows
from backend.explorer.stage import submission_id
from backend.explorer.submission import State
from backend.model import OperationKey
from backend.operations import OPERATIONS
from backend.schema import goods, marker, messages, metadata, orders

if TYPE_CHECKING:
    from types import FrameType

    from backend.explorer.play import Play
    from backend.explorer.stage import Stage

_NO_LEASE = -1
_STRATEGIES = str(Path(strategies.__file__).parent)
_ROOT = Path(strategies.__file__).parents[2]
_KEY_COLUMNS = ("order_no", "request_no", "message_key", "idempotency_key", "resource")
_HIDDEN = frozenset({"id", "created_at", "locked_until", "expires_at", "fingerprint"})
_SUBJECTS = {
    OperationKey.PAY_ORDER: orders,
    OperationKey.CANCEL_ORDER: orders,
    OperationKey.ADD_STOCK: goods,
}


def calling_place() -> Place:
    """The innermost line of a strategy among the callers; an empty place if there is none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  the documented way to see who calls
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(_STRATEGIES):
            return Place(Path(name).relative_to(_ROOT).as_posix(), frame.f_lineno)
        frame = frame.f_back
    return Place()


class Recorder:
    """Keeps a snapshot for each moment of a play. Only what is committed can be read from outside.

    Args:
        stage: where it is played.
        play: the schedule under way.
    """

    def __init__(self, stage: Stage, play: Play) -> None:
        self._stage = stage
        self._play = play
        self._effects = OPERATIONS[play.scene.operation].effects
        self.snapshots: list[Snapshot] = []

    def look(self) -> None:
        """Call this after each choice; all that it brought about is told with the same snapshot."""
        missing = len(self._play.moments) - len(self.snapshots)
        if missing > 0:
            self.snapshots.extend([self._snapshot()] * missing)

    def _snapshot(self) -> Snapshot:
        tables = self._tables()
        effects = next((len(table.rows) for table in tables if table.name == self._effects.name), 0)
        return Snapshot(effects, tables, self._keys(), self._locks())

    def _tables(self) -> tuple[TableRows, ...]:
        always = {self._effects.name}
        if (subject := _SUBJECTS.get(self._play.scene.operation)) is not None:
            always.add(subject.name)
        elsewhere = (marker, messages)
        with self._stage.database.own.connect() as connection:
            found = [self._rows(connection, table) for table in metadata.sorted_tables if table not in elsewhere]
        if self._effects is messages and (ledger := self._stage.ledger) is not None:
            with ledger.connect() as connection:
                found.append(self._rows(connection, messages))
        shown = [table for table in found if table.rows or table.name in always]
        return tuple(sorted(shown, key=lambda table: (table.name != self._effects.name, table.name)))

    def _rows(self, connection: sa.Connection, table: sa.Table) -> TableRows:
        scene = self._play.scene
        condition = next(
            (table.c[name].contains(scene.key, autoescape=True) for name in _KEY_COLUMNS if name in table.c),
            table.c["item"] == scene.item if "item" in table.c else sa.false(),
        )
        columns = [c for c in table.c if c.name not in _HIDDEN and not c.name.endswith(("_unindexed", "_unique"))]
        rows = connection.execute(sa.select(*columns).where(condition).order_by(table.c["id"]))
        return TableRows(
            table.name, tuple(c.name for c in columns), tuple(tuple(map(self._readable, row)) for row in rows)
        )

    def _readable(self, value: object) -> str:
        names = {one.id: submission_id(one.actor) for one in self._play.submissions}
        text = "NULL" if value is None else str(value)
        return self._play.scene.readable(names.get(text, text))

    def _keys(self) -> tuple[KeyState, ...]:
        client, scene = self._stage.plain_redis, self._play.scene
        names = {str(name) for part in (scene.key, scene.token) for name in client.scan_iter(f"*{part}*", count=1000)}
        return tuple(
            KeyState(scene.readable(name), self._readable(client.get(name)), int(client.pttl(name)) != _NO_LEASE)
            for name in sorted(names)
        )

    def _locks(self) -> tuple[LockState, ...]:
        waiting = [one for one in self._play.submissions if one.state is State.WAITING]
        names = {one.line.plug.pid: one.actor for one in self._play.submissions if one.is_live and one.line.plug.pid}
        waits = self._stage.database.blockers([one.line.plug.pid for one in waiting]) if waiting else {}
        found = []
        for one in self._play.submissions:
            if not one.is_live:
                continue
            held = self._play.scene.readable(", ".join(sorted(one.transaction.locks.writes)))
            blockers = waits.get(one.line.plug.pid, frozenset()) if one in waiting else frozenset()
            waits_for = sorted(names[pid] for pid in blockers if pid in names)
            if one.state is State.LINED_UP:
                waits_for = ["mutex"]
            if held or waits_for:
                found.append(LockState(one.actor, held, tuple(waits_for)))
        return tuple(found)
