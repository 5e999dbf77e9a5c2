"""What a key of the Redis-protocol server holds, as text, whatever its type is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import redis


def value_of(client: redis.Redis, name: str) -> str | None:
    """The value of a key, the same text for the same value; None where there is no such key."""
    match str(client.type(name)):
        case "none":
            return None
        case "string":
            return str(client.get(name))
        case "hash":
            return _pairs(sorted(client.hgetall(name).items()))
        case "list":
            return ", ".join(map(str, client.lrange(name, 0, -1)))
        case "set":
            return ", ".join(sorted(map(str, client.smembers(name))))
        case "zset":
            return _pairs(client.zrange(name, 0, -1, withscores=True))
        case "stream":
            return "; ".join(_pairs((fields or {}).items()) for _, fields in client.xrange(name) or ())
        case other:
            return f"({other})"


def _pairs(pairs: Iterable[Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in pairs)
