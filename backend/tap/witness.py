"""Naming the submission that deleted an order.

An INSERT and an UPDATE leave a row that says whose it is. A DELETE leaves none: the trigger that witnesses it knows
what was deleted, not by whom. So the name is filled in here, in the same transaction, as part of the same step. It ties
a row to the steps that made it, and tells an effect of the lab from a row that somebody deleted by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from backend.shop.schema import order_deletions

if TYPE_CHECKING:
    from backend.tap.observer import Tap

_DELETION = "DELETE FROM orders "


def name_deletions(engine: sa.Engine, tap: Tap) -> None:
    """Let every deletion of an order through this engine bear the name of its submission."""
    names = sa.update(order_deletions).where(
        order_deletions.c.order_no == sa.bindparam("key"), order_deletions.c.submission_id == ""
    )
    dialect: Any = engine.dialect
    compiled = names.values(submission_id=sa.bindparam("submission")).compile(dialect=dialect)
    execute = dialect.do_execute

    def do_execute(cursor: Any, statement: str, parameters: Any, context: object = None) -> None:  # noqa: ANN401
        execute(cursor, statement, parameters, context)
        if statement.startswith(_DELETION) and (flow := tap.current) and cursor.rowcount > 0:
            (key,) = parameters.values() if isinstance(parameters, dict) else parameters
            given = compiled.construct_params({"key": key, "submission": flow.submission_id})
            positions = compiled.positiontup
            cursor.connection.cursor().execute(
                compiled.string, given if positions is None else [given[name] for name in positions]
            )

    dialect.do_execute = do_execute
