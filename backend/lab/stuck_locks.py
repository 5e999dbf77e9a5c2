"""Locks that nobody will ever release: those without an expiry whose intent has no effect."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import redis.exceptions

from backend.shop.ownership.names import intent_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.plan import Intent

_NO_EXPIRY = -1


def barred(client: redis.Redis, intents: Sequence[Intent], prefix: str) -> list[Intent]:
    """Those of the intents whose lock, below this prefix, has no expiry; none where the server does not answer."""
    if not intents:
        return []
    pipeline = client.pipeline(transaction=False)
    for intent in intents:
        pipeline.pttl(intent_key("lock", intent.operation, intent.key, prefix))
    with suppress(redis.exceptions.RedisError):
        lives = pipeline.execute()
        return [intent for intent, life in zip(intents, lives, strict=True) if life == _NO_EXPIRY]
    return []
