"""Locks that nobody will ever release: those without an expiry whose intent has no effect."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import redis.exceptions

from backend.shop.ownership.names import intent_key
from backend.strategies import lock_purposes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.plan import Intent

_NO_EXPIRY = -1


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
