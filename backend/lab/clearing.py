"""Removing what labs have made: all of it, or what one of them made."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import redis
import sqlalchemy as sa

from backend.engines.sql import one_sentence
from backend.model.errors import EngineError
from backend.shop.ownership.names import answer_keys, intent_key, token_key
from backend.shop.tables import Made, empty_tables, remove_rows
from backend.strategies import key_purposes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backend.engines.running import RunningEngine
    from backend.lab.forms import HandedOut

_BATCH = 1_000


def clear_database(engine: sa.Engine, running: RunningEngine, made: HandedOut | None) -> None:
    """Empty our tables, or remove from them what one lab made.

    Args:
        engine: connections to it.
        running: the same, for a sentence.
        made: by that lab; None for everything.

    Raises:
        EngineError: it did not answer, or a table is not ours any more; nothing was changed.
    """
    try:
        with engine.begin() as connection:
            if made is None:
                empty_tables(connection)
            else:
                remove_rows(connection, rows_of(made))
    except sa.exc.SQLAlchemyError as error:
        raise EngineError(one_sentence(error, running.name)) from None


def rows_of(made: HandedOut) -> Made:
    """By what the rows are known that were made for these intents."""
    return Made(
        business_keys=sorted({key for _, key in made.intents}),
        resources=sorted(f"{operation}:{key}" for operation, key in made.intents),
        idempotency_keys=sorted(made.idempotency_keys),
    )


def keys_of(made: HandedOut, prefix: str) -> list[str]:
    """The Redis keys that were made for these intents."""
    named = [intent_key(purpose, *intent, prefix) for purpose in key_purposes() for intent in made.intents]
    answers = [name for key in made.idempotency_keys for name in answer_keys(key, prefix)]
    return [*named, *answers, *(token_key(token, prefix) for token in made.tokens)]


def delete_keys(client: redis.Redis, running: RunningEngine, patterns: Iterable[str], keys: Sequence[str] = ()) -> None:
    """Delete keys of ours.

    Args:
        client: of the server.
        running: the same, for a sentence.
        patterns: each with a part that only we can know, as nobody else's keys have it.
        keys: more of them, by name.

    Raises:
        EngineError: the server did not answer.
    """
    try:
        for pattern in patterns:
            found = client.scan_iter(pattern, count=_BATCH)
            while some := list(islice(found, _BATCH)):
                client.delete(*some)
        for start in range(0, len(keys), _BATCH):
            client.delete(*keys[start : start + _BATCH])
    except redis.exceptions.RedisError as error:
        raise EngineError(one_sentence(error, running.name)) from None
