"""The transactions of one schedule: what each connection has read, changed and locked so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.footprints import Footprint, union

if TYPE_CHECKING:
    from backend.service.explored.footprints import Schema, Transaction
    from backend.service.wire.link import Link
    from backend.service.wire.unit import Reply, Unit


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
