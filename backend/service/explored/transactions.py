"""The transactions of one schedule: what each connection has read, changed and locked so far."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.explorer.footprints import Footprint, union
from backend.model.vocabulary import EngineKind
from backend.service.explored.tables import first_word
from backend.service.wire.unit import Handling

if TYPE_CHECKING:
    from backend.service.explored.footprints import Schema, Transaction
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit


_WITH_SNAPSHOT = re.compile(r"\bCONSISTENT\s+SNAPSHOT\b", re.IGNORECASE)


class Transactions:
    """Keeps what is known of them.

    Args:
        schema: reads off statements what they touch.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._known: dict[Link, Transaction] = {}

    def footprint(self, link: Link, unit: Unit) -> Footprint:
        """What a statement would touch that is sent on this connection now."""
        return self._schema.of(unit, self._of(link), in_transaction=link.in_transaction)

    def locks_of(self, instance: int) -> Footprint:
        """What is set free when all transactions of an instance end."""
        return union(known.locks for link, known in self._known.items() if link.instance == instance)

    def begins_step(self, link: Link, unit: Unit) -> bool:
        """Whether a unit that goes with a step decides what that step and all behind it see.

        Under REPEATABLE READ and SERIALIZABLE a transaction of PostgreSQL takes its snapshot as soon as a statement is
        parsed, also one that is only prepared, and also a ping (`exec_parse_message` in its postgres.c).
        """
        if unit.handling is Handling.STEP or not link.dialect.engine.is_database:
            return False
        if link.dialect.engine is not EngineKind.POSTGRESQL:
            return _WITH_SNAPSHOT.search(unit.text) is not None
        known = self._of(link)
        is_parsed = unit.prepares or any(first_word(command) == "SELECT" for command in unit.commands)
        return bool(is_parsed) and link.in_transaction and known.keeps_snapshot and not known.has_snapshot

    def began_step(self, link: Link) -> None:
        """The transaction of a connection has its snapshot now."""
        self._known[link] = replace(self._of(link), has_snapshot=True)

    def answered(self, link: Link, unit: Unit, reply: Reply) -> bool:
        """Note that the server has answered a unit; whether locks may have been set free by it."""
        if not link.dialect.engine.is_database:
            return False
        self._known[link] = self._schema.after(unit, self._of(link), in_transaction=reply.in_transaction)
        return not reply.in_transaction or bool(reply.error) or self._schema.may_free_locks(unit)

    def closed(self, link: Link) -> None:
        """Forget a connection that has ended."""
        self._known.pop(link, None)

    def _of(self, link: Link) -> Transaction:
        return self._known.get(link) or self._schema.beginning(link.dialect.settings)
