"""Time that passes for one intent: whatever of it runs out by itself has run out afterwards.

A service that refuses a submission because an earlier one is in flight may only be waiting for a lease. Nobody waits
for that here. A key in Redis that has a life ends at once. In a database a lease is a moment in a row of the intent,
so every moment in its rows is moved into the past, whether it is kept as a timestamp or as seconds or milliseconds
since 1970. What is refused still is refused for ever.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import redis.exceptions
import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backend.service.engines import ServiceEngines
    from backend.service.intents import ServiceIntent

_DAYS = 400
"""Longer than anybody keeps a lease or a key."""
_SECONDS = _DAYS * 24 * 3600
_UNITS = (1, 1_000, 1_000_000)
"""Of a second: in what people count since 1970."""
_SHORTEST = 4
"""A shorter value would be found in rows that do not mean it."""


class Ageing:
    """Lets time pass.

    Args:
        engines: of the service, and our own way to them.
    """

    def __init__(self, engines: ServiceEngines) -> None:
        self._database = engines.own
        self._redis = engines.own_redis
        self._tables: Sequence[sa.Table] | None = None

    def pass_time(self, intent: ServiceIntent, leases: Iterable[str] = ()) -> None:
        """Let whatever of an intent runs out by itself run out.

        Args:
            intent: which.
            leases: keys in Redis that may have a life, besides those that name the intent.
        """
        values = [value for value in intent.values.values() if len(value) >= _SHORTEST]
        if self._redis is not None:
            with suppress(redis.exceptions.RedisError):
                _expire(self._redis, intent, leases)
        if self._database is not None and values:
            with suppress(sa.exc.SQLAlchemyError):
                self._age_rows(self._database, values)

    def _age_rows(self, database: sa.Engine, values: Sequence[str]) -> None:
        if self._tables is None:
            found = sa.MetaData()
            found.reflect(database)
            self._tables = [table for table in found.sorted_tables if _texts(table) and _moments(table)]
        now = time.time()
        for table in self._tables:
            aged = {column.name: _aged(column, now) for column in _moments(table)}
            about = sa.or_(*(text.contains(value, autoescape=True) for text in _texts(table) for value in values))
            with suppress(sa.exc.SQLAlchemyError), database.begin() as connection:
                connection.execute(table.update().where(about).values(aged))


def _expire(client: redis.Redis, intent: ServiceIntent, leases: Iterable[str]) -> None:
    for key in {*leases, *client.scan_iter(match=f"*{intent.key}*", count=1_000)}:
        if int(client.pttl(key)) > 0:
            client.pexpire(key, 0)


def _texts(table: sa.Table) -> list[sa.Column[str]]:
    return [column for column in table.columns if isinstance(column.type, sa.String)]


def _moments(table: sa.Table) -> list[sa.Column[object]]:
    """Columns that can hold a moment."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, (sa.DateTime, sa.Numeric, sa.Float, sa.Integer))
        and not (column.primary_key or column.foreign_keys or column.computed or column.identity)
    ]


def _aged(column: sa.Column[object], now: float) -> sa.ColumnElement[object]:
    """What a column holds when time has passed. A number far from now is no moment, and stays."""
    if isinstance(column.type, sa.DateTime):
        earlier = sa.text(f"INTERVAL '{_DAYS}' DAY")
        return sa.type_coerce(column, sa.DateTime).op("-")(earlier)
    numbers = sa.type_coerce(column, sa.Numeric)
    cases = [
        (numbers.between(int((now - _SECONDS) * unit), int((now + _SECONDS) * unit)), numbers - _SECONDS * unit)
        for unit in _UNITS
    ]
    return sa.case(*cases, else_=numbers)
