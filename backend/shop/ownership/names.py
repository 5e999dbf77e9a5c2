"""Names of our keys in Redis and nodes in ZooKeeper: whoever looks for them or removes them finds them by these."""

from __future__ import annotations

from urllib.parse import quote

from backend.shop.ownership.mark import PREFIX


def intent_key(purpose: str, operation: str, key: str, prefix: str = PREFIX) -> str:
    """The Redis key that serves an intent for a purpose, such as ``lock``."""
    return f"{prefix}:{purpose}:{operation}:{key}"


def token_key(token: str, prefix: str = PREFIX) -> str:
    """The Redis key of a form token."""
    return f"{prefix}:token:{token}"


def answer_keys(idempotency_key: str, prefix: str = PREFIX) -> tuple[str, str]:
    """The Redis keys of the answer that is kept under a client's key, and of the claim on it."""
    answer = f"{prefix}:answer:{idempotency_key}"
    return answer, f"{answer}:claim"


def intent_node(operation: str, key: str, prefix: str = PREFIX) -> str:
    """The node in ZooKeeper that belongs to an intent."""
    return f"/{prefix}/{operation}/{quote(key, safe='')}"
