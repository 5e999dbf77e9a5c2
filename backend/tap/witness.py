"""Naming the submission that deleted an order.

An INSERT and an UPDATE leave a row that says whose it is. A DELETE leaves none: the trigger that witnesses it knows
what was deleted, not by whom. So the name is filled in here, in the same transaction, as part of the same step. It ties
a row to the steps that made it, and tells an effect of the lab from a row that somebody deleted by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from backend.shop.schema import order_deletions

if TYPE_CHECKING:
    from backend.tap.observer import Tap

_DELETION = "DELETE FROM orders "


def name_deletions(engine: sa.Engine, tap: Tap) -> None:
    """Let every deletion of an order through this engine bear the name of its submission."""
    names = sa.update(order_deletions).where(
        order_deletions.c.order_no == sa.bindparam("key"), order_deletions.c.submission_id == ""
    )
    compiled = names.values(submission_id=sa.bindparam("submission")).compile(dialect=engine.dialect)

    @event.listens_for(engine, "after_cursor_execute")
    def name_it(
        connection: sa.Connection,
        cursor: Any,  # noqa: ANN401  any driver's
        statement: str,
        parameters: Any,  # noqa: ANN401  by name or by position
        _context: object,
        _many: bool,
    ) -> None:
        flow = tap.current
        if flow is None or not statement.startswith(_DELETION) or cursor.rowcount < 1:
            return
        (key,) = parameters.values() if isinstance(parameters, dict) else parameters
        given = compiled.construct_params({"key": key, "submission": flow.submission_id})
        positions = compiled.positiontup
        connection.connection.cursor().execute(
            compiled.string, given if positions is None else [given[name] for name in positions]
        )
