"""Locks that nobody will ever release: those without an expiry, or of a session that lives on, without an effect."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import redis.exceptions
import sqlalchemy as sa

from backend.shop.ownership.names import intent_key
from backend.strategies import lock_purposes, session_lock_purposes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.model.plan import Intent

_NO_EXPIRY = -1
_AT_A_TIME = 200
_HELD_IN_POSTGRESQL = sa.text("""
    SELECT name FROM unnest(CAST(:names AS text[])) AS name
    WHERE hashtextextended(name, 0) IN (
        SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
""")


def barred(client: redis.Redis, intents: Sequence[Intent], prefix: str) -> list[Intent]:
    """Those of the intents whose lock, below this prefix, has no expiry; none where the server does not answer."""
    if not intents:
        return []
    asked = [(intent, purpose) for intent in intents for purpose in lock_purposes()]
    pipeline = client.pipeline(transaction=False)
    for intent, purpose in asked:
        pipeline.pttl(intent_key(purpose, intent.operation, intent.key, prefix))
    with suppress(redis.exceptions.RedisError):
        lives = pipeline.execute()
        stuck = [intent for (intent, _), life in zip(asked, lives, strict=True) if life == _NO_EXPIRY]
        return list(dict.fromkeys(stuck))
    return []


def held_by_sessions(engine: sa.Engine, intents: Sequence[Intent], prefix: str) -> list[Intent]:
    """Those of the intents whose advisory lock, below this prefix, a session of the database still holds.

    Ask when nothing is at work: whoever holds it then will not release it.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database did not answer.
    """
    named = {
        intent_key(purpose, intent.operation, intent.key, prefix): intent
        for intent in intents
        for purpose in session_lock_purposes()
    }
    if not named:
        return []
    with engine.connect() as connection:
        return [named[name] for name in _held(connection, list(named))]


def _held(connection: sa.Connection, names: list[str]) -> Iterator[str]:
    match connection.dialect.name:
        case "postgresql":
            yield from connection.scalars(_HELD_IN_POSTGRESQL, {"names": names})
        case "sqlite":
            return
        case _:
            for start in range(0, len(names), _AT_A_TIME):
                some = names[start : start + _AT_A_TIME]
                holders = connection.execute(sa.select(*(sa.func.is_used_lock(sa.func.sha2(n, 256)) for n in some)))
                yield from (name for name, holder in zip(some, holders.one(), strict=True) if holder is not None)
